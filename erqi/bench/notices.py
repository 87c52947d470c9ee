"""Supervision notices: five years of them, each with its texts, copies, instructions and what was done."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, number_each, play, under_way
from erqi.bench.people import District
from erqi.bench.projects import project_name, spread
from erqi.bench.rows import load
from erqi.common import workdays
from projects.choices import DelayCause
from projects.rules.codes import project_code
from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeKind, NoticeSource, NoticeUrgency, OrderAddressee, Party
from supervision.models import Escalation, Notice, NoticeAct, NoticeChange, NoticeCopy, NoticeOrder, NoticeText
from supervision.models.notice import ISSUER
from supervision.rules.limit import paused
from supervision.rules.notice import ASKS_CAUSE, MACHINE, default_days
from supervision.sentences.notice import body_words, title_words

_OFFICE, _INSPECTOR, _LEADER, _UNIT = Party.SUPERVISION, Party.INSPECTOR, Party.LEADER, Party.HANDLER
_CAUSES = (DelayCause.LAND, DelayCause.PERMIT, DelayCause.FUNDS, DelayCause.PIPES, DelayCause.CLEARANCE, DelayCause.OWNER)
# Every third answers a proposal to escalate (erqi.bench.escalations), whose key is its own.
ESCALATED = 3
_PAPER = {NoticeKind.REMIND: NoticeSource.PROJECT, NoticeKind.LETTER: NoticeSource.PROJECT, NoticeKind.SUPERVISE: NoticeSource.PROJECT}
_OTHERS = (
    (NoticeKind.ASSIGN, NoticeSource.MEETING),
    (NoticeKind.ASSIGN, NoticeSource.DOCUMENT),
    (NoticeKind.SUPERVISE, NoticeSource.INSTRUCTION),
    (NoticeKind.URGE, NoticeSource.REPORT),
    (NoticeKind.CORRECT, NoticeSource.INSPECTION),
)
_MATTERS = (
    "安置房交付",
    "道路断头路打通",
    "雨污分流改造",
    "学校开学前验收",
    "招商项目落地",
    "扬尘治理整改",
    "拆迁遗留问题",
    "管线迁改协调",
)
_REPLY = "已组织专班推进，影响进度的原因已查明并逐项整改，新的节点安排和责任人见附件，计划按月报送进展。"


def _drafted() -> list[Move]:
    return [Move(Do.DRAFT, _INSPECTOR), Move(Do.SUBMIT, _INSPECTOR, 1), Move(Do.APPROVE, _LEADER, 1), Move(Do.ISSUE, _OFFICE)]


def _sign(wait: int = 1) -> Move:
    return Move(Do.SIGN, _UNIT, wait)


def _reply(wait: int) -> Move:
    return Move(Do.REPLY, _UNIT, wait, _REPLY)


def _judged(archived: bool = True) -> list[Move]:
    moves = [Move(Do.PASS_REPLY, _INSPECTOR, 2, "已到现场核对，整改措施落实"), Move(Do.CLOSE, _OFFICE, 1, "同意办结")]
    return [*moves, Move(Do.ARCHIVE, _OFFICE, 12)] if archived else moves


_WRITING = {Do.DRAFT, Do.EDIT, Do.SUBMIT, Do.WITHDRAW}
# The courses of those that have ended, by the last digits of the number; more than half go straight.
_ENDED: dict[int, list[Move]] = {
    0: [*_drafted(), _sign(), Move(Do.URGE, _INSPECTOR, 4, "反馈时限将到，请抓紧办理"), _reply(3), *_judged()],
    1: [
        *(*_drafted(), _sign(), Move(Do.ASK_EXTENSION, _UNIT, 0, "管线产权单位较多，协调尚需时日")),
        *(Move(Do.GRANT_EXTENSION, _OFFICE, 1, "同意延期一次"), _reply(5), *_judged()),
    ],
    2: [
        *(*_drafted(), _sign(), _reply(1), Move(Do.RETURN_REPLY, _INSPECTOR, 2, "缺少责任人和完成时间")),
        *(_reply(2), *_judged()),
    ],
    3: [
        *(*_drafted(), Move(Do.REFUSE, _UNIT, 1, "不属本单位职责"), Move(Do.TRANSFER, _OFFICE, 1, "按职责改派")),
        *(_sign(), _reply(2), *_judged()),
    ],
    4: [
        *(*_drafted(), _sign(), Move(Do.ASK_TRANSFER, _UNIT, 1, "建议由主管部门办理")),
        *(Move(Do.DENY_TRANSFER, _OFFICE, 1, "属地负责，请继续办理"), _reply(2), *_judged()),
    ],
    5: [
        *(
            *_drafted(),
            _sign(),
            Move(Do.PROPOSE_CHANGE, _OFFICE, 1, "会议议定增加一项内容"),
            Move(Do.CHANGE, _LEADER, 1, "会议议定增加一项内容"),
        ),
        *(_sign(), _reply(2), *_judged()),
    ],
    6: [
        *(*_drafted(), _sign(), Move(Do.INSTRUCT, _LEADER, 1, "请抓紧落实，按期报结果")),
        *(Move(Do.ANSWER, _UNIT, 2, "已按批示落实"), _reply(1), *_judged()),
    ],
    7: [*_drafted(), _sign(), Move(Do.REVOKE, _LEADER, 2, "事项已并入其他通知单办理")],
    8: [Move(Do.DRAFT, _INSPECTOR), Move(Do.EDIT, _INSPECTOR), Move(Do.WITHDRAW, _INSPECTOR, 1, "情况已经解决，不再下发")],
    9: [*_drafted(), _sign(), _reply(2), Move(Do.RECALL_REPLY, _UNIT, 0), _reply(1), *_judged(archived=False)],
}
_STRAIGHT = [*_drafted(), _sign(), _reply(2), *_judged()]
_LATE = [*_drafted(), _sign(2), _reply(25), *_judged(archived=False)]
# Those that are not finished, and for how many working days they have stood so.
_OPEN: list[tuple[list[Move], int]] = [
    (_drafted()[:1], 3),
    (_drafted()[:2], 1),
    (_drafted()[:3], 1),
    (_drafted(), 0),
    (_drafted(), 4),
    ([*_drafted(), _sign()], 1),
    ([*_drafted(), _sign()], 3),
    ([*_drafted(), _sign()], 14),
    ([*_drafted(), _sign(), Move(Do.ASK_EXTENSION, _UNIT, 0, "资料尚未齐备")], 2),
    ([*_drafted(), _sign(), Move(Do.ASK_TRANSFER, _UNIT, 1, "建议由主管部门办理")], 2),
    ([*_drafted(), Move(Do.REFUSE, _UNIT, 1, "不属本单位职责")], 1),
    ([*_drafted(), _sign(), _reply(2)], 1),
    ([*_drafted(), _sign(), _reply(2), Move(Do.RETURN_REPLY, _INSPECTOR, 1, "缺少整改时间表")], 1),
    ([*_drafted(), _sign(), _reply(2), *_judged()[:1]], 2),
    ([*_drafted(), _sign(), Move(Do.PROPOSE_CHANGE, _OFFICE, 1, "时限与会议要求不一致")], 0),
    ([*_drafted(), _sign(), Move(Do.INSTRUCT, _LEADER, 1, "请督察办跟踪，每周报一次")], 1),
]


@dataclass(frozen=True)
class Subject:
    """What a notice is about, by its number: project (None: no project), unit, kind and source."""

    project: int | None
    unit: int
    kind: NoticeKind
    source: NoticeSource


def busy_project(number: int, size: int, turn: int) -> int:
    """Return which project a record is about: most are spread, every 150th is about the same one, as in every district."""
    return min(7, size) if number % 150 == 0 else 1 + spread(number, turn, size)


def carrying(district: District, project: int) -> int:
    """Return the unit that carries a project out, and reports it."""
    return district.units[project % len(district.units)]


def subject_of(number: int, size: int, district: District) -> Subject:
    """Return what the notice is about."""
    if number % ESCALATED == 0:
        kind, source = list(_PAPER.items())[number // ESCALATED % len(_PAPER)]
    else:
        kind, source = _OTHERS[number % len(_OTHERS)]
    about = busy_project(number, size, 70) if number % ESCALATED == 0 or number % 2 else None
    unit = carrying(district, about) if about else district.units[spread(number, 71, len(district.units))]
    return Subject(about, unit, kind, source)


def course_of(number: int) -> tuple[list[Move], int | None]:
    """Return the moves of a notice, and for how many working days it has stood unfinished (None: it is at its end)."""
    moves, standing = _course_of(number)
    if number % ESCALATED == 0:
        # Who confirms a proposal drafts the notice.
        moves = [replace(move, party=_OFFICE) if move.action in _WRITING else move for move in moves]
    return moves, standing


def _course_of(number: int) -> tuple[list[Move], int | None]:
    if number % 8 == 5:
        return _OPEN[number // 8 % len(_OPEN)]
    turn = (number + number // 8) % 20
    return (_ENDED.get(turn, _LATE if turn == 19 else _STRAIGHT)), None


def build_notices(count: int, size: int, district: District) -> list[Made]:
    """Build so many notices, keys 1 to `count`, and return them; the caller holds the transaction."""
    made = [_made(number, size, district) for number in range(1, count + 1)]
    for key, (year, number) in number_each(made, lambda one: one.values.get("issued_on")).items():
        made[key - 1].values |= {"year": year, "number": number}
    load_records(
        Notice,
        (
            *(
                "issuer",
                "year",
                "number",
                "kind",
                "source",
                "urgency",
                "basis",
                "title",
                "text",
                "unit_id",
                "project_id",
                "contact",
                "days",
            ),
            *("due_on", "first_due_on", "asked_due_on", "cause", "text_version", "issued_on", "signer_name", "drafted_by_id"),
            *("drafted_by_name", "origin_type_id", "origin_id"),
        ),
        made,
    )
    load_acts(NoticeAct, made)
    load(
        NoticeText,
        ("notice_id", "version", "title", "text", "unit_id", "due_on", "reason", "on", "by_id", "by_name"),
        (row for one in made for row in one.values["_texts"]),
    )
    load(
        NoticeChange,
        ("notice_id", "title", "text", "reason", "on", "by_id", "by_name", "ended_on"),
        (row for one in made for row in one.values["_changes"]),
    )
    load(
        NoticeOrder,
        (
            "notice_id",
            "text",
            "addressee",
            "due_on",
            "on",
            "by_id",
            "by_name",
            "answer",
            "answered_on",
            "answered_by_id",
            "answered_by_name",
        ),
        (row for one in made for row in one.values["_orders"]),
    )
    load(NoticeCopy, ("notice_id", "unit_id", "since"), (row for one in made for row in _copies(one, district)))
    return made


def _made(number: int, size: int, district: District) -> Made:
    about = subject_of(number, size, district)
    moves, standing = course_of(number)
    begin = ended(number, moves) if standing is None else under_way(moves, standing)
    if about.project:
        name, code, what = project_name(about.project), project_code(2018, about.project), "项目"
    else:
        name, code, what = _MATTERS[number % len(_MATTERS)], f"会办{number}", "事项"
    drafter = district.accounts["supervision" if number % ESCALATED == 0 else "inspector"]
    made = Made(
        number,
        {
            "issuer": ISSUER,
            "kind": about.kind,
            "source": about.source,
            "unit_id": about.unit,
            "project_id": about.project,
            "urgency": list(NoticeUrgency)[number % 7 % len(NoticeUrgency)],
            "basis": f"区委专题会议纪要〔{begin.year}〕{number % 40 + 1}号",
            "title": title_words(about.kind, name, what),
            "text": body_words(about.kind, name, code, "进度滞后。", [f"主体工程未按期完成，差距 {number % 30 + 1} 天"], begin, what=what),
            "contact": "督察办值班室",
            "days": default_days(about.kind, about.source),
            "drafted_by_id": drafter[0],
            "drafted_by_name": drafter[1],
            "due_on": None,
            "asked_due_on": None,
            "_texts": [],
            "_changes": [],
            "_orders": [],
            "_key": number,
            "_district": district,
        },
    )
    if number % ESCALATED == 0:
        made.values |= {"origin_type_id": ContentType.objects.get_for_model(Escalation).pk, "origin_id": number // ESCALATED}
    return play(MACHINE, district, made, moves, begin, _effect, ("title", "asked_due_on", "drafted_text"))


def _effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Change the columns of a notice as its services do."""
    district = values["_district"]
    office, leader = district.accounts["supervision"], district.accounts["leader"]
    match move.action:
        case Do.APPROVE:
            values["signer_name"] = leader[1]
        case Do.ISSUE:
            values["due_on"] = values["first_due_on"] = workdays.add_workdays(day, values["days"])
            values["issued_on"], values["text_version"] = day, 1
            _keep_text(values, "", day, office)
        case Do.ASK_EXTENSION:
            values["asked_due_on"], values["_asked"] = values["due_on"] + timedelta(days=9), day
        case Do.ASK_TRANSFER | Do.REFUSE:
            values["_asked"] = day
        case Do.GRANT_EXTENSION:
            values["due_on"], values["asked_due_on"] = values["asked_due_on"], None
        case Do.DENY_TRANSFER:
            values["due_on"] = paused(values["due_on"], values["_asked"], day, workdays)
        case Do.TRANSFER:
            units = district.units
            values["unit_id"] = units[(units.index(values["unit_id"]) + 1) % len(units)]
            values["due_on"], values["text_version"] = workdays.add_workdays(day, values["days"]), values["text_version"] + 1
            _keep_text(values, f"转办：{move.text}", day, office)
        case Do.PROPOSE_CHANGE:
            text = f"{values['text']}\n另请一并报送：与相邻项目的衔接安排。"
            values["_changes"].append([values["_key"], values["title"], text, move.text, day, *office, None])
        case Do.CHANGE:
            change = values["_changes"][-1]
            change[-1], values["text"], values["text_version"] = day, change[2], values["text_version"] + 1
            _keep_text(values, change[3], day, leader)
        case Do.INSTRUCT:
            to = OrderAddressee.SUPERVISION if "督察办" in move.text else OrderAddressee.HANDLER
            values["_orders"].append([values["_key"], move.text, to, workdays.add_workdays(day, 5), day, *leader, "", None, None, ""])
        case Do.ANSWER:
            values["_orders"][-1][-4:] = [move.text, day, *district.answering[values["unit_id"]]]
        case Do.REPLY:
            asks = values["project_id"] and values["kind"] in ASKS_CAUSE
            values["cause"], values["asked_due_on"] = _CAUSES[values["_key"] % len(_CAUSES)] if asks else "", None
        case Do.RETURN_REPLY:
            values["due_on"] = workdays.add_workdays(day, 3)
    # Each act on a draft keeps its text (Notice.drafted_text).
    values["drafted_text"] = values["text"] if move.action in (Do.DRAFT, Do.EDIT) else ""


def _keep_text(values: dict[str, Any], reason: str, day: date, by: tuple[int, str]) -> None:
    said = (values["_key"], values["text_version"], values["title"], values["text"], values["unit_id"], values["due_on"], reason, day, *by)
    values["_texts"].append(said)


def _copies(made: Made, district: District) -> Iterator[tuple]:
    """Yield the unit that gets a copy of some."""
    if made.key % 3:
        unit = district.units[-1 - spread(made.key, 72, max(len(district.units) // 4, 1))]
        if unit != made.values["unit_id"]:
            yield (made.key, unit, made.begun.date())
