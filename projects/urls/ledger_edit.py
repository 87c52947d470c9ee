"""Addresses at which ledgers are opened, described and locked; they stand before `ledgers/<slug>/`, which matches `new` too."""

from django.urls import path

from projects.views import ledger_edit

urlpatterns = [
    path("ledgers/new/", ledger_edit.LedgerCreate.as_view(), name="ledger_create"),
    path("ledgers/<slug:code>/edit/", ledger_edit.LedgerEdit.as_view(), name="ledger_edit"),
    path("ledgers/<slug:code>/scale/", ledger_edit.LedgerScale.as_view(), name="ledger_scale"),
    path("ledgers/<slug:code>/scale/<int:pk>/withdraw/", ledger_edit.LedgerScaleWithdraw.as_view(), name="ledger_scale_withdraw"),
    path("ledgers/<slug:code>/lock/", ledger_edit.LedgerLock.as_view(), name="ledger_lock"),
    path("ledgers/<slug:code>/unlock/", ledger_edit.LedgerLock.as_view(locking=False), name="ledger_unlock"),
]
