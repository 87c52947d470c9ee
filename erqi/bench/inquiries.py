"""Leaders' questions (领导问查), answered, asked further, closed."""

from datetime import date
from typing import Any

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, play, under_way
from erqi.bench.notices import busy_project, carrying
from erqi.bench.people import District
from erqi.bench.projects import milestone_key
from erqi.common import workdays
from supervision.choices import Addressee, Party
from supervision.choices import InquiryAction as Do
from supervision.models import Inquiry, InquiryAct
from supervision.rules.inquiry import DAYS, MACHINE

_QUESTIONS = ("主体施工为何滞后，何时赶上？", "征迁还差几户，谁在包保？", "资金缺口如何解决？", "管线迁改卡在哪一家？")
_ANSWER = "已倒排工期，由分管负责人包保，计划下月中旬完成，每周报一次进度。"
_ASK = Move(Do.ASK, Party.LEADER)
_ANSWERED = [_ASK, Move(Do.ANSWER, Party.HANDLER, 3, _ANSWER)]
_CLOSE = Move(Do.CLOSE, Party.AUTHOR, 2, by="leader")
_FURTHER = Move(Do.FURTHER, Party.AUTHOR, 2, "具体到哪一天？谁负责？", by="leader")
_ENDED = {
    0: [_ASK, Move(Do.WITHDRAW, Party.AUTHOR, 1, by="leader")],
    1: [*_ANSWERED, _FURTHER, Move(Do.ANSWER, Party.HANDLER, 2, _ANSWER), _CLOSE],
    2: [_ASK, Move(Do.ANSWER, Party.HANDLER, 9, _ANSWER), _CLOSE],
}
_OPEN = [([_ASK], 1), ([_ASK], 9), (_ANSWERED, 1), ([*_ANSWERED, _FURTHER], 1)]


def build_inquiries(count: int, size: int, district: District) -> None:
    """Build so many questions, keys 1 to `count`; the caller holds the transaction."""
    made = [_made(number, size, district) for number in range(1, count + 1)]
    load_records(
        Inquiry,
        (
            *("project_id", "milestone_id", "text", "addressee", "unit_id", "asked_on", "asked_by_id", "asked_by_name", "due_on", "answer"),
            *("answered_on", "answered_by_name"),
        ),
        made,
    )
    load_acts(InquiryAct, made)


def course_of(number: int) -> tuple[list[Move], int | None]:
    """Return the moves of a question, and for how many working days it has stood unfinished (None: it is at its end)."""
    if number % 10 == 3:
        return _OPEN[number // 10 % len(_OPEN)]
    return _ENDED.get(number % 10, [*_ANSWERED, _CLOSE]), None


def _made(number: int, size: int, district: District) -> Made:
    moves, standing = course_of(number)
    begin = ended(number, moves) if standing is None else under_way(moves, standing)
    project = busy_project(number, size, 76)
    question = _QUESTIONS[number % len(_QUESTIONS)]
    to = Addressee.INSPECTOR if number % 5 == 4 else Addressee.UNIT
    leader = district.accounts["leader"]
    values: dict[str, Any] = {
        "project_id": project,
        "milestone_id": milestone_key(project, 3) if number % 3 == 0 else None,
        "text": question,
        "addressee": to,
        "unit_id": carrying(district, project),
        "asked_on": begin,
        "asked_by_id": leader[0],
        "asked_by_name": leader[1],
        "_by": district.accounts["inspector"] if to == Addressee.INSPECTOR else district.answering[carrying(district, project)],
    }
    moves = [_worded(move, question, to) for move in moves]
    return play(MACHINE, district, Made(number, values), moves, begin, _effect)


def _worded(move: Move, question: str, to: str) -> Move:
    by = "inspector" if to == Addressee.INSPECTOR and move.action == Do.ANSWER else move.by
    return Move(move.action, move.party, move.wait, move.text or (question if move.action == Do.ASK else ""), move.sets, by)


def _effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Change the columns of a question as its services do."""
    match move.action:
        case Do.ASK:
            values["due_on"] = workdays.add_workdays(day, DAYS)
        case Do.FURTHER:
            values["text"], values["due_on"] = move.text, workdays.add_workdays(day, DAYS)
        case Do.ANSWER:
            values["answer"], values["answered_on"], values["answered_by_name"] = move.text, day, values["_by"][1]
