"""Addresses of targets."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views import target, target_edit

register_converters()

urlpatterns = [
    path("targets/", target.TargetCurrentView.as_view(), name="target_current"),
    path("targets/<year:year>/", target.TargetListView.as_view(), name="target_list"),
    path("targets/<year:year>/new/", target_edit.TargetCreateView.as_view(), name="target_create"),
    path("targets/<year:year>/<int:pk>/", target.TargetDetailView.as_view(), name="target_detail"),
    path("targets/<year:year>/<int:pk>/edit/", target_edit.TargetChangeView.as_view(), name="target_edit"),
    path("targets/<year:year>/<int:pk>/claims/new/", target_edit.ClaimCreateView.as_view(), name="claim_create"),
    path("targets/<year:year>/<int:pk>/claims/<int:claim>/adopt/", target_edit.ClaimAdoptView.as_view(), name="claim_adopt"),
    path("targets/<year:year>/<int:pk>/claims/<int:claim>/withdraw/", target_edit.ClaimWithdrawView.as_view(), name="claim_withdraw"),
    path("targets/<year:year>/<int:pk>/by-rule/", target_edit.AdoptByRuleView.as_view(), name="target_adopt_by_rule"),
    path("targets/<year:year>/<int:pk>/readings/new/", target_edit.ReadingCreateView.as_view(), name="reading_create"),
    path(
        "targets/<year:year>/<int:pk>/readings/<int:reading>/withdraw/", target_edit.ReadingWithdrawView.as_view(), name="reading_withdraw"
    ),
]
