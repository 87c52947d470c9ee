"""One page of history over all tables: a union of newest-first slices, each no longer than the page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from pghistory.models import Context

from erqi.common.models import User
from erqi.history.registry import Kind
from projects.models import Project

# What commands write into the context when they load data (erqi.common.history.recorded_as).
SYSTEM_SOURCES = ("seed", "simulation", "bench")
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)~([a-z0-9_]{1,60})~(\d{1,18})", re.ASCII)
_COLUMNS = ("hist_source", "hist_id", "hist_at", "hist_label", "hist_obj", "hist_context")
_NO_CONTEXT = Cast(Value(None), UUIDField())


class Hit(NamedTuple):
    """One event as the union gives it: its source's place in the list, and what leads to the rest."""

    source: int
    pk: int
    at: datetime
    label: str
    obj: int
    context: UUID | None


class Cursor(NamedTuple):
    """The event after which a page goes on; as text it stands in the address."""

    at: datetime
    code: str
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{self.code}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor in the text, or None when it is none."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            return None
        try:
            at = datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(at, found[2], int(found[3]))


@dataclass(frozen=True)
class Filters:
    """What a history page is restricted to. Times are half-open: since ≤ at < until."""

    project: int | None = None
    obj: int | None = None
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    text: str = ""
    address: str = ""
    with_system: bool = False
    # Set by `prepared`: what the words above mean in this database.
    users: tuple[int, ...] = ()
    usernames: tuple[str, ...] = ()
    system_contexts: tuple[UUID, ...] = ()

    def prepared(self) -> "Filters":
        """Return the filters with the accounts that `who` names and the contexts of loaded data; at most two queries."""
        users = list(User.objects.filter(Q(name__icontains=self.who) | Q(username__icontains=self.who))) if self.who else []
        system = [] if self.with_system else Context.objects.filter(metadata__source__in=SYSTEM_SOURCES).values_list("pk", flat=True)
        return replace(
            self,
            users=tuple(user.pk for user in users),
            usernames=tuple(user.username for user in users),
            system_contexts=tuple(system),
        )


@dataclass(frozen=True)
class Source:
    """One branch of the union: rows that the filters let through, or None when they leave nothing of this kind."""

    code: str
    at: str
    rows: Callable[[Filters], QuerySet | None]
    label: Combinable
    obj: str = "pk"
    context: Combinable = _NO_CONTEXT


def source_of(kind: Kind) -> Source:
    """Return the branch of a kind of record."""
    return Source(kind.code, "pgh_created_at", partial(_events, kind), F("pgh_label"), "pgh_obj_id", F("pgh_context_id"))


def newest(sources: Sequence[Source], filters: Filters, size: int, after: Cursor | None = None) -> list[Hit]:
    """Return the newest `size` events of all sources (after the cursor, when given) in one query.

    The order is: newest first; of one moment by source, then the later written first. It is total, so that pages neither
    repeat nor skip an event. The sources must be in the order of their codes.
    """
    slices = [rows for place, source in enumerate(sources) if (rows := _slice(source, place, filters, size, after)) is not None]
    if not slices:
        return []
    first, *rest = slices
    if rest:
        first = first.union(*rest, all=True).order_by("-hist_at", "hist_source", "-hist_id")[:size]
    return [Hit(*row) for row in first]


def _slice(source: Source, place: int, filters: Filters, size: int, after: Cursor | None) -> QuerySet | None:
    rows = source.rows(filters)
    if rows is None:
        return None
    if filters.since:
        rows = rows.filter(**{f"{source.at}__gte": filters.since})
    if filters.until:
        rows = rows.filter(**{f"{source.at}__lt": filters.until})
    if after:
        later = Q(**{f"{source.at}__lt": after.at})
        if source.code == after.code:
            later |= Q(**{source.at: after.at}, pk__lt=after.pk)
        elif source.code > after.code:
            later |= Q(**{source.at: after.at})
        rows = rows.filter(later)
    return (
        rows.annotate(
            hist_source=Value(place, IntegerField()),
            hist_id=F("pk"),
            hist_at=F(source.at),
            hist_label=source.label,
            hist_obj=F(source.obj),
            hist_context=source.context,
        )
        .order_by(f"-{source.at}", "-pk")
        .values_list(*_COLUMNS)[:size]
    )


def _events(kind: Kind, filters: Filters) -> QuerySet | None:
    rows = _common(kind, models.QuerySet(kind.events).filter(kind.visible), filters)
    if rows is None:
        return None
    if filters.action:
        rows = rows.filter(pgh_label=filters.action)
    if filters.system_contexts:
        # A row without a context was written past the product: it is shown, never hidden.
        rows = rows.filter(Q(pgh_context=None) | ~Q(pgh_context__in=filters.system_contexts))
    by = Q()
    if filters.who:
        by &= Q(metadata__name__icontains=filters.who) | Q(metadata__user__in=list(filters.users))
    if filters.address:
        by &= Q(metadata__address__startswith=filters.address)
    return rows.filter(Exists(Context.objects.filter(by, pk=OuterRef("pgh_context_id")))) if by else rows


def _common(kind: Kind, rows: QuerySet, filters: Filters) -> QuerySet | None:
    if filters.project is not None:
        if not kind.project:
            return None
        rows = rows.filter(**{kind.project: filters.project})
    if filters.obj is not None:
        rows = rows.filter(pgh_obj_id=filters.obj)
    if filters.text:
        found = Q()
        for name in text_columns(kind):
            found |= Q(**{f"{name}__icontains": filters.text})
        if kind.project:
            found |= Q(**{f"{kind.project}__in": Project.objects.search(filters.text).values("pk")})
        if not found:
            return None
        rows = rows.filter(found)
    return rows


def text_columns(kind: Kind) -> list[str]:
    """Return the columns of the kind's events that hold words of people: no codes of choices, no ids, nothing hidden."""
    return [
        field.name
        for field in kind.events._meta.fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.name.startswith("pgh_")
        if field.name not in kind.hidden
    ]
