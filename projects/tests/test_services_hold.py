"""Holds: who asks and who decides, for which days, renewing, resuming, and that they end by themselves."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.attachments import of
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import RoleGrant
from erqi.tests.uploads import upload
from projects.choices import DecisionState, WarningLevel
from projects.models import Hold, Reminder, WarningSchedule
from projects.services import hold as service
from projects.tests.concurrency import at_once
from projects.tests.request_case import RED, YELLOW, Case, make_case
from projects.tests.warning_builders import make_hold

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SINCE, UNTIL = date(2018, 7, 1), date(2018, 8, 31)
PAUSED = WarningLevel.PAUSED


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    return make_case()


def end(case: Case, hold: Hold, *, on: date, by: str = "reporter", reason: str = "管控解除", version: int | None = None) -> Hold:
    with clock.at(on):
        return service.end_hold(hold=hold, reason=reason, version=version, by=getattr(case, by))


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
def test_who_may_ask_and_resume(case: Case, who: str, may: bool) -> None:
    standing = case.pause(SINCE, UNTIL)
    for act in (
        lambda: case.ask_hold(UNTIL + DAY, date(2018, 9, 20), on=date(2018, 8, 1), by=who),
        lambda: end(case, standing, on=date(2018, 8, 2), by=who),
    ):
        if may:
            assert act().pk
        else:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize("who", ["reporter", "lead_reporter", "inspector", "leader", "viewer"])
def test_only_the_office_decides(case: Case, who: str) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    with pytest.raises(NotAllowed):
        case.decide_hold(hold, on=SINCE, by=who)


def test_nobody_decides_on_the_own_request_and_only_who_asked_takes_it_back(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL, by="office")
    with pytest.raises(NotAllowed, match="自己提出的"):
        case.decide_hold(hold, on=SINCE)
    for who in ("other_office", "reporter"):
        with pytest.raises(NotAllowed):
            service.withdraw_hold(hold=hold, version=1, by=getattr(case, who))
    assert service.withdraw_hold(hold=hold, version=1, by=case.office).state == DecisionState.WITHDRAWN


def test_a_permission_withdrawn_meanwhile_counts(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    RoleGrant.objects.filter(user__in=[case.reporter, case.office]).delete()
    for act in (
        lambda: case.decide_hold(hold, on=SINCE),
        lambda: service.withdraw_hold(hold=hold, version=1, by=case.reporter),
        lambda: case.ask_hold(SINCE, UNTIL),
        lambda: end(case, hold, on=SINCE),
    ):
        with pytest.raises(NotAllowed):
            act()


# state × action

STATES = ["pending", "rejected", "withdrawn", "coming", "running", "ended", "expired"]
TODAY = date(2018, 8, 1)


def brought_to(case: Case, state: str) -> Hold:
    """Return a hold that is in the state on TODAY."""
    if state == "coming":
        return case.pause(TODAY + 5 * DAY, TODAY + 30 * DAY, on=TODAY - DAY)
    if state == "expired":
        return case.pause(SINCE, TODAY - DAY)
    hold = case.ask_hold(TODAY if state == "pending" else SINCE, UNTIL, on=SINCE)
    if state in ("rejected", "running", "ended"):
        case.decide_hold(hold, state != "rejected", on=SINCE)
    if state == "withdrawn":
        with clock.at(SINCE):
            service.withdraw_hold(hold=hold, version=1, by=case.reporter)
    if state == "ended":
        end(case, hold, on=TODAY - 3 * DAY)
    return Hold.objects.get(pk=hold.pk)


NO_DECISION, NO_RETURN, NOT_STANDING = "不能再审批", "不能撤回", "现在没有这项暂停"
OUTCOMES = {
    # state: (approve, refuse, withdraw, resume, ask for another)
    "pending": ("approved", "rejected", "withdrawn", NOT_STANDING, "已有一份待审批的暂停申请"),
    "rejected": (NO_DECISION, "same", NO_RETURN, NOT_STANDING, "ok"),
    "withdrawn": (NO_DECISION, NO_DECISION, "same", NOT_STANDING, "ok"),
    "coming": ("same", NO_DECISION, NO_RETURN, "approved", "续期的止日应在此之后"),
    "running": ("same", NO_DECISION, NO_RETURN, "approved", "续期的止日应在此之后"),
    "ended": ("same", NO_DECISION, NO_RETURN, NOT_STANDING, "ok"),
    "expired": ("same", NO_DECISION, NO_RETURN, NOT_STANDING, "ok"),
}
ACTIONS = ["approve", "refuse", "withdraw", "resume", "again"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(case: Case, state: str, action: str) -> None:
    hold = brought_to(case, state)
    expected = OUTCOMES[state][ACTIONS.index(action)]

    def act() -> Hold:
        if action == "again":
            return case.ask_hold(TODAY, TODAY + 20 * DAY)
        if action == "resume":
            return end(case, hold, on=TODAY)
        if action == "withdraw":
            with clock.at(TODAY):
                return service.withdraw_hold(hold=hold, version=None, by=case.reporter)
        return case.decide_hold(hold, action == "approve", on=TODAY)

    if expected == "ok":
        assert act().is_pending
    elif expected == "same":
        assert act().version == hold.version
    elif expected in DecisionState.values:
        assert act().state == expected
    else:
        with pytest.raises(ServiceError, match=expected):
            act()
        assert Hold.objects.get(pk=hold.pk).version == hold.version


def test_stale_versions_are_refused(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    with pytest.raises(StaleRecord):
        case.decide_hold(hold, on=SINCE, version=9)
    with pytest.raises(StaleRecord):
        service.withdraw_hold(hold=hold, version=9, by=case.reporter)
    case.decide_hold(hold, on=SINCE)
    with pytest.raises(StaleRecord):
        end(case, hold, on=SINCE, version=1)


# what is typed


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"since": SINCE - DAY}, "since", "不能追溯，起日应为今天（2018年7月1日）"),
        ({"until": SINCE - DAY}, None, "止日不能早于起日"),
        ({"until": SINCE + 92 * DAY}, "until", "一次最多暂停 92 天，最晚到2018年9月30日"),
        ({"summary": " "}, "summary", ""),
        ({"steps": " "}, "steps", ""),
        ({"reason": "laziness"}, "reason", ""),
        ({"uploads": [upload("病毒.exe", b"MZ")]}, "uploads", "病毒.exe"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(case: Case, values: dict, field: str | None, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        case.ask_hold(**{"since": SINCE, "until": UNTIL, "on": SINCE, **values})
    assert sentence in "".join(caught.value.fields[field])
    assert not Hold.objects.exists()


def test_a_whole_quarter_may_be_asked_for(case: Case) -> None:
    assert case.ask_hold(SINCE, SINCE + 91 * DAY).until == date(2018, 9, 30)


def test_reasons_are_asked_for(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    with pytest.raises(InvalidInput, match="请写明理由"):
        case.decide_hold(hold, False, on=SINCE, reason=" ")
    case.decide_hold(hold, on=SINCE)
    with pytest.raises(InvalidInput, match="请写明恢复的情况"):
        end(case, hold, on=SINCE, reason=" ")


def test_evidence_hangs_on_the_request(case: Case) -> None:
    assert [found.name for found in of(case.ask_hold(SINCE, UNTIL, uploads=[upload()]))] == ["现场.jpg"]


# days


def test_nothing_is_paused_before_the_approval(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    assert case.level(YELLOW) == WarningLevel.YELLOW
    case.decide_hold(hold, on=YELLOW)
    assert (case.level(YELLOW - DAY), case.level(YELLOW)) == (WarningLevel.BLUE, PAUSED)
    assert Hold.objects.get().since == YELLOW


def test_a_request_whose_days_have_passed_is_not_approved(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    with pytest.raises(ServiceError, match="申请的暂停期已过"):
        case.decide_hold(hold, on=UNTIL + DAY)
    assert Hold.objects.get().is_pending
    assert case.decide_hold(hold, False, on=UNTIL + DAY).state == DecisionState.REJECTED


def test_a_hold_ends_by_itself(case: Case) -> None:
    case.pause(SINCE, UNTIL)
    rows = WarningSchedule.objects.count()
    assert [case.level(day) for day in (SINCE - DAY, SINCE, UNTIL, UNTIL + DAY)] == [WarningLevel.BLUE, PAUSED, PAUSED, WarningLevel.RED]
    assert WarningSchedule.objects.count() == rows  # nobody computed anything


def test_a_renewal_joins(case: Case) -> None:
    case.pause(SINCE, UNTIL)
    renewed = case.pause(UNTIL + DAY, date(2018, 10, 31), on=date(2018, 8, 25))
    assert [case.level(day) for day in (UNTIL, UNTIL + DAY, renewed.until, renewed.until + DAY)] == [PAUSED] * 3 + [WarningLevel.RED]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        (UNTIL + 2 * DAY, date(2018, 10, 1), "续期的起日不能晚于次日"),
        (SINCE + 10 * DAY, UNTIL, "续期的止日应在此之后"),
        (UNTIL + DAY, date(2018, 11, 25), "续期从今天起重新核定，最多 92 天，最晚到2018年11月24日"),
    ],
)
def test_a_renewal_neither_leaves_a_gap_nor_outlasts_a_quarter_from_today(case: Case, since: date, until: date, sentence: str) -> None:
    case.pause(SINCE, UNTIL)
    with pytest.raises(InvalidInput, match=sentence):
        case.ask_hold(max(since, date(2018, 8, 25)), until, on=date(2018, 8, 25))


def test_nobody_renews_a_year_ahead(case: Case) -> None:
    """domain.md §1.8: refreshed at least quarterly. A row of renewals asked for on one day would go around it."""
    case.pause(SINCE, SINCE + 91 * DAY)
    with pytest.raises(InvalidInput, match="2018年7月2日起才能续期"):
        case.ask_hold(SINCE + 92 * DAY, SINCE + 120 * DAY, on=SINCE)
    assert case.ask_hold(SINCE + 92 * DAY, SINCE + 92 * DAY, on=SINCE + DAY).is_pending


def test_a_pause_before_one_that_is_to_come_is_no_renewal(case: Case) -> None:
    case.pause(date(2018, 11, 15), date(2019, 2, 14), on=SINCE)
    case.pause(SINCE, UNTIL)
    days = (UNTIL, UNTIL + DAY, date(2018, 11, 14), date(2018, 11, 15), date(2018, 12, 31))
    assert [case.level(day) for day in days] == [PAUSED, WarningLevel.RED, WarningLevel.RED, PAUSED, PAUSED]


def test_resuming_shows_the_colour_from_today_on(case: Case) -> None:
    hold = case.pause(SINCE, UNTIL)
    end(case, hold, on=RED)
    assert [case.level(day) for day in (RED - DAY, RED)] == [PAUSED, WarningLevel.RED]
    assert Hold.objects.get().last_day == RED - DAY


def test_resuming_ends_the_renewals_too(case: Case) -> None:
    hold = case.pause(SINCE, UNTIL)
    case.pause(UNTIL + DAY, date(2018, 10, 20), on=date(2018, 8, 10))
    waiting = case.ask_hold(date(2018, 10, 21), date(2018, 11, 5), on=date(2018, 8, 12))
    end(case, hold, on=date(2018, 8, 20))
    days = (date(2018, 8, 20), UNTIL + DAY, date(2018, 10, 20))
    assert [case.level(day) for day in days] == [WarningLevel.RED] * 3
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decision_reason) == (DecisionState.WITHDRAWN, "项目已恢复")


def test_calling_off_what_is_to_come_leaves_what_runs(case: Case) -> None:
    case.pause(SINCE, UNTIL)
    renewal = case.pause(UNTIL + DAY, date(2018, 10, 20), on=date(2018, 8, 10))
    end(case, renewal, on=date(2018, 8, 20))
    assert [case.level(day) for day in (UNTIL, UNTIL + DAY)] == [PAUSED, WarningLevel.RED]


def test_a_hold_of_the_same_day_can_be_called_off(case: Case) -> None:
    hold = case.pause(SINCE, UNTIL)
    end(case, hold, on=SINCE)
    assert case.level(SINCE) == WarningLevel.BLUE
    assert Hold.objects.get().last_day < SINCE


def test_the_level_below_the_pause_is_not_mended_by_it(case: Case) -> None:
    """Yellow before the pause is yellow after it; only people take it back."""
    case.pause(YELLOW + DAY, YELLOW + 10 * DAY, on=YELLOW + DAY)
    assert [case.level(YELLOW + number * DAY) for number in (0, 1, 10, 11)] == [WarningLevel.YELLOW, PAUSED, PAUSED, WarningLevel.YELLOW]


def test_the_rules_in_force_say_how_long(case: Case) -> None:
    assert service.longest_hold(SINCE) == 92


def test_the_answer_reaches_who_asked(case: Case) -> None:
    hold = case.ask_hold(SINCE, UNTIL)
    case.decide_hold(hold, False, on=SINCE, reason="未见管控文件")
    reminder = Reminder.objects.get(user=case.reporter)
    assert (reminder.kind, reminder.text, reminder.url) == ("decided", "未见管控文件", hold.get_absolute_url())


# two at once


def test_the_same_form_sent_twice_counts_once(case: Case) -> None:
    key = uuid4()
    assert len({case.ask_hold(SINCE, UNTIL, request_key=key).pk for _ in range(2)}) == 1


@pytest.mark.django_db(transaction=True)
def test_submits_and_decisions_at_the_same_moment(case: Case) -> None:
    key = uuid4()
    same = at_once(*[lambda: case.ask_hold(SINCE, UNTIL, request_key=key)] * 2)
    assert {hold.pk for hold in same} == {Hold.objects.get().pk}
    results = at_once(
        lambda: case.decide_hold(same[0], on=SINCE, by="office"), lambda: case.decide_hold(same[0], False, on=SINCE, by="other_office")
    )
    assert sorted(type(result).__name__ for result in results) == ["Hold", "ServiceError"]
    assert (case.level(SINCE) == PAUSED) == (Hold.objects.get().state == DecisionState.APPROVED)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_ask_at_once_make_one_request(case: Case) -> None:
    results = at_once(lambda: case.ask_hold(SINCE, UNTIL), lambda: case.ask_hold(SINCE, UNTIL - DAY, by="colleague"))
    assert sorted(type(result).__name__ for result in results) == ["Hold", "ServiceError"]


def test_a_hold_of_another_project_does_not_matter(case: Case) -> None:
    other = make_case("学校工程")
    make_hold(other.project, SINCE, UNTIL)
    assert case.level(SINCE) == WarningLevel.BLUE
    assert case.ask_hold(SINCE, UNTIL).is_pending
