"""Notices in 我的待办: what awaits the person's signature, decision, judgement or reply, and what the person has handed over."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from erqi.common import workdays
from erqi.common.dates import chinese_day
from projects.choices import WarningLevel
from projects.rules.todo import waited_level
from projects.sentences.colour import month_day
from projects.stats.todo.items import Item, Link, Waiting
from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeState as Is
from supervision.models import Notice, NoticeAct, NoticeChange, NoticeOrder
from supervision.rules.limit import is_late, late_before
from supervision.rules.notice import MACHINE, OWED, WAITING
from supervision.rules.notice_course import Course
from supervision.sentences.notice import standing_words
from supervision.services.notice_parties import office_without, unit_accounts
from supervision.stats.notice import courses, late, standing_of

KIND = "notice"
# More than this nobody works off in a day; the list shows all.
MOST = 60
# What the office or an inspector does next in a state: (permission, label of the line, name of the step).
_STEPS: dict[str, tuple[str, str, Do]] = {
    Is.APPROVING: ("supervise.approve", "待审签", Do.APPROVE),
    Is.APPROVED: ("supervise", "已审签，待下发", Do.ISSUE),
    Is.REPLIED: ("inspect", "已反馈，待审核", Do.PASS_REPLY),
    Is.REVIEWED: ("supervise", "审核通过，待办结", Do.CLOSE),
    Is.EXTENDING: ("supervise", "申请延期", Do.GRANT_EXTENSION),
    Is.TRANSFERRING: ("supervise", "申请转办", Do.TRANSFER),
    Is.REFUSED: ("supervise", "被拒收", Do.TRANSFER),
}
_BUTTONS = {Do.GRANT_EXTENSION: "决定", Do.TRANSFER: "处理", Do.PASS_REPLY: "审核"}


def _act_url(notice: Notice, action: str) -> str:
    return reverse(f"supervision:notice_{action}", args=[notice.pk])


def _url(notice: Notice, action: str) -> str:
    if action in (Do.GRANT_EXTENSION, Do.TRANSFER, Do.PASS_REPLY):
        # Several decisions are possible: the page of the notice has all of them.
        return notice.get_absolute_url()
    return _act_url(notice, action)


def own_units(desk: Any) -> Collection[int]:
    """Return the units (keys) for which the person answers notices: the own ones; for who may report for any unit, those without
    anybody else."""
    units = set(desk.units) if desk.user.can("report.write") or desk.user.can("report.review") else set()
    if desk.user.can("report.manage"):
        owing = set(Notice.objects.filter(state__in=OWED).order_by().values_list("unit_id", flat=True).distinct())
        units |= {unit for unit, people in unit_accounts(sorted(owing)).items() if desk.user in people} if owing else set()
    return units


def items(desk: Any) -> Iterator[Item]:
    """Yield the person's lines: at most nine queries for any number of notices."""
    user = desk.user
    closes = not user.can("supervise") and user.can("inquiry.ask")
    wanted = [state for state, (permission, _, _) in _STEPS.items() if user.can(permission)] + ([Is.REVIEWED] if closes else [])
    drafts = Q(state=Is.DRAFT, drafted_by=user) if user.can("supervise") or user.can("inspect") else Q(pk=None)
    units = own_units(desk)
    owed = Q(state__in=[Is.ISSUED, Is.HANDLING], unit__in=units) if units else Q(pk=None)
    if not wanted and not units and not user.can("inspect"):
        return
    rows = list(
        Notice.objects.moved()
        .filter(Q(state__in=wanted) | drafts | owed)
        .annotate(is_changing=Exists(NoticeChange.objects.waiting().filter(notice=OuterRef("pk"))))
        .select_related("unit", "project")
        .order_by("due_on", "pk")[:MOST]
    )
    read = courses(rows, desk.day)
    done = _done(rows)
    stuck = _stuck(rows, done) if closes else set()
    for notice in rows:
        if notice.state in (Is.ISSUED, Is.HANDLING):
            yield _owed(notice, read[notice.pk], desk.day)
        elif notice.state == Is.DRAFT:
            yield _draft(notice, desk.day)
        else:
            _, words, action = _STEPS[notice.state]
            step = MACHINE.step(action, notice.state)
            if step is None or step.other_than & {act for act, by in done.get(notice.pk, ()) if by == user.pk}:
                continue
            if notice.state == Is.REVIEWED and notice.is_changing:
                # What was proposed is taken back or dropped first: that stands among the changes.
                continue
            if notice.state != Is.REVIEWED or not closes or notice.pk in stuck:
                yield _step(notice, words, action, desk.day)
    yield from _orders(desk, units)
    if user.can("supervise.approve") or user.can("supervise"):
        yield from _changes(user, desk.day)
    if user.can("supervise"):
        yield from _late(desk.day)


