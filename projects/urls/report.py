"""Addresses of monthly reports."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views import report, report_grid, report_row

register_converters()

urlpatterns = [
    path("reports/monthly/", report_grid.ReportGrid.as_view(), name="report_grid"),
    path("reports/<str:code>/<year:year>/<month:month>/row/", report_row.ReportRow.as_view(), name="report_row"),
    path("reports/<str:code>/<year:year>/<month:month>/evidence/", report.EvidenceAdd.as_view(), name="report_evidence"),
    path(
        "reports/<str:code>/<year:year>/<month:month>/evidence/<int:pk>/withdraw/",
        report.EvidenceWithdraw.as_view(),
        name="report_evidence_withdraw",
    ),
    path("reports/<str:code>/<year:year>/<month:month>/", report.ReportDetail.as_view(), name="report_detail"),
]
