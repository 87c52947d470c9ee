"""Walks of proposals to escalate (升级提议): supervision.tests.walk says what is checked."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import pytest

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.services.milestone import reopen_milestone
from projects.tests.builders import make_entry, make_milestone, make_project, make_responsibility
from projects.tests.report_builders import district_ledger
from projects.tests.warning_builders import FROM, finish, warn_ledger
from supervision.choices import EscalationAction as A
from supervision.choices import EscalationState as S
from supervision.choices import Party
from supervision.models import Escalation, Notice
from supervision.rules.escalation import MACHINE
from supervision.services import escalation as escalations
from supervision.services import notice as office
from supervision.tests.escalation_case import RED, RED_LONG
from supervision.tests.walk import LEGAL, NOT_THEIRS, WRONG_STATE, Family, Fault, Form, Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_ways import random_walks, still_there, tours

pytestmark = pytest.mark.django_db

LAPSED_FOR_GOOD = "what has lapsed is not proposed again while the project is still red"


def propose(*, by: User | None, request_key: UUID) -> Escalation:
    """Propose what is due, and return the project's proposal."""
    escalations.propose_escalations(by=by)
    return Escalation.objects.get()


class Escalations(Family):
    machine, model = MACHINE, Escalation
    onward: ClassVar = {S.PROPOSED: {A.CONFIRM, A.DECLINE}}
    # The day's run, once the project is not red any more.
    system: ClassVar = {A.LAPSE}
    beginnings = ("day", "office")
    first_day = RED
    tours = (
        "office: confirm reopen/inspector +4 confirm *issue reopen/leader decline",
        "day: +3 *done +1",
    )
    known_faults: ClassVar = {
        # The key of the proposal (project, trigger, since when) counts as known also where nobody has decided it.
        LAPSED_FOR_GOOD: Fault("day: +3 *done +1 *undone +1", wrong="is red, and nothing is proposed"),
    }

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        with clock.at(FROM):
            ledger, self.project = district_ledger(RED.year), make_project("走查滞后项目")
            make_responsibility(self.project, world.units["unit"], ResponsibilityKind.UNDERTAKE)
            make_entry(ledger, self.project)
            # Due on the first of May it is red from the first of June.
            self.milestone = make_milestone(self.project, "other", name="主体施工", due_on=date(2018, 5, 1))
            warn_ledger(ledger, FROM)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        return A.PROPOSE, Form(propose, {})

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        return [None] if how == "day" else [who for who in CAST if walk.world.holds(who, "supervision")]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = "unit"
        walk.notes |= {"is_red": True, "issued": False}
        return answer

    def judge(self, walk: Walk, who: str, action: str) -> str:
        if action != A.REOPEN:
            return super().judge(walk, who, action)
        # It waits again once what was drafted for it is withdrawn (by who writes notices), or revoked (by who signs them).
        if walk.state != S.CONFIRMED:
            return WRONG_STATE
        may = {Party.SUPERVISION, Party.LEADER if walk.notes["issued"] else Party.INSPECTOR}
        return LEGAL if may & self.parties(walk, who) else NOT_THEIRS

    def form(self, walk: Walk, action: str) -> Form | None:
        words = walk.words()
        match action:
            case A.CONFIRM:
                return walk.form(escalations.confirm_escalation, "escalation", note=words)
            case A.DECLINE:
                return walk.form(escalations.decline_escalation, "escalation", reason=words)
        notice = walk.record.notice
        if notice is None:
            return None
        service = office.revoke_notice if walk.notes["issued"] else office.withdraw_notice
        return Form(service, {"notice": lambda: Notice.objects.get(pk=notice.pk), "reason": words}, notice.version)

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        walk.notes["issued"] = False

    def aside(self, walk: Walk) -> None:
        """The project gets on, or what got it on is taken back; the notice is issued."""
        what = walk.choose(["done" if walk.notes["is_red"] else "undone", "issue"])
        if what == "issue" and walk.state == S.CONFIRMED and not walk.notes["issued"]:
            walk.beside(None, what, Form(self._issue, {"notice": walk.record.notice}))
            walk.notes["issued"] = True
        elif what != "issue":
            walk.beside(None, what, Form(self._turn, {"done": what == "done", "day": walk.day}))
            walk.notes["is_red"] = what == "undone"

    def _issue(self, *, notice: Notice, by: None, request_key: UUID) -> None:
        for service in (office.submit_notice, office.approve_notice, office.issue_notice):
            notice = service(notice=notice, version=None, by=by)

    def _turn(self, *, done: bool, day: date, by: None, request_key: UUID) -> None:
        self.milestone.refresh_from_db()
        if done:
            finish(self.milestone, day)
        else:
            reopen_milestone(milestone=self.milestone, version=None, by=None)

    def day_brings(self, walk: Walk) -> list[str]:
        # After three cut-offs in red more is asked for.
        over = not walk.notes["is_red"] or walk.day >= RED_LONG
        return [A.LAPSE] if walk.state == S.PROPOSED and over else []

    def morning(self, walk: Walk) -> None:
        if walk.notes["is_red"] and not walk.looks_away(LAPSED_FOR_GOOD):
            standing = Escalation.objects.filter(project=self.project).exclude(state=S.LAPSED)
            assert standing.exists(), "the project is red, and nothing is proposed"

    def check(self, walk: Walk, record: Any) -> None:
        assert (record.notice_id is not None) == (record.state == S.CONFIRMED)


def test_tours_of_proposals():
    tours(Escalations)


def test_known_faults_of_proposals_are_still_there():
    still_there(Escalations)


def test_random_walks_of_proposals():
    random_walks(Escalations)
