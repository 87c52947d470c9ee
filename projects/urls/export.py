"""Addresses of the report centre."""

from django.urls import path

from projects.views import export

urlpatterns = [
    path("exports/", export.ReportCentre.as_view(), name="export_centre"),
    path("exports/<slug:report>/", export.ReportDetail.as_view(), name="export_report"),
]
