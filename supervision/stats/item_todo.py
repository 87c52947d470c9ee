"""Items, inspections, findings and leaders' questions on people's desks: what each has to do next, and what each waits for."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from erqi.common import workdays
from erqi.common.texts import shortened
from projects.choices import WarningLevel
from projects.querysets.responsibility import in_force
from projects.rules.todo import waited_level
from projects.sentences.colour import month_day
from projects.services.addressees import accounts_with
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Link, Shown, Waiting
from supervision.choices import (
    FindingAction,
    FindingState,
    InquiryState,
    InspectionAction,
    InspectionState,
    ItemAction,
    ItemState,
    Verdict,
)
from supervision.models import (
    Finding,
    FindingAct,
    Inquiry,
    InspectedMilestone,
    Inspection,
    InspectionAct,
    ItemAct,
    ItemDuty,
    SupervisionItem,
)
from supervision.rules.finding import STANDING
from supervision.rules.limit import is_late
from supervision.sentences.item import due_words, limit_words
from supervision.services.inquiry import addressees_of
from supervision.services.item_grid import HANDLING
from supervision.services.parties import ANY_UNIT, without_account

KINDS = {"inquiry": "问查", "item": "督察事项", "inspection": "督察", "finding": "上报不实"}
# More than this nobody works off in a day; the lists show all.
MOST = 60
# So many days before its deadline an item stands in the list though its colour is still green.
AHEAD = timedelta(days=7)
_RETURNS = (ItemAction.SEND_BACK, ItemAction.REFUSE)
# Who did one of these does not decide on the record as well.
_HANDS = (InspectionAction.CONDUCT, ItemAction.APPLY, ItemAction.VERIFY, FindingAction.EXPLAIN, FindingAction.CHECK)


def _did(act: type, relation: str, action: str, user: Any) -> Exists:
    """Return the condition that somebody has taken an action on the record (in whichever round: the pages ask about this one)."""
    return Exists(act.objects.filter(**{relation: OuterRef("pk")}, action=action, by=user))


def _waited(since: date, desk: Desk) -> str:
    days = workdays.workdays_between(since, desk.day)
    return f"已等 {days} 个工作日" if days else ""


def _due_level(due_on: date, day: date) -> WarningLevel:
    if is_late(due_on, day, workdays):
        return WarningLevel.RED
    return WarningLevel.YELLOW if due_on <= workdays.add_workdays(day, 1) else WarningLevel.BLUE


def todo_items(desk: Desk) -> list[Item]:
    """Return what waits for the person: as unit, as inspector, as supervision office, as leader."""
    user, found = desk.user, []
    found += [_item_line(row, desk) for row in _own_items(desk)]
    if units := _acts_for(desk):
        own = Q(unit__in=units)
        concluded = Inspection.objects.filter(own, state=InspectionState.CONCLUDED).on_day(desk.day)
        found += [_read_line(row, desk) for row in _subjects(concluded)]
        found += [_explain_line(row, desk) for row in _subjects(Finding.objects.filter(own, state=FindingState.OPEN))]
    if user.can("report.write") or user.can("inspect") or user.can("supervise"):
        found += [_inquiry_line(row, desk) for row in _asked(desk)]
    if user.can("inspect") and not user.can("supervise"):
        found += [_closing_line(row, "verify", desk) for row in _waiting_items(ItemState.APPLIED, ItemAction.APPLY, desk)]
        found += [_finding_line(row, "check", desk) for row in _waiting_findings(FindingState.EXPLAINED, FindingAction.EXPLAIN, desk)]
    if user.can("inspect") or user.can("inquiry.ask"):
        found += [_planned_line(row, desk) for row in _planned(desk)]
    if user.can("supervise"):
        found += [_closing_line(row, "confirm", desk) for row in _waiting_items(ItemState.VERIFIED, ItemAction.VERIFY, desk)]
        found += [_finding_line(row, "settle", desk) for row in _settled_next(desk)]
        found += [_objection_line(row, desk) for row in _subjects(_objected(desk))]
    elif user.can("inquiry.ask"):
        found += [_closing_line(row, "confirm", desk) for row in _left(_waiting_items(ItemState.VERIFIED, ItemAction.VERIFY, desk), desk)]
        found += [_finding_line(row, "settle", desk) for row in _left(_settled_next(desk), desk)]
        found += [_objection_line(row, desk) for row in _left(_subjects(_objected(desk)), desk)]
    if user.can("ledger.edit"):
        found += [_reopen_line(row, desk) for row in _untrue_milestones()]
    if user.can("inquiry.ask"):
        # What the rules asked in the leaders' name is every leader's, and so is what somebody asked who is none any more.
        answered = Inquiry.objects.answered().exclude(asked_by__in=[one for one in accounts_with("inquiry.ask") if one != user])
        found += [_answered_line(row, desk) for row in answered.select_related("project")[:MOST]]
    return found


def _objected(desk: Desk) -> QuerySet:
    """Return the inspections with an objection that the person did not conduct."""
    mine = _did(InspectionAct, "inspection", InspectionAction.CONDUCT, desk.user)
    return Inspection.objects.filter(~mine, state=InspectionState.ANSWERED).on_day(desk.day)


def _left(rows: Iterable[Any], desk: Desk) -> list[Any]:
    """Return what a leader decides, since nobody is left of the supervision office who had no hand in it: at most three queries."""
    found = list(rows)
    if not found:
        return []
    acts = found[0]._meta.get_field("acts").related_model
    done: dict[int, set[int | None]] = defaultdict(set)
    for key, who in acts.objects.filter(**{f"{acts.of}__in": found}, action__in=_HANDS).values_list(f"{acts.of}_id", "by"):
        done[key].add(who)
    office = {user.pk for user in accounts_with("supervise")}
    return [row for row in found if office <= done[row.pk]]


def _acts_for(desk: Desk) -> set[int]:
    """Return the units (keys) for which the person does what is asked of them: the own ones, and for who may report for any unit those of
    which nobody else could (services.parties)."""
    found = set(desk.units) if desk.user.can("report.write") else set()
    if desk.user.can(ANY_UNIT):
        rows = (Inspection.objects.filter(state=InspectionState.CONCLUDED), Finding.objects.filter(state=FindingState.OPEN))
        found |= without_account({unit for one in rows for unit in one.order_by().values_list("unit", flat=True)}, desk.day)
    return found


def _subjects(rows: QuerySet) -> Any:
    return rows.select_related("project", "item", "unit").order_by("pk")[:MOST]


def _own_items(desk: Desk) -> Iterable[SupervisionItem]:
    """Return the items that the person's units carry out and that lag, are due soon, or came back; for who may report for any unit those
    that are carried out by units without an account."""
    user = desk.user
    if not user.can("report.write") and not user.can(ANY_UNIT):
        return []
    duties = ItemDuty.objects.filter(in_force(desk.day), item__state=ItemState.OPEN, kind__in=HANDLING, duty="")
    units: dict[int, set[int]] = {}
    for item, unit in duties.values_list("item_id", "unit_id"):
        units.setdefault(item, set()).add(unit)
    keys = {item for item, found in units.items() if found & desk.units} if user.can("report.write") else set()
    if user.can(ANY_UNIT) and units:
        bare = without_account(set().union(*units.values()), desk.day)
        keys |= {item for item, found in units.items() if found <= bare}
    if not keys:
        return []
    moved = ItemAct.objects.filter(item=OuterRef("pk")).exclude(from_state=F("to_state")).order_by("-pk")
    rows = SupervisionItem.objects.filter(state=ItemState.OPEN, pk__in=keys).with_level(desk.day)
    rows = rows.annotate(_last=Subquery(moved.values("action")[:1]), _said=Subquery(moved.values("text")[:1]))
    wanted = Q(level__gte=WarningLevel.BLUE) | Q(due_on__lte=desk.day + AHEAD) | Q(_last__in=_RETURNS)
    return rows.filter(wanted).select_related("theme", "project").order_by("due_on", "pk")[:MOST]


def _item_line(row: SupervisionItem, desk: Desk) -> Item:
    level = WarningLevel(row.level)
    lags = level >= WarningLevel.YELLOW and not row.cause
    came_back = row._last in _RETURNS
    remedy = "已滞后，先认定病因，再报送进展或申请销号" if lags else "完成后申请销号，附办理前、后的照片"
    return Item(
        "item",
        f"销号被退回：{row.name}" if came_back else row.name,
        row.get_absolute_url(),
        "认定病因" if lags else "补充后再申请销号" if came_back else "报送进展",
        max(level, WarningLevel.YELLOW if came_back else WarningLevel.BLUE),
        row.due_on,
        text=f"还缺：{row._said}" if came_back else f"{row.theme}台账：{shortened(row.goal, 80)}",
        follows=due_words(row.due_on, desk.day),
        remedy=remedy,
        project=row.project,
        shown=Shown(level, str(level.label)) if level != WarningLevel.UNRATED else None,
        simulated=row.simulated,
    )


def _waiting_items(state: str, other: str, desk: Desk) -> Any:
    mine = _did(ItemAct, "item", other, desk.user)
    rows = SupervisionItem.objects.filter(~mine, state=state)
    return rows.on_day(desk.day).select_related("project", "unit").order_by("acted_then", "pk")[:MOST]


def _closing_line(row: SupervisionItem, way: str, desk: Desk) -> Item:
    word, name = ("退回补充", "item_send_back") if way == "verify" else ("不予销号", "item_refuse")
    back = Link(word, reverse(f"supervision:{name}", args=[row.pk]))
    return Item(
        "item",
        f"销号待{'核验' if way == 'verify' else '确认'}：{row.name}",
        reverse(f"supervision:item_{way}", args=[row.pk]),
        "核验" if way == "verify" else "确认销号",
        waited_level(workdays.workdays_between(row.acted_then, desk.day)),
        row.acted_then,
        text=f"{month_day(row.acted_then, desk.day)}{'申请销号' if way == 'verify' else '核验通过'}",
        follows=_waited(row.acted_then, desk),
        links=(Link("看事项", row.get_absolute_url()), back),
        project=row.project,
        unit=str(row.unit) if row.unit else "",
        simulated=row.simulated,
    )


def _read_line(row: Inspection, desk: Desk) -> Item:
    since = row.acted_then
    return Item(
        "inspection",
        f"督察结论待阅知：{row.get_verdict_display()}",
        row.get_absolute_url(),
        "阅知",
        # To be read, not to be done: it stands before nothing that has a day. What was found untrue is answered by its finding.
        WarningLevel.YELLOW if row.verdict == Verdict.UNTRUE else WarningLevel.BLUE,
        since,
        text=shortened(row.conclusion, 120),
        follows="有异议的，请一并说明",
        project=row.project,
        simulated=row.simulated,
    )


def _planned(desk: Desk) -> Any:
    # What somebody planned whose account is stopped is everybody's who inspects.
    plans = InspectionAct.objects.filter(inspection=OuterRef("pk"), action=InspectionAction.PLAN)
    mine = Exists(plans.filter(Q(by=desk.user) | Q(by__is_active=False)))
    rows = Inspection.objects.filter(mine, state=InspectionState.PLANNED, planned_for__lte=desk.day + AHEAD)
    return _subjects(rows)


def _planned_line(row: Inspection, desk: Desk) -> Item:
    return Item(
        "inspection",
        f"{row.get_method_display()}：{row.subject}",
        reverse("supervision:inspection_conduct", args=[row.pk]),
        "登记结论",
        _due_level(row.planned_for, desk.day),
        row.planned_for,
        text=row.purpose,
        follows=f"计划{month_day(row.planned_for, desk.day)}" + ("，已过计划日期" if row.planned_for < desk.day else ""),
        project=row.project,
        unit=str(row.unit),
        simulated=row.simulated,
    )


def _objection_line(row: Inspection, desk: Desk) -> Item:
    since = row.acted_then
    return Item(
        "inspection",
        f"对督察结论有异议：{row.subject}",
        row.get_absolute_url(),
        "复议",
        waited_level(workdays.workdays_between(since, desk.day)),
        since,
        follows="维持或更正结论，须由登记结论以外的人办理",
        project=row.project,
        unit=str(row.unit),
        simulated=row.simulated,
    )


def _explain_line(row: Finding, desk: Desk) -> Item:
    return Item(
        "finding",
        "上报不实，限期更正并说明",
        reverse("supervision:finding_explain", args=[row.pk]),
        "更正并说明",
        WarningLevel.RED,
        row.due_on,
        text=row.observed,
        follows=limit_words(row.due_on, desk.day, workdays),
        remedy="先改正上报（月报填更正单，节点完成由重点项目办撤销），再写明更正内容和原因",
        project=row.project,
        simulated=row.simulated,
    )


def _untrue_milestones() -> Any:
    """Return the milestones that are recorded as done though a finding that stands says that they are not: only who keeps the ledger
    takes a completion back."""
    rows = InspectedMilestone.objects.filter(reported_done_on__isnull=False, observed_done=False, milestone__done_on__isnull=False)
    rows = rows.filter(inspection__finding__state__in=STANDING, milestone__done_on=F("reported_done_on"))
    return rows.select_related("milestone", "inspection__project", "inspection__unit", "inspection__finding").order_by("pk")[:MOST]


def _reopen_line(row: InspectedMilestone, desk: Desk) -> Item:
    finding = row.inspection.finding
    return Item(
        "finding",
        f"督察认定未完成，撤销节点完成：{row.name}",
        reverse("projects:milestone_reopen", args=[row.milestone_id]),
        "撤销完成",
        WarningLevel.RED,
        finding.due_on,
        text=finding.observed,
        follows=limit_words(finding.due_on, desk.day, workdays),
        remedy="撤销后，单位才能更正上报；核实确已完成的，请告知督察办复议",
        project=row.inspection.project,
        unit=str(finding.unit),
        links=(Link("看不实认定", finding.get_absolute_url()),),
        simulated=finding.simulated,
    )


def _waiting_findings(state: str, other: str, desk: Desk) -> Any:
    mine = _did(FindingAct, "finding", other, desk.user)
    return (
        Finding.objects.filter(~mine, state=state)
        .on_day(desk.day)
        .select_related("project", "unit", "item", "inspection")
        .order_by("pk")[:MOST]
    )


def _settled_next(desk: Desk) -> Any:
    """Return the findings that can be settled: an objection to the conclusion is decided first, which has a line of its own."""
    return [
        row
        for row in _waiting_findings(FindingState.CHECKED, FindingAction.CHECK, desk)
        if row.inspection.state != InspectionState.ANSWERED
    ]


def _finding_line(row: Finding, way: str, desk: Desk) -> Item:
    return Item(
        "finding",
        f"上报不实待{'核查' if way == 'check' else '办结'}",
        row.get_absolute_url(),
        "核查" if way == "check" else "办结",
        waited_level(workdays.workdays_between(row.acted_then, desk.day)),
        row.acted_then,
        text=f"更正：{row.corrected}",
        follows="；".join(filter(None, [_waited(row.acted_then, desk), "办结之前一直标在颜色旁边"])),
        project=row.project,
        unit=str(row.unit),
        simulated=row.simulated,
    )


def _asked(desk: Desk) -> list[Inquiry]:
    """Return the questions that await an answer of the person, by the grid in force: whom the service lets answer."""
    rows = Inquiry.objects.awaiting().select_related("project", "milestone", "person__account").order_by("due_on", "pk")
    return [row for row, users in addressees_of(rows) if desk.user in users][:MOST]


def _inquiry_line(row: Inquiry, desk: Desk) -> Item:
    return Item(
        "inquiry",
        f"{row.asked_by_name}问查" + (f"：节点“{row.milestone}”" if row.milestone else ""),
        reverse("supervision:inquiry_answer", args=[row.pk]),
        "答复",
        # What a leader asks does not stand behind a unit's own hints.
        max(WarningLevel.YELLOW, _due_level(row.due_on, desk.day)),
        row.due_on,
        text=row.text,
        follows=limit_words(row.due_on, desk.day, workdays),
        project=row.project,
        simulated=row.simulated,
    )


def _answered_line(row: Inquiry, desk: Desk) -> Item:
    since = row.answered_on or desk.day
    return Item(
        "inquiry",
        f"问查已答复：{row.text}",
        row.get_absolute_url(),
        "审阅",
        WarningLevel.BLUE,
        since,
        text=f"{row.answered_by_name}：{shortened(row.answer, 120)}",
        follows=_waited(since, desk) or "了结，或继续追问",
        project=row.project,
        simulated=row.simulated,
    )


def waiting(desk: Desk) -> list[Waiting]:
    """Return what the person or the person's unit has handed over: closings, explanations, objections, questions."""
    user, found = desk.user, []
    if user.can("report.write") and desk.units:
        own_units = Q(unit__in=desk.units)
        own = SupervisionItem.objects.filter(state__in=[ItemState.APPLIED, ItemState.VERIFIED]).of_units(desk.units, desk.day, HANDLING)
        found += [_waits("督察事项", row, f"{row.name}：销号{row.get_state_display()}") for row in own.on_day(desk.day)[:MOST]]
        explained = Finding.objects.filter(own_units, state__in=[FindingState.EXPLAINED, FindingState.CHECKED])
        found += [_waits("上报不实", row, f"{row}：{row.get_state_display()}") for row in _subjects(explained.on_day(desk.day))]
        objected = Inspection.objects.filter(own_units, state=InspectionState.ANSWERED)
        found += [_waits("督察", row, f"{row.subject}：异议{row.get_state_display()}") for row in _subjects(objected.on_day(desk.day))]
    if user.can("inquiry.ask"):
        rows = Inquiry.objects.filter(asked_by=user, state=InquiryState.ASKED).on_day(desk.day).select_related("project")
        found += [_waits("问查", row, f"{row.project}：{row.text}") for row in rows.order_by("pk")[:MOST]]
    return found


def _waits(label: str, row: Any, text: str) -> Waiting:
    return Waiting(label, text, row.get_absolute_url(), row.acted_then, row.simulated)
