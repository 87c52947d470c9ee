"""Addresses of the warnings pages."""

from django.urls import path

from projects.views.warning import WarningBoard
from projects.views.warning_changes import WarningChanges
from projects.views.warning_upcoming import WarningUpcoming

urlpatterns = [
    path("warnings/", WarningBoard.as_view(), name="warning_board"),
    path("warnings/upcoming/", WarningUpcoming.as_view(), name="warning_upcoming"),
    path("warnings/changes/", WarningChanges.as_view(), name="warning_changes"),
]