def _done(rows: list[Notice]) -> dict[int, list[tuple[str, int | None]]]:
    """Return what was done by whom in the present round of each notice."""
    acts: dict[int, list[tuple[str, int | None]]] = {}
    keys = [notice.pk for notice in rows if notice.state in _STEPS]
    if keys:
        for key, action, by in NoticeAct.objects.filter(notice__in=keys).order_by("pk").values_list("notice_id", "action", "by_id"):
            acts.setdefault(key, []).append((action, by))
    return {key: MACHINE.this_round(done) for key, done in acts.items()}


def _stuck(rows: list[Notice], done: dict[int, list[tuple[str, int | None]]]) -> set[int]:
    """Return the notices (keys) that nobody of the office can close, since who could has passed the reply: a leader's to close."""
    reviewed = [notice.pk for notice in rows if notice.state == Is.REVIEWED]
    office = {user.pk for user in office_without(())} if reviewed else set()
    barred = MACHINE.step(Do.CLOSE, Is.REVIEWED).other_than
    return {key for key in reviewed if office <= {by for action, by in done.get(key, ()) if action in barred}}


def _name(notice: Notice) -> str:
    return f"{notice.number_text or '通知单'}《{notice.title}》"


def _owed(notice: Notice, course: Course, day: date) -> Item:
    standing = standing_of(course, day)
    level = standing.level if standing is not None else WarningLevel.GREEN
    due_on = notice.due_on or day
    signing = notice.state == Is.ISSUED
    unlike = standing is not None and standing.level > WarningLevel.GREEN
    return Item(
        KIND,
        f"{'签收' if signing else '反馈'}：{_name(notice)}",
        _act_url(notice, Do.SIGN if signing else Do.REPLY),
        "签收" if signing else "反馈",
        level,
        due_on,
        text=standing_words(standing) if unlike else f"{month_day(due_on, day)}前反馈",
        follows="逾期的，按规则影响项目状态，由督察办催办" if notice.project_id else "逾期的，由督察办催办",
        remedy="" if signing or is_late(due_on, day, workdays) else "确有困难的，到期前申请延期",
        project=notice.project,
        links=_links(notice, signing, day),
        simulated=notice.simulated,
    )


def _links(notice: Notice, signing: bool, day: date) -> tuple[Link, ...]:
    found = [Link("看通知单", notice.get_absolute_url())]
    if signing:
        found.append(Link("拒收", _act_url(notice, Do.REFUSE)))
    elif not is_late(notice.due_on, day, workdays):
        found.append(Link("申请延期", _act_url(notice, Do.ASK_EXTENSION)))
    return tuple(found)


def _draft(notice: Notice, day: date) -> Item:
    return Item(
        KIND,
        f"拟稿：《{notice.title}》",
        notice.get_absolute_url(),
        "核对并送审",
        WarningLevel.BLUE,
        day,
        text=f"主送{notice.unit}，尚未送审",
        project=notice.project,
        simulated=notice.simulated,
    )


def _step(notice: Notice, words: str, action: Do, day: date) -> Item:
    last = notice.acted_on
    waited = workdays.workdays_between(last, day)
    text = f"承办单位：{notice.unit}"
    if notice.state == Is.EXTENDING and notice.asked_due_on:
        text += f"，申请延至{chinese_day(notice.asked_due_on)}"
    return Item(
        KIND,
        f"{words}：{_name(notice)}",
        _url(notice, action),
        _BUTTONS.get(action, MACHINE.action_label(action)),
        waited_level(waited),
        last,
        text=text,
        follows="；".join(filter(None, [f"已等 {waited} 个工作日" if waited else "", _follows(notice)])),
        project=notice.project,
        links=(Link("看通知单", notice.get_absolute_url()),),
        simulated=notice.simulated,
    )


def _follows(notice: Notice) -> str:
    return "决定之前停止计时" if notice.state in WAITING else ""


def _orders(desk: Any, units: Collection[int]) -> Iterator[Item]:
    """The leaders' instructions that the person carries out."""
    mine = NoticeOrder.objects.none()
    if units:
        mine = NoticeOrder.objects.for_units(units)
    if desk.user.can("supervise"):
        mine = mine | NoticeOrder.objects.for_office() if units else NoticeOrder.objects.for_office()
    for order in mine.unanswered().select_related("notice__project").order_by("due_on", "pk")[:MOST]:
        left = workdays.workdays_between(desk.day, order.due_on)
        late = -left if left < 0 else 0
        yield Item(
            KIND,
            f"落实批示：{_name(order.notice)}",
            reverse("supervision:notice_order", args=[order.pk]),
            "落实批示",
            # What a leader instructs does not stand behind a unit's own hints.
            WarningLevel.RED if late > 1 else WarningLevel.YELLOW,
            order.due_on,
            text=f"{order.by_name}{month_day(order.on, desk.day)}批示：{order.text}",
            follows=f"已逾期 {late} 个工作日" if late else f"{month_day(order.due_on, desk.day)}前落实",
            project=order.notice.project,
            simulated=order.simulated,
        )


