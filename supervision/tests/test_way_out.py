"""From every state of every family somebody leads a record on, also when all those are gone whom it is bound to: accounts are stopped."""

from collections.abc import Callable
from typing import Any

import pytest

from erqi.common import clock
from projects.tests.builders import make_user
from supervision.choices import (
    EscalationState,
    FindingAction,
    FindingState,
    InquiryState,
    InspectionState,
    IssueState,
    ItemState,
    NoticeState,
)
from supervision.models import Finding, Inspection, Notice
from supervision.rules import escalation as escalation_rules
from supervision.rules import finding as finding_rules
from supervision.rules import inquiry as inquiry_rules
from supervision.rules import inspection as inspection_rules
from supervision.rules import issue as issue_rules
from supervision.rules import item as item_rules
from supervision.rules import notice as notice_rules
from supervision.rules.machines import MACHINES
from supervision.services.escalation import confirm_escalation
from supervision.services.finding import parties_of_finding
from supervision.services.inquiry import parties_of_inquiry
from supervision.services.inspection import object_conclusion, parties_of_inspection, plan_inspection
from supervision.services.issue_parties import issue_parties
from supervision.services.item_grid import parties_of_item
from supervision.services.notice_parties import parties as notice_parties
from supervision.services.parties import parties_of
from supervision.tests import issue_case, item_case, notice_case
from supervision.tests.escalation_case import make_escalation
from supervision.tests.item_case import DAY
from supervision.tests.way_out import FINDING, INQUIRY, INSPECTION, ITEM, take_notice, way_out

pytestmark = pytest.mark.django_db

# How a record comes into each state: the action and who takes it.
ISSUE = {
    IssueState.REPORTED: "",
    IssueState.RETURNED: "send_back",
    IssueState.ACCEPTED: "accept",
    IssueState.GRADED: "accept grade",
    IssueState.ASSIGNED: "accept grade assign",
    IssueState.HANDLING: "accept grade assign take",
    IssueState.AT_OFFICE: "accept grade assign take escalate",
    IssueState.AT_MEETING: "accept grade to_meeting",
    IssueState.AT_LEADER: "accept grade to_meeting to_leader",
    IssueState.REPLIED: "accept grade assign take reply",
    IssueState.VERIFIED: "accept grade assign take reply verify",
}
NOTICE = {
    NoticeState.DRAFT: "",
    NoticeState.APPROVING: "submit/writer",
    NoticeState.APPROVED: "submit/writer approve/leader",
    NoticeState.ISSUED: "submit/writer approve/leader issue/writer",
    NoticeState.HANDLING: "submit/writer approve/leader issue/writer sign/reporter",
    NoticeState.EXTENDING: "submit/writer approve/leader issue/writer sign/reporter ask_extension/reporter",
    NoticeState.TRANSFERRING: "submit/writer approve/leader issue/writer sign/reporter ask_transfer/reporter",
    NoticeState.REFUSED: "submit/writer approve/leader issue/writer refuse/reporter",
    NoticeState.REPLIED: "submit/writer approve/leader issue/writer sign/reporter reply/reporter",
    NoticeState.REVIEWED: "submit/writer approve/leader issue/writer sign/reporter reply/reporter pass_reply/inspector",
    NoticeState.CLOSED: "submit/writer approve/leader issue/writer sign/reporter reply/reporter pass_reply/inspector close/second",
}
CASE = {
    "item": {
        ItemState.OPEN: "",
        ItemState.APPLIED: "apply/reporter",
        ItemState.VERIFIED: "apply/reporter verify/inspector",
    },
    "inspection": {
        InspectionState.PLANNED: "",
        InspectionState.CONCLUDED: "conduct/inspector",
        InspectionState.ANSWERED: "conduct/inspector object/reporter",
    },
    "finding": {
        FindingState.OPEN: "",
        FindingState.PAUSED: "pause/reporter",
        FindingState.EXPLAINED: "explain/reporter",
        FindingState.CHECKED: "explain/reporter check/inspector",
    },
    "inquiry": {InquiryState.ASKED: "", InquiryState.ANSWERED: "answer/reporter"},
    "inspector asked": {InquiryState.ASKED: "", InquiryState.ANSWERED: "answer/inspector"},
}


def _object(finding: Finding, by: Any) -> Finding:
    """An objection to the conclusion stops the finding's clock."""
    object_conclusion(inspection=finding.inspection, text="不同意", version=None, by=by)
    return Finding.objects.get(pk=finding.pk)


