"""Problems reported directly (问题直报), with their courses and the special meetings that decided on some."""

from datetime import date, timedelta
from typing import Any

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, number_each, play, under_way
from erqi.bench.notices import busy_project, carrying
from erqi.bench.people import District
from erqi.bench.projects import spread
from erqi.bench.rows import load
from erqi.common import workdays
from projects.choices import DelayCause
from supervision.choices import IssueAction as Do
from supervision.choices import IssueGrade, Party
from supervision.models import Issue, IssueAct, IssueMeeting
from supervision.rules.issue import MACHINE, due_day
from supervision.rules.limit import paused

_OFFICE, _UNIT, _AUTHOR, _INSPECTOR = Party.OFFICE, Party.HANDLER, Party.AUTHOR, Party.INSPECTOR
_TITLES = (
    "红线内高压线未迁",
    "围挡占道影响施工",
    "征迁户尚有三户未签",
    "用地手续卡在预审",
    "雨污管网接口不一致",
    "资金拨付滞后",
    "夜间施工投诉",
    "方案未批先建",
)
_CAUSES = (DelayCause.PIPES, DelayCause.SITE, DelayCause.CLEARANCE, DelayCause.LAND, DelayCause.PLANNING, DelayCause.FUNDS)
_GRADES = (IssueGrade.C, IssueGrade.B, IssueGrade.C, IssueGrade.A)

_REPORT = [Move(Do.REPORT, _AUTHOR)]
_TAKEN_UP = [*_REPORT, Move(Do.ACCEPT, _OFFICE, 1, "受理")]
_GRADED = [*_TAKEN_UP, Move(Do.GRADE, _OFFICE, 1)]
_ASSIGNED = [*_GRADED, Move(Do.ASSIGN, _OFFICE, 1, "请于限期内办结")]
_HANDLED = [*_ASSIGNED, Move(Do.TAKE, _UNIT, 1)]
_REPLIED = [*_HANDLED, Move(Do.PROGRESS, _UNIT, 2, "已召集产权单位现场协调"), Move(Do.REPLY, _UNIT, 2, "已完成迁改，现场恢复施工")]
_VERIFIED = [*_REPLIED, Move(Do.VERIFY, _INSPECTOR, 2, "现场核验属实")]
_CLOSED = [*_VERIFIED, Move(Do.CLOSE, _OFFICE, 1)]
_ESCALATED = [*_HANDLED, Move(Do.ESCALATE, _UNIT, 2, "涉及省级管线单位，请求提级协调")]
_MEETING = [*_ESCALATED, Move(Do.TO_MEETING, _OFFICE, 1, "提交专题会")]
_END = [Move(Do.REPLY, _UNIT, 3, "已按要求办结"), Move(Do.VERIFY, _INSPECTOR, 2, "现场核验属实"), Move(Do.CLOSE, _OFFICE, 1)]
_MET = [*_MEETING, Move(Do.MEET, _OFFICE, 3, "由承办单位牵头，限期完成迁改"), Move(Do.TAKE, _UNIT, 1)]

_ENDED: dict[int, list[Move]] = {
    0: [*_REPORT, Move(Do.SEND_BACK, _OFFICE, 1, "请补充具体地点"), Move(Do.WITHDRAW, _AUTHOR, 2)],
    1: [*_REPORT, Move(Do.DECLINE, _OFFICE, 1, "属日常管理事项，由所在单位办理")],
    2: [*_REPLIED, Move(Do.RETURN_REPLY, _INSPECTOR, 1, "现场尚有杂物未清"), *_END],
    3: [*_ESCALATED, Move(Do.COORDINATE, _OFFICE, 2, "已协调省公司排期"), *_END],
    4: [*_MET, *_END],
    5: [*_HANDLED, Move(Do.URGE, _OFFICE, 6, "已临近时限，请抓紧"), *_END],
    6: [*_HANDLED, Move(Do.PROGRESS, _UNIT, 12, "对方单位尚未答复"), *_END],
}
_OPEN: list[tuple[list[Move], int]] = [
    (_REPORT, 0),
    ([*_REPORT, Move(Do.SEND_BACK, _OFFICE, 1, "请补充具体地点")], 2),
    (_TAKEN_UP, 1),
    (_GRADED, 1),
    (_ASSIGNED, 1),
    (_HANDLED, 2),
    (_HANDLED, 22),
    (_ESCALATED, 3),
    (_MEETING, 2),
    ([*_ESCALATED, Move(Do.TO_LEADER, _OFFICE, 1, "请区领导批示")], 1),
    (_REPLIED, 2),
    (_VERIFIED, 1),
]


