"""Random legal and illegal actions of random people, by the services that the pages call: no state that the table does not know, no act
lost, nothing twice, nobody who may not, and from every state a way on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.tests.uploads import picture, upload
from projects.tests.builders import make_user
from supervision.choices import FindingAction, InquiryAction, InspectionAction, ItemAction
from supervision.rules import finding as finding_rules
from supervision.rules import inquiry as inquiry_rules
from supervision.rules import inspection as inspection_rules
from supervision.rules import item as item_rules
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_work as work
from supervision.services.finding import parties_of_finding
from supervision.services.inquiry import parties_of_inquiry
from supervision.services.inspection import parties_of_inspection
from supervision.services.item_grid import parties_of_item
from supervision.tests.item_case import DAY, Case, ask_inspector, make_case, name_inspector
from supervision.tests.way_out import way_out

pytestmark = pytest.mark.django_db

PEOPLE = ("reporter", "stranger", "inspector", "other_inspector", "supervision", "other_supervision", "leader", "other_leader", "viewer")
BEFORE, AFTER = picture(colour="red"), picture(colour="green")


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def _reasoned(service: Callable[..., Any], name: str) -> Callable[[Any, Any], Any]:
    return lambda record, by: service(**{name: record}, reason="理由", version=None, by=by)


def _said(service: Callable[..., Any], name: str) -> Callable[[Any, Any], Any]:
    return lambda record, by: service(**{name: record}, text="情况", version=None, by=by)


ITEM = {
    ItemAction.AMEND: lambda item, by: items.amend_item(item=item, version=None, by=by, goal=f"目标{item.version}"),
    ItemAction.MOVE: lambda item, by: items.move_item(
        item=item, due_on=date(2018, 12, 1 + item.version % 28), reason="理由", version=None, by=by
    ),
    ItemAction.PROGRESS: _said(work.report_progress, "item"),
    ItemAction.CAUSE: lambda item, by: work.name_cause(item=item, cause="land", cause_note="", version=None, by=by),
    ItemAction.APPLY: lambda item, by: closings.apply_closing(
        item=item, text="完成", before=[upload("前.jpg", BEFORE)], after=[upload("后.jpg", AFTER)], by=by
    ),
    ItemAction.WITHDRAW: lambda item, by: closings.withdraw_closing(item=item, version=None, by=by),
    ItemAction.VERIFY: _said(closings.verify_closing, "item"),
    ItemAction.SEND_BACK: _reasoned(closings.send_back_closing, "item"),
    ItemAction.CONFIRM: lambda item, by: closings.confirm_closing(item=item, version=None, by=by),
    ItemAction.REFUSE: _reasoned(closings.refuse_closing, "item"),
    ItemAction.CANCEL: _reasoned(items.cancel_item, "item"),
    ItemAction.REOPEN: _reasoned(items.reopen_item, "item"),
}
INSPECTION = {
    InspectionAction.CONDUCT: lambda one, by: inspections.conduct_inspection(
        inspection=one, inspected_on=DAY, verdict="mostly", conclusion="意见", by=by
    ),
    InspectionAction.ACCEPT: lambda one, by: inspections.accept_conclusion(inspection=one, version=None, by=by),
    InspectionAction.OBJECT: _said(inspections.object_conclusion, "inspection"),
    InspectionAction.UPHOLD: _reasoned(inspections.uphold_conclusion, "inspection"),
    InspectionAction.CHANGE: lambda one, by: inspections.change_conclusion(
        inspection=one, verdict="untrue", untrue="不实", reason="理由", version=None, by=by
    ),
    InspectionAction.RETRACT: _reasoned(inspections.retract_inspection, "inspection"),
    InspectionAction.CANCEL: _reasoned(inspections.cancel_inspection, "inspection"),
}
FINDING = {
    FindingAction.EXPLAIN: lambda one, by: findings.explain_finding(finding=one, corrected="更正", explanation="说明", version=None, by=by),
    FindingAction.CHECK: _said(findings.check_finding, "finding"),
    FindingAction.SEND_BACK: _reasoned(findings.send_back_finding, "finding"),
    FindingAction.SETTLE: lambda one, by: findings.settle_finding(finding=one, version=None, by=by),
    FindingAction.REFUSE: _reasoned(findings.refuse_finding, "finding"),
}
INQUIRY = {
    InquiryAction.ANSWER: _said(inquiries.answer_inquiry, "inquiry"),
    InquiryAction.FURTHER: lambda one, by: inquiries.ask_further(inquiry=one, text="追问", due_on=None, version=None, by=by),
    InquiryAction.CLOSE: lambda one, by: inquiries.close_inquiry(inquiry=one, version=None, by=by),
    InquiryAction.WITHDRAW: lambda one, by: inquiries.withdraw_inquiry(inquiry=one, version=None, by=by),
}


def _plan(case: Case) -> Any:
    return inspections.plan_inspection(method="field", project=case.project, planned_for=DAY, by=case.inspector)


# The table, the services, who acts as what, how a record begins, and whose accounts it is bound to: they may be stopped on any day.
FAMILIES = {
    "item": (item_rules.MACHINE, ITEM, parties_of_item, lambda case: case.item(), ["reporter"]),
    "inspection": (inspection_rules.MACHINE, INSPECTION, parties_of_inspection, _plan, ["reporter", "inspector"]),
    "finding": (finding_rules.MACHINE, FINDING, parties_of_finding, lambda case: case.finding(), ["reporter", "inspector"]),
    "inquiry": (inquiry_rules.MACHINE, INQUIRY, parties_of_inquiry, lambda case: case.ask(), ["reporter", "leader"]),
}
# What becomes of a finding follows from the conclusion that it came from.
UNTRUE = {
    **{action: move for action, move in INSPECTION.items() if action != InspectionAction.RETRACT},
    InspectionAction.CHANGE: lambda one, by: inspections.change_conclusion(
        inspection=one, verdict="mostly", reason="理由", version=None, by=by
    ),
}
WALKED = {
    **FAMILIES,
    "untrue": (inspection_rules.MACHINE, UNTRUE, parties_of_inspection, lambda case: case.inspect(), ["reporter", "inspector"]),
    "inspector asked": (inquiry_rules.MACHINE, INQUIRY, parties_of_inquiry, ask_inspector, ["inspector", "leader"]),
}
# The actions that have services of their own for the parts of an item, those that begin a record, and those that follow from another
# record or from the day.
ELSEWHERE = {ItemAction.STEP, ItemAction.UNDO_STEP, ItemAction.REGISTER, InspectionAction.PLAN, InspectionAction.SELF_CHECK}
ELSEWHERE |= {FindingAction.RAISE, FindingAction.PAUSE, FindingAction.RESUME, FindingAction.REVOKE, InquiryAction.ASK, ItemAction.HAND_OVER}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_action_of_the_table_is_walked(name):
    machine, moves, *_ = FAMILIES[name]
    assert {code for code, _ in machine.actions} - ELSEWHERE == {action.value for action in moves}


def _expected(machine: Any, parties_of: Any, record: Any, action: str, by: Any) -> bool:
    """Say by the table alone whether the person may take the action now."""
    step = machine.step(action, record.state)
    if step is None or not step.by & parties_of(record, by):
        return False
    acts = machine.this_round(record.acts.order_by("pk").values_list("action", "by_id"))
    return not step.other_than & {done for done, who in acts if who == by.pk}


@pytest.mark.parametrize("name", WALKED)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_actions_of_random_people(name, data, db):
    machine, moves, parties_of, begin, bound = WALKED[name]
    case = _case()
    everybody = [*(getattr(case, one) for one in PEOPLE), _office[0]]
    with transaction.atomic():
        record, refused = begin(case), []
        states = {code for code, _ in machine.states}
        for _ in range(data.draw(st.integers(4, 12))):
            action = data.draw(st.sampled_from(sorted(moves)))
            by = getattr(case, data.draw(st.sampled_from(PEOPLE)))
            before, number = record.state, record.acts.count()
            may = _expected(machine, parties_of, record, action, by)
            last = record.acts.order_by("-pk").first()
            try:
                with transaction.atomic():
                    record = moves[action](record, by)
                done = True
            except ServiceError as error:
                done = False
                refused.append(str(error))
            record.refresh_from_db()
            assert record.state in states
            if may:
                assert done
                act = record.acts.order_by("-pk").first()
                step = machine.step(action, before)
                assert (act.action, act.from_state, act.to_state, act.by_id) == (action, before, record.state, by.pk)
                assert record.state == (step.target or before)
                assert record.acts.count() == number + 1
            else:
                # Refused, or the second click of who did just that.
                assert not done or (last.action == action and last.by_id == by.pk)
                assert (record.state, record.acts.count()) == (before, number)
            way_out(record, machine, parties_of, everybody, [getattr(case, one) for one in bound])
            # The course alone leads to where the record stands.
            assert record.acts.order_by("-pk").values_list("to_state", flat=True).first() == record.state
        # Whoever is refused reads a sentence.
        assert all(sentence.endswith("。") for sentence in refused)
        transaction.set_rollback(True)


_made: list[Case] = []
# Who stands in for a unit without an account.
_office: list[User] = []


def _case() -> Case:
    """Return the people of a walk: made once in a test, since each walk takes back what it did."""
    if not _made or not type(_made[0].viewer).objects.filter(pk=_made[0].viewer.pk).exists():
        _made[:], _office[:] = [make_case("走查")], [make_user("office", name="重点办")]
        name_inspector(_made[0])
    return _made[0]