OF_CASE: dict[str, tuple[Any, Any, Any, Callable[[Any], Any]]] = {
    "item": (item_rules.MACHINE, ITEM, parties_of_item, lambda case: case.item()),
    "inspection": (
        inspection_rules.MACHINE,
        INSPECTION,
        parties_of_inspection,
        lambda case: plan_inspection(method="field", project=case.project, planned_for=DAY, by=case.inspector),
    ),
    "finding": (finding_rules.MACHINE, {**FINDING, FindingAction.PAUSE: _object}, parties_of_finding, lambda case: case.finding()),
    "inquiry": (inquiry_rules.MACHINE, INQUIRY, parties_of_inquiry, lambda case: case.ask()),
    "inspector asked": (inquiry_rules.MACHINE, INQUIRY, parties_of_inquiry, item_case.ask_inspector),
}
OFFICES = ("office", "supervision", "supervision", "inspector", "leader")


@pytest.fixture(autouse=True)
def today():
    with clock.at(DAY):
        yield


def strangers() -> list[Any]:
    """Return people who have had nothing to do with a record, one of each office that is always staffed (two who check each other)."""
    return [make_user(role, name=f"新到{place}") for place, role in enumerate(OFFICES)]


def test_every_state_of_every_family_is_tried():
    tried = {"issue": set(ISSUE), "notice": set(NOTICE), "escalation": {EscalationState.PROPOSED, EscalationState.DRAFTED}}
    tried |= {name: set(CASE[name]) for name in ("item", "inspection", "finding", "inquiry")}
    for machine in MACHINES:
        assert tried[machine.name] == {code for code, _ in machine.states} - machine.finals


@pytest.mark.parametrize("state", ISSUE)
def test_a_problem_waits_for_nobody_who_is_gone(state):
    cast = issue_case.Cast()
    issue = cast.brought(*ISSUE[state].split())
    assert issue.state == state
    gone = [cast.office, cast.supervisor, cast.inspector, cast.leader, cast.reporter]
    # The leaders last: without any the office writes their instructions down.
    people = strangers()
    way_out(issue, issue_rules.MACHINE, issue_parties, people, gone)
    way_out(issue, issue_rules.MACHINE, issue_parties, people, [*gone, people[-1]])


@pytest.mark.parametrize("state", NOTICE)
def test_a_notice_waits_for_nobody_who_is_gone(state):
    cast = notice_case.Cast()
    notice = cast.draft()
    for part in NOTICE[state].split():
        action, who = part.split("/")
        take_notice(cast, Notice.objects.get(pk=notice.pk), action, getattr(cast, who))
    notice = Notice.objects.get(pk=notice.pk)
    assert notice.state == state
    gone = [cast.writer, cast.second, cast.inspector, cast.leader, cast.reporter]
    way_out(notice, notice_rules.MACHINE, notice_parties, strangers(), gone)


def test_a_proposal_waits_for_nobody_who_is_gone():
    cast = notice_case.Cast().with_project()
    proposal = make_escalation(cast.project)
    way_out(proposal, escalation_rules.MACHINE, lambda _, user: parties_of(user), strangers())
    # While a notice is drafted for it, others than who drafts it lead the notice on, or withdraw it.
    drafted = confirm_escalation(escalation=proposal, version=None, by=cast.writer)
    gone = [cast.writer, cast.second]
    way_out(drafted, escalation_rules.MACHINE, lambda _, user: parties_of(user), strangers(), gone)
    way_out(drafted.notice, notice_rules.MACHINE, notice_parties, strangers(), gone)


@pytest.mark.parametrize(("name", "state"), [(name, state) for name, states in CASE.items() for state in states])
def test_what_is_supervised_waits_for_nobody_who_is_gone(name, state):
    case = item_case.make_case()
    item_case.name_inspector(case)
    machine, moves, parties, begin = OF_CASE[name]
    record = begin(case)
    for part in CASE[name][state].split():
        action, who = part.split("/")
        record = moves[action](record, getattr(case, who))
    if name == "inspector asked":
        assert record.person.account == case.inspector
    assert record.state == state
    gone = [case.reporter, case.inspector, case.supervision, case.leader]
    way_out(record, machine, parties, strangers(), gone)


def test_a_conclusion_with_a_finding_is_decided_on_by_a_leader_alone():
    case = item_case.make_case()
    found = INSPECTION["object"](case.inspect(by="supervision"), case.reporter)
    leader = make_user("leader", name="新到领导")
    way_out(found, inspection_rules.MACHINE, parties_of_inspection, [leader], [case.reporter, case.supervision])
    assert Inspection.objects.get(pk=found.pk).state == "answered"
