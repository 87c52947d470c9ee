"""What turns when (转色预告): the coming days' turns by day, with what would keep each from coming."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.functional import cached_property

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day
from erqi.common.exporting import Format, answer, snapshot
from erqi.common.list_state import Listing
from projects.choices import LEVELS, WarningLevel
from projects.exports.pages import turns_sheet
from projects.filters.warning_upcoming import UpcomingFilter
from projects.models import LedgerEntry, WarningSchedule
from projects.rules.colour import Schedule
from projects.rules.turning import Direction
from projects.sentences.colour import turn_reason
from projects.sentences.turning import distance, prevention_words, weekday
from projects.stats.warning import Versions
from projects.stats.warning_entries import Named, named_entries
from projects.stats.warning_upcoming import Turn, coming_turns
from projects.tables.level import SHAPES
from projects.tables.warning_words import people, who
from projects.views.warning_parts import WarningPage

ONE_DAY = timedelta(days=1)
PERIODS = (7, 14, 30, 90)
DEFAULT = 30
# So many turns are all written out; of more the first ones. The calendar counts all.
MOST_TURNS, FIRST_TURNS = 300, 100
# So many names stand in a day of the calendar.
NAMES_A_DAY = 3


@dataclass(frozen=True)
class Line:
    """A turn in words."""

    turn: Turn
    row: WarningSchedule
    entry: Named
    versions: Versions

    @cached_property
    def schedule(self) -> Schedule:
        return self.row.schedule

    @property
    def before(self) -> tuple[WarningLevel, str]:
        return self.turn.before, self._word(self.turn.before)

    @property
    def after(self) -> tuple[WarningLevel, str]:
        return self.turn.after, self._word(self.turn.after)

    def _word(self, level: WarningLevel) -> str:
        return self.versions[self.row.policy_id].policy.label(level)

    @property
    def reason(self) -> str:
        """Why it turns on the day."""
        turn, version = self.turn, self.versions[self.row.policy_id]
        if turn.new_rules:
            return f"开始执行“{version.name}”"
        return turn_reason(self.schedule.thresholds, self.schedule.bounds, turn.day, turn.after, version.policy.basis)

    @cached_property
    def prevention(self) -> str:
        """What would keep it from turning; empty where nothing has to be done."""
        turn, thresholds = self.turn, self.schedule.thresholds
        reached = turn.after in LEVELS and thresholds.on(turn.after) == turn.day
        cause = thresholds.cause(turn.after) if reached else None
        return prevention_words(self.versions[self.row.policy_id].policy, cause, turn.before, turn.after)

    @property
    def kind(self) -> str:
        """Which way it turns: worse, better, other."""
        return self.turn.direction.value

    @property
    def who(self) -> str:
        return who(self.entry)

    @property
    def people(self) -> str:
        return people(self.entry)


@dataclass(frozen=True)
class Day:
    """A day with its turns: in the list, and in the calendar (there also days without)."""

    day: date
    today: date
    turns: list[Turn] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    inside: bool = True

    @property
    def weekday(self) -> str:
        return weekday(self.day)

    @property
    def distance(self) -> str:
        return distance(self.day, self.today)

    @property
    def is_workday(self) -> bool:
        return workdays.is_workday(self.day)

    @property
    def starts_month(self) -> bool:
        return self.day.day == 1

    @property
    def more(self) -> int:
        """How many turns the calendar does not name."""
        return len(self.turns) - len(self.names)


class WarningUpcoming(WarningPage):
    """The turns of the next 7, 14, 30 or 90 days, as known on the day."""

    page_title = "转色预告"
    filterset_class = UpcomingFilter
    exportable = True
    template_name = "projects/warning_upcoming.html"
    results_template = "projects/warning_upcoming_results.html"

    @cached_property
    def days(self) -> int:
        asked = self.request.GET.get("days", "").strip()
        return int(asked) if asked in map(str, PERIODS) else DEFAULT

    @property
    def until(self) -> date:
        return self.day.day + timedelta(days=self.days)

    def kept(self) -> dict[str, str]:
        return super().kept() | ({"days": str(self.days)} if self.days != DEFAULT else {})

    def get_queryset(self) -> QuerySet:
        return LedgerEntry.objects.filter(ledger=self.ledger).listed(self.day.day)

    def get_listing(self) -> Listing:
        listing = super().get_listing()
        asked = self.request.GET.get("days", "").strip()
        if asked and asked not in map(str, PERIODS):
            listing.problems.append(f"期限“{asked[:10]}”无效，应为 7、14、30 或 90 天；现按 {DEFAULT} 天显示。")
        return listing

    @property
    def is_past(self) -> bool:
        """Whether the day is one of the past, of which only what was known then counts."""
        return self.day.day < clock.today()

    def turns(self, listing: Listing) -> list[Turn]:
        """Return the turns of the projects that the filters leave."""
        return coming_turns(listing.filtered.values("project"), self.ledger.year, self.day.day, self.until, as_known_then=self.is_past)

    def lines(self, turns: list[Turn], entries: dict[int, Named]) -> list[Line]:
        """Return turns in words."""
        rows = WarningSchedule.objects.defer("facts").in_bulk({turn.schedule for turn in turns})
        return [Line(turn, rows[turn.schedule], entries[turn.project], self.versions) for turn in turns]

    def export(self, wanted: Format) -> FileResponse:
        """Return all turns of the period as a file."""
        with snapshot():
            listing = self.get_listing()
            turns = self.turns(listing)
            lines = self.lines(turns, named_entries(self.ledger, [turn.project for turn in turns], self.day.day))
            title = f"{self.ledger.year}年转色预告（{self.days}天）"
            sheet = turns_sheet(title, lines, self.day.day)
            return answer(wanted, self.request.user, title, self.day, [sheet], filters=listing.summary, problems=listing.problems)

    def results(self, listing: Listing) -> dict[str, Any]:
        today, past = self.day.day, self.is_past
        turns = self.turns(listing)
        shown = turns if len(turns) <= MOST_TURNS else turns[:FIRST_TURNS]
        of_day = {day: list(found) for day, found in groupby(turns, lambda turn: turn.day)}
        named = [turn.project for found in of_day.values() for turn in found[:NAMES_A_DAY]]
        entries = named_entries(self.ledger, [*(turn.project for turn in shown), *named], today)
        lines = self.lines(shown, entries)
        by_day = [Day(day, today, of_day[day], list(found)) for day, found in groupby(lines, lambda line: line.turn.day)]
        kinds = Counter(turn.direction for turn in turns)
        return {
            "until": self.until,
            "is_past": past,
            "count": len(turns),
            "worse": kinds[Direction.WORSE],
            "better": kinds[Direction.BETTER],
            "other": kinds[Direction.OTHER],
            "by_day": by_day,
            "left_out": len(turns) - len(lines),
            "weeks": self.weeks(of_day, entries),
            "periods": [
                {"label": f"{number} 天", "url": listing.url(days=None if number == DEFAULT else number), "current": number == self.days}
                for number in PERIODS
            ],
            "uncertain": "" if workdays.is_certain(self.until) else f"{self.until.year}年的放假安排尚未公布，按周一至周五推算。",
            "day_label": chinese_day(today),
        }

    def weeks(self, of_day: dict[date, list[Turn]], entries: dict[int, Named]) -> list[list[Day]]:
        """Return the weeks from the day's to the last one's, Monday to Sunday, each day with the names of what turns."""
        today = self.day.day
        first = today - timedelta(days=today.weekday())
        number = ((self.until - first).days // 7 + 1) * 7
        days = []
        for day in (first + number_of_days * ONE_DAY for number_of_days in range(number)):
            found = of_day.get(day, [])
            names = [(SHAPES[turn.after], turn.after.code, entries[turn.project].project__name) for turn in found[:NAMES_A_DAY]]
            days.append(Day(day, today, found, [], names, inside=today <= day <= self.until))
        return [days[place : place + 7] for place in range(0, number, 7)]

    def frame(self, listing: Listing) -> dict[str, Any]:
        return {
            **super().frame(listing),
            "export": self.export_menu(listing, ticks=False),
            "breadcrumbs": [{"label": "四色预警", "url": self.board_url}, {"label": self.page_title}],
        }
