"""Leaving yellow and red: who does what from which state, what proves it, what follows, and what proposes it anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import Attachment, User
from erqi.tests.uploads import make_attachment, picture, upload
from projects.choices import LiftingState, MilestoneKind, ResponsibilityKind, WarningLevel
from projects.models import Lifting, Milestone, Project, Reminder, WarningSchedule
from projects.rules.policy import Policy
from projects.rules.presets import WARNING_POLICY
from projects.services import lifting as service
from projects.services import milestone as milestone_service
from projects.services.schedule import refresh
from projects.tests.builders import (
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.warning_builders import finish, levels, make_policy, make_report, open_lifting, recompute, warn_ledger

pytestmark = pytest.mark.django_db

GREEN, BLUE, YELLOW, RED, DONE = (
    WarningLevel.GREEN,
    WarningLevel.BLUE,
    WarningLevel.YELLOW,
    WarningLevel.RED,
    WarningLevel.DONE,
)
DUE, RED_DAY, DONE_DAY = date(2018, 5, 1), date(2018, 6, 1), date(2018, 7, 2)
AT_LATEST = date(2018, 12, 31)


@dataclass
class Case:
    """A project whose milestone was due on 1 May: red from 1 June, its lifting proposed when it was done on 2 July."""

    project: Project
    milestone: Milestone
    lifting: Lifting
    inspector: User
    supervision: User

    def level(self, day: date) -> WarningLevel:
        return levels([self.project], day)[0]


def story(due_on: date = DUE, policy: Policy = WARNING_POLICY, said_on: date | None = None) -> Case:
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        make_policy(policy=policy)
        warn_ledger(ledger)
        project = make_project("道路工程")
        make_entry(ledger, project)
        milestone = make_milestone(project, MilestoneKind.OTHER, name="主体施工", due_on=due_on)
    if said_on is not None:
        with clock.at(said_on):
            milestone_service.update_milestone(milestone=milestone, text="正在施工", by=None, uploads=[upload()])
    finish(milestone, DONE_DAY)
    milestone.refresh_from_db()
    lifting = open_lifting(project)
    assert lifting is not None
    return Case(project, milestone, lifting, make_user("inspector", name="督察员甲"), make_user("supervision", name="督察办乙"))


@pytest.fixture
def case() -> Case:
    return story()


def verify(case: Case, day: date = date(2018, 7, 4), **values: Any) -> Lifting:
    values = {"note": "7月4日现场查看，主体已完工", "version": None, "by": case.inspector, "uploads": [upload()], **values}
    with clock.at(day):
        return service.verify_lifting(lifting=case.lifting, **values)


def confirm(case: Case, day: date = date(2018, 7, 5), **values: Any) -> Lifting:
    with clock.at(day):
        return service.confirm_lifting(lifting=case.lifting, **{"version": None, "by": case.supervision, **values})


def reject(case: Case, day: date = date(2018, 7, 4), **values: Any) -> Lifting:
    values = {"reason": "现场未见完工", "version": None, "by": case.inspector, **values}
    with clock.at(day):
        return service.reject_lifting(lifting=case.lifting, **values)


def test_case_k_red_is_yellow_for_one_cycle_once_confirmed_then_what_the_figures_give(case: Case) -> None:
    assert (case.lifting.from_level, case.lifting.to_level, case.lifting.proposed_on) == (RED, GREEN, DONE_DAY)
    assert case.level(RED_DAY) == case.level(DONE_DAY) == RED
    verify(case)
    assert case.level(AT_LATEST) == RED
    confirmed = confirm(case, note="同意")
    assert (confirmed.state, confirmed.observed_until, confirmed.end_note) == (LiftingState.CONFIRMED, date(2018, 7, 25), "同意")
    assert [case.level(date(2018, 7, day)) for day in (4, 5, 25, 26)] == [RED, YELLOW, YELLOW, GREEN]
    assert open_lifting(case.project) is None
    # A later refresh neither shortens the observation nor asks for anything again.
    recompute(date(2018, 7, 10), case.project)
    assert [case.level(date(2018, 7, day)) for day in (25, 26)] == [YELLOW, GREEN]
    assert not Lifting.objects.open().exists()


def test_yellow_falls_at_once_to_what_the_figures_give() -> None:
    case = story(due_on=date(2018, 6, 15))
    assert (case.lifting.from_level, case.level(DONE_DAY)) == (YELLOW, YELLOW)
    verify(case)
    assert confirm(case).observed_until is None
    assert [case.level(date(2018, 7, day)) for day in (4, 5, 6)] == [YELLOW, GREEN, GREEN]
    row = WarningSchedule.objects.of_year(2018).get(project=case.project, valid_until=None)
    assert (row.floor_level, row.floor_until) == (None, None)


def test_without_observation_red_falls_at_once() -> None:
    from dataclasses import replace

    case = story(policy=replace(WARNING_POLICY, observation_cycles=0))
    verify(case)
    assert confirm(case).observed_until is None
    assert case.level(date(2018, 7, 5)) == GREEN


def test_two_cycles_and_the_turn_of_the_year() -> None:
    from dataclasses import replace

    case = story(policy=replace(WARNING_POLICY, observation_cycles=2))
    verify(case, date(2018, 12, 20))
    # The cut-offs after 21 December 2018 are those of January and February 2019.
    assert confirm(case, date(2018, 12, 21)).observed_until == date(2019, 2, 25)


STATES: dict[str, Callable[[Case], Any]] = {
    "proposed": lambda case: None,
    "verified": verify,
    "confirmed": lambda case: (verify(case), confirm(case)),
    "rejected": reject,
}
# Which action is possible from which state, by an account that may do everything.
POSSIBLE = {
    ("proposed", "verify"),
    ("proposed", "reject"),
    ("verified", "confirm"),
    ("verified", "reject"),
}
ACTIONS: dict[str, Callable[[Case, User | None], Any]] = {
    "verify": lambda case, by: verify(case, date(2018, 7, 6), by=by),
    "confirm": lambda case, by: confirm(case, date(2018, 7, 6), by=by),
    "reject": lambda case, by: reject(case, date(2018, 7, 6), by=by),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_possible_from_which_state(case: Case, state: str, action: str) -> None:
    STATES[state](case)
    case.lifting.refresh_from_db()
    before = Lifting.objects.values().get(pk=case.lifting.pk)
    if (state, action) in POSSIBLE:
        ACTIONS[action](case, None)
        assert Lifting.objects.get(pk=case.lifting.pk).version == before["version"] + 1
    else:
        with pytest.raises(ServiceError, match="核验|不能再办理|无需再办"):
            ACTIONS[action](case, None)
        assert Lifting.objects.values().get(pk=case.lifting.pk) == before


MAY = {
    ("proposed", "verify"): {"inspector"},
    ("proposed", "reject"): {"inspector"},
    ("verified", "confirm"): {"supervision"},
    ("verified", "reject"): {"supervision"},
}


@pytest.mark.parametrize("role", ["viewer", "reporter", "reviewer", "inspector", "office", "supervision", "leader", "system_admin"])
@pytest.mark.parametrize(("state", "action"), sorted(MAY))
def test_who_may_do_it(case: Case, state: str, action: str, role: str) -> None:
    STATES[state](case)
    case.lifting.refresh_from_db()
    if role in MAY[state, action]:
        ACTIONS[action](case, make_user(role))
    else:
        with pytest.raises(NotAllowed):
            ACTIONS[action](case, make_user(role))


def test_the_permission_counts_that_the_person_has_now(case: Case) -> None:
    withdraw_role(user=case.inspector, role="inspector", by=make_user("security_admin"))
    with pytest.raises(NotAllowed, match="权限刚被收回"):
        verify(case)
    assert Attachment.objects.count() == 0


def test_nobody_confirms_what_they_verified(case: Case) -> None:
    both = make_user("inspector", "supervision")
    verify(case, by=both)
    with pytest.raises(NotAllowed, match="不能确认自己核验的摘牌"):
        confirm(case, by=both)
    # Sending it back is not confirming it.
    case.lifting.refresh_from_db()
    assert reject(case, by=both).state == LiftingState.REJECTED


def test_a_second_click_counts_once_and_another_person_is_told(case: Case) -> None:
    version = case.lifting.version
    first, second = verify(case, version=version), verify(case, version=version)
    assert (first.version, second.version) == (version + 1, version + 1)
    assert Attachment.objects.count() == 1
    with pytest.raises(ServiceError, match="已由督察员甲核验"):
        verify(case, version=version, by=make_user("inspector"))
    assert [confirm(case, version=version + 1).version for _ in range(2)] == [version + 2] * 2
    assert WarningSchedule.objects.filter(project=case.project, valid_from=date(2018, 7, 5)).count() == 1
    with pytest.raises(ServiceError, match="这次摘牌已由督察办乙确认，无需再办"):
        confirm(case, version=version + 1, by=make_user("supervision"))


def test_who_saw_an_older_record_is_told(case: Case) -> None:
    for call in (verify, reject):
        with pytest.raises(StaleRecord):
            call(case, version=case.lifting.version + 1)
    verify(case)
    with pytest.raises(StaleRecord):
        confirm(case, version=case.lifting.version)


@pytest.mark.parametrize(
    ("call", "values", "field"),
    [(verify, {"note": " "}, "verify_note"), (verify, {"uploads": []}, "uploads"), (reject, {"reason": " "}, "end_note")],
)
def test_words_and_evidence_are_asked_for(case: Case, call: Callable[..., Any], values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        call(case, **values)
    assert set(refused.value.fields) == {field}
    assert Lifting.objects.get(pk=case.lifting.pk).state == LiftingState.PROPOSED


def test_what_the_unit_uploaded_since_the_colour_began_is_evidence(case: Case) -> None:
    update = case.milestone.updates.get()
    make_attachment(update)
    with clock.at(DONE_DAY):
        report = make_report(case.project, 6, 600, on=DONE_DAY)
        make_attachment(report, "月报.jpg", picture(colour="red"))
    found = service.evidence_of(case.lifting, RED_DAY)
    assert [(one.label, [str(item) for item in one.attachments]) for one in found] == [
        ("节点“主体施工”重点项目办登记", ["现场.jpg"]),
        ("2018年6月月报", ["月报.jpg"]),
    ]
    assert verify(case, uploads=[]).state == LiftingState.VERIFIED


def test_what_was_uploaded_on_the_day_it_turned_is_evidence() -> None:
    assert verify(story(said_on=RED_DAY), uploads=[]).state == LiftingState.VERIFIED


def test_what_was_uploaded_before_the_colour_began_is_none() -> None:
    case = story(said_on=date(2018, 5, 31))
    with pytest.raises(InvalidInput, match="佐证"):
        verify(case, uploads=[])


def test_what_was_seen_when_it_was_refused_does_not_prove_it_later(case: Case) -> None:
    make_attachment(case.milestone.updates.get())
    reject(case)
    with clock.at(date(2018, 7, 6)):
        case.lifting = service.propose_again(lifting=case.lifting, by=case.inspector)
    with pytest.raises(InvalidInput, match="佐证"):
        verify(case, date(2018, 7, 6), uploads=[])


def test_what_has_grown_worse_meanwhile_is_not_lifted(case: Case) -> None:
    # Another milestone is due on 10 July, and nobody records anything before it is a month late.
    verify(case)
    with clock.at(date(2018, 7, 4)):
        other = make_milestone(case.project, MilestoneKind.OTHER, name="附属工程", due_on=date(2018, 7, 10))
    assert Lifting.objects.get(pk=case.lifting.pk).state == LiftingState.VERIFIED
    with pytest.raises(ServiceError, match="按今天的数据，该项目仍应为“告警”，不能摘牌"):
        confirm(case, date(2018, 8, 10))
    Lifting.objects.filter(pk=case.lifting.pk).update(state=LiftingState.PROPOSED)
    with pytest.raises(ServiceError, match="按今天的数据，该项目仍应为“告警”，不能摘牌"):
        verify(case, date(2018, 8, 10))
    assert verify(case, date(2018, 8, 9)).state == LiftingState.VERIFIED
    finish(other, date(2018, 8, 11))
    assert confirm(case, date(2018, 8, 11)).state == LiftingState.CONFIRMED


def test_a_refusal_keeps_the_colour_and_is_not_undone_by_the_same_facts(case: Case) -> None:
    assert reject(case).end_note == "现场未见完工"
    assert (case.lifting.from_level, case.level(AT_LATEST)) == (RED, RED)
    for day in (date(2018, 7, 4), date(2018, 7, 20)):
        recompute(day, case.project)
        assert open_lifting(case.project) is None
    # A hold gives the schedule a new row, and still the facts are those that were refused.
    from projects.tests.warning_builders import make_hold

    make_hold(case.project, date(2018, 7, 21), date(2018, 7, 25))
    recompute(date(2018, 7, 26), case.project)
    assert open_lifting(case.project) is None


def unfinish_and_finish(case: Case) -> None:
    with clock.at(date(2018, 7, 8)):
        milestone_service.reopen_milestone(milestone=case.milestone, version=None, by=None)
    assert open_lifting(case.project) is None
    finish(Milestone.objects.get(pk=case.milestone.pk), date(2018, 7, 9))


def say_more(case: Case) -> None:
    with clock.at(date(2018, 7, 9)):
        milestone_service.update_milestone(milestone=case.milestone, text="已补充验收照片", by=None)


@pytest.mark.parametrize(
    "news",
    [unfinish_and_finish, say_more, lambda case: make_report(case.project, 6, 600, on=date(2018, 7, 9))],
    ids=["done again", "update", "report"],
)
def test_after_a_refusal_what_is_new_proposes_it_anew(case: Case, news: Callable[[Case], None]) -> None:
    reject(case)
    news(case)
    found = open_lifting(case.project)
    assert found is not None
    assert (found.pk != case.lifting.pk, found.from_level, found.to_level, found.proposed_on) == (True, RED, GREEN, date(2018, 7, 9))


def test_what_the_inspector_notes_does_not_propose_it_anew(case: Case) -> None:
    reject(case)
    with clock.at(date(2018, 7, 9)):
        milestone_service.update_milestone(milestone=case.milestone, text="复查仍未完工", by=case.inspector)
        refresh(case.project)
    assert open_lifting(case.project) is None


def test_an_inspector_asks_for_another_look(case: Case) -> None:
    reject(case)
    with clock.at(date(2018, 7, 9)):
        with pytest.raises(NotAllowed):
            service.propose_again(lifting=case.lifting, by=case.supervision)
        again = [service.propose_again(lifting=case.lifting, by=case.inspector) for _ in range(2)]
    assert again[0] == again[1] == open_lifting(case.project)
    case.lifting = again[0]
    verify(case, date(2018, 7, 9))
    confirm(case, date(2018, 7, 9))
    assert case.level(date(2018, 7, 9)) == YELLOW
    with clock.at(date(2018, 7, 10)), pytest.raises(ServiceError, match="不是该项目最近一次未通过"):
        service.propose_again(lifting=again[0], by=case.inspector)


def test_those_who_report_the_project_hear_of_the_end(case: Case) -> None:
    unit, reporter = make_unit(), make_user("reporter")
    make_person(account=reporter, posts=[{"unit": unit, "title": "科员"}])
    make_responsibility(case.project, unit, ResponsibilityKind.UNDERTAKE)
    reject(case)
    line = Reminder.objects.get(user=reporter)
    assert (line.title, line.text) == ("“道路工程”摘牌：未通过", "现场未见完工")


def test_a_confirmation_of_one_year_leaves_the_other_year_alone(case: Case) -> None:
    with clock.at(date(2019, 1, 2)):
        other = make_ledger("2019", 2019)
        make_entry(other, case.project)
        late = make_milestone(case.project, MilestoneKind.TOPPING, 2019, name="封顶", due_on=date(2018, 11, 1))
        warn_ledger(other, date(2019, 1, 2))
    finish(late, date(2019, 1, 10))
    verify(case, date(2019, 1, 11))
    confirm(case, date(2019, 1, 12))
    assert levels([case.project], date(2019, 1, 12), 2018) == [YELLOW]
    assert levels([case.project], date(2019, 1, 12), 2019) == [RED]
    assert open_lifting(case.project, 2019) is not None


def test_what_was_sent_with_a_completion_that_was_taken_back_is_no_evidence(case: Case) -> None:
    """What was found untrue proves nothing for the next time."""
    make_attachment(case.milestone.updates.get())
    with clock.at(DONE_DAY):
        milestone_service.reopen_milestone(milestone=case.milestone, version=None, by=None, text="现场未完成")
        assert service.evidence_of(case.lifting, RED_DAY) == []
        milestone = Milestone.objects.get(pk=case.milestone.pk)
        milestone_service.complete_milestone(milestone=milestone, done_on=DONE_DAY, version=None, by=None, uploads=[upload("封顶.jpg")])
    assert [str(item) for one in service.evidence_of(case.lifting, RED_DAY) for item in one.attachments] == ["封顶.jpg"]
