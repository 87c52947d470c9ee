"""Reading the ledger list behind a computed figure of a target: what a person sees at its address."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.http import QueryDict

from erqi.common.dates import parse_day
from projects.choices import Computed
from projects.filters.ledger import LedgerFilter
from projects.models import Ledger, LedgerEntry, Target
from projects.querysets.ledger_figures import figure_basis
from projects.rules.computed import METHODS, MONEY_UNITS, Takes, in_unit
from projects.stats import LedgerTotals, ledger_totals
from projects.stats.target import TargetState
from projects.tables.ledger import LedgerTable


def totals_at(url: str) -> LedgerTotals:
    """Return what the ledger list at an address adds up to; fails where the list would leave out a part of the address."""
    parts = urlsplit(url)
    params = QueryDict(parts.query)
    day = parse_day(params["as_of"])
    ledger = Ledger.objects.get(code=parts.path.strip("/").split("/")[-1])
    filters = LedgerFilter(params, LedgerEntry.objects.for_ledger(ledger, day, delisted=True), as_of=day, year=ledger.year)
    assert filters.problems == []
    assert set(params["cols"].split(",")) <= set(LedgerTable.base_columns)
    return ledger_totals(filters.qs, day, figure_basis(ledger.year, day), quantity=True)


def number_at(url: str, target: Target) -> Decimal | None:
    """Return the count or sum of the list at an address that a target takes, in the target's unit."""
    totals, takes = totals_at(url), METHODS[Computed(target.computed)].takes
    if takes == Takes.COUNT:
        return Decimal(totals.projects if target.project_id else totals.bundled)
    if takes == Takes.QUANTITY:
        if not totals.entries:
            return Decimal(0)
        return in_unit(totals.quantity.total, totals.quantity_unit, target.unit)
    amount = totals.total_investment if takes == Takes.TOTAL else totals.reported.done
    return Decimal(0) if amount.total is None else amount.total / MONEY_UNITS[target.unit]


def planned_at(url: str, target: Target) -> Decimal | None:
    """Return what is planned to date at an address: of investment the list's plan, else as `number_at`."""
    if METHODS[Computed(target.computed)].takes != Takes.DONE:
        return number_at(url, target)
    return totals_at(url).reported.planned.total / MONEY_UNITS[target.unit]


def check(state: TargetState) -> int:
    """Hold every number that a state computes against its list; return how many there were."""
    reached = state.computed
    if reached is None or reached.value is None:
        return 0
    where = f"{state.target} {reached.link}"
    assert reached.value == number_at(reached.link, state.target), where
    if reached.plan is None:
        return 1
    assert reached.plan.due == planned_at(reached.plan.due_url, state.target), where
    assert reached.plan.done == number_at(reached.plan.done_url, state.target), where
    return 3


def shown_on(found: TargetState) -> tuple[str, Decimal | None, date | None]:
    """Return what a page says first of a target: state, result, its day."""
    return found.state.value, found.result, found.on
