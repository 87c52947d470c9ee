"""Notices: the list of senders and receivers, and one notice with its text, versions, instructions and course, as of a day."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock, workdays
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.attachments import Kept, kept_for, kept_of
from erqi.common.listing import Listing
from projects.models import Project
from projects.views.day import day_context, tab_url
from supervision.choices import NoticeAction, NoticeState, OrderAddressee, Party
from supervision.filters.notice import NoticeFilter
from supervision.models import Escalation, Notice, NoticeAct, NoticeOrder, NoticeText
from supervision.querysets.acts import last_acts
from supervision.querysets.notice import is_insider
from supervision.rules.limit import is_late
from supervision.rules.machine import Step
from supervision.rules.notice import ANSWERED_BY, INTERNAL, MACHINE
from supervision.rules.notice_course import Done, course
from supervision.sentences.notice import counts_words, head_words, next_words, standing_label, standing_words
from supervision.services.acting import allowed
from supervision.services.file_withdraw import withdrawable
from supervision.services.notice_change import changes_refused
from supervision.services.notice_parties import parties
from supervision.services.notice_unit import too_late
from supervision.stats.notice import standing_of
from supervision.tables.notice import NoticeTable
from supervision.views.record_list import KeptList
from supervision.views.step import Button

Is = NoticeState
# The tabs of the list: what it is called, and the states that it shows.
_INSIDE = [("拟稿、待审签", (Is.DRAFT, Is.APPROVING)), ("待下发", (Is.APPROVED,))]
_TABS = [
    ("待签收", (Is.ISSUED,)),
    ("办理中", (Is.HANDLING,)),
    ("申请、拒收", (Is.EXTENDING, Is.TRANSFERRING, Is.REFUSED)),
    ("待审核、待办结", (Is.REPLIED, Is.REVIEWED)),
    ("已办结", (Is.CLOSED, Is.ARCHIVED)),
    ("撤销、撤回", (Is.REVOKED, Is.WITHDRAWN)),
]
# What is done on a page of its own, or nowhere by hand.
_ELSEWHERE = {NoticeAction.DRAFT, NoticeAction.ANSWER}
# What a person most likely came for stands first; what destroys stands last.
_ORDER = [
    *(NoticeAction.SUBMIT, NoticeAction.APPROVE, NoticeAction.ISSUE, NoticeAction.SIGN, NoticeAction.REPLY, NoticeAction.PASS_REPLY),
    *(NoticeAction.CHANGE, NoticeAction.CLOSE, NoticeAction.GRANT_EXTENSION, NoticeAction.ARCHIVE, NoticeAction.URGE),
]
# Where a unit does not carry a notice out, who does is decided first.
_UNDECIDED = {NoticeState.REFUSED, NoticeState.TRANSFERRING}
_LAST = {NoticeAction.WITHDRAW, NoticeAction.REVOKE}


@dataclass(frozen=True)
class ActLine:
    """A line of the course."""

    act: NoticeAct
    kept: Kept
    urge_url: str = ""


class NoticeList(KeptList):
    """All notices that the person may see; the tabs say how far they are."""

    permission = "business.view"
    table_class = NoticeTable
    filterset_class = NoticeFilter
    template_name = "supervision/notice_list.html"
    view_page = "supervision:notice_list"
    shows_day = True
    page_title = "督察通知单"
    noun = "份"
    empty_title = "没有符合条件的通知单"
    blank_title = "还没有通知单"
    blank_text = "项目转黄、转红，会议、批示交办，都可以拟发督察通知单。"

    def get_queryset(self) -> QuerySet:
        return Notice.objects.for_table(self.request.user, self.day.day)

    def seen_as(self) -> Hashable:
        # What is the own unit's, or drafted by oneself, is another list for everybody.
        return is_insider(self.request.user), self.request.user.pk if "box" in self.request.GET else None

    def filter_options(self) -> dict[str, Any]:
        return {**super().filter_options(), "user": self.request.user}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看某一天的通知单")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = self.counts(Notice.objects.known_to(self.request.user, self.day.day))
        chosen = listing.filterset.cleaned.get("state", [])
        tabs = [("全部", ()), *(_INSIDE if is_insider(self.request.user) else []), *_TABS]
        return {
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states) if states else sum(counts.values()),
                }
                for label, states in tabs
            ],
            "can_draft": self.request.user.can("supervise") or self.request.user.can("inspect"),
            "breadcrumbs": [{"label": "督察通知单"}],
        }


def notice_of(user: Any, pk: int) -> Notice:
    """Return a notice that the person may see now; raise Http404 otherwise."""
    rows = Notice.objects.visible_to(user).select_related("unit", "project", "asked_unit", "drafted_by")
    return get_object_or_404(rows, pk=pk)


def running_notices(user: Any, project: Project, but: int | None = None) -> list[Notice]:
    """Return what was drafted or sent about a project and is not finished, as far as the person may see it: nobody is sent the same
    twice. One query."""
    return list(Notice.objects.visible_to(user).filter(project=project).unfinished().exclude(pk=but).order_by("-pk")[:5])


def action_title(action: str) -> str:
    """Return what an action is called before it is done."""
    return "审签变更" if action == NoticeAction.CHANGE else MACHINE.action_label(action)


def buttons(notice: Notice, user: Any) -> list[Button]:
    """Return what the person can do with the notice now, the main thing first."""
    hidden = _ELSEWHERE | ({NoticeAction.ASK_EXTENSION} if too_late(notice) else set())
    steps = [step for step in allowed(notice, MACHINE, user, parties(notice, user)) if step.action not in hidden]
    refused = changes_refused(notice, [step.action for step in steps], user)
    steps = [step for step in steps if step.action not in refused]
    order = [NoticeAction.TRANSFER, NoticeAction.UPHOLD, *_ORDER] if notice.state in _UNDECIDED else _ORDER

    def place(step: Step) -> tuple[bool, int]:
        return step.action in _LAST, order.index(step.action) if step.action in order else len(order)

    found = []
    for number, step in enumerate(sorted(steps, key=place)):
        # Nobody is urged by default while there is time.
        primary = number == 0 and step.action in order and (too_late(notice) or step.action != NoticeAction.URGE)
        found.append(
            Button(
                action_title(step.action),
                reverse(f"supervision:notice_{step.action}", args=[notice.pk]),
                primary,
                step.action in _LAST,
            )
        )
    return found


def _next_words(notice: Notice, day: date) -> str:
    late = is_late(notice.due_on, day, workdays)
    return next_words(notice.state, notice.due_on, notice.asked_due_on, str(notice.asked_unit or ""), late=late)


def may_answer(order: NoticeOrder, held: frozenset[Party]) -> bool:
    """Say whether the parties have the instruction still to carry out."""
    return order.answered_on is None and bool(held & ANSWERED_BY[OrderAddressee(order.addressee)])


def decide_reading(owner: Any, user: Any) -> bool:
    """Say whether the account may read what is attached to a notice or to an act of one."""
    if isinstance(owner, NoticeAct):
        return not owner.is_inside or is_insider(user)
    return not owner.is_internal or is_insider(user)


class NoticeDetail(PermissionRequiredMixin, TemplateView):
    """A notice: what it says, how it stands, what comes next, what was done."""

    permission = "business.view"
    template_name = "supervision/notice_detail.html"
    shows_day = True

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        user, on = self.request.user, as_of(self.request)
        notice = notice_of(user, pk)
        done, inside = list(last_acts(notice, on.day)), is_insider(user)
        acts = [act for act in done if inside or not act.is_inside]
        if not acts:
            raise Http404
        past = on.day < clock.today()
        # A person of the unit sees the course from the issue on; how it stands is read from all of it.
        known = course(Done(a.action, a.on, a.unit_id, a.due_on, a.text, a.by_name, a.to_state) for a in done)
        standing = standing_of(known, on.day)
        versions = list(notice.texts.filter(on__lte=on.day))
        held = parties(notice, user)
        orders = list(notice.orders.filter(on__lte=on.day))
        number, shown = notice.number_text if known.issued_on else "", self._text(notice, versions, done, past)
        lines, kept = self._lines(notice, acts, on.day), kept_of(notice, on.day)
        if not inside:
            # What a draft had before it was sent is its writers' alone.
            kept = Kept(kept.standing, [])
        may_edit = not past and any(step.action == NoticeAction.EDIT for step in allowed(notice, MACHINE, user, held))
        return super().get_context_data(
            **kwargs,
            page_title=shown.title,
            as_of=on,
            notice=notice,
            course=known,
            state=known.state,
            state_label=MACHINE.state_label(known.state),
            unit=acts[-1].unit,
            is_internal=known.state in INTERNAL,
            number=number,
            head=head_words(notice.kind),
            shown=shown,
            versions=versions[:-1],
            standing=standing,
            standing_label=standing_label(standing, known.state),
            standing_words=standing_words(standing),
            counts_words=counts_words(known),
            next_words="" if past else _next_words(notice, on.day),
            copies=list(notice.copies.on_day(on.day).select_related("unit")),
            change=notice.changes.waiting_on(on.day).first() if inside else None,
            # Of a past day the paper of that day, where one had been sent.
            paper_query=f"?version={shown.version}" if past and versions else "",
            has_paper=bool(versions) or not past,
            origin=self._origin(notice, user),
            files=kept,
            orders=[(order, not past and may_answer(order, held), self._answered(order, on.day)) for order in orders],
            lines=lines,
            withdrawable=set()
            if past
            else withdrawable([(line.act, line.kept) for line in lines], done, user)
            | ({one.pk for one in kept.standing} if may_edit else set()),
            buttons=[] if past else buttons(notice, user),
            breadcrumbs=[{"label": "督察通知单", "url": reverse("supervision:notice_list")}, {"label": number or shown.title}],
        )

    @staticmethod
    def _text(notice: Notice, versions: list[NoticeText], done: list[NoticeAct], past: bool) -> Any:
        """Return title and text as they stood: the last version that was sent, else the draft; on a past day as its acts kept it."""
        if versions or not past:
            return versions[-1] if versions else notice
        text = next((act.drafted_text for act in reversed(done) if act.drafted_text), "")
        if not text:
            # From before acts kept it: what was sent at first is nearest to it.
            text = (notice.texts.order_by("version").first() or notice).text
        return SimpleNamespace(title=done[-1].title or notice.title, text=text)

    @staticmethod
    def _answered(order: NoticeOrder, day: date) -> bool:
        return order.answered_on is not None and order.answered_on <= day

    @staticmethod
    def _origin(notice: Notice, user: Any) -> dict[str, str] | None:
        """Return where a notice arose from, where that record has a page, and one that the person may read."""
        origin = notice.origin if notice.origin_id else None
        if origin is None or not hasattr(origin, "get_absolute_url"):
            return None
        if isinstance(origin, Escalation) and not any(user.can(code) for code in Escalation.history_readers):
            return None
        label = ContentType.objects.get_for_model(origin).model_class()._meta.verbose_name
        return {"label": f"{label}：{origin}", "url": origin.get_absolute_url()}

    @staticmethod
    def _lines(notice: Notice, acts: list[NoticeAct], day: date) -> list[ActLine]:
        files = kept_for(acts, day)
        number, lines = 0, []
        for act in acts:
            url = ""
            if act.action == NoticeAction.URGE:
                number += 1
                url = f"{reverse('supervision:notice_print', args=[notice.pk])}?urge={act.pk}"
            lines.append(ActLine(act, files[act.pk], url))
        return lines
