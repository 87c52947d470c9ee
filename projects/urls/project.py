"""Addresses of projects, their entries and responsibilities."""

from django.urls import URLPattern, path

from projects.views import entry, project_edit, responsibility
from projects.views.project import ProjectDetail

urlpatterns: list[URLPattern] = [
    path("projects/new/", project_edit.ProjectCreate.as_view(), name="project_create"),
    path("projects/<str:code>/edit/", project_edit.ProjectEdit.as_view(), name="project_edit"),
    path("projects/<str:code>/entries/new/", entry.EntryCreate.as_view(), name="entry_create"),
    path("entries/<int:pk>/edit/", entry.EntryEdit.as_view(), name="entry_edit"),
    path("entries/<int:pk>/delist/", entry.EntryDelist.as_view(), name="entry_delist"),
    path("entries/<int:pk>/relist/", entry.EntryRelist.as_view(), name="entry_relist"),
    path("entries/<int:pk>/close/", entry.EntryClose.as_view(), name="entry_close"),
    path("entries/<int:pk>/reopen/", entry.EntryReopen.as_view(), name="entry_reopen"),
    path("projects/<str:code>/responsibilities/new/", responsibility.ResponsibilityCreate.as_view(), name="responsibility_create"),
    path("responsibilities/<int:pk>/edit/", responsibility.ResponsibilityEdit.as_view(), name="responsibility_edit"),
    path("responsibilities/<int:pk>/end/", responsibility.ResponsibilityEnd.as_view(), name="responsibility_end"),
    # Editing addresses such as projects/new/ stand above this line: a code matches anything.
    path("projects/<str:code>/", ProjectDetail.as_view(), name="project_detail"),
]
