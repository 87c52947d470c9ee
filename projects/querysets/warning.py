"""The four colours in SQL: the same answers as rules.colour, from the schedule row that holds on a day."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TypeVar

from django.apps import apps
from django.db.models import Case, Count, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from projects.choices import LiftingState, PolicyState, ReportAction, UpdateLayer, WarningLevel
from projects.querysets.responsibility import in_force
from projects.querysets.revision import RevisionQuerySet, valid_on
from projects.querysets.unit import answering
from projects.rules.colour import PAUSE_SUFFIXES

T = TypeVar("T", bound=QuerySet)

# The worst first, then what is not evaluated, what is paused, what is closed.
GRAVITY = (
    WarningLevel.RED,
    WarningLevel.YELLOW,
    WarningLevel.BLUE,
    WarningLevel.GREEN,
    WarningLevel.UNRATED,
    WarningLevel.PAUSED,
    WarningLevel.DONE,
)


def _number(*whens: When, default: int = 0) -> Case:
    return Case(*whens, default=Value(default), output_field=IntegerField())


def paused_case(day: date, prefix: str = "") -> Q:
    """Return the condition that one of a schedule row's pauses covers the day (rules.colour.is_paused, as SQL)."""
    return reduce(
        or_, (Q(**{f"{prefix}paused_from{suffix}__lte": day, f"{prefix}paused_until{suffix}__gte": day}) for suffix in PAUSE_SUFFIXES)
    )


def level_case(day: date, prefix: str = "") -> Case:
    """Return the expression of the level shown on the day (rules.colour.level_on, as SQL).

    `prefix` leads to a schedule row that holds on the day; where there is none all is NULL and the level is UNRATED.
    """
    reached = [
        (WarningLevel.RED, "red_on"),
        (WarningLevel.YELLOW, "yellow_on"),
        (WarningLevel.BLUE, "blue_on"),
        (WarningLevel.GREEN, "green_on"),
    ]
    by_date = _number(*(When(**{f"{prefix}{column}__lte": day, "then": Value(int(level))}) for level, column in reached))
    held = Q(**{f"{prefix}floor_level__isnull": False}) & (Q(**{f"{prefix}floor_until": None}) | Q(**{f"{prefix}floor_until__gte": day}))
    by_hand = Q(**{f"{prefix}manual_level__isnull": False, f"{prefix}manual_until__gte": day})
    underlying = Greatest(
        by_date, _number(When(held, then=F(f"{prefix}floor_level"))), _number(When(by_hand, then=F(f"{prefix}manual_level")))
    )
    return Case(
        When(**{f"{prefix}closed_on__lte": day}, then=Value(int(WarningLevel.DONE))),
        When(paused_case(day, prefix), then=Value(int(WarningLevel.PAUSED))),
        default=underlying,
        output_field=IntegerField(),
    )


def gravity(level: str = "level") -> Case:
    """Return the expression that sorts levels, the worst first."""
    return _number(*(When(**{level: int(one), "then": Value(place)}) for place, one in enumerate(GRAVITY)), default=len(GRAVITY))


def with_schedule(rows: T, relation: str, year: int, day: date, name: str = "schedule") -> T:
    """Join the schedule of the year that holds on the day as `schedule` (`name`); rows without one keep NULL. Never multiplies rows."""
    condition = Q(**{f"{relation}__year": year}) & valid_on(day, f"{relation}__")
    return rows.annotate(**{name: FilteredRelation(relation, condition=condition)})


