"""The rows of a history page, put together from the union's hits with a constant number of queries per kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context

from erqi.common.models import User
from erqi.history.diff import Change, changes, contents, relations, title
from erqi.history.query import SYSTEM_SOURCES, Hit
from erqi.history.registry import Kind
from projects.models import Project

ACTIONS = {"insert": "新增", "update": "修改", "delete": "删除"}


@dataclass(frozen=True)
class Author:
    """Who did something, as the context of the change says: the name at the time, the account of today, from where, on which
    business date."""

    name: str
    username: str = ""
    address: str = ""
    page: str = ""
    is_system: bool = False
    business_date: date | None = None


@dataclass(frozen=True)
class Entry:
    """One change of one record."""

    at: datetime
    kind: str
    kind_label: str
    action: str
    obj: int
    author: Author
    context: UUID | None
    title: str = ""
    project: Any = None
    changes: list[Change] = field(default_factory=list)
    contents: list[dict[str, str]] = field(default_factory=list)

    @property
    def action_label(self) -> str:
        return ACTIONS.get(self.action, self.action)

    @property
    def url(self) -> str:
        """The history of this record alone."""
        return f"{reverse('history')}?kind={self.kind}&id={self.obj}"

    @property
    def is_bookkeeping(self) -> bool:
        """Whether nothing changed that a person could see (search keys written anew)."""
        return self.action == "update" and not self.changes and not self.contents


@dataclass(frozen=True)
class Action:
    """What one person did at once: the changes of one request."""

    author: Author
    at: datetime
    entries: list[Entry]

    @property
    def other_date(self) -> date | None:
        """The business date on which it was done, where it is not the day of the clock."""
        day = self.author.business_date
        return day if day != timezone.localtime(self.at).date() else None


def authors(contexts: Iterable[UUID | None]) -> dict[UUID | None, Author]:
    """Return who stands behind each context, in two queries."""
    ids = {context for context in contexts if context}
    said = {context.pk: context.metadata for context in Context.objects.filter(pk__in=ids)} if ids else {}
    users = {metadata.get("user") for metadata in said.values() if metadata.get("user")}
    usernames = dict(User.objects.filter(pk__in=users).values_list("pk", "username")) if users else {}
    unknown = Author("没有记录（未经平台写入数据库）", is_system=True)
    return defaultdict(lambda: unknown, {pk: _author(metadata, usernames) for pk, metadata in said.items()})


def _author(metadata: Mapping[str, Any], usernames: Mapping[int, str]) -> Author:
    source = metadata.get("source", "")
    name = metadata.get("name") or ("未登录" if source == "web" else f"系统命令（{source}）")
    return Author(
        name,
        usernames.get(metadata.get("user"), ""),
        metadata.get("address") or "",
        metadata.get("page") or "",
        is_system=source in SYSTEM_SOURCES,
        business_date=_day(metadata.get("business_date")),
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def entries(hits: Sequence[Hit], kinds: Sequence[Kind], people: Mapping[UUID | None, Author] | None = None) -> list[Entry]:
    """Return the hits as entries, in their order; `kinds` is what the hits' sources stand for, `people` the known authors.

    Queries: two for the people, at most two per kind that occurs (events, their predecessors), one per kind of record that
    these point to.
    """
    rows: dict[tuple[int, int], models.Model] = {}
    before: dict[tuple[int, int], models.Model] = {}
    for place in sorted({hit.source for hit in hits}):
        found, earlier = _load(kinds[place], [hit.pk for hit in hits if hit.source == place])
        rows |= {(place, pk): row for pk, row in found.items()}
        before |= {(place, pk): row for pk, row in earlier.items()}
    people = authors(hit.context for hit in hits) if people is None else people
    projects, names = _names([*rows.values(), *before.values()])
    return [
        _entry(hit, kinds[hit.source], row, before.get((hit.source, hit.pk)), people, projects, names)
        for hit in hits
        if (row := rows.get((hit.source, hit.pk))) is not None
    ]


def _load(kind: Kind, ids: list[int]) -> tuple[dict[int, models.Model], dict[int, models.Model]]:
    """Return the events by id, and by the same ids the events that came before them for the same record."""
    rows = models.QuerySet(kind.events).filter(pk__in=ids)
    if kind.project:
        rows = rows.annotate(hist_project=F(kind.project))
    # Compared with what the person may have seen before: a draft's words do not show as the old ones either.
    earlier = models.QuerySet(kind.events).filter(kind.visible, pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    rows = rows.annotate(hist_before=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
    found = {row.pk: row for row in rows}
    wanted = {row.hist_before: pk for pk, row in found.items() if row.hist_before and row.pgh_label == "update"}
    known = {pk: row for pk, row in found.items() if pk in wanted}
    missing = wanted.keys() - known.keys()
    if missing:
        known |= {row.pk: row for row in models.QuerySet(kind.events).filter(pk__in=missing)}
    return found, {wanted[pk]: row for pk, row in known.items()}


def _names(rows: Iterable[models.Model]) -> tuple[dict[int, Project], dict[tuple[type[models.Model], Any], str]]:
    """Return the projects of the rows and the names of all records that they point to, one query per kind of record."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for row in rows:
        for column in relations(type(row)):
            if (pk := getattr(row, column.attname)) is not None:
                wanted[column.related_model].add(pk)
        if pk := getattr(row, "hist_project", None):
            wanted[Project].add(pk)
    found = {model: model._base_manager.in_bulk(pks) for model, pks in wanted.items()}
    names = {(model, pk): str(record) for model, records in found.items() for pk, record in records.items()}
    return found.get(Project, {}), names


def _entry(
    hit: Hit,
    kind: Kind,
    row: models.Model,
    before: models.Model | None,
    people: Mapping[UUID | None, Author],
    projects: Mapping[int, Project],
    names: Mapping[tuple[type[models.Model], Any], str],
) -> Entry:
    compared = hit.label == "update" and before is not None
    return Entry(
        at=hit.at,
        kind=kind.code,
        kind_label=kind.label,
        action=hit.label,
        obj=hit.obj,
        author=people[hit.context],
        context=hit.context,
        title=title(kind.model._meta.label_lower, row, names),
        project=projects.get(getattr(row, "hist_project", None)),
        changes=changes(before, row, names, kind.hidden) if compared else [],
        contents=[] if compared else contents(row, names, kind.hidden),
    )


def actions(rows: Iterable[Entry]) -> list[Action]:
    """Return the entries grouped by what was done at once, in their order."""
    groups: list[list[Entry]] = []
    for entry in rows:
        if groups and entry.context and groups[-1][-1].context == entry.context:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [Action(group[0].author, group[0].at, group) for group in groups]
