"""The audit trail: log-ins and log-outs, accounts and roles with their values, business records without theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from axes.models import AccessFailureLog, AccessLog
from django.db import models
from django.db.models import Q, QuerySet, TextField, Value

from erqi.common.models import User
from erqi.history.diff import Change
from erqi.history.entries import ACTIONS, Author, authors, entries
from erqi.history.query import Filters, Hit, Source, source_of
from erqi.history.registry import Kind, kinds

SIGN_IN, SIGN_FAILED, SIGN_OUT = "sign_in", "sign_failed", "sign_out"
_SIGNS = {SIGN_IN: "登录", SIGN_FAILED: "登录失败", SIGN_OUT: "退出"}
_GRANTS = {"insert": "授予", "delete": "收回"}
CATEGORIES = {
    "": "全部",
    "sign": "登录和退出",
    SIGN_FAILED: "登录失败",
    "account": "账号、角色和安装信息",
    "business": "业务记录",
}


@dataclass(frozen=True)
class Line:
    """One line of the audit trail. `changes` and `contents` are filled for accounts and roles only."""

    at: datetime
    category: str
    what: str
    author: Author
    is_failure: bool = False
    changes: list[Change] = field(default_factory=list)
    contents: list[dict[str, str]] = field(default_factory=list)


def audit_sources(category: str) -> list[Source]:
    """Return the branches of the union for a category, in the order of their codes."""
    signs = [
        _sign_source(SIGN_IN, AccessLog, "attempt_time"),
        _sign_source(SIGN_FAILED, AccessFailureLog, "attempt_time"),
        _sign_source(SIGN_OUT, AccessLog, "logout_time"),
    ]
    records = [(kind, source_of(kind)) for kind in kinds().values()]
    chosen = {
        "": [*signs, *(source for _, source in records)],
        "sign": signs,
        SIGN_FAILED: [source for source in signs if source.code == SIGN_FAILED],
        "account": [source for kind, source in records if kind.is_account],
        "business": [source for kind, source in records if not kind.is_account],
    }[category]
    return sorted(chosen, key=lambda source: source.code)


def _sign_source(code: str, model: type[models.Model], at: str) -> Source:
    return Source(code, at, partial(_sign_rows, model, at), Value(code, TextField()))


def _sign_rows(model: type[models.Model], at: str, filters: Filters) -> QuerySet:
    rows = models.QuerySet(model).filter(**{f"{at}__isnull": False})
    if filters.who:
        rows = rows.filter(Q(username__icontains=filters.who) | Q(username__in=filters.usernames))
    if filters.address:
        rows = rows.filter(ip_address__startswith=filters.address)
    return rows


def lines(hits: Sequence[Hit], sources: Sequence[Source]) -> list[Line]:
    """Return the hits as lines of the trail, in their order, with a constant number of queries per kind that occurs."""
    known = kinds()
    by_code = [known.get(source.code) for source in sources]
    signs = _signs(hits, sources)
    people = authors(hit.context for hit in hits)
    accounts = _accounts(hits, by_code, people)
    found = []
    for hit in hits:
        kind = by_code[hit.source]
        if kind is None:
            found.append(signs[sources[hit.source].code, hit.pk])
        elif kind.is_account:
            line = accounts[hit.source, hit.pk]
            # An account's own log-in is written by the sign-in lines; the row changes in nothing that is shown.
            if line.changes or line.contents:
                found.append(line)
        else:
            what = f"{ACTIONS.get(hit.label, hit.label)}（记录编号 {hit.obj}）"
            found.append(Line(hit.at, kind.label, what, people[hit.context]))
    return found


def _signs(hits: Sequence[Hit], sources: Sequence[Source]) -> dict[tuple[str, int], Line]:
    wanted = {code: {hit.pk: hit for hit in hits if sources[hit.source].code == code} for code in _SIGNS}
    entered = wanted[SIGN_IN].keys() | wanted[SIGN_OUT].keys()
    logs = AccessLog.objects.in_bulk(entered) if entered else {}
    failures = AccessFailureLog.objects.in_bulk(wanted[SIGN_FAILED].keys()) if wanted[SIGN_FAILED] else {}
    rows = {SIGN_IN: logs, SIGN_OUT: logs, SIGN_FAILED: failures}
    usernames = {row.username for row in [*logs.values(), *failures.values()]}
    names = dict(User.objects.filter(username__in=usernames).values_list("username", "name")) if usernames else {}
    return {(code, pk): _sign_line(code, hit, rows[code][pk], names) for code, found in wanted.items() for pk, hit in found.items()}


def _sign_line(code: str, hit: Hit, row: Any, names: Mapping[str, str]) -> Line:
    name = names.get(row.username)
    what = _SIGNS[code]
    if code == SIGN_FAILED:
        what += "，已锁定" if row.locked_out else ""
        what += "" if name else "（没有这个账号）"
    author = Author(name or row.username or "（未填用户名）", row.username or "", row.ip_address or "")
    return Line(hit.at, _SIGNS[code], what, author, is_failure=code == SIGN_FAILED)


def _accounts(hits: Sequence[Hit], by_code: Sequence[Kind | None], people: Mapping[UUID | None, Author]) -> dict[tuple[int, int], Line]:
    chosen = [hit for hit in hits if (kind := by_code[hit.source]) and kind.is_account]
    found = {}
    for hit, entry in zip(chosen, entries(chosen, by_code, people), strict=True):
        verb = _GRANTS.get(entry.action) if entry.kind == "rolegrant" else None
        what = f"{verb or entry.action_label} {entry.title}".strip()
        found[hit.source, hit.pk] = Line(hit.at, entry.kind_label, what, entry.author, False, entry.changes, entry.contents)
    return found
