"""Addresses of the projects app, one module per family."""

from projects.urls import document, ledger, ledger_edit, milestone, project, target, todo, unit

app_name = "projects"
urlpatterns = [
    *ledger_edit.urlpatterns,
    *ledger.urlpatterns,
    *project.urlpatterns,
    *milestone.urlpatterns,
    *target.urlpatterns,
    *document.urlpatterns,
    *unit.urlpatterns,
    *todo.urlpatterns,
]
