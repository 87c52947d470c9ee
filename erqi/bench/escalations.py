"""Proposals to escalate: most were carried out by the notice that was drafted for them, the others declined, lapsed, or still waiting."""

from datetime import date, timedelta
from typing import Any

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, nothing, play, under_way
from erqi.bench.notices import ESCALATED, busy_project, carrying, course_of
from erqi.bench.people import District
from projects.choices import WarningLevel
from supervision.choices import EscalationAction as Do
from supervision.choices import EscalationTrigger as By
from supervision.choices import NoticeAction, NoticeKind, Party
from supervision.models import Escalation, EscalationAct
from supervision.rules.escalation import DOCUMENTS, MACHINE, weight
from supervision.services.escalation_answer import ISSUED, REOPENED

_OFFICE = Party.SUPERVISION
_TRIGGERS = {NoticeKind.REMIND: By.YELLOW, NoticeKind.LETTER: By.YELLOW_AGAIN, NoticeKind.SUPERVISE: By.RED}
_REASON = "自上月起黄色，已过 1 个月报截止日：“主体施工”时限已过 20 天未完成"
_LAPSED = "项目现为“正常”，不再需要。"


def build_escalations(count: int, size: int, district: District, notices: list[Made]) -> None:
    """Build so many proposals, keys 1 to `count`; every third notice answers one. The caller holds the transaction."""
    answered = {one.key // ESCALATED: one for one in notices if one.key % ESCALATED == 0}
    made = [_made(number, size, district, answered.get(number)) for number in range(1, max(count, len(answered)) + 1)]
    _tell_apart(made)
    load_records(
        Escalation,
        (
            *("project_id", "year", "trigger", "weight", "level", "since", "finding", "proposed_on", "reason", "unit_id"),
            "notice_id",
        ),
        made,
    )
    load_acts(EscalationAct, made)


def _tell_apart(made: list[Made]) -> None:
    """Let no two proposals of one trigger and project be of the same stretch of a colour."""
    taken: set[tuple] = set()
    for one in made:
        values = one.values
        while (key := (values["project_id"], values["year"], values["trigger"], values["since"])) in taken:
            values["since"] -= timedelta(days=1)
        taken.add(key)


def _made(number: int, size: int, district: District, notice: Made | None) -> Made:
    if notice is not None:
        project, unit = notice.values["project_id"], notice.acts[0]["unit_id"]
        trigger, begin, moves = _TRIGGERS[notice.values["kind"]], notice.begun.date(), _answered(notice)
    else:
        project = busy_project(number, size, 73)
        unit, trigger = carrying(district, project), list(_TRIGGERS.values())[number % len(_TRIGGERS)]
        moves, begin = _unanswered(number, trigger)
    level = WarningLevel.RED if trigger == By.RED else WarningLevel.YELLOW
    values: dict[str, Any] = {
        "project_id": project,
        "unit_id": unit,
        "year": begin.year,
        "trigger": trigger,
        "weight": weight(trigger),
        "level": int(level),
        "since": begin - timedelta(days=5 + number % 17),
        "proposed_on": begin,
        "reason": _REASON,
        "finding": "",
        "notice_id": None,
    }
    return play(MACHINE, district, Made(number, values), moves, begin, nothing)


def _propose(trigger: By) -> Move:
    return Move(Do.PROPOSE, _OFFICE, 0, f"{_REASON}。建议：{DOCUMENTS[trigger].kind.label}", by="system")


def _answered(notice: Made) -> list[Move]:
    """Return what became of a proposal with its notice."""
    waits, total = {}, 0
    for move in course_of(notice.key)[0]:
        total += move.wait
        waits.setdefault(move.action, total)
    moves, passed = [_propose(_TRIGGERS[notice.values["kind"]])], 0
    moves.append(Move(Do.CONFIRM, _OFFICE, 0, "", {"notice_id": notice.key}))
    number = f"二七督〔{notice.values.get('year')}〕{notice.values.get('number')}号"
    if (wait := waits.get(NoticeAction.ISSUE)) is not None:
        moves.append(Move(Do.ISSUE, _OFFICE, wait, ISSUED.format(number=number)))
        passed = wait
    for action, how in ((NoticeAction.REVOKE, "撤销"), (NoticeAction.WITHDRAW, "撤回拟稿")):
        if (wait := waits.get(action)) is not None:
            title = number if action == NoticeAction.REVOKE else notice.values["title"]
            party, by = _OFFICE, "leader" if action == NoticeAction.REVOKE else ""
            moves.append(Move(Do.REOPEN, party, wait - passed, REOPENED.format(title=title, how=how), {"notice_id": None}, by))
            moves.append(Move(Do.LAPSE, _OFFICE, 1, _LAPSED, by="system"))
    return moves


def _unanswered(number: int, trigger: By) -> tuple[list[Move], date]:
    if number % 4 == 0:
        moves = [_propose(trigger)]
        return moves, under_way(moves, number // 4 % 8)
    if number % 4 == 1:
        moves = [_propose(trigger), Move(Do.DECLINE, _OFFICE, 2, "已当面约谈，暂不发文")]
    else:
        moves = [_propose(trigger), Move(Do.LAPSE, _OFFICE, 6, _LAPSED, by="system")]
    return moves, ended(number, moves)
