"""The one address of the bare site."""

from django.urls import path

from erqi.bench.bare.views import LedgerList

urlpatterns = [path("ledger/", LedgerList.as_view())]
