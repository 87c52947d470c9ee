"""Inspections as of a day, and how often each unit was inspected."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db.models import Case, CharField, Count, DateField, F, Q, Value, When
from django.db.models.functions import ExtractMonth

from erqi.common.dates import month_end
from erqi.common.models import User
from supervision.choices import InspectionAction, InspectionLayer, InspectionState
from supervision.querysets.acts import ActedQuerySet
from supervision.querysets.item import item_name
from supervision.rules.inspection import UNANNOUNCED, UNCOUNTED

# A unit's own check burdens nobody but itself.
COUNTED = (InspectionLayer.INSPECTOR, InspectionLayer.LEADER)
# The permissions with which somebody plans inspections, and sees those that were not announced.
READERS = ("inspect", "supervise", "inquiry.ask")


def is_reader(user: User) -> bool:
    """Say whether the account inspects or supervises: it sees what was not announced, and why somebody was looked at again."""
    return any(user.can(code) for code in READERS)


class InspectionQuerySet(ActedQuerySet):
    """Inspections."""

    def for_table(self, day: date) -> "InspectionQuerySet":
        """Return what was known on the day, with `state_then`, `verdict_then`, `item_said` (what its item was called then): what is planned
        first, then the latest look."""
        verdict = Case(
            When(state_then__in=sorted(UNANNOUNCED), then=Value("")),
            When(changed_on__gt=day, then=F("first_verdict")),
            default=F("verdict"),
            output_field=CharField(),
        )
        when = Case(When(state_then__in=sorted(UNANNOUNCED), then=F("planned_for")), default=F("inspected_on"), output_field=DateField())
        planned = Case(When(state_then=InspectionState.PLANNED, then=Value(0)), default=Value(1))
        rows = self.on_day(day).select_related("unit", "project", "item")
        rows = rows.annotate(verdict_then=verdict, held_on=when, item_said=item_name(day))
        return rows.annotate(_planned=planned).order_by("_planned", F("held_on").desc(), "-pk")

    def visible_to(self, user: User) -> "InspectionQuerySet":
        """Return what the account may see: what is planned, or was called off, is known to those alone who inspect. Of rows read on a day
        the state of that day counts."""
        if is_reader(user):
            return self
        state = "state_then" if "state_then" in self.query.annotations else "state"
        return self.exclude(**{f"{state}__in": sorted(UNANNOUNCED)})

    def counting(self) -> "InspectionQuerySet":
        """Return those that burden the inspected unit: conducted or planned by others than itself."""
        return self.filter(layer__in=COUNTED).exclude(state__in=sorted(UNCOUNTED))

    def recorded_by(self, day: date) -> "InspectionQuerySet":
        """Return those whose conclusion was known on the day, however long before it somebody had looked."""
        return self.filter(acts__action__in=[InspectionAction.CONDUCT, InspectionAction.SELF_CHECK], acts__on__lte=day)

    def in_month(self, unit: int, day: date) -> int:
        """Return how many inspections of a unit (key) the month of the day has: conducted, or planned for it."""
        first, last = day.replace(day=1), month_end(day.year, day.month)
        held = Q(inspected_on__range=(first, last)) | Q(inspected_on=None, planned_for__range=(first, last))
        return self.counting().filter(held, unit=unit).count()

    def simulated_in(self, year: int, until: date) -> set[int]:
        """Return the units (keys) of whose inspections in the year some are simulated: one query."""
        rows = self.counting().filter(inspected_on__year=year, simulated=True).recorded_by(until)
        return set(rows.order_by().values_list("unit_id", flat=True))

    def by_unit_and_month(self, year: int, until: date, units: Collection[int] = ()) -> dict[int, Counter[int]]:
        """Return how many inspections each unit (key) had in each month of the year that were known on a day: one query."""
        rows = self.counting().filter(inspected_on__year=year).recorded_by(until)
        if units:
            rows = rows.filter(unit__in=units)
        found: dict[int, Counter[int]] = {}
        counted = rows.order_by().annotate(_month=ExtractMonth("inspected_on")).values_list("unit_id", "_month").annotate(Count("pk"))
        for unit, month, number in counted:
            found.setdefault(unit, Counter())[month] = number
        return found
