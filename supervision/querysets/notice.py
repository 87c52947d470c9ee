"""Supervision notices: what a list shows on a day, what somebody may see, what waits for whom."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Case, Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value, When

from projects.rules.search import search_terms
from supervision.choices import NoticeState, OrderAddressee
from supervision.querysets.acts import ActedQuerySet
from supervision.rules.notice import INTERNAL, OWED, UNDER_WAY, number_sought

# Whoever has one of these sees notices before they are issued.
INSIDERS = ("supervise", "supervise.approve", "inspect")
# What has an end in sight: what is to be written or signed, and what is under way.
_OPEN = sorted(UNDER_WAY | (INTERNAL - {NoticeState.WITHDRAWN}))


def is_insider(user: Any) -> bool:
    """Say whether the account may see notices that have not been issued."""
    return any(user.can(code) for code in INSIDERS)


def _numbered(day: date) -> Case:
    """Return the expression of whether a notice had its number on the day."""
    return Case(When(issued_on__lte=day, then=Value(True)), default=Value(False), output_field=BooleanField())


def numbered_q(text: str, prefix: str = "") -> Q | None:
    """Return the condition of having the number that a search asks for, None where it asks for none."""
    sought = number_sought(text)
    if sought is None:
        return None
    issuer, year, number = sought
    values = {"number": number, **({"issuer": issuer} if issuer else {}), **({"year": year} if year else {})}
    return Q(**{f"{prefix}{name}": value for name, value in values.items()})


class NoticeQuerySet(ActedQuerySet):
    """Supervision notices."""

    def on_day(self, day: date) -> "NoticeQuerySet":
        """Return what existed on the day, besides `ActedQuerySet.on_day` with `title_then`."""
        return super().on_day(day).annotate(title_then=F("acts__title"), numbered_then=_numbered(day))

    def named_on(self, day: date) -> "NoticeQuerySet":
        """Return them with `title_then` and `numbered_then`, as they were called on the day."""
        acts = self.model._meta.get_field("acts").related_model.objects
        last = acts.filter(notice=OuterRef("pk"), on__lte=day).order_by("-pk")
        return self.annotate(title_then=Subquery(last.values("title")[:1]), numbered_then=_numbered(day))

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """Return what the account may see now: what is not issued is its writers' and signers' alone."""
        return self if is_insider(user) else self.exclude(state__in=INTERNAL)

    def known_to(self, user: Any, day: date) -> "NoticeQuerySet":
        """Return what the account may see of the day, with the state of that day (`on_day`)."""
        rows = self.visible_to(user).on_day(day)
        return rows if is_insider(user) else rows.exclude(state_then__in=INTERNAL)

    def for_table(self, user: Any, day: date) -> "NoticeQuerySet":
        """Return the rows of the list on a day: what is open first, the earliest deadline at the top; then the last one made."""
        rank = Case(When(state_then__in=_OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = self.known_to(user, day).select_related("unit", "project")
        soonest = Case(When(state_then__in=_OPEN, then=F("due_then")))
        return rows.annotate(rank=rank).order_by("rank", soonest.asc(nulls_last=True), "-pk")

    def unfinished(self) -> "NoticeQuerySet":
        """Return what is to be written, signed or handled: what is 办结 is done with, though the office has not filed it (归档)."""
        return self.filter(state__in=_OPEN)

    def moved(self) -> "NoticeQuerySet":
        """Return the notices with `acted_on`: the day on which they came to their present state."""
        acts = self.model._meta.get_field("acts").related_model.objects.filter(notice=OuterRef("pk"))
        return self.annotate(acted_on=Subquery(acts.exclude(from_state=F("to_state")).order_by("-pk").values("on")[:1]))

    def overdue(self, day: date, before: date) -> "NoticeQuerySet":
        """Return the notices to which a reply was owed on the day and whose deadline lay before another (`rules.limit.late_before`)."""
        return self.on_day(day).filter(state_then__in=OWED, due_then__lt=before)

    def of_units(self, units: Collection[int], *, copies: bool = True) -> "NoticeQuerySet":
        """Return the notices that one of the units has, had, or got a copy of; rows come from `on_day`."""
        acts = self.model._meta.get_field("acts").related_model.objects
        had = Exists(acts.filter(notice=OuterRef("pk"), unit__in=units).exclude(to_state__in=INTERNAL))
        copied = self.model._meta.get_field("copies").related_model.objects.standing().filter(notice=OuterRef("pk"), unit__in=units)
        return self.filter(had | Exists(copied)) if copies else self.filter(had)

    def arisen_from(self, record: Model) -> "NoticeQuerySet":
        """Return the notices that were drafted for a record (an escalation, a supervision item), as `draft_notice(origin=…)` keeps it."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(origin_type=kind, origin_id=record.pk)

    def search(self, text: str) -> "NoticeQuerySet":
        """Return the notices that have each word in title (that of the day of `on_day`), number, basis, project or unit."""
        title, said = "title_then" if "title_then" in self.query.annotations else "title", Q()
        for term in search_terms(text):
            words = Q(**{f"{title}__icontains": term}) | Q(basis__icontains=term) | Q(text__icontains=term)
            words |= Q(project__search_key__contains=term) | Q(unit__search_key__contains=term)
            said &= words | Q(issuer=term, **self._issued())
        sought = numbered_q(text)
        return self.filter(said | (sought & Q(**self._issued())) if sought is not None else said)

    def _issued(self) -> dict[str, Any]:
        """Return the condition of having a number, on the day of `on_day` where that was asked for."""
        return {"numbered_then": True} if "numbered_then" in self.query.annotations else {"number__isnull": False}


class ChangeQuerySet(QuerySet):
    """Changes that were proposed for issued notices."""

    def waiting(self) -> "ChangeQuerySet":
        """Return what nobody has decided."""
        return self.filter(ended_on=None)

    def waiting_on(self, day: date) -> "ChangeQuerySet":
        """Return what awaited its approval on the day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), on__lte=day)


class CopyQuerySet(QuerySet):
    """Units that get a copy."""

    def standing(self) -> "CopyQuerySet":
        """Return those of now."""
        return self.filter(until=None)

    def on_day(self, day: date) -> "CopyQuerySet":
        """Return those of the day."""
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day))


class OrderQuerySet(QuerySet):
    """Leaders' instructions on notices."""

    def unanswered(self) -> "OrderQuerySet":
        """Return what nobody has answered, where the notice is not at its end."""
        return self.filter(answered_on=None, notice__state__in=[*UNDER_WAY, NoticeState.CLOSED])

    def for_units(self, units: Collection[int]) -> "OrderQuerySet":
        """Return those that one of the units carries out."""
        return self.filter(addressee=OrderAddressee.HANDLER, notice__unit__in=units)

    def for_office(self) -> "OrderQuerySet":
        """Return those that the supervision office carries out."""
        return self.filter(addressee=OrderAddressee.SUPERVISION)