class WarningScheduleQuerySet(RevisionQuerySet):
    """Schedules of colours."""

    def of_year(self, year: int) -> "WarningScheduleQuerySet":
        """Return the schedules of one year."""
        return self.filter(year=year)

    def with_level(self, day: date) -> "WarningScheduleQuerySet":
        """Return the schedules that hold on the day with `level` as shown then."""
        return self.on(day).annotate(level=level_case(day))

    def turning(self, after: date, until: date) -> "WarningScheduleQuerySet":
        """Return the schedules holding on `after` that may turn by themselves on a later day up to `until` (rules.colour.turns)."""
        found = Q(pk__in=[])
        begins, ends = ([f"{name}{suffix}" for suffix in PAUSE_SUFFIXES] for name in ("paused_from", "paused_until"))
        for column in ("green_on", "blue_on", "yellow_on", "red_on", "closed_on", *begins):
            found |= Q(**{f"{column}__gt": after, f"{column}__lte": until})
        for column in ("floor_until", "manual_until", *ends):
            found |= Q(**{f"{column}__gte": after, f"{column}__lt": until})
        return self.on(after).filter(found)

    def between(self, first: date, last: date) -> "WarningScheduleQuerySet":
        """Return the schedules that held on some day of the period, oldest first."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=first), valid_from__lte=last).order_by("valid_from", "pk")

    def of_projects(self, projects: Iterable[int]) -> "WarningScheduleQuerySet":
        """Return the schedules of the projects (keys)."""
        return self.filter(project__in=projects)


class ReschedulingQuerySet(QuerySet):
    """Passes over all colours."""

    def unfinished(self) -> "ReschedulingQuerySet":
        """Return the passes that are under way or were cut off, the latest first."""
        return self.filter(finished_at=None).order_by("-pk")


class PolicyQuerySet(QuerySet):
    """Versions of the warning rules."""

    def approved(self) -> "PolicyQuerySet":
        """Return the versions that were approved, the latest in force first."""
        return self.filter(state=PolicyState.APPROVED).order_by("-effective_from")

    def awaiting(self) -> "PolicyQuerySet":
        """Return the versions that await an approval."""
        return self.filter(state=PolicyState.SUBMITTED)

    def not_by(self, user) -> "PolicyQuerySet":
        """Return the versions in which the account had no hand: it neither drafted nor changed nor submitted them."""
        editors = apps.get_model("projects", "PolicyEditor").objects.filter(account=user)
        return self.exclude(created_by=user).exclude(submitted_by=user).exclude(pk__in=editors.values("policy"))

    def in_force(self, day: date) -> "PolicyQuerySet":
        """Return the version in force on the day (none or one)."""
        return self.approved().filter(effective_from__lte=day)[:1]

    def for_list(self) -> "PolicyQuerySet":
        """Return the versions for their list: drafts first, then by the day they came into force."""
        return self.order_by(Coalesce("effective_from", Value(date.max)).desc(), "-pk")


class LiftingQuerySet(QuerySet):
    """Proposals to leave yellow or red."""

    def open(self) -> "LiftingQuerySet":
        """Return those that await somebody."""
        return self.filter(state__in=[LiftingState.PROPOSED, LiftingState.VERIFIED])

    def with_overtaken(self, day: date) -> "LiftingQuerySet":
        """Return them with `overtaken`: whether by the dates alone the project has on the day the level that was to be left, or a worse
        one. A threshold that passes writes nothing, so the lifting still stands as proposed; it cannot be carried out any more."""
        schedules = apps.get_model("projects", "WarningSchedule").objects.on(day)
        rows = schedules.filter(project=OuterRef("project"), year=OuterRef("year"))
        red, yellow = Exists(rows.filter(red_on__lte=day)), Exists(rows.filter(yellow_on__lte=day))
        return self.annotate(overtaken=Q(red) | Q(yellow, from_level=WarningLevel.YELLOW))

    def awaiting(self, day: date) -> "LiftingQuerySet":
        """Return those that await somebody and can still be carried out on the day."""
        return self.open().with_overtaken(day).filter(overtaken=False)

    def bearing_on(self, day: date) -> "LiftingQuerySet":
        """Return what a schedule of the day has to know: those that await somebody, that were confirmed on the day, or by which a
        project is observed on it still, in their order."""
        confirmed = Q(Q(ended_on=day) | Q(observed_until__gte=day), state=LiftingState.CONFIRMED)
        return self.filter(confirmed | Q(state__in=[LiftingState.PROPOSED, LiftingState.VERIFIED])).order_by("pk")

    def refused(self, projects: Iterable[int], year: int) -> list[int]:
        """Return those of the projects (keys) whose last lifting of the year was refused and that have not reported since: neither filed
        nor corrected a monthly report, nor said how a milestone stands."""
        reports = apps.get_model("projects", "ReportStep").objects.filter(
            report__project=OuterRef("project"), action__in=[ReportAction.FILE, ReportAction.CORRECT], created_at__gt=OuterRef("ended_at")
        )
        updates = apps.get_model("projects", "MilestoneUpdate").objects.filter(
            milestone__project=OuterRef("project"), layer__in=[UpdateLayer.SELF, UpdateLayer.OFFICE], created_at__gt=OuterRef("ended_at")
        )
        last = self.filter(project__in=projects, year=year).order_by("project_id", "-pk").distinct("project_id")
        rows = last.annotate(_reported=Exists(reports), _updated=Exists(updates)).values_list(
            "project_id", "state", "_reported", "_updated"
        )
        return [project for project, state, reported, updated in rows if state == LiftingState.REJECTED and not (reported or updated)]

    def for_list(self) -> "LiftingQuerySet":
        """Return them with their project, the longest waiting first."""
        return self.select_related("project").order_by("proposed_on", "pk")

    def as_of(self, day: date) -> "LiftingQuerySet":
        """Return what had been proposed by the day, as it stood then (rules.decision.lifting_state_on, as SQL): `state_then`, and the
        days of its check and its end, `verified_then` and `ended_then`, NULL where they were still to come. What a passing date had
        overtaken (`with_overtaken`) is shown as lapsed before the next record lets it lapse."""
        checked, ended = Q(verified_on__lte=day), Q(ended_on__lte=day)
        return (
            self.filter(proposed_on__lte=day)
            .with_overtaken(day)
            .annotate(
                verified_then=Case(When(checked, then=F("verified_on")), default=None),
                ended_then=Case(When(ended, then=F("ended_on")), default=None),
                state_then=Case(
                    When(ended, then=F("state")),
                    When(overtaken=True, then=Value(LiftingState.LAPSED)),
                    When(checked, then=Value(LiftingState.VERIFIED)),
                    default=Value(LiftingState.PROPOSED),
                ),
            )
        )

    def for_table(self, as_of: date) -> "LiftingQuerySet":
        """Return them as of the day with their project and `unit_label` of who answered for it: what awaited somebody first, the longest
        waiting before the others; then what had ended, the latest first."""
        waits = Case(When(ended_then=None, overtaken=False, then=F("proposed_on")), default=None)
        return (
            self.as_of(as_of)
            .select_related("project")
            .annotate(unit_label=Subquery(answering(as_of).values("_label")[:1]))
            .order_by(waits.asc(nulls_last=True), F("ended_then").desc(nulls_last=True), "-pk")
        )

    def counts(self, as_of: date) -> dict[str, int]:
        """Return how many there were by state on the day."""
        return dict(self.as_of(as_of).order_by().values_list("state_then").annotate(Count("pk")))

    def of_units(self, units: Iterable[int], as_of: date) -> "LiftingQuerySet":
        """Return those of the projects for which one of the units (keys) has a responsibility on the day."""
        rows = apps.get_model("projects", "Responsibility").objects.filter(in_force(as_of), unit__in=list(units))
        return self.filter(project__in=rows.values("project"))
