"""Problems reported directly, on their list, on desks and in figures; every day is read from the acts."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from supervision.choices import IssueAction, IssueGrade, IssueState
from supervision.querysets.acts import ActedQuerySet
from supervision.rules.issue import ANSWERED, OPEN, RUNNING, UNACCEPTED, UNASSIGNED, number_sought

# Those to whom a problem is reported, and who see to it that it is settled.
READERS = ("issue.handle", "inspect", "supervise", "inquiry.ask")
# How many days before its limit a problem is asked for at most: two working days and what lies between.
_NEAR = timedelta(days=14)


def figures(day: date) -> dict[str, Q]:
    """Return what the statistics by cause count as of the day, by name, of the problems that count (`IssueQuerySet.counting`): each number
    and the list that it leads to are read by one of these."""
    closed = Q(state_then=IssueState.CLOSED)
    return {
        "all": Q(),
        "open": ~closed,
        "late": Q(state_then__in=RUNNING, due_then__lt=day),
        "in_time": closed & Q(ended_then__lte=F("due_then")),
        "over": closed & Q(ended_then__gt=F("due_then")),
    }


def numbered_q(text: str, prefix: str = "") -> Q | None:
    """Return the condition of having the number that a search asks for, None where it asks for none."""
    sought = number_sought(text)
    return Q(**{f"{prefix}year": sought[0], f"{prefix}seq": sought[1]}) if sought is not None else None


class IssueQuerySet(ActedQuerySet):
    """Problems; `on_day` gives their state then."""

    def on_day(self, day: date) -> "IssueQuerySet":
        """Return what had been reported by the day, as it stood then: besides `ActedQuerySet.on_day`, `grade_then`, `cause_then`,
        `description_then`, and `ended_then`, the day of its last reply or of its end, NULL where it is open."""
        acts = self.model._meta.get_field("acts").related_model.objects.order_by("-pk")
        replies = acts.filter(issue=OuterRef("pk"), on__lte=day, action=IssueAction.REPLY)
        return (
            super()
            .on_day(day)
            .annotate(
                grade_then=F("acts__grade"),
                cause_then=F("acts__cause"),
                description_then=F("acts__description"),
                replied_then=Subquery(replies.values("on")[:1]),
                # The act by which a unit gives a problem back is that unit's; the problem is nobody's then.
                unit_then=Case(When(state_then__in=UNASSIGNED, then=None), default=F("acts__unit")),
            )
            .annotate(
                ended_then=Case(
                    When(state_then=IssueState.CLOSED, then=F("replied_then")),
                    When(state_then__in=[IssueState.DECLINED, IssueState.WITHDRAWN], then=F("acted_then")),
                    When(state_then__in=ANSWERED, then=F("replied_then")),
                    default=None,
                )
            )
        )

    def visible_to(self, user: Any, units: Collection[int]) -> "IssueQuerySet":
        """Return what the account may see: what nobody has taken up yet is for those to whom it was reported, and for whoever reported it
        (`units`: the account's own), since it was not to go through the unit that it may be about."""
        if any(user.can(code) for code in READERS):
            return self
        return self.filter(~Q(state__in=UNACCEPTED) | Q(author=user.pk) | Q(author_unit__in=units))

    def with_entry(self, day: date) -> "IssueQuerySet":
        """Return them with `entered_then`, the day on which they came into the state in which they stood (the office counts from it)."""
        acts = self.model._meta.get_field("acts").related_model.objects.order_by("-pk")
        moved = acts.filter(issue=OuterRef("pk"), on__lte=day).exclude(from_state=F("to_state"))
        return self.annotate(entered_then=Subquery(moved.values("on")[:1]))

    def for_table(self, day: date) -> "IssueQuerySet":
        """Return what the list shows on the day: what is late first, then by limit, what has ended last."""
        waits = Case(
            When(state_then__in=RUNNING, due_then__lt=day, then=Value(0)),
            When(state_then__in=OPEN, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        unit = self.model._meta.get_field("unit").related_model.objects.filter(pk=OuterRef("unit_then"))
        return (
            self.on_day(day)
            .with_entry(day)
            .annotate(waits=waits, unit_label=Subquery(unit.values("name")[:1]))
            .select_related("project", "author_unit")
            .order_by("waits", F("due_then").asc(nulls_last=True), "-year", "-seq")
        )

    def of_units(self, units: Collection[int]) -> "IssueQuerySet":
        """Return what units (keys) handle or reported."""
        return self.filter(Q(unit__in=units) | Q(author_unit__in=units))

    def handled_by(self, units: Collection[int]) -> "IssueQuerySet":
        """Return what awaits the units (keys) now."""
        return self.filter(unit__in=units, state__in=[IssueState.ASSIGNED, IssueState.HANDLING])

    def in_states(self, states: Iterable[str]) -> "IssueQuerySet":
        """Return what stands in one of the states now, the earliest first."""
        return self.filter(state__in=list(states)).select_related("project", "unit").order_by(F("due_on").asc(nulls_last=True), "pk")

    def running(self, day: date) -> "IssueQuerySet":
        """Return those whose clock ran on the day."""
        return self.on_day(day).filter(state_then__in=RUNNING, due_then__isnull=False)

    def near(self, day: date) -> "IssueQuerySet":
        """Return what the units have to do now and is late or nearly so; the exact days are counted in working days."""
        return self.in_states(RUNNING).filter(due_on__lte=day + _NEAR)

    def counting(self, day: date, figure: str = "all") -> "IssueQuerySet":
        """Return those (read with `on_day`) that a figure of the statistics by cause counts: what was not taken on, or was taken back, is
        no problem."""
        return self.exclude(state_then__in=[IssueState.WITHDRAWN, IssueState.DECLINED]).filter(figures(day)[figure])

    def by_cause(self, day: date, since: date) -> QuerySet:
        """Return figures by cause of what was reported from a day to another, as it stood then: all, open, late, in time, over time."""
        rows = self.on_day(day).filter(reported_on__gte=since).counting(day).order_by()
        numbers = {name: Count("pk", filter=condition) for name, condition in figures(day).items()}
        grades = {f"grade_{grade.lower()}": Count("pk", filter=Q(grade_then=grade)) for grade in IssueGrade}
        return rows.values("cause_then").annotate(simulated=Count("pk", filter=Q(simulated=True)), **numbers, **grades)
