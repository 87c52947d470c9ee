"""Addresses of investment plans."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views import plan

register_converters()

urlpatterns = [
    path("plans/", plan.PlanCurrent.as_view(), name="plan_current"),
    path("plans/<year:year>/", plan.PlanGrid.as_view(), name="plan_grid"),
    path("projects/<str:code>/plan/<year:year>/", plan.PlanEdit.as_view(), name="plan_edit"),
]
