"""Addresses of projects, their entries and responsibilities."""

from django.urls import URLPattern, path

from projects.views.project import ProjectDetail

urlpatterns: list[URLPattern] = [
    # Editing addresses such as projects/new/ stand above this line: a code matches anything.
    path("projects/<str:code>/", ProjectDetail.as_view(), name="project_detail"),
]
