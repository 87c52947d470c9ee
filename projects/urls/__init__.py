"""Addresses of the projects app, one module per family."""

from projects.urls import correction, document, ledger, ledger_edit, lifting, milestone, project, target, todo, unit

app_name = "projects"
urlpatterns = [
    *correction.urlpatterns,
    *ledger_edit.urlpatterns,
    *ledger.urlpatterns,
    *lifting.urlpatterns,
    *project.urlpatterns,
    *milestone.urlpatterns,
    *target.urlpatterns,
    *document.urlpatterns,
    *unit.urlpatterns,
    *todo.urlpatterns,
]
