"""A project's colour on its page and explained whole: what holds on a day, why, since when, what comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day, clamp_to_year
from projects.choices import LEVELS, LedgerKind, LedgerLevel, LiftingState, WarningLevel
from projects.models import Hold, LedgerEntry, LevelOverride, Lifting, Project, ReportStep, Rescheduling, WarningSchedule
from projects.rules.colour import Bounds, segments, turns
from projects.rules.policy import Policy
from projects.rules.warning import Assessment, assess
from projects.sentences.colour import month_day, turn_reason, turn_words
from projects.sentences.policy import level_word
from projects.sentences.report import late_words
from projects.sentences.warning import cause_words, colour_sentence, lifting_words
from projects.stats.warning import turned_by_rules
from projects.views.colour_parts import Line, Strip, lines_of, strip_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ahead:
    """A turn that comes by itself unless something is recorded."""

    day: date
    level: WarningLevel
    word: str
    reason: str


@dataclass
class Colour:
    """The colour of a project in a year on a day, with all that the pages say about it."""

    project: Project
    entry: LedgerEntry
    day: date
    rows: list[WarningSchedule]
    liftings: list[Lifting]
    override: LevelOverride | None
    hold: Hold | None
    step: ReportStep | None
    # Whether the page is about another day: a colour of a past year is that of its last day.
    is_clamped: bool = False
    row: WarningSchedule | None = field(init=False)

    def __post_init__(self) -> None:
        self.row = next((row for row in self.rows if row.valid_from <= self.day < (row.valid_until or date.max)), None)

    @property
    def year(self) -> int:
        return self.entry.ledger.year

    @cached_property
    def left_on(self) -> date | None:
        """Since when the project had been out of the ledger on the day: its colour says nothing then."""
        return self.entry.left_on(self.day)

    @property
    def is_delisted(self) -> bool:
        """Whether the project was out of the ledger on the day."""
        return self.left_on is not None

    @cached_property
    def policy(self) -> Policy | None:
        return self.row.policy.policy if self.row else None

    @cached_property
    def bounds(self) -> Bounds:
        return self.row.bounds if self.row else Bounds()

    @cached_property
    def level(self) -> WarningLevel:
        return self.row.level_on(self.day) if self.row and not self.is_delisted else WarningLevel.UNRATED

    @property
    def word(self) -> str:
        return level_word(self.policy, self.level)

    @cached_property
    def since(self) -> date:
        return self.row.since(self.day) if self.row else self.day

    @property
    def simulated(self) -> bool:
        return self.row is not None and self.row.simulated

    @cached_property
    def assessments(self) -> list[Assessment]:
        return assess(self.policy, self.row.known_facts, workdays, self.day) if self.row and self.policy else []

    @cached_property
    def lines(self) -> list[Line]:
        """Everything that is assessed, the worst first; `gives` marks what makes the colour."""
        if self.row is None or self.policy is None:
            return []
        return lines_of(self.row.known_facts, self.policy, self.assessments, self.day)

    @property
    def sentence(self) -> str:
        if self.left_on is not None:
            return f"已于{chinese_day(self.left_on)}退出{self.entry.ledger.name}，不再评价。"
        warned_since = self.entry.ledger.warned_since
        if self.row is None and warned_since is not None and self.day < warned_since:
            return f"{self.entry.ledger.name}自{chinese_day(warned_since)}起启用预警，此前不评价。"
        return colour_sentence(self.level, self.policy, self.assessments, self.bounds, self.since, self.day, self.new_rules)

    @property
    def new_rules(self) -> str:
        """The name of the rules that turned the colour on its first day, an empty text where the figures did."""
        rows = [row for row in self.rows if row.valid_until is None or row.valid_until > row.valid_from]
        for before, row in zip(rows, rows[1:], strict=False):
            if row.valid_from == self.since and turned_by_rules(before, row, before.policy.policy):
                return row.policy.name
        return ""

    @property
    def lifting(self) -> str:
        """What would lift the colour."""
        return lifting_words(self.level, self.bounds, self.assessments, self.policy) if self.policy and not self.is_delisted else ""

    @cached_property
    def ahead(self) -> list[Ahead]:
        """The turns until the year's end that are known on the day. New rules that are approved already count where the day is today."""
        if self.row is None or self.policy is None or self.is_delisted:
            return []
        thresholds = self.row.schedule.thresholds
        # In the next year the colour is that of the next year's ledger.
        until = date(self.year, 12, 31)
        later = self.row.valid_until if self.row.valid_until and self.day >= clock.today() else None
        found = [
            Ahead(
                day,
                to,
                turn_words(self.policy, (day, before, to), turn_reason(thresholds, self.bounds, day, to, self.policy.basis), self.day),
                turn_reason(thresholds, self.bounds, day, to, self.policy.basis),
            )
            for day, before, to in turns(thresholds, self.bounds, self.day, min(until, later) if later else until)
        ]
        following = next((row for row in self.rows if later and row.valid_from == later != row.valid_until), None)
        if following is not None:
            before, to = self.row.level_on(later - ONE_DAY), following.level_on(later)
            # What turns on that day by the rules that it has is said above; other rules may make something else of it.
            by_itself = self.row.level_on(later)
            if to != by_itself:
                found = [one for one in found if one.day != later]
            if to not in (before, by_itself):
                word = f"{month_day(later, self.day)}起执行新规则，转为{following.policy.policy.label(to)}"
                found.append(Ahead(later, to, word, f"执行“{following.policy}”"))
        return found

    @property
    def next(self) -> str:
        """What comes next, as a sentence; an empty text when nothing turns by itself."""
        return self.ahead[0].word if self.ahead else ""

    @cached_property
    def thresholds(self) -> list[tuple[WarningLevel, str, date | None, str]]:
        """The four dates of the schedule: level, word, first day, why."""
        if self.row is None or self.policy is None:
            return []
        found = self.row.schedule.thresholds
        lines = []
        for level in LEVELS:
            cause = found.cause(level)
            words = cause_words(cause, self.policy.basis) if cause and level > WarningLevel.GREEN else ("有可评价的事项" if cause else "")
            lines.append((level, self.policy.label(level), found.on(level), words))
        return lines

    @cached_property
    def open_lifting(self) -> Lifting | None:
        """The lifting that awaited somebody on the day; none where the figures alone had come to that level again, or to a worse one."""
        found = (one for one in self.liftings if one.ended_on is None or one.ended_on > self.day)
        return next((one for one in found if self.computed < one.from_level), None)

    @property
    def refused_lifting(self) -> Lifting | None:
        """The last lifting, where it was refused by the day and the colour still waits for people."""
        waits = self.bounds.floor_level is not None and self.bounds.floor_until is None
        last = self.liftings[0] if self.liftings else None
        return last if waits and last is not None and self.open_lifting is None and last.state == LiftingState.REJECTED else None

    @property
    def lifting_state(self) -> str:
        """How far the open lifting was on the day."""
        one = self.open_lifting
        if one is None:
            return ""
        verified = one.verified_on is not None and one.verified_on <= self.day
        return (LiftingState.VERIFIED if verified else LiftingState.PROPOSED).label

    @property
    def self_level(self) -> WarningLevel | None:
        """What the unit itself said of the project in the last report that counted on the day."""
        return WarningLevel(self.step.self_level) if self.step and self.step.self_level is not None else None

    @property
    def late_words(self) -> str:
        """That the figures were put right after the year, and stand on the day already."""
        return late_words(self.step.action, self.step.recorded_on, self.year) if self.step is not None else ""

    @property
    def self_word(self) -> str:
        return level_word(self.policy, self.self_level) if self.self_level is not None else ""

    @property
    def differs(self) -> bool:
        """Whether the unit's own word is milder than what the figures say: worth a look on the site."""
        return self.self_level is not None and self.level in LEVELS and self.self_level < self.computed

    @cached_property
    def computed(self) -> WarningLevel:
        """What the figures alone say on the day, whatever waits or was set by hand."""
        return self.row.schedule.thresholds.level(self.day) if self.row else WarningLevel.UNRATED

    @property
    def computed_word(self) -> str:
        return level_word(self.policy, self.computed)

    @property
    def to_do(self) -> list[Line]:
        """What is assessed and not done yet, or gives the colour."""
        return [line for line in self.lines if not line.done]

    @property
    def finished(self) -> list[str]:
        """The milestones of the year that are done."""
        return [line.what for line in self.lines if line.done]

    @cached_property
    def strip(self) -> Strip | None:
        """The year's colours from the day on which the ledger began to have them up to the day; None before."""
        since = self.entry.ledger.warned_since
        first = max(since, date(self.year, 1, 1)) if since else None
        last = min(self.day, date(self.year, 12, 31))
        if first is None or first > last or self.is_delisted:
            return None
        policy = self.policy or next((row.policy.policy for row in self.rows), None)
        return strip_of(segments([row.schedule for row in self.rows], first, last), first, last, policy)


