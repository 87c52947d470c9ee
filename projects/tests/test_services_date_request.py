"""Requests to move a date: who asks and who decides, in which state, what happens to the clock, to the baseline and to earlier days."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.attachments import of
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import RoleGrant
from erqi.tests.uploads import upload
from projects.choices import DecisionState, WarningLevel
from projects.models import DateChange, DateRequest, Milestone, Reminder
from projects.querysets.milestone import due_then
from projects.services import date_request as service
from projects.services.milestone import complete_milestone, move_milestone
from projects.tests.browsing import sign_in
from projects.tests.concurrency import at_once
from projects.tests.request_case import DUE, RED, YELLOW, Case, make_case

pytestmark = pytest.mark.django_db

ASKED = date(2018, 6, 20)
TO = date(2018, 9, 30)
GREEN, BLUE, PAUSED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.PAUSED


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    return make_case()


# who


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("reporter", True),
        ("lead_reporter", True),
        ("office", True),
        ("stranger", False),
        ("inspector", False),
        ("leader", False),
        ("viewer", False),
    ],
)
def test_who_may_ask(case: Case, who: str, may: bool) -> None:
    if may:
        assert case.ask_date(TO, on=ASKED, by=who).requested_by == getattr(case, who)
    else:
        with pytest.raises(NotAllowed):
            case.ask_date(TO, on=ASKED, by=who)
        assert not DateRequest.objects.exists()


def test_a_stranger_reads_why(case: Case) -> None:
    with pytest.raises(NotAllowed, match="“道路工程”不由您所在的单位填报"):
        case.ask_date(on=ASKED, by="stranger")


@pytest.mark.parametrize("who", ["reporter", "lead_reporter", "stranger", "inspector", "leader", "viewer"])
def test_only_the_office_decides(case: Case, who: str) -> None:
    request = case.ask_date(on=ASKED)
    with pytest.raises(NotAllowed):
        case.decide_date(request, on=ASKED, by=who)
    assert DateRequest.objects.get().is_pending


def test_nobody_decides_on_the_own_request(case: Case) -> None:
    request = case.ask_date(on=ASKED, by="office")
    with pytest.raises(NotAllowed, match="不能审批自己提出的申请"):
        case.decide_date(request, on=ASKED)
    assert case.decide_date(request, on=ASKED, by="other_office").state == DecisionState.APPROVED


@pytest.mark.parametrize("who", ["colleague", "lead_reporter", "office", "stranger", "viewer"])
def test_only_who_asked_takes_it_back(case: Case, who: str) -> None:
    request = case.ask_date(on=ASKED)
    with pytest.raises(NotAllowed):
        service.withdraw_date(request=request, version=1, by=getattr(case, who))
    assert service.withdraw_date(request=request, version=1, by=case.reporter).state == DecisionState.WITHDRAWN


def test_a_permission_withdrawn_meanwhile_counts(case: Case) -> None:
    request = case.ask_date(on=ASKED)
    RoleGrant.objects.filter(user__in=[case.reporter, case.office]).delete()
    with pytest.raises(NotAllowed):
        case.decide_date(request, on=ASKED)
    with pytest.raises(NotAllowed):
        service.withdraw_date(request=request, version=1, by=case.reporter)
    case.decide_date(request, False, on=ASKED, by="other_office")
    with pytest.raises(NotAllowed):
        case.ask_date(on=ASKED)


# state × action


STATES = ["pending", "approved", "rejected", "withdrawn", "done"]


def brought_to(case: Case, state: str) -> DateRequest:
    """Return a request in the state; `done` is withdrawn because its milestone was completed."""
    request = case.ask_date(TO, on=ASKED)
    if state in ("approved", "rejected"):
        case.decide_date(request, state == "approved", on=ASKED)
    elif state == "withdrawn":
        with clock.at(ASKED):
            service.withdraw_date(request=request, version=1, by=case.reporter)
    elif state == "done":
        with clock.at(ASKED):
            complete_milestone(milestone=case.milestone, done_on=ASKED, version=None, by=case.office)
    return DateRequest.objects.get(pk=request.pk)


OUTCOMES = {
    # state: (approve, refuse, withdraw, ask again)
    "pending": ("approved", "rejected", "withdrawn", "已有一份待审批的时限变更申请"),
    "approved": ("same", "不能再审批", "不能撤回", "ok"),
    "rejected": ("不能再审批", "same", "不能撤回", "ok"),
    "withdrawn": ("不能再审批", "不能再审批", "same", "ok"),
    "done": ("不能再审批", "不能再审批", "same", "该节点已完成"),
}


@pytest.mark.parametrize("action", ["approve", "refuse", "withdraw", "again"])
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(case: Case, state: str, action: str) -> None:
    request = brought_to(case, state)
    expected = OUTCOMES[state][["approve", "refuse", "withdraw", "again"].index(action)]

    def act() -> DateRequest:
        if action == "again":
            return case.ask_date(date(2018, 12, 31), on=ASKED)
        if action == "withdraw":
            with clock.at(ASKED):
                return service.withdraw_date(request=request, version=None, by=case.reporter)
        return case.decide_date(request, action == "approve", on=ASKED)

    before = request.version
    if expected == "ok":
        assert act().is_pending
    elif expected == "same":
        assert act().version == before
    elif expected in DecisionState.values:
        assert act().state == expected
    else:
        with pytest.raises(ServiceError, match=expected):
            act()
        assert DateRequest.objects.get(pk=request.pk).version == before


def test_what_somebody_else_decided_is_said_with_the_name(case: Case) -> None:
    request = case.ask_date(on=ASKED)
    case.decide_date(request, on=ASKED)
    with pytest.raises(ServiceError, match="已同意，由项目办甲办理，不能再审批"):
        case.decide_date(request, on=ASKED, by="other_office")


def test_a_stale_decision_is_refused(case: Case) -> None:
    request = case.ask_date(on=ASKED)
    with pytest.raises(StaleRecord):
        case.decide_date(request, on=ASKED, version=7)
    with pytest.raises(StaleRecord):
        service.withdraw_date(request=request, version=7, by=case.reporter)


# what is typed


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"to": DUE}, "to_due_on", "应晚于现行时限"),
        ({"to": DUE - timedelta(days=1)}, "to_due_on", "应晚于现行时限"),
        ({"reason": "  "}, "reason", "请写明申请理由"),
        ({"reason": "字" * 301}, "reason", "300"),
        ({"cause": "laziness"}, "cause", ""),
        ({"uploads": [upload("病毒.exe", b"MZ")]}, "uploads", "病毒.exe"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(case: Case, values: dict, field: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        case.ask_date(**{"to": TO, "on": ASKED, **values})
    assert sentence in "".join(caught.value.fields[field])
    assert not DateRequest.objects.exists()


def test_a_refusal_needs_a_reason(case: Case) -> None:
    request = case.ask_date(on=ASKED)
    with pytest.raises(InvalidInput, match="请写明理由"):
        case.decide_date(request, False, on=ASKED, reason=" ")


def test_a_milestone_without_a_date_has_none_to_move(case: Case) -> None:
    undated = Milestone.objects.create(project=case.project, kind="land", name="供地", year=2018, due_phrase="尽快")
    with clock.at(ASKED), pytest.raises(ServiceError, match="没有时限"):
        service.request_date(milestone=undated, to=TO, cause="land", reason="x", by=case.reporter)


def test_evidence_hangs_on_the_request(case: Case) -> None:
    request = case.ask_date(on=ASKED, uploads=[upload()])
    assert [found.name for found in of(request)] == ["现场.jpg"]


# what follows


def test_an_approval_moves_the_date_and_never_the_baseline(case: Case) -> None:
    request = case.decide_date(case.ask_date(TO, on=ASKED), on=date(2018, 6, 25))
    milestone = Milestone.objects.get(pk=case.milestone.pk)
    assert (milestone.due_on, milestone.baseline_due_on) == (TO, DUE)
    change = DateChange.objects.get()
    assert (change.from_due_on, change.to_due_on, change.recorded_on) == (DUE, TO, date(2018, 6, 25))
    assert (change.cause, change.reason, change.recorded_by) == ("land", "土地手续未办结", "项目办甲")
    assert request.change == change
    again = case.decide_date(case.ask_date(date(2018, 12, 31), on=date(2018, 9, 1)), on=date(2018, 9, 2))
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.baseline_due_on) == (date(2018, 12, 31), DUE)
    assert again.change.from_due_on == TO


def test_the_answer_reaches_who_asked(case: Case) -> None:
    request = case.ask_date(on=ASKED)
    case.decide_date(request, False, on=ASKED, reason="土地已供")
    case.decide_date(request, False, on=ASKED, reason="土地已供")
    reminder = Reminder.objects.get(user=case.reporter)
    assert (reminder.kind, reminder.text) == ("decided", "土地已供")
    assert "主体施工" in reminder.title
    assert "未同意" in reminder.title
    assert sign_in(case.reporter).get(reminder.url).status_code == 200


def test_the_office_does_not_move_what_awaits_a_decision(case: Case) -> None:
    case.ask_date(on=ASKED)
    with clock.at(ASKED), pytest.raises(ServiceError, match="请先审批"):
        move_milestone(milestone=case.milestone, to=TO, cause="land", reason="x", version=None, by=case.office)


# the clock


def test_the_clock_stands_while_pending_and_goes_on_after_a_refusal(case: Case) -> None:
    assert case.level(YELLOW) == WarningLevel.YELLOW
    request = case.ask_date(TO, on=date(2018, 6, 25))
    assert [case.level(day) for day in (date(2018, 6, 25), YELLOW, RED, date(2018, 12, 31))] == [BLUE] * 4
    case.decide_date(request, False, on=date(2018, 8, 10))
    assert case.level(date(2018, 8, 9)) == BLUE  # what was shown on that day
    assert case.level(date(2018, 8, 10)) == WarningLevel.RED


def test_the_clock_goes_on_when_the_request_is_taken_back(case: Case) -> None:
    request = case.ask_date(TO, on=date(2018, 6, 25))
    with clock.at(RED):
        service.withdraw_date(request=request, version=1, by=case.reporter)
    assert (case.level(RED - timedelta(days=1)), case.level(RED)) == (BLUE, WarningLevel.RED)


def test_a_late_approval_makes_no_date_missed(case: Case) -> None:
    """domain.md §6.1: the request was in time, the answer was not."""
    request = case.ask_date(TO, on=date(2018, 6, 20))
    case.decide_date(request, on=date(2018, 9, 1))
    days = [date(2018, 6, 20) + timedelta(days=number) for number in range(75)]
    assert {case.level(day) for day in days} == {GREEN}
    assert case.level(TO + timedelta(days=8)) == WarningLevel.YELLOW


def test_what_was_yellow_when_it_was_asked_stays_so(case: Case) -> None:
    case.ask_date(TO, on=YELLOW)
    assert [case.level(day) for day in (YELLOW, RED, date(2018, 10, 1))] == [WarningLevel.YELLOW] * 3


# earlier days


def test_earlier_days_show_the_date_that_was_known(case: Case) -> None:
    case.decide_date(case.ask_date(TO, on=ASKED), on=date(2018, 6, 25))
    case.decide_date(case.ask_date(date(2018, 12, 31), on=date(2018, 9, 1)), on=date(2018, 9, 5))
    expected = {date(2018, 6, 24): DUE, date(2018, 6, 25): TO, date(2018, 9, 4): TO, date(2018, 9, 5): date(2018, 12, 31)}
    with clock.at(date(2018, 9, 28)):
        for day, due in expected.items():
            found = Milestone.objects.annotate(then=due_then(day)).get(pk=case.milestone.pk)
            assert found.then == due


# two at once


def test_the_same_form_sent_twice_counts_once(case: Case) -> None:
    key = uuid4()
    first, second = (case.ask_date(TO, on=ASKED, request_key=key) for _ in range(2))
    assert first == second
    assert DateRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_the_same_moment_are_one(case: Case) -> None:
    key = uuid4()
    results = at_once(lambda: case.ask_date(TO, on=ASKED, request_key=key), lambda: case.ask_date(TO, on=ASKED, request_key=key))
    assert {request.pk for request in results} == {DateRequest.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_counts(case: Case) -> None:
    request = case.ask_date(TO, on=ASKED)
    results = at_once(
        lambda: case.decide_date(request, True, on=ASKED, by="office"),
        lambda: case.decide_date(request, False, on=ASKED, by="other_office"),
    )
    assert sorted(type(result).__name__ for result in results) == ["DateRequest", "ServiceError"]
    decided = DateRequest.objects.get()
    assert (decided.state == DecisionState.APPROVED) == DateChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_ask_at_once_make_one_request(case: Case) -> None:
    results = at_once(
        lambda: case.ask_date(TO, on=ASKED, by="reporter"), lambda: case.ask_date(date(2018, 12, 31), on=ASKED, by="colleague")
    )
    assert sorted(type(result).__name__ for result in results) == ["DateRequest", "ServiceError"]
    assert DateRequest.objects.count() == 1
