"""Inspections with the figures that were frozen, and the findings of untrue reporting (上报不实) that some became."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, play, under_way
from erqi.bench.days import PLANNED, SUPERVISED
from erqi.bench.months import known_on
from erqi.bench.notices import busy_project, carrying
from erqi.bench.people import District
from erqi.bench.projects import MILESTONES, milestone_key, milestones_of
from erqi.bench.rows import load
from erqi.common import workdays
from erqi.common.numbers import money
from projects.models import CountedReport
from supervision.choices import FindingAction, InspectionLayer, InspectionMethod, InspectionSubject, Party, Verdict
from supervision.choices import InspectionAction as Do
from supervision.models import Finding, FindingAct, InspectedMilestone, Inspection, InspectionAct, InspectionPoint
from supervision.rules import finding as findings
from supervision.rules.finding import DAYS
from supervision.rules.inspection import MACHINE

_LOOKS, _UNIT, _OFFICE, _AUTHOR = Party.INSPECTOR, Party.HANDLER, Party.SUPERVISION, Party.AUTHOR
_SEEN = "现场查看主体施工和资料台账，工序衔接正常，安全文明施工措施到位，"
_CONCLUSIONS = {
    Verdict.TRUE: f"{_SEEN}上报与现场一致。",
    Verdict.MOSTLY: f"{_SEEN}个别数据略有出入，请核准后上报。",
    Verdict.UNTRUE: f"{_SEEN}上报形象进度与现场不符。",
    "": "已对照任务书逐项自查，未发现问题。",
}
_METHODS = (InspectionMethod.FIELD, InspectionMethod.COVERT, InspectionMethod.TELEPHONE, InspectionMethod.ASSIGNED)
_UNTRUE = "上报形象进度 80%，现场约 55%"
# So many of ten are of this year, whose reports and milestones are frozen; the others are of the years before, without figures.
_RECENT = 7

_CONDUCT, _ACCEPT = Move(Do.CONDUCT, _LOOKS), Move(Do.ACCEPT, _UNIT, 2, "已阅知")
_PLAN = Move(Do.PLAN, _LOOKS, 0, "核实月报进度")
_OBJECT = Move(Do.OBJECT, _UNIT, 2, "现场查看时段停工，不能代表全月进度")
_ENDED: dict[int, list[Move]] = {
    0: [Move(Do.SELF_CHECK, _UNIT)],
    1: [_CONDUCT, _OBJECT, Move(Do.UPHOLD, _OFFICE, 2, "结论依据充分，维持")],
    2: [_PLAN, Move(Do.CANCEL, _LOOKS, 2, "与其他督察合并")],
    4: [_CONDUCT, Move(Do.RETRACT, _AUTHOR, 0, "登记错了项目", by="inspector")],
}
_STRAIGHT = ([_PLAN, replace(_CONDUCT, wait=2), _ACCEPT], [_CONDUCT, _ACCEPT])
_OPEN: list[tuple[list[Move], int]] = [([_PLAN], 1), ([_CONDUCT], 1), ([_CONDUCT, _OBJECT], 1)]


@dataclass(frozen=True)
class _Untrue:
    """A finding's course beside that of its inspection; how long it has stood unfinished, None at its end."""

    inspection: list[Move]
    finding: list[Move]
    standing: int | None


_F = FindingAction
_RAISE = Move(_F.RAISE, _LOOKS, 0, _UNTRUE)
_EXPLAIN = Move(
    _F.EXPLAIN,
    _UNIT,
    2,
    "统计口径理解有误，已组织学习",
    {"corrected": "已按现场实际更正月报", "explanation": "统计口径理解有误，已组织学习"},
)
_CHECK, _SETTLE = Move(_F.CHECK, _LOOKS, 2, "已核对更正后的月报"), Move(_F.SETTLE, _OFFICE, 1)
_PAUSE = Move(_F.PAUSE, _UNIT, 2, "单位对督察结论提出异议，复议期间不计时")
_UPHOLD = Move(Do.UPHOLD, _OFFICE, 2, "结论依据充分，维持")
_CHANGE = Move(Do.CHANGE, _OFFICE, 2, "异议成立，更正为基本属实")
_FINDINGS: dict[int, _Untrue] = {
    0: _Untrue([_CONDUCT, _ACCEPT], [_RAISE], 1),
    1: _Untrue([_CONDUCT, _ACCEPT], [_RAISE, _EXPLAIN], 1),
    2: _Untrue([_CONDUCT, _ACCEPT], [_RAISE, _EXPLAIN, _CHECK], 1),
    3: _Untrue([_CONDUCT, _OBJECT], [_RAISE, _PAUSE], 1),
    4: _Untrue([_CONDUCT, _OBJECT, _CHANGE], [_RAISE, _PAUSE, Move(_F.REVOKE, _OFFICE, 2, "异议成立，更正为基本属实")], None),
    5: _Untrue(
        [_CONDUCT, _OBJECT, _UPHOLD],
        [_RAISE, _PAUSE, Move(_F.RESUME, _OFFICE, 2, "结论维持"), _EXPLAIN, _CHECK, _SETTLE],
        None,
    ),
    6: _Untrue(
        [_CONDUCT, _ACCEPT],
        [_RAISE, _EXPLAIN, Move(_F.SEND_BACK, _LOOKS, 1, "请附更正单"), _EXPLAIN, _CHECK, _SETTLE],
        None,
    ),
}
_SETTLED = _Untrue([_CONDUCT, _ACCEPT], [_RAISE, _EXPLAIN, _CHECK, _SETTLE], None)


