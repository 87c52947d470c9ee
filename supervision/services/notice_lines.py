"""What notices bring into the inboxes day by day: a deadline that draws near or is over, a notice that nobody signs for, an instruction
that falls due, a reply that waits for its judgement."""

from collections.abc import Iterator
from typing import Any

from erqi.common import workdays
from projects.choices import ReminderKind
from projects.rules.reminder import OVERDUE
from projects.rules.todo import WAITS, WAITS_LONG
from projects.sentences.colour import month_day
from projects.services.addressees import accounts_with
from projects.services.due_lines import Day
from projects.services.reminder import Line
from supervision.choices import NoticeState, OrderAddressee
from supervision.models import Notice, NoticeOrder
from supervision.rules.notice import OWED, WAITING
from supervision.rules.notice_course import SIGN_RED, SIGN_REMIND, SIGN_YELLOW, Course
from supervision.services.notice_parties import unit_accounts
from supervision.stats.notice import courses


def notice_lines(day: Day, of: Any) -> Iterator[Line]:
    """Yield the day's lines about notices; the number of queries does not grow with them."""
    owed = list(Notice.objects.filter(state__in=OWED).select_related("unit").order_by("pk"))
    read = courses((notice for notice in owed if notice.state == NoticeState.ISSUED), day.on)
    orders = list(NoticeOrder.objects.unanswered().select_related("notice").order_by("pk"))
    people = unit_accounts(sorted({notice.unit_id for notice in owed} | {order.notice.unit_id for order in orders}))
    office = accounts_with("supervise") if owed or orders else []
    for notice in owed:
        unit = people[notice.unit_id]
        if notice.state == NoticeState.ISSUED:
            yield from _unsigned(notice, read[notice.pk], unit, office, day)
        if notice.state not in WAITING:
            # Where the sender has to decide, the clock stands still.
            yield from _due(notice, unit, office, day)
    for order in orders:
        addressed = people[order.notice.unit_id] if order.addressee == OrderAddressee.HANDLER else office
        yield from _order(order, addressed, day)
    yield from _judging(day)


def _name(notice: Notice) -> str:
    return f"{notice.number_text}《{notice.title}》"


def _unsigned(notice: Notice, course: Course, unit: list, office: list, day: Day) -> Iterator[Line]:
    sent_on = course.sent_on
    if sent_on is None:
        return
    # From the day on which the unit got it, in the words that stand: not from the first issue.
    waited = workdays.workdays_between(sent_on, day.on)
    stage = next((least for least in (SIGN_RED, SIGN_YELLOW, SIGN_REMIND) if waited >= least), 0)
    if stage:
        yield Line(
            [*unit, *(office if stage == SIGN_RED else [])],
            ReminderKind.OVERDUE if stage > SIGN_REMIND else ReminderKind.DUE,
            f"notice/{notice.pk}/unsigned/{sent_on}/{stage}",
            f"{_name(notice)}下发 {waited} 个工作日未签收",
            f"承办单位：{notice.unit}。",
            notice.get_absolute_url(),
            notice.simulated,
        )


def _due(notice: Notice, unit: list, office: list, day: Day) -> Iterator[Line]:
    due_on = notice.due_on
    if due_on is None or not (stage := day.window(due_on)):
        return
    late = stage == OVERDUE
    yield Line(
        [*unit, *(office if late else [])],
        ReminderKind.OVERDUE if late else ReminderKind.DUE,
        f"notice/{notice.pk}/due/{due_on}/{stage}",
        f"{_name(notice)}{'反馈已逾期' if late else '即将到期'}",
        f"反馈时限{month_day(due_on, day.on)}，承办单位：{notice.unit}。" + ("" if late else "确有困难的，到期前申请延期。"),
        notice.get_absolute_url(),
        notice.simulated,
    )


def _order(order: NoticeOrder, people: list, day: Day) -> Iterator[Line]:
    if stage := day.window(order.due_on):
        late = stage == OVERDUE
        yield Line(
            people,
            ReminderKind.OVERDUE if late else ReminderKind.DUE,
            f"notice-order/{order.pk}/{order.due_on}/{stage}",
            f"{order.by_name}的批示{'逾期未落实' if late else '即将到期'}",
            f"{_name(order.notice)}：{order.text}",
            order.notice.get_absolute_url(),
            order.simulated,
        )


def _judging(day: Day) -> Iterator[Line]:
    """Replies that nobody has judged for three working days, and for six."""
    rows = list(Notice.objects.moved().filter(state=NoticeState.REPLIED).order_by("pk"))
    judges = accounts_with("inspect") if rows else []
    for notice in rows:
        waited = workdays.workdays_between(notice.acted_on, day.on)
        stage = WAITS_LONG if waited >= WAITS_LONG else WAITS if waited >= WAITS else 0
        if stage:
            yield Line(
                judges,
                ReminderKind.TASK,
                f"notice/{notice.pk}/judge/{notice.acted_on}/{stage}",
                f"{_name(notice)}的反馈待审核，已等 {waited} 个工作日",
                "",
                notice.get_absolute_url(),
                notice.simulated,
            )