def warned_entries(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Return those of a project's entries whose ledgers have colours, the latest year first."""
    return [
        entry
        for entry in entries
        if entry.ledger.warned_since is not None and (entry.ledger.level, entry.ledger.kind) == (LedgerLevel.DISTRICT, LedgerKind.PROJECTS)
    ]


def chosen_entry(entries: Sequence[LedgerEntry], day: date, asked: str) -> LedgerEntry | None:
    """Return the entry whose colour the page shows: of the year asked for, else the latest that is not after the day."""
    found = warned_entries(entries)
    if asked:
        return next((entry for entry in found if str(entry.ledger.year) == asked), None)
    return next((entry for entry in found if entry.ledger.year <= day.year), None)


def read_colour(project: Project, entry: LedgerEntry, day: date) -> Colour:
    """Return the colour of a project's entry on the day, clamped into the entry's year: five queries."""
    year = entry.ledger.year
    asked, day = day, clamp_to_year(day, year)
    since = entry.ledger.warned_since or day
    ahead = date(year, 12, 31) if day >= clock.today() else day
    rows = WarningSchedule.objects.of_year(year).filter(project=project).between(min(since, day), ahead).select_related("policy")
    known = Q(ended_on=None) | Q(ended_on__gt=day)
    return Colour(
        project=project,
        entry=entry,
        day=day,
        rows=list(rows),
        liftings=list(Lifting.objects.filter(project=project, year=year, proposed_on__lte=day).order_by("-pk")),
        override=LevelOverride.objects.filter(known, project=project, year=year, since__lte=day, until__gte=day).first(),
        hold=Hold.objects.covering(day).filter(project=project, decided_on__lte=day).first(),
        step=ReportStep.objects.figures(day).filter(report__project=project, report__year=year).select_related("report").first(),
        is_clamped=asked != day,
    )


def colour_context(project: Project, entries: Sequence[LedgerEntry], day: date, asked: str, user: Any) -> dict[str, Any]:
    """Return what templates/projects/_project_colour.html and the page's head show."""
    entry = chosen_entry(entries, day, asked.strip()[:4])
    return {
        "colour": read_colour(project, entry, day) if entry else None,
        "colour_years": sorted({one.ledger.year for one in warned_entries(entries)}),
        "can_set_level": user.can("lifting.confirm"),
        "passes": Rescheduling.objects.unfinished(),
    }
