"""What of a year's projects needs attention on the cockpit: the gravest, what turned, what will turn, what is due. Names a few; the
pages behind hold all."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from erqi.common import clock
from erqi.common.columns import SIMULATED
from projects.choices import WarningLevel
from projects.filters.warning import ScopeFilter
from projects.models import LedgerEntry
from projects.rules.turning import Direction
from projects.stats.warning import read_circumstances, read_standings
from projects.stats.warning_changes import by_kind, changes_between, explain
from projects.stats.warning_entries import named_entries
from projects.stats.warning_upcoming import coming_turns
from projects.tables.warning_cards import Cards
from projects.tables.warning_words import who
from projects.views.cockpit import YearView
from projects.views.warning_parts import lifting_address, version_address

NAMED = 5
WEEK, AHEAD = timedelta(days=7), timedelta(days=14)
GRAVE = (WarningLevel.RED, WarningLevel.YELLOW)


def grave(view: YearView) -> dict[str, Any]:
    """Return the gravest projects, those that have been red or yellow longest, as cards (HTML) and as lines, and how many there are."""
    ours = view.entries.order_by().values("pk")
    rows = LedgerEntry.objects.for_warnings(view.ledger, view.day).filter(pk__in=ours, level__in=[int(level) for level in GRAVE])
    columns = ("pk", "project_id", "seq", "project__code", "project__name", "level", "schedule_key")
    records = [SimpleNamespace(**row) for row in rows.worst_first(view.day).values(*columns)[:NAMED]]
    for record in records:
        record.level = WarningLevel(record.level)
    read_standings(records, view.versions, view.day)
    read_circumstances(records, view.ledger.year, view.day)
    cards = Cards(version_address, lifting_address)
    lines = [
        {
            "name": record.project__name,
            "url": view.project_url(record.project__code),
            "level": view.badge(record.level),
            "days": record.standing.days,
            "who": who(record),
            "simulated": record.standing.simulated,
        }
        for record in records
    ]
    count = sum(view.colours.totals[level] for level in GRAVE)
    return {"cards": [SafeString(cards.card(record)) for record in records], "lines": lines, "count": count, "more": count - len(records)}


def _ours(view: YearView) -> QuerySet | None:
    """Return the entries of the scope as the page of changes takes them: also those that have left the ledger. None for all."""
    if view.scope.key == "all":
        return None
    params = QueryDict(urlencode(view.scope.of_warnings, doseq=True))
    entries = LedgerEntry.objects.filter(ledger=view.ledger)
    return ScopeFilter(params, entries, as_of=view.day, year=view.ledger.year, keeper=view.keeper).qs


def turned(view: YearView) -> dict[str, Any]:
    """Return what changed colour in the week before the day, the worse first."""
    first = max(view.day - WEEK, date(view.ledger.year, 1, 1))
    kinds = by_kind(changes_between(view.ledger, first, view.day, _ours(view)))
    shown = (kinds["worse"] + kinds["better"])[:NAMED]
    explain(shown, view.ledger, first, view.day, view.versions)
    lines = [
        {
            "name": change.record.project__name,
            "url": view.project_url(change.record.project__code),
            "before": view.badge(change.before),
            "after": view.badge(change.after),
            "who": who(change.record),
            "simulated": bool(change.standing and change.standing.simulated),
        }
        for change in shown
    ]
    numbers = {kind: len(of_kind) for kind, of_kind in kinds.items()}
    count = numbers["worse"] + numbers["better"]
    query = urlencode({"from": first.isoformat(), "to": view.day.isoformat(), **view.of_year}, doseq=True)
    return {"first": first, "lines": lines, "numbers": numbers, "count": count, "url": f"{reverse('projects:warning_changes')}?{query}"}


def turning(view: YearView) -> dict[str, Any]:
    """Return what will turn worse in the next two weeks unless something is reported, the next first."""
    until = min(view.day + AHEAD, date(view.ledger.year, 12, 31))
    projects = view.entries.order_by().values("project")
    turns = coming_turns(projects, view.ledger.year, view.day, until, as_known_then=view.asked)
    worse = [turn for turn in turns if turn.direction is Direction.WORSE]
    entries = named_entries(view.ledger, [turn.project for turn in worse[:NAMED]], view.day)
    lines = [
        {
            "day": turn.day,
            "name": entries[turn.project].project__name,
            "url": view.project_url(entries[turn.project].project__code),
            "before": view.badge(turn.before),
            "after": view.badge(turn.after),
            "who": who(entries[turn.project]),
        }
        for turn in worse[:NAMED]
    ]
    query = urlencode({"days": AHEAD.days, **view.of_year, **view.of_day}, doseq=True)
    return {"lines": lines, "count": len(worse), "until": until, "url": f"{reverse('projects:warning_upcoming')}?{query}"}


def due(view: YearView) -> dict[str, Any]:
    """Return the projects whose milestones are due within a week, the next first."""
    rows = view.filtered({"due": "week"}).with_milestone_due(view.ledger.year, view.day, view.day + WEEK).with_answering_unit(view.day)
    columns = ("project__code", "project__name", "coming_name", "coming_due_on", "answering_unit")
    lines = [
        {
            "day": row["coming_due_on"],
            "name": row["project__name"],
            "url": view.project_url(row["project__code"]),
            "what": row["coming_name"],
            "who": row["answering_unit"] or "",
        }
        for row in rows.order_by("coming_due_on", "seq").values(*columns)[:NAMED]
    ]
    return {"lines": lines, "count": view.due_this_week, "url": view.url(due="week", sort="next_due")}


def year_context(view: YearView, *, has_targets: bool) -> dict[str, Any]:
    """Return what the cockpit shows of a year within a scope. Where targets are shown, they say what was started and completed."""
    is_warned = view.is_warned
    return {
        "tiles": view.tiles(milestones=not has_targets),
        "month": view.basis.month,
        "is_warned": is_warned,
        "sim": SafeString(f" {SIMULATED}") if view.simulated else "",
        "bars": view.colour_bar() if is_warned else [],
        "by_unit": view.colour_chart(view.colours_by_unit()) if is_warned else None,
        "by_category": view.colour_chart(view.colours_by_category()) if is_warned else None,
        "curve": view.curve(),
        "funnel": view.funnel(),
        "grave": grave(view) if is_warned else None,
        # What has not come yet is no change: it stands under what will turn.
        "turned": turned(view) if is_warned and view.day <= clock.today() else None,
        "turning": turning(view) if is_warned and view.day.year <= view.ledger.year else None,
        "due": due(view),
        "url_of": {
            "grave": view.url(colour=[level.code for level in GRAVE], sort="level"),
            "all": view.url(),
            "board": f"{reverse('projects:warning_board')}?{urlencode({**view.of_year, **view.of_day}, doseq=True)}",
        },
    }
