"""Addresses of ledgers and saved views."""

from django.urls import URLPattern, path

from projects.views.ledger import LedgerCurrent, LedgerDetail, ViewDelete, ViewSave, ViewWithdraw

urlpatterns: list[URLPattern] = [
    path("ledgers/", LedgerCurrent.as_view(), name="ledger_current"),
    # Words that are no ledger's code, such as ledgers/new/, stand above this line.
    path("ledgers/<slug:code>/", LedgerDetail.as_view(), name="ledger_detail"),
    path("saved-views/", ViewSave.as_view(), name="view_save"),
    path("saved-views/<int:pk>/delete/", ViewDelete.as_view(), name="view_delete"),
    path("saved-views/<int:pk>/withdraw/", ViewWithdraw.as_view(), name="view_withdraw"),
]
