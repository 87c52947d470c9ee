"""Querysets of ledgers and their entries: the ledger screen."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import Case, DateField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from erqi.common.sql import count_children
from projects.choices import ANSWERING_KINDS, REPORTING_KINDS, REVIEWING_KINDS, AbsenceKind, LedgerKind, LedgerLevel
from projects.querysets.milestone import done_then, due_then
from projects.querysets.responsibility import in_force
from projects.querysets.unit import answering, answering_rows, first_unit, unit_that
from projects.querysets.warning import gravity, level_case, with_schedule
from projects.querysets.warning_since import since_case
from projects.rules.search import search_terms
from projects.rules.stage import STAGE_OF_NATURE

_ENDED = {AbsenceKind.LEFT: "delisted_on", AbsenceKind.CLOSED: "closed_on"}


def absences(day: date, kind: str, prefix: str = "") -> QuerySet:
    """Return the times that were taken back since, and in which an entry (`prefix` leads to it) was out on the day."""
    rows = apps.get_model("projects", "EntryAbsence").objects
    return rows.filter(entry=OuterRef(f"{prefix}pk"), kind=kind, since__lte=day, until__gt=day).order_by("-pk")


def out(day: date, kind: str = AbsenceKind.LEFT, prefix: str = "") -> Q:
    """Return the condition that an entry had left its ledger, or was closed, on the day: by what stands now, or by what was taken
    back since."""
    return Q(**{f"{prefix}{_ENDED[AbsenceKind(kind)]}__lte": day}) | Exists(absences(day, kind, prefix))


def standing(day: date, prefix: str = "") -> Q:
    """Return the condition that an entry had not left its ledger on the day."""
    ended = Q(**{f"{prefix}delisted_on": None}) | Q(**{f"{prefix}delisted_on__gt": day})
    return ended & ~Exists(absences(day, AbsenceKind.LEFT, prefix))


def unclosed(day: date, prefix: str = "") -> Q:
    """Return the condition that an entry was not closed (销号) on the day."""
    return (Q(**{f"{prefix}closed_on": None}) | Q(**{f"{prefix}closed_on__gt": day})) & ~Exists(absences(day, AbsenceKind.CLOSED, prefix))


def left_on(day: date) -> Coalesce:
    """Return the expression of the day since which an entry had been out of its ledger on the day, NULL where it stood in it."""
    now = Case(When(delisted_on__lte=day, then=F("delisted_on")), default=None, output_field=DateField())
    return Coalesce(now, Subquery(absences(day, AbsenceKind.LEFT).values("since")[:1]))


def inside_of(projects: Iterable[int]) -> Q:
    """Return the condition that a ledger entry's project is one of the projects (keys), or bundled in one at one or two removes."""
    keys = list(projects)
    return Q(project__in=keys) | Q(project__bundle_of__in=keys) | Q(project__bundle_of__bundle_of__in=keys)


class LedgerQuerySet(QuerySet):
    """Ledgers; `main` are those of the district, one a year."""

    def main(self) -> "LedgerQuerySet":
        """Return the district's own key-project ledgers, one a year."""
        return self.filter(level=LedgerLevel.DISTRICT, kind=LedgerKind.PROJECTS)

    def for_list(self) -> "LedgerQuerySet":
        """Return ledgers with the number of entries, for the list and the year switch."""
        return self.select_related("unit").annotate(entry_count=count_children(self.model, "entries")).order_by("-year", "level", "code")