# A change is sent in these states; in the others what the unit asked for, or has replied, comes first.
_SENT = [state for state in Is if MACHINE.step(Do.CHANGE, state) is not None]
_OVERTAKEN = [Is.REPLIED, Is.REVIEWED]


def _changes(user: Any, day: date) -> Iterator[Item]:
    """Changes of issued notices: another's that the person can approve, one's own that the unit's reply has overtaken."""
    mine = Q(notice__state__in=_OVERTAKEN, by=user) if user.can("supervise") else Q(pk=None)
    others = Q(notice__state__in=_SENT) & ~Q(by=user) if user.can("supervise.approve") else Q(pk=None)
    for change in NoticeChange.objects.waiting().filter(mine | others).select_related("notice__project").order_by("pk")[:MOST]:
        yield _overtaken(change, day) if change.notice.state in _OVERTAKEN else _to_approve(change, day)


def _to_approve(change: NoticeChange, day: date) -> Item:
    waited = workdays.workdays_between(change.on, day)
    return Item(
        KIND,
        f"变更待审签：{_name(change.notice)}",
        _act_url(change.notice, Do.CHANGE),
        "审签",
        waited_level(waited),
        change.on,
        text=f"{change.by_name}拟变更：{change.reason}",
        follows=f"已等 {waited} 个工作日" if waited else "",
        remedy="审签前原通知单照常办理",
        project=change.notice.project,
        links=(Link("看通知单", change.notice.get_absolute_url()), Link("不同意变更", _act_url(change.notice, Do.DROP_CHANGE))),
        simulated=change.simulated,
    )


def _overtaken(change: NoticeChange, day: date) -> Item:
    return Item(
        KIND,
        f"变更待收回：{_name(change.notice)}",
        _act_url(change.notice, Do.RECALL_CHANGE),
        "收回变更",
        WarningLevel.BLUE,
        change.on,
        text="单位已反馈，拟的变更不能再签发",
        follows="收回之前不能办结",
        remedy="确需变更的，先退回重办",
        project=change.notice.project,
        links=(Link("看通知单", change.notice.get_absolute_url()),),
        simulated=change.simulated,
    )


def _late(day: date) -> Iterator[Item]:
    """One line for all that is late: who supervises urges."""
    rows = late(Notice.objects.filter(state__in=OWED, due_on__lt=late_before(day, workdays)), day)
    if rows:
        first = min(notice.due_on for notice in rows if notice.due_on)
        yield Item(
            KIND,
            f"{len(rows)} 份通知单逾期未反馈",
            f"{reverse('supervision:notice_list')}?standing=late",
            "查看并催办",
            WarningLevel.YELLOW,
            first,
            text=f"最早的一份时限为{chinese_day(first)}",
            simulated=all(notice.simulated for notice in rows),
        )


def waiting(desk: Any) -> Iterator[Waiting]:
    """Yield what the person or the person's unit has handed over: drafts that await their approval, replies, requests, instructions."""
    user = desk.user
    if user.can("supervise") or user.can("inspect"):
        # Who issues notices has those that were approved among the things to do.
        states = [Is.APPROVING] if user.can("supervise") else [Is.APPROVING, Is.APPROVED]
        for notice in Notice.objects.moved().filter(state__in=states, drafted_by=user).order_by("pk")[:MOST]:
            yield _waits(notice)
    if user.can("supervise"):
        handed_over = NoticeChange.objects.waiting().filter(by=user).exclude(notice__state__in=_OVERTAKEN)
        for change in handed_over.select_related("notice").order_by("pk")[:MOST]:
            words = f"{_name(change.notice)}：变更待审签"
            yield Waiting("督察通知单", words, change.notice.get_absolute_url(), change.on, change.simulated)
    units = set(desk.units) if user.can("report.write") or user.can("report.review") else set()
    if units:
        states = [Is.REPLIED, Is.REVIEWED, Is.EXTENDING, Is.TRANSFERRING, Is.REFUSED]
        for notice in Notice.objects.moved().filter(state__in=states, unit__in=units).order_by("pk")[:MOST]:
            yield _waits(notice)
    if user.can("inquiry.ask"):
        for order in NoticeOrder.objects.unanswered().filter(by=user).select_related("notice")[:MOST]:
            yield Waiting("批示", _name(order.notice), order.get_absolute_url(), order.on, order.simulated)


def _waits(notice: Notice) -> Waiting:
    return Waiting(
        "督察通知单", f"{_name(notice)}：{notice.get_state_display()}", notice.get_absolute_url(), notice.acted_on, notice.simulated
    )
