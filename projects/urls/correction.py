"""Addresses of correction slips."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views import correction

register_converters()

urlpatterns = [
    path("reports/corrections/<int:pk>/", correction.CorrectionDetail.as_view(), name="correction_detail"),
    path("reports/corrections/<int:pk>/decide/", correction.CorrectionDecide.as_view(), name="correction_decide"),
    path("reports/corrections/<int:pk>/withdraw/", correction.CorrectionWithdraw.as_view(), name="correction_withdraw"),
    path("reports/<str:code>/<year:year>/<month:month>/correct/", correction.CorrectionNew.as_view(), name="correction_new"),
]
