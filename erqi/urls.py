"""All addresses. The paths are those of design.md §6."""

from django.urls import include, path

urlpatterns = [
    path("", include("projects.urls")),
    path("supervision/", include("supervision.urls")),
]
