"""Addresses of the warning rules, of passes over all colours, and of the start of colours in a ledger."""

from django.urls import path

from projects.views import policy, policy_edit

urlpatterns = [
    path("warnings/policy/", policy.PolicyList.as_view(), name="policy_list"),
    path("warnings/policy/new/", policy_edit.PolicyCreate.as_view(), name="policy_create"),
    path("warnings/policy/pass/<int:pk>/", policy_edit.PassDetail.as_view(), name="policy_pass"),
    path("warnings/policy/<int:pk>/", policy.PolicyDetail.as_view(), name="policy_detail"),
    path("warnings/policy/<int:pk>/edit/", policy_edit.PolicyEdit.as_view(), name="policy_edit"),
    path("warnings/policy/<int:pk>/simulate/", policy.PolicySimulate.as_view(), name="policy_simulate"),
    path("warnings/policy/<int:pk>/submit/", policy_edit.PolicySubmit.as_view(), name="policy_submit"),
    path("warnings/policy/<int:pk>/withdraw/", policy_edit.PolicyWithdraw.as_view(), name="policy_withdraw"),
    path("warnings/policy/<int:pk>/discard/", policy_edit.PolicyDiscard.as_view(), name="policy_discard"),
    path("warnings/policy/<int:pk>/approve/", policy_edit.PolicyApprove.as_view(), name="policy_approve"),
    path("warnings/policy/<int:pk>/return/", policy_edit.PolicyReturn.as_view(), name="policy_return"),
    path("ledgers/<slug:code>/warnings/", policy_edit.WarningStart.as_view(), name="warning_start"),
]
