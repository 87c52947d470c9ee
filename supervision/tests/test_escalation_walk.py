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
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import HINDERED, LEGAL, NOT_THEIRS, WRONG_STATE, Family, Form
from supervision.tests.walk_ways import random_walks, tours

pytestmark = pytest.mark.django_db


def propose(*, by: User | None, request_key: UUID) -> Escalation:
    """Propose what is due, and return the project's proposal."""
    escalations.propose_escalations(by=by)
    return Escalation.objects.earliest("pk")


class Escalations(Family):
    machine, model = MACHINE, Escalation
    onward: ClassVar = {S.PROPOSED: {A.CONFIRM, A.DECLINE}, S.DRAFTED: {A.ISSUE, A.REOPEN}}
    # The day's run, once the project is not red any more.
    system: ClassVar = {A.LAPSE}
    beginnings = ("day", "office")
    first_day = RED
    tours = (
        "office: confirm issue! reopen/inspector +4 confirm *signed reopen! issue reopen/leader decline",
        "office: confirm/jack *signed issue/second_supervision",
        # What has lapsed is proposed anew once the project is red again.
        "day: +3 *done +1 *undone +1",
    )

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
        walk.notes |= {"is_red": True, "signed": False}
        return answer

    def judge(self, walk: Walk, who: str, action: str) -> str:
        if action not in (A.ISSUE, A.REOPEN):
            return super().judge(walk, who, action)
        # Both follow from the notice. It waits again once what was drafted for it is withdrawn (by who writes notices), or revoked (by who
        # signs them).
        issued = walk.state == S.CONFIRMED
        if (walk.state != S.DRAFTED and not issued) or (issued and action == A.ISSUE):
            return WRONG_STATE
        may = {Party.SUPERVISION}
        if action == A.REOPEN:
            may |= {Party.LEADER if issued else Party.INSPECTOR}
        if not may & self.parties(walk, who):
            return NOT_THEIRS
        # What is signed is issued; what is not signed can be withdrawn.
        return LEGAL if issued or walk.notes["signed"] == (action == A.ISSUE) else HINDERED

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
        given = {"notice": lambda: Notice.objects.get(pk=notice.pk)}
        if action == A.ISSUE:
            return Form(office.issue_notice, given, notice.version)
        service = office.revoke_notice if walk.state == S.CONFIRMED else office.withdraw_notice
        return Form(service, {**given, "reason": words}, notice.version)

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        walk.notes["signed"] = False

    def aside(self, walk: Walk) -> None:
        """The project gets on, or what got it on is taken back; the notice is signed."""
        what = walk.choose(["done" if walk.notes["is_red"] else "undone", "signed"])
        if what == "signed" and walk.state == S.DRAFTED and not walk.notes["signed"]:
            walk.notes["signed"] = True
            walk.beside(None, what, Form(self._sign, {"notice": walk.record.notice}))
        elif what != "signed":
            walk.notes["is_red"] = what == "undone"
            walk.beside(None, what, Form(self._turn, {"done": what == "done", "day": walk.day}))
            # Whoever asks now what is due asks something else than when the proposal was made.
            walk.forms = [form for form in walk.forms if form[1].service is not propose]

    def _sign(self, *, notice: Notice, by: None, request_key: UUID) -> None:
        for service in (office.submit_notice, office.approve_notice):
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
        if walk.notes["is_red"]:
            standing = Escalation.objects.filter(project=self.project).exclude(state=S.LAPSED)
            assert standing.exists(), "the project is red, and nothing is proposed"

    def check(self, walk: Walk, record: Any) -> None:
        assert (record.notice_id is not None) == (record.state in (S.DRAFTED, S.CONFIRMED))


def test_tours_of_proposals():
    tours(Escalations)


def test_random_walks_of_proposals():
    random_walks(Escalations)
