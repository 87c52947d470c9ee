"""What awaits somebody's decision, and what somebody handed over and waits for."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.urls import reverse

from erqi.common import workdays
from erqi.common.dates import chinese_day
from projects.choices import LiftingState, PolicyState, WarningLevel
from projects.models import DateRequest, Hold, Lifting, Project, ReportCorrection, Rescheduling, WarningPolicy
from projects.rules.reminder import AHEAD
from projects.rules.todo import waited_level
from projects.sentences.colour import month_day
from projects.services.holds_ending import holds_ending
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Link, Shown, Waiting

# More than this nobody works off in a day; the list of requests and of liftings shows all.
MOST = 60


def _waited(since: Any, desk: Desk) -> str:
    days = workdays.workdays_between(since, desk.day)
    return f"已等 {days} 个工作日" if days else ""


def _pending(request: Any, desk: Desk, project: Project, title: str, text: str, follows: str) -> Item:
    since = request.requested_on
    return Item(
        "request",
        title,
        request.get_absolute_url(),
        "审批",
        waited_level(workdays.workdays_between(since, desk.day)),
        since,
        text=text,
        follows="；".join(filter(None, [_waited(since, desk), follows])),
        project=project,
        simulated=request.simulated,
    )


def requests(desk: Desk) -> list[Item]:
    """What others asked for: new dates and holds, and (for who manages reports) correction slips."""
    found = []
    if desk.user.can("request.decide"):
        dates = DateRequest.objects.pending().exclude(requested_by=desk.user).select_related("milestone__project")
        found += [_date_item(one, desk) for one in dates.order_by("requested_on", "pk")[:MOST]]
        holds = Hold.objects.pending().exclude(requested_by=desk.user).select_related("project")
        found += [_hold_item(one, desk) for one in holds.order_by("requested_on", "pk")[:MOST]]
    if desk.user.can("report.manage"):
        slips = ReportCorrection.objects.pending().exclude(requested_by=desk.user).for_list()
        found += [_slip_item(one, desk) for one in slips[:MOST]]
    return found


def _date_item(request: DateRequest, desk: Desk) -> Item:
    due_on = request.milestone.due_on
    move = f"由{chinese_day(due_on)}改为{chinese_day(request.to_due_on)}" if due_on else f"定为{chinese_day(request.to_due_on)}"
    text = f"{request.requested_by_name}申请{move}（{request.get_cause_display()}）：{request.reason}"
    follows = "审批前该节点停止计时，项目状态不再因它加重"
    return _pending(request, desk, request.milestone.project, f"变更时限：{request.milestone}", text, follows)


def _hold_item(hold: Hold, desk: Desk) -> Item:
    days = f"{month_day(hold.since, desk.day)}至{month_day(hold.until, desk.day)}"
    text = f"{hold.requested_by_name}申请{days}暂停（{hold.get_reason_display()}）：{hold.summary}"
    passed = "申请的起日已过，批准后自批准之日起算" if hold.since < desk.day else "批准前照常评价"
    return _pending(hold, desk, hold.project, "申请暂停", text, passed)


def _slip_item(slip: ReportCorrection, desk: Desk) -> Item:
    title = f"更正单：{slip.report.year}年{slip.report.month}月月报"
    return _pending(slip, desk, slip.report.project, title, f"{slip.requested_by_name}：{slip.reason}", "批准前按原数字评价")


def policies(desk: Desk) -> list[Item]:
    """Rules that await an approval by somebody else than who wrote, changed or submitted them, and one's own that came back."""
    found = []
    mine = Q(created_by=desk.user) | Q(submitted_by=desk.user)
    if desk.user.can("policy.approve"):
        rows = WarningPolicy.objects.awaiting().not_by(desk.user)
        found += [_policy_item(row, desk) for row in rows]
    if desk.user.can("policy.edit"):
        found += [
            Item(
                "policy",
                f"预警规则“{row.name}”被退回",
                row.get_absolute_url(),
                "修改",
                WarningLevel.YELLOW,
                row.submitted_on or row.created_on,
                text=f"退回原因：{row.return_reason}",
                follows="修改后重新提交，由他人批准后生效",
            )
            for row in WarningPolicy.objects.filter(mine, state=PolicyState.RETURNED)
        ]
    return found


def _policy_item(row: WarningPolicy, desk: Desk) -> Item:
    starts = row.effective_from
    left = (starts - desk.day).days if starts else 0
    day = month_day(starts, desk.day) if starts else ""
    return Item(
        "policy",
        f"预警规则“{row.name}”待批准",
        row.get_absolute_url(),
        "看测算并审批",
        WarningLevel.RED if left <= 0 else WarningLevel.YELLOW if left <= AHEAD else WarningLevel.BLUE,
        starts or desk.day,
        text=f"{row.submitted_by_name or row.created_by_name}提交，拟自{day}起执行" if day else f"{row.submitted_by_name}提交",
        follows=f"{day}前未批准的，须退回改期" if left > 0 else "已到拟执行的日期：今天批准，或退回改期",
    )


