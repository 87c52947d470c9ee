"""Items of the supervision ledgers as of a day: state and deadline from their acts, colour from the schedule that holds."""

from collections.abc import Collection, Iterable
from datetime import date

from django.apps import apps
from django.db.models import Case, DateField, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, Subquery, Value, When

from projects.choices import WarningLevel
from projects.querysets.responsibility import in_force
from projects.querysets.revision import RevisionQuerySet, valid_on
from projects.querysets.warning import gravity
from projects.rules.search import search_terms
from supervision.choices import ItemAction, ItemState
from supervision.querysets.acts import ActedQuerySet


def grid_on(day: date) -> Q:
    """Return the condition that a row of an item's grid stood on the day, as far as that day knew: neither a row that was entered later nor
    an end that was counts."""
    return Q(recorded_on__lte=day, since__lte=day) & (Q(until=None) | Q(until__gte=day) | Q(ended_on__gt=day))


def item_name(day: date) -> Subquery:
    """Return the expression of what the `item` of a record was called on the day."""
    rows = apps.get_model("supervision", "ItemText").objects.on(day).filter(item=OuterRef("item"))
    return Subquery(rows.values("name")[:1])


class ItemScheduleQuerySet(RevisionQuerySet):
    """Schedules of items' colours."""


def level_case(day: date, prefix: str = "schedule__") -> Case:
    """Return the expression of an item's level on the day; `prefix` leads to the schedule row that holds then (NULL: not evaluated)."""
    dates = [
        (WarningLevel.DONE, "closed_on"),
        (WarningLevel.RED, "red_on"),
        (WarningLevel.YELLOW, "yellow_on"),
        (WarningLevel.BLUE, "blue_on"),
        (WarningLevel.GREEN, "green_on"),
    ]
    whens = [When(**{f"{prefix}{column}__lte": day, "then": Value(int(level))}) for level, column in dates]
    return Case(*whens, default=Value(int(WarningLevel.UNRATED)), output_field=IntegerField())


class ItemQuerySet(ActedQuerySet):
    """Items of the supervision ledgers."""

    def with_level(self, day: date) -> "ItemQuerySet":
        """Return them with `level` as shown on the day; never multiplies rows."""
        rows = self.annotate(schedule=FilteredRelation("schedules", condition=valid_on(day, "schedules__")))
        return rows.annotate(level=level_case(day))

    def worded(self, day: date) -> "ItemQuerySet":
        """Return them with `said`, what each said on the day (ItemText); None before it was registered. Never multiplies rows."""
        return self.annotate(said=FilteredRelation("texts", condition=valid_on(day, "texts__"))).select_related("said__theme")

    def named_on(self, day: date) -> "ItemQuerySet":
        """Return them as they were called on the day."""
        return self.worded(day)

    def told(self, day: date) -> "ItemQuerySet":
        """Return what `on_day` gives with the 病因 that had been named by the day (`cause_then`, `cause_note_then`), and the day of 销号 of
        what was struck off then (`closed_then`)."""
        acts = self.model._meta.get_field("acts").related_model.objects.filter(item=OuterRef("pk"), on__lte=day).order_by("-pk")
        closed = Subquery(acts.filter(action=ItemAction.CONFIRM).values("on")[:1])
        return self.annotate(
            cause_then=F("acts__cause"),
            cause_note_then=F("acts__cause_note"),
            closed_then=Case(When(state_then=ItemState.CLOSED, then=closed), output_field=DateField()),
        )

    def for_table(self, day: date) -> "ItemQuerySet":
        """Return what stood in the ledgers on the day with level, state and deadline as of it: what lags most first, what is done last."""
        done = Case(When(state_then__in=[ItemState.CLOSED, ItemState.CANCELLED], then=Value(1)), default=Value(0))
        unit = apps.get_model("projects", "Unit").objects.filter(pk=OuterRef("unit_then")).values("name")[:1]
        rows = self.on_day(day).worded(day).told(day).with_level(day).select_related("project")
        return rows.annotate(_done=done, _grave=gravity(), unit_label=Subquery(unit)).order_by(
            "_done", "_grave", F("due_then").asc(nulls_last=True), "pk"
        )

    def of_units(self, units: Iterable[int], day: date, kinds: Collection[str] = ()) -> "ItemQuerySet":
        """Return those for which one of the units (keys) has a responsibility on the day; `kinds`: only of these kinds."""
        rows = apps.get_model("supervision", "ItemDuty").objects.filter(grid_on(day), item=OuterRef("pk"), unit__in=list(units))
        return self.filter(Exists(rows.filter(kind__in=kinds) if kinds else rows))

    def of_project(self, project: int, day: date) -> "ItemQuerySet":
        """Return those that are about a project (key) on the day."""
        links = apps.get_model("supervision", "ItemLink").objects.filter(in_force(day), item=OuterRef("pk"), project=project)
        return self.filter(Exists(links))

    def search(self, text: str) -> "ItemQuerySet":
        """Return those (read with `worded`) in which every word occurs: name, number, source, goal, also by pinyin."""
        rows = self
        for term in search_terms(text):
            rows = rows.filter(said__search_key__contains=term)
        return rows
