"""Functions that let an entry leave its ledger, or be closed, and come back, through the services on their days."""

from datetime import date

from erqi.common import clock
from projects.models import LedgerEntry
from projects.services import entry as service
from projects.tests.builders import make_user

LEFT, BACK = date(2018, 3, 10), date(2018, 4, 10)


def leave(entry: LedgerEntry, on: date = LEFT) -> LedgerEntry:
    """Take the entry out of its ledger on the day."""
    with clock.at(on):
        return service.delist(entry=entry, on=None, reason="并入二期", version=None, by=None)


def come_back(entry: LedgerEntry, on: date = BACK) -> LedgerEntry:
    """Bring the entry back on the day."""
    with clock.at(on):
        return service.relist(entry=entry, version=None, by=make_user("office", name="王某"))


def leave_and_return(entry: LedgerEntry) -> LedgerEntry:
    """Let the entry be out of its ledger from 10 March to 9 April."""
    return come_back(leave(entry))