class LedgerEntryQuerySet(QuerySet):
    """Entries of ledgers as of a day: who stood in it, who answers, what is next."""

    def listed(self, as_of: date) -> "LedgerEntryQuerySet":
        """Return the entries that stood in their ledger on the day; an unknown date of listing does not exclude."""
        return self.entered(as_of).filter(standing(as_of))

    def with_stage(self, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate `stage`: the furthest reached on the day (rules.stage), NULL when nothing is known."""
        milestones = apps.get_model("projects", "Milestone").objects
        reached = Subquery(
            milestones.known(as_of).done(as_of).filter(project=OuterRef("project")).furthest_stage(), output_field=IntegerField()
        )
        whens = [When(nature=nature, then=Value(int(stage))) for nature, stage in STAGE_OF_NATURE.items()]
        by_nature = Case(*whens, default=None, output_field=IntegerField())
        # PostgreSQL's GREATEST ignores NULL, so either source alone is enough.
        return self.annotate(stage=Greatest(reached, by_nature))

    def with_answering_unit(self, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate `answering_id`, `answering_unit` (short label) and `answering_kind`: who answers for the project on the day."""
        first = answering(as_of)
        return self.annotate(
            answering_id=first_unit(ANSWERING_KINDS, as_of),
            answering_row=Subquery(first.values("pk")[:1]),
            answering_kind=Subquery(first.values("kind")[:1]),
            answering_unit=Subquery(first.values("_label")[:1]),
        )

    def with_answering_id(self, as_of: date, *, simulated: bool = False) -> "LedgerEntryQuerySet":
        """Annotate `answering_id` alone: the unit that answers for the project on the day; or also `answering_simulated`."""
        found = self.annotate(answering_id=first_unit(ANSWERING_KINDS, as_of))
        return found.annotate(answering_simulated=Subquery(answering_rows(as_of).values("simulated")[:1])) if simulated else found

    def with_reporting_id(self, day: date) -> "LedgerEntryQuerySet":
        """Annotate `reporting_id`: the unit that reports the project each month, as of the day."""
        return self.annotate(reporting_id=unit_that(REPORTING_KINDS, day))

    def with_reviewing_id(self, day: date) -> "LedgerEntryQuerySet":
        """Annotate `reviewing_id`: the unit that reviews the project's reports, as of the day."""
        return self.annotate(reviewing_id=unit_that(REVIEWING_KINDS, day))

    def with_milestone(
        self,
        year: int,
        as_of: date,
        kinds: Iterable[str] = (),
        due_by: date | None = None,
        due_from: date | None = None,
        still_open: bool = False,
    ) -> "LedgerEntryQuerySet":
        """Return the entries with a milestone of their ledger's year, known on the day, of one of the kinds and due in the period.

        `still_open` leaves out what is done on the day. Dates are those in force then.
        """
        return self.filter(Exists(self._milestones(year, as_of, kinds, due_by, due_from, still_open)))

    @staticmethod
    def _milestones(
        year: int,
        as_of: date,
        kinds: Iterable[str] = (),
        due_by: date | None = None,
        due_from: date | None = None,
        still_open: bool = False,
    ) -> QuerySet:
        """Return the milestones that `with_milestone` asks for, of the project of an outer row.

        The year is given and not read from the row's ledger: PostgreSQL would take it for rarely equal and walk all rows for each.
        """
        found = apps.get_model("projects", "Milestone").objects.known(as_of)
        found = found.filter(project=OuterRef("project"), year=year)
        if still_open:
            found = found.open(as_of)
        if kinds:
            found = found.filter(kind__in=list(kinds))
        if due_by or due_from:
            found = found.annotate(due_then=due_then(as_of))
            period = {"due_then__lte": due_by, "due_then__gte": due_from}
            found = found.filter(**{name: day for name, day in period.items() if day})
        return found

    def with_achieved(self, year: int, as_of: date, kinds: Iterable[str]) -> "LedgerEntryQuerySet":
        """Return the entries of which a milestone of one of the kinds was done in the ledger's year, as known on the day.

        By the day itself: what is only known to have been done by some day may have been done in an earlier year.
        """
        return self.filter(Exists(self._achievements(year, as_of, kinds)))

    @staticmethod
    def _achievements(year: int, as_of: date, kinds: Iterable[str]) -> QuerySet:
        """Return the milestones that `with_achieved` asks for, of the project of an outer row."""
        found = apps.get_model("projects", "Milestone").objects.known(as_of).filter(project=OuterRef("project"), kind__in=list(kinds))
        return found.annotate(done_day=done_then(as_of)).filter(done_day__year=year, done_day__lte=as_of)

    def with_progress(self, year: int, as_of: date, kinds: Iterable[str], *, plans: bool = True) -> "LedgerEntryQuerySet":
        """Annotate how entries of the year stand with milestones of the kinds, each as `with_milestone` and `with_achieved` filter:
        `achieved`, `asked` (one is planned for the year); with `plans` also `due` (by the day), `dated` (in the year); and
        `achieved_simulated`, `due_simulated`, whether one of those milestones, or what says that it was done, is simulated."""
        kinds = list(kinds)
        achieved, due = self._achievements(year, as_of, kinds), self._milestones(year, as_of, kinds, due_by=as_of)
        updates = apps.get_model("projects", "MilestoneUpdate").objects.deciding().known(as_of).order_by()
        played = Q(simulated=True) | Exists(updates.filter(milestone=OuterRef("pk"), simulated=True))
        found = self.annotate(
            achieved=Exists(achieved),
            asked=Exists(self._milestones(year, as_of, kinds)),
            achieved_simulated=Exists(achieved.filter(played)),
        )
        if plans:
            dated = self._milestones(year, as_of, kinds, due_by=date(year, 12, 31))
            found = found.annotate(due=Exists(due), dated=Exists(dated), due_simulated=Exists(due.filter(simulated=True)))
        return found

    def with_next_milestone(self, year: int, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate the year's first milestone that is open on the day, by the dates in force then (rules.milestone.value_on, as SQL):
        `next_milestone` (key), `next_kind`, `next_name`, `next_due_on`, `next_phrase`."""
        milestones = apps.get_model("projects", "Milestone").objects
        first = (
            milestones.known(as_of)
            .open(as_of)
            .filter(project=OuterRef("project"), year=year)
            .annotate(due_then=due_then(as_of))
            .order_by(F("due_then").asc(nulls_last=True), "pk")
        )
        return self.annotate(
            next_milestone=Subquery(first.values("pk")[:1]),
            next_kind=Subquery(first.values("kind")[:1]),
            next_name=Subquery(first.values("name")[:1]),
            next_due_on=Subquery(first.values("due_then")[:1]),
            next_phrase=Subquery(first.values("due_phrase")[:1]),
        )

    def with_milestone_due(self, year: int, first: date, last: date) -> "LedgerEntryQuerySet":
        """Annotate the first milestone of the year that is open on `first` and due by `last`, by the dates in force on `first`:
        `coming_name`, `coming_due_on`."""
        found = (
            apps.get_model("projects", "Milestone")
            .objects.known(first)
            .open(first)
            .filter(project=OuterRef("project"), year=year)
            .annotate(due_then=due_then(first))
            .filter(due_then__gte=first, due_then__lte=last)
            .order_by("due_then", "pk")
        )
        return self.annotate(coming_name=Subquery(found.values("name")[:1]), coming_due_on=Subquery(found.values("due_then")[:1]))

    def with_level(self, year: int, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate `level` (WarningLevel) as shown on the day, and join the schedule of the year as `schedule`."""
        return with_schedule(self, "project__schedules", year, as_of).annotate(level=level_case(as_of, "schedule__"))

    def for_warnings(self, ledger, as_of: date) -> "LedgerEntryQuerySet":
        """Return the rows of the warnings board as they stood on the day, with `level` and `schedule_key`; those whose next threshold
        is nearest or longest past come first."""
        rows = self.filter(ledger=ledger).listed(as_of).with_level(ledger.year, as_of).annotate(schedule_key=F("schedule__pk"))
        return rows.order_by("schedule__red_on", "schedule__yellow_on", "schedule__blue_on", "seq")

    def worst_first(self, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate rows of `for_warnings` with `first`, the day since which the level is shown, and put the worst and longest first."""
        rows = self.annotate(first=since_case(as_of, "schedule__"))
        return rows.order_by(gravity(), F("first").asc(nulls_last=True), "seq")

    def changed_colour(self, ledger, first: date, last: date) -> "LedgerEntryQuerySet":
        """Return the entries whose colour differs between two days (`level_was`, `level_now`), or that entered or left the ledger
        between them; `schedule_key` is the schedule that holds on the last day.

        `left_was` and `left_now`: since when the entry was out of the ledger on each day, with `left_reason`; `back_on`: when it came back.
        """
        rows = self.filter(ledger=ledger).entered(last).annotate(left_was=left_on(first), left_now=left_on(last))
        rows = rows.filter(Q(left_was=None) | Q(left_now=None))
        rows = rows.annotate(
            left_reason=Coalesce(Subquery(absences(last, AbsenceKind.LEFT).values("reason")[:1]), F("delist_reason")),
            back_on=Subquery(absences(first, AbsenceKind.LEFT).values("until")[:1]),
        )
        rows = with_schedule(rows, "project__schedules", ledger.year, first, "was")
        rows = with_schedule(rows, "project__schedules", ledger.year, last, "now")
        rows = rows.annotate(level_was=level_case(first, "was__"), level_now=level_case(last, "now__"), schedule_key=F("now__pk"))
        moved = Q(listed_on__gt=first, listed_on__lte=last) | Q(left_was__isnull=False) | Q(left_now__isnull=False)
        return rows.filter(moved | ~Q(level_was=F("level_now"))).order_by("seq")

    def search(self, text: str) -> "LedgerEntryQuerySet":
        """Return the entries whose project matches every word: name, alias, code, full pinyin or initials."""
        found = self
        for term in search_terms(text):
            found = found.filter(project__search_key__contains=term)
        return found

    def entered(self, as_of: date) -> "LedgerEntryQuerySet":
        """Return the entries that had entered their ledger by the day, whether or not they had left it again."""
        return self.filter(Q(listed_on=None) | Q(listed_on__lte=as_of))

    def gone(self, as_of: date) -> "LedgerEntryQuerySet":
        """Return the entries that were out of their ledger (退出) on the day."""
        return self.filter(out(as_of))

    def of_bundles(self, projects: Iterable[int]) -> "LedgerEntryQuerySet":
        """Return the entries of the projects (keys) and of what is bundled in them, also in a bundle inside."""
        return self.filter(inside_of(projects))

    def of_units(self, units: Iterable[int], as_of: date, *, answering: bool = False) -> "LedgerEntryQuerySet":
        """Return the entries for which one of the units (keys) has a responsibility on the day or owns the project; with
        `answering`, those for which it is the unit that answers. Never multiplies rows."""
        units = list(units)
        if answering:
            return self.with_answering_unit(as_of).filter(answering_id__in=units)
        responsible = apps.get_model("projects", "Responsibility").objects.filter(in_force(as_of), unit__in=units).values("project")
        return self.filter(Q(project__in=responsible) | Q(project__owner__in=units))

    def of_people(self, people: Iterable[int], kind: str, as_of: date) -> "LedgerEntryQuerySet":
        """Return the entries for whose projects one of the people (keys) has a responsibility of the kind on the day."""
        rows = apps.get_model("projects", "Responsibility").objects.filter(in_force(as_of), kind=kind, person__in=list(people))
        return self.filter(project__in=rows.values("project"))

    def for_ledger(self, ledger, as_of: date, *, delisted: bool = False) -> "LedgerEntryQuerySet":
        """Return the rows of the ledger page as they stood on the day, in the ledger's order.

        With `delisted`, entries that had left the ledger by the day are among them; `left_on` says since when. Stage, answering
        unit and next milestone are read for the rows shown (querysets.ledger_state), and annotated (`with_…`) only where a list is
        filtered or sorted by them: for ten thousand rows that is the greater part of the query.
        """
        entries = self.filter(ledger=ledger).annotate(left_on=left_on(as_of))
        return (
            (entries.entered(as_of) if delisted else entries.listed(as_of))
            .select_related("project__category__parent", "project__area", "project__owner")
            .order_by("seq")
        )

    def with_state(self, year: int, as_of: date) -> "LedgerEntryQuerySet":
        """Annotate stage, answering unit and next milestone."""
        return self.with_stage(as_of).with_answering_unit(as_of).with_next_milestone(year, as_of)

    def for_project(self) -> "LedgerEntryQuerySet":
        """Return a project's entries, the latest year first."""
        return self.select_related("ledger").prefetch_related("absences").order_by("-ledger__year", "ledger__level", "pk")
