"""Addresses of the projects app, one module per family."""

from projects.urls import (
    correction,
    document,
    export,
    ledger,
    ledger_edit,
    lifting,
    milestone,
    period,
    plan,
    policy,
    project,
    report,
    request,
    review,
    target,
    todo,
    unit,
    warning,
)

app_name = "projects"
urlpatterns = [
    *review.urlpatterns,
    *period.urlpatterns,
    *correction.urlpatterns,
    *ledger_edit.urlpatterns,
    *ledger.urlpatterns,
    *lifting.urlpatterns,
    *project.urlpatterns,
    *report.urlpatterns,
    *plan.urlpatterns,
    *milestone.urlpatterns,
    *request.urlpatterns,
    *target.urlpatterns,
    *document.urlpatterns,
    *unit.urlpatterns,
    *warning.urlpatterns,
    *policy.urlpatterns,
    *todo.urlpatterns,
    *export.urlpatterns,
]
