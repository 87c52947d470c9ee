"""Addresses of the projects app, one module per family."""

from projects.urls import document, ledger, milestone, project, target, unit

app_name = "projects"
urlpatterns = [
    *ledger.urlpatterns,
    *project.urlpatterns,
    *milestone.urlpatterns,
    *target.urlpatterns,
    *document.urlpatterns,
    *unit.urlpatterns,
]
