"""Addresses of the calendar of reporting."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views import period

register_converters()

urlpatterns = [
    path("reports/periods/", period.PeriodList.as_view(), name="period_list"),
    path("reports/periods/<year:year>/<month:month>/edit/", period.PeriodEdit.as_view(), name="period_edit"),
    path("reports/periods/<year:year>/<month:month>/lock/", period.PeriodLock.as_view(), name="period_lock"),
    path("reports/periods/<year:year>/<month:month>/unlock/", period.PeriodUnlock.as_view(), name="period_unlock"),
]