def build_issues(count: int, size: int, district: District) -> None:
    """Build so many problems, keys 1 to `count`; the caller holds the transaction."""
    made = [_made(number, size, district) for number in range(1, count + 1)]
    for key, (year, seq) in number_each(made, lambda one: one.begun.date()).items():
        made[key - 1].values |= {"year": year, "seq": seq}
    load_records(
        Issue,
        (
            *("year", "seq", "title", "description", "place", "project_id", "reported_on", "author_id", "author_name", "author_unit_id"),
            *("grade", "cause", "unit_id", "assigned_on", "due_on", "replied_on", "ended_on"),
        ),
        made,
    )
    keys = load_acts(IssueAct, made)
    load(
        IssueMeeting,
        ("act_id", "held_on", "place", "chair", "attendees", "decision", "unit_id", "due_on"),
        (
            (
                keys[one.key, place],
                act["on"],
                "区政府三楼会议室",
                "分管副区长",
                "重点项目办、承办单位、产权单位",
                act["text"],
                act["unit_id"],
                act["due_on"],
            )
            for one in made
            for place, act in enumerate(one.acts)
            if act["action"] == Do.MEET
        ),
    )


def course_of(number: int) -> tuple[list[Move], int | None]:
    """Return the moves of a problem, and for how many working days it has stood unfinished (None: it is at its end)."""
    if number % 8 == 3:
        return _OPEN[number // 8 % len(_OPEN)]
    return _ENDED.get((number + number // 8) % 20, _CLOSED), None


def _made(number: int, size: int, district: District) -> Made:
    moves, standing = course_of(number)
    begin = ended(number, moves) if standing is None else under_way(moves, standing)
    project = busy_project(number, size, 74) if number % 4 else None
    unit = carrying(district, project) if project else district.units[spread(number, 75, len(district.units))]
    by = ("reporter", "inspector", "reviewer")[number % 3]
    author_unit = {"reporter": district.units[0], "reviewer": district.units[-1]}.get(by)
    title = _TITLES[number % len(_TITLES)]
    values: dict[str, Any] = {
        "title": title,
        "description": f"{title}，已影响关键线路施工，单位自行协调两次未果，请求协调解决。",
        "place": f"第{number % 30 + 1}标段",
        "project_id": project,
        "reported_on": begin,
        "author_unit_id": author_unit,
        "_unit": unit,
        "_key": number,
        "author_id": district.accounts[by][0],
        "author_name": district.accounts[by][1],
        "grade": "",
        "cause": "",
        "unit_id": None,
        "due_on": None,
    }
    moves = [Move(one.action, one.party, one.wait, one.text, one.sets, by) if one.party == _AUTHOR else one for one in moves]
    return play(MACHINE, district, Made(number, values), moves, begin, _effect, ("grade", "cause", "description"))


def _effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Change the columns of a problem as its services do."""
    match move.action:
        case Do.GRADE:
            values["grade"], values["cause"] = _GRADES[values["_key"] % 4], _CAUSES[values["_key"] % len(_CAUSES)]
        case Do.ASSIGN:
            values |= {"unit_id": values["_unit"], "assigned_on": day, "due_on": due_day(values["grade"], day, workdays)}
        case Do.MEET:
            values |= {"unit_id": values["_unit"], "assigned_on": day, "due_on": day + timedelta(days=20)}
        case Do.REPLY:
            values["replied_on"] = day
        case Do.RETURN_REPLY:
            values["due_on"] = paused(values["due_on"], values["replied_on"], day, workdays)
            values["replied_on"] = None
        case Do.CLOSE | Do.DECLINE | Do.WITHDRAW:
            values["ended_on"] = day