def is_untrue(number: int) -> bool:
    """Say whether the inspection became a finding: every tenth."""
    return number % 10 == 3


def untrue_of(number: int) -> _Untrue:
    """Return the courses of an inspection that became a finding, and of that."""
    return _FINDINGS.get(number // 10 % 14, _SETTLED)


def course_of(number: int) -> tuple[list[Move], int | None]:
    """Return the moves of an inspection, and for how many working days it has stood unfinished (None: it is at its end)."""
    if is_untrue(number):
        return untrue_of(number).inspection, untrue_of(number).standing
    if number % 30 == 4:
        return _OPEN[number // 30 % len(_OPEN)]
    return _ENDED.get(number // 2 % 24, _STRAIGHT[number % 2]), None


def build_inspections(count: int, size: int, district: District, items: list[Made]) -> None:
    """Build so many inspections, keys 1 to `count`, with their findings; the caller holds the transaction."""
    subjects = {number: _subject(number, size, district, items) for number in range(1, count + 1)}
    reports = _Reports({project for project, _, _ in subjects.values() if project})
    made = [_made(number, subjects[number], district, reports) for number in subjects]
    load_records(
        Inspection,
        (
            *("layer", "method", "unit_id", "project_id", "item_id", "planned_for", "purpose", "inspected_on", "inspected_by_id"),
            *("inspected_by_name", "place", "first_verdict", "verdict", "conclusion", "changed_on", *_FROZEN, *_OBSERVED),
        ),
        made,
    )
    load_acts(InspectionAct, made)
    load(
        InspectionPoint,
        ("inspection_id", "subject", "found"),
        (
            (one.key, subject, f"{subject.label}良好")
            for one in made
            if one.values.get("conclusion")
            for subject in (InspectionSubject.PROGRESS, InspectionSubject.DUTY)
        ),
    )
    load(
        InspectedMilestone,
        ("inspection_id", "milestone_id", "name", "due_on", "reported_done_on", "observed_done"),
        (row for one in made for row in _milestones(one)),
    )
    _build_findings([one for one in made if is_untrue(one.key)], district)


def _subject(number: int, size: int, district: District, items: list[Made]) -> tuple[int | None, int | None, int]:
    """Return project, item and unit of an inspection; one in eight looks at an item."""
    if number % 8 == 7 and items:
        item = items[number % len(items)]
        return item.values.get("project_id"), item.key, item.values["unit_id"]
    project = busy_project(number, size, 77)
    return project, None, carrying(district, project)


def _made(number: int, subject: tuple[int | None, int | None, int], district: District, reports: "_Reports") -> Made:
    project, item, unit = subject
    moves, standing = course_of(number)
    # Both the inspection and what it found have to be over.
    courses = [moves, untrue_of(number).finding] if is_untrue(number) else [moves]
    spanned = max(courses, key=lambda course: sum(move.wait for move in course))
    since = PLANNED if number % 10 < _RECENT else SUPERVISED
    begin = ended(number, spanned, since) if standing is None else under_way(spanned, standing)
    is_self = moves[0].action == Do.SELF_CHECK
    values: dict[str, Any] = {
        "layer": InspectionLayer.SELF if is_self else InspectionLayer.INSPECTOR,
        "method": InspectionMethod.SELF_CHECK if is_self else _METHODS[number % len(_METHODS)],
        "unit_id": unit,
        "project_id": project,
        "item_id": item,
        "planned_for": None,
        "purpose": "",
        "place": "",
        "conclusion": "",
        "_key": number,
        "_reports": reports,
        "_by": district.answering[unit] if is_self else district.accounts["inspector"],
    }
    return play(MACHINE, district, Made(number, values), [_worded(number, move) for move in moves], begin, _effect)


def _verdict(number: int) -> str:
    if is_untrue(number):
        return Verdict.UNTRUE
    return Verdict.MOSTLY if number % 10 in (5, 6) else Verdict.TRUE


def _worded(number: int, move: Move) -> Move:
    if move.action == Do.CONDUCT:
        return replace(move, text=_CONCLUSIONS[_verdict(number)])
    return replace(move, text=_CONCLUSIONS[""]) if move.action == Do.SELF_CHECK else move


_FROZEN = ("report_step_id", "reported_year", "reported_month", "reported_cumulative", "reported_percent", "reported_physical")
_OBSERVED = ("observed_cumulative", "observed_percent", "observed_physical")


def _effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Change the columns of an inspection as its services do."""
    match move.action:
        case Do.PLAN:
            values["planned_for"], values["purpose"] = workdays.add_workdays(day, 2), move.text
            values["due_on"] = values["planned_for"]
        case Do.CONDUCT | Do.SELF_CHECK:
            verdict = _verdict(values["_key"]) if move.action == Do.CONDUCT else ""
            by = values["_by"]
            values |= {"inspected_on": day, "inspected_by_id": by[0], "inspected_by_name": by[1], "conclusion": move.text}
            values |= {"verdict": verdict, "first_verdict": verdict, "place": f"第{values['_key'] % 30 + 1}标段"}
            frozen = values["_reports"].on(values["project_id"], day)
            if frozen is not None:
                values |= dict(zip(_FROZEN, frozen, strict=True))
                values |= _observed(verdict, values)
        case Do.CHANGE:
            values["verdict"], values["changed_on"] = Verdict.MOSTLY, day


def _observed(verdict: str, frozen: dict[str, Any]) -> dict[str, Any]:
    """Return what was found on the site: as reported but for what was untrue."""
    amount, percent = frozen["reported_cumulative"], frozen["reported_percent"]
    if verdict == Verdict.UNTRUE:
        amount, percent = amount * 2 // 3, max(percent - 25, 0)
    return {"observed_cumulative": amount, "observed_percent": percent, "observed_physical": frozen["reported_physical"]}


def _milestones(made: Made) -> Iterator[tuple]:
    """Yield the milestones as they were reported on the day of the look (supervision.services.inspection_frozen)."""
    project, day = made.values["project_id"], made.values.get("inspected_on")
    if not project or day is None or day < PLANNED:
        return
    for place in range(MILESTONES):
        due_on, done = known_on(project, place, day)
        seen = done is not None if made.values["verdict"] and place < 4 else None
        yield (made.key, milestone_key(project, place), milestones_of(project)[place][1], due_on, done, seen)


class _Reports:
    """Which report counted for each of the projects (keys) on a day."""

    def __init__(self, projects: Iterable[int]) -> None:
        self._rows: dict[int, list[tuple]] = {}
        found = CountedReport.objects.filter(project__in=list(projects)).order_by("project", "-year", "-valid_from", "-pk")
        columns = ("step_id", "year", "month", "step__cumulative", "step__physical_percent", "step__physical")
        for project, begin, end, *frozen in found.values_list("project_id", "valid_from", "valid_until", *columns):
            self._rows.setdefault(project, []).append((begin, end, tuple(frozen)))

    def on(self, project: int | None, day: date) -> tuple | None:
        """Return what stands in _FROZEN of the newest year's report that counted on the day."""
        rows = self._rows.get(project, ()) if project else ()
        return next((frozen for begin, end, frozen in rows if begin <= day and (end is None or day < end) and frozen[1] <= day.year), None)


def _build_findings(inspections: list[Made], district: District) -> None:
    made = [_finding(number, one, district) for number, one in enumerate(inspections, 1)]
    load_records(
        Finding,
        (
            *("inspection_id", "unit_id", "project_id", "item_id", "reported", "observed", "raised_on", "due_on", "corrected"),
            "explanation",
        ),
        made,
    )
    load_acts(FindingAct, made)


def _finding(number: int, inspection: Made, district: District) -> Made:
    said = inspection.values
    day = said["inspected_on"]
    reported = ""
    if said.get("report_step_id"):
        amount = f"累计完成投资 {money(said['reported_cumulative'])}" if said["reported_cumulative"] is not None else ""
        words = (f"{said['reported_year']}年{said['reported_month']}月月报", amount, f"形象进度 {said['reported_percent']}%")
        reported = "，".join(filter(None, [*words, said["reported_physical"]]))
    values: dict[str, Any] = {
        "inspection_id": inspection.key,
        "unit_id": said["unit_id"],
        "project_id": said["project_id"],
        "item_id": said["item_id"],
        "reported": reported,
        "observed": _UNTRUE,
        "raised_on": day,
        "due_on": workdays.add_workdays(day, DAYS),
        "corrected": "",
        "explanation": "",
    }
    return play(findings.MACHINE, district, Made(number, values), untrue_of(inspection.key).finding, day, _finding_effect, ("corrected",))


def _finding_effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Give the unit its two working days anew where a service does."""
    if move.action in (_F.SEND_BACK, _F.REFUSE, _F.RESUME):
        values["due_on"] = workdays.add_workdays(day, DAYS)
