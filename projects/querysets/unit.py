"""Querysets of units and people."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from erqi.common.sql import count_children
from projects.choices import ANSWERING_KINDS
from projects.querysets.responsibility import in_force
from projects.rules.search import search_terms


def label_of(path: str = "") -> Case:
    """Return the expression of a unit's short name, or its name where it has none; `path` leads to the unit ("unit__")."""
    return Case(
        When(**{f"{path}short_name": ""}, then=F(f"{path}name")),
        default=F(f"{path}short_name"),
        output_field=CharField(),
    )


def _of_units(day: date, **conditions: Any) -> QuerySet:
    """Return the units' own responsibilities for the `project` of an outer row on the day."""
    return apps.get_model("projects", "Responsibility").objects.filter(in_force(day), project=OuterRef("project"), duty="", **conditions)


def answering_rows(day: date) -> QuerySet:
    """Return the rows that say which unit answers for the `project` of an outer row on the day, the one that does first."""
    rank = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(ANSWERING_KINDS)), output_field=IntegerField())
    return _of_units(day, kind__in=ANSWERING_KINDS).order_by(rank, "pk")


def answering(day: date) -> QuerySet:
    """Return `answering_rows` with `_label`, the unit's short name."""
    return answering_rows(day).annotate(_label=label_of("unit__"))


def first_unit(kinds: Sequence[str], day: date, *others: F) -> Coalesce:
    """Return the expression of the first unit (key) that has a responsibility of the kinds for the `project` of an outer row on the day,
    those of the first kind first; without any the first of the others.

    Kind by kind, each one look into an index: for most projects the first kind has an answer, and nothing has to be sorted.
    """
    found = (Subquery(_of_units(day, kind=kind).order_by("pk").values("unit_id")[:1]) for kind in kinds)
    return Coalesce(*found, *others, output_field=BigIntegerField())


def unit_that(kinds: Sequence[str], day: date) -> Coalesce:
    """Return the expression of the unit (key) that reports (REPORTING_KINDS) or reviews (REVIEWING_KINDS) the `project` of an entry on
    the day (rules.responsibility.reporting_unit and reviewing_unit, as SQL): without a responsibility the project's owner."""
    return first_unit(kinds, day, F("project__owner_id"))


class SearchableQuerySet(QuerySet):
    """Records with a `search_key` of names, aliases and pinyin (rules.search)."""

    def search(self, text: str) -> "SearchableQuerySet":
        """Return the records in which every word of the text occurs, as characters, full pinyin or initials."""
        found = self
        for term in search_terms(text):
            found = found.filter(search_key__contains=term)
        return found


class UnitQuerySet(SearchableQuerySet):
    """Units with what they answer for."""

    def involved(self) -> QuerySet:
        """Return (key, name) of the units that have a responsibility for a project, own one or have targets of their own, by pinyin."""
        models = {name: apps.get_model("projects", name).objects for name in ("Responsibility", "Project", "Target")}
        responsible = Exists(models["Responsibility"].filter(unit=OuterRef("pk")))
        owner, aims = Exists(models["Project"].filter(owner=OuterRef("pk"))), Exists(models["Target"].filter(scope=OuterRef("pk")))
        return self.filter(responsible | owner | aims).order_by("sort_key", "pk").values_list("pk", "name")

    def parts(self) -> Callable[[Iterable[int]], set[int]]:
        """Return the function that gives the keys of units with those of all units below them: one query for any number of calls."""
        below: dict[int, list[int]] = {}
        for key, parent in self.exclude(parent=None).values_list("pk", "parent"):
            below.setdefault(parent, []).append(key)

        def with_parts(units: Iterable[int]) -> set[int]:
            found: set[int] = set()
            waiting = list(units)
            while waiting:
                key = waiting.pop()
                if key not in found:
                    found.add(key)
                    waiting += below.get(key, [])
            return found

        return with_parts

    def for_list(self, day: date) -> "UnitQuerySet":
        """Return units with what they answer for: `project_count` (responsibilities in force on the day) and `target_count`."""
        rows = self.model._meta.get_field("responsibilities").related_model.objects.filter(in_force(day), unit=OuterRef("pk"), duty="")
        projects = rows.order_by().values("unit").annotate(_n=Count("project", distinct=True)).values("_n")
        return (
            self.select_related("parent")
            .prefetch_related("aliases")
            .annotate(
                project_count=Coalesce(Subquery(projects, output_field=IntegerField()), Value(0)),
                target_count=count_children(self.model, "targets"),
                post_count=count_children(self.model, "posts"),
            )
            .order_by("kind", "sort_key", "name")
        )

    def for_detail(self) -> "UnitQuerySet":
        """Return units with their aliases, children, people and ledgers."""
        related = self.model._meta.get_field
        posts = related("posts").related_model.objects.select_related("person").order_by("person__sort_key", "pk")
        ledgers = related("ledgers").related_model.objects.for_list()
        return self.select_related("parent").prefetch_related(
            "aliases",
            "children",
            Prefetch("posts", queryset=posts),
            Prefetch("ledgers", queryset=ledgers),
        )

    def with_projects(self) -> "UnitQuerySet":
        """Return units with the projects that they answer for or own."""
        rows = answered_projects(self.model._meta.get_field("responsibilities").related_model)
        return self.prefetch_related(Prefetch("responsibilities", queryset=rows), "owned_projects__entries__ledger")


class PersonQuerySet(SearchableQuerySet):
    """People with their posts."""

    def responsible(self, kind: str) -> QuerySet:
        """Return (key, name) of the people who have a responsibility of the kind for a project (patrons, inspectors), by pinyin."""
        rows = apps.get_model("projects", "Responsibility").objects.filter(person=OuterRef("pk"), kind=kind)
        return self.filter(Exists(rows)).order_by("sort_key", "pk").values_list("pk", "name")

    def for_list(self) -> "PersonQuerySet":
        """Return people with their posts and units."""
        return self.prefetch_related("posts__unit").order_by("sort_key", "name")

    def for_detail(self) -> "PersonQuerySet":
        """Return people with their posts and the projects that they answer for."""
        rows = answered_projects(self.model._meta.get_field("responsibilities").related_model)
        return self.prefetch_related("posts__unit", Prefetch("responsibilities", queryset=rows))


def answered_projects(responsibilities) -> QuerySet:
    """Return the rows of the grid of responsibility with project, person, unit and the ledgers in which the project stands."""
    return responsibilities.objects.select_related("project", "person", "unit").prefetch_related("project__entries__ledger")