def passes(desk: Desk) -> list[Item]:
    """Passes that compute all colours anew and have not come to their end."""
    if not desk.user.can("warning.start"):
        return []
    return [
        Item(
            "policy",
            f"预警重算没有完成：{run.reason}",
            reverse("projects:policy_pass", args=[run.pk]),
            "继续重算",
            WarningLevel.RED,
            run.on,
            text=f"{run.started_by_name}{month_day(run.on, desk.day)}发起，已完成 {run.done} / {run.total}",
            follows="完成之前，部分项目的状态仍按以前的规则",
        )
        for run in Rescheduling.objects.filter(finished_at=None).order_by("pk")
    ]


def liftings(desk: Desk) -> list[Item]:
    """Colours that may be left once somebody checked them on site (inspectors) and confirmed it (the supervision office)."""
    codes = {LiftingState.PROPOSED: "lifting.verify", LiftingState.VERIFIED: "lifting.confirm"}
    wanted = [state for state, code in codes.items() if desk.user.can(code)]
    if not wanted:
        return []
    # Said positively: an exclusion of one account would drop what nobody has verified.
    rows = Lifting.objects.awaiting(desk.day).filter(Q(verified_by=None) | ~Q(verified_by=desk.user), state__in=wanted)
    return [_lifting_item(row, desk) for row in rows.for_list()[:MOST]]


def _lifting_item(lifting: Lifting, desk: Desk) -> Item:
    proposed = lifting.state == LiftingState.PROPOSED
    since = lifting.verified_on or lifting.proposed_on
    level = WarningLevel(lifting.from_level)
    checked = f"{lifting.verified_by_name}{month_day(since, desk.day)}核验：{lifting.verify_note}"
    return Item(
        "lifting",
        f"摘牌待{'核验' if proposed else '确认'}：{lifting.get_from_level_display()} → {lifting.get_to_level_display()}",
        reverse("projects:lifting_verify" if proposed else "projects:lifting_confirm", args=[lifting.pk]),
        "核验" if proposed else "确认",
        waited_level(workdays.workdays_between(since, desk.day)),
        since,
        text=f"数据{month_day(lifting.proposed_on, desk.day)}起好转" if proposed else checked,
        follows="；".join(filter(None, [_waited(since, desk), f"{'核验、确认' if proposed else '确认'}之前，项目一直显示原状态"])),
        project=lifting.project,
        shown=Shown(level, str(level.label)),
        links=(Link("看依据", lifting.get_absolute_url()),),
        simulated=lifting.simulated,
    )


def holds(desk: Desk) -> list[Item]:
    """Pauses of the person's projects that end within a week, and that nobody has asked to renew."""
    return [_ending_item(hold, desk) for hold in holds_ending(desk.own, desk.day)]


def _ending_item(hold: Hold, desk: Desk) -> Item:
    return Item(
        "hold",
        f"暂停{month_day(hold.last_day, desk.day)}到期",
        reverse("projects:hold_new", args=[hold.project.code]),
        "申请续期",
        WarningLevel.YELLOW if (hold.last_day - desk.day).days <= 1 else WarningLevel.BLUE,
        hold.last_day,
        text=f"{hold.get_reason_display()}：{hold.summary}",
        follows="到期次日恢复评价，停工期间积下的逾期照算",
        remedy="仍不能复工的，到期前申请续期",
        project=hold.project,
        shown=Shown(WarningLevel.PAUSED, str(WarningLevel.PAUSED.label)),
        links=(Link("看暂停", hold.get_absolute_url()),),
        simulated=hold.simulated,
    )


def waiting(desk: Desk) -> list[Waiting]:
    """What the person or the person's unit has handed over, so that nobody wonders whether it arrived."""
    found: list[Waiting] = []
    if desk.user.can("report.write") or desk.user.can("report.manage"):
        found += _asked(desk, [] if desk.user.can("report.manage") else desk.own)
    if desk.user.can("report.write") and desk.own:
        found += [_lifting_waits(row) for row in desk.liftings(desk.own).values()]
    if desk.user.can("policy.edit"):
        rows = WarningPolicy.objects.filter(Q(created_by=desk.user) | Q(submitted_by=desk.user), state=PolicyState.SUBMITTED)
        found += [Waiting("预警规则", f"{row.name}：待批准", row.get_absolute_url(), row.submitted_on or row.created_on) for row in rows]
    return sorted(found, key=lambda one: (one.since, one.label, one.text))


def _lifting_waits(row: Lifting) -> Waiting:
    since = row.verified_on or row.proposed_on
    return Waiting("摘牌", f"{row.project}：{row.get_state_display()}", row.get_absolute_url(), since, row.simulated)


def _asked(desk: Desk, own: Collection[int]) -> list[Waiting]:
    me = Q(requested_by=desk.user)
    dates = DateRequest.objects.pending().filter(me | Q(milestone__project__in=own)).select_related("milestone__project")
    paused = Hold.objects.pending().filter(me | Q(project__in=own)).select_related("project")
    slips = ReportCorrection.objects.pending().filter(me | Q(report__project__in=own)).for_list()
    rows: list[tuple[str, str, Any]] = [("变更时限", f"{one.milestone.project}：{one.milestone}", one) for one in dates]
    rows += [("申请暂停", str(one.project), one) for one in paused]
    rows += [("更正单", str(one.report), one) for one in slips]
    return [Waiting(label, text, one.get_absolute_url(), one.requested_on, one.simulated) for label, text, one in rows]
