"""Saying how a milestone stands (自查, 督察), recording that it is done, taking that back: who, with what, as known on which day."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.accounts import grant_role
from erqi.common.attachments import of
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import RoleGrant, User
from erqi.common.simulation import simulating
from erqi.tests.uploads import pdf, upload
from projects.choices import DecisionState, UpdateLayer, WarningLevel
from projects.models import DateRequest, LedgerEntry, Milestone, MilestoneUpdate, Reminder
from projects.querysets.ledger_state import read_stage_and_next
from projects.services import milestone as service
from projects.services.lifting import reject_lifting
from projects.tests.browsing import sign_in
from projects.tests.builders import make_milestone
from projects.tests.concurrency import at_once
from projects.tests.request_case import DUE, RED, Case, make_case
from projects.tests.warning_builders import open_lifting

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2018, 7, 20)


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    return make_case()


def say(case: Case, who: str, text: str = "主体已到八层", *, on: date = TODAY, **values) -> MilestoneUpdate:
    with clock.at(on):
        return service.update_milestone(milestone=case.milestone, text=text, by=getattr(case, who), **values)


def complete(case: Case, who: str = "office", done_on: date = TODAY, *, on: date = TODAY, **values) -> Milestone:
    with clock.at(on):
        return service.complete_milestone(
            milestone=case.milestone, done_on=done_on, version=values.pop("version", None), by=getattr(case, who), **values
        )


def reopen(case: Case, who: str = "office", *, on: date = TODAY, text: str = "误登记", version: int | None = None) -> Milestone:
    with clock.at(on):
        return service.reopen_milestone(milestone=case.milestone, version=version, by=getattr(case, who), text=text)


# who says it, and in which layer


@pytest.mark.parametrize(
    ("who", "layer"),
    [
        ("reporter", UpdateLayer.SELF),
        ("lead_reporter", UpdateLayer.SELF),
        ("office", UpdateLayer.OFFICE),
        ("inspector", UpdateLayer.INSPECTOR),
        # A leader asks by a question with a due day.
        ("leader", None),
        ("stranger", None),
        ("viewer", None),
    ],
)
def test_everybody_speaks_in_the_own_layer(case: Case, who: str, layer: UpdateLayer | None) -> None:
    if layer is None:
        with pytest.raises(NotAllowed):
            say(case, who)
        assert not MilestoneUpdate.objects.exists()
        return
    update = say(case, who, " 主体已到八层 ")
    assert (update.layer, update.text, update.recorded_on, update.by_name) == (layer, "主体已到八层", TODAY, getattr(case, who).name)
    case.milestone.refresh_from_db()
    assert (case.milestone.due_on, case.milestone.done_on, case.milestone.version) == (DUE, None, 1)


def test_a_stranger_reads_why(case: Case) -> None:
    for act in (lambda: say(case, "stranger"), lambda: complete(case, "stranger", uploads=[upload()])):
        with pytest.raises(NotAllowed, match="“道路工程”不由您所在的单位填报"):
            act()


def test_who_has_several_layers_chooses_one(case: Case) -> None:
    grant_role(user=case.reporter, role="inspector", by=None)
    case.reporter = User.objects.get(pk=case.reporter.pk)
    with pytest.raises(InvalidInput, match="以哪一种身份"):
        say(case, "reporter")
    assert say(case, "reporter", layer="inspector").layer == UpdateLayer.INSPECTOR
    assert say(case, "reporter", layer="self").layer == UpdateLayer.SELF
    with pytest.raises(InvalidInput):
        say(case, "reporter", layer="leader")
    # A second role does not do away with the evidence.
    with pytest.raises(InvalidInput, match="须附佐证"):
        complete(case, "reporter")


def test_nobody_takes_a_layer_that_is_not_theirs(case: Case) -> None:
    with pytest.raises(InvalidInput):
        say(case, "reporter", layer="inspector")


def test_what_is_found_reaches_those_who_report(case: Case) -> None:
    update = say(case, "inspector", "现场未见施工")
    say(case, "reporter", "正在备料")
    told = Reminder.objects.filter(kind="task").order_by("pk")
    assert {reminder.user for reminder in told} == {case.reporter, case.colleague, case.lead_reporter}
    assert len(told) == 3
    first = told.filter(user=case.reporter)[0]
    assert (first.text, first.key) == ("现场未见施工", f"milestone-update/{update.pk}")
    assert first.title == "督察：“道路工程”节点“主体施工”"
    assert sign_in(case.reporter).get(first.url.partition("#")[0]).status_code == 200


def test_what_a_simulation_says_is_marked(case: Case) -> None:
    with simulating():
        assert say(case, "reporter").simulated
    assert not say(case, "reporter").simulated


# what is said, and with what


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"text": "  "}, "text", "请写明节点的情况。"),
        ({"text": "字" * 501}, "text", "500"),
        ({"uploads": [upload("病毒.exe", b"MZ")]}, "uploads", "病毒.exe"),
        ({"uploads": [upload(f"{number}.pdf", pdf(b"%d" % number)) for number in range(10)]}, "uploads", "最多 9 个"),
    ],
)
@pytest.mark.parametrize("who", ["reporter", "inspector"])
def test_what_is_wrong_is_named_and_nothing_is_kept(case: Case, who: str, values: dict, field: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        say(case, who, **values)
    assert sentence in "".join(caught.value.fields[field])
    assert not MilestoneUpdate.objects.exists()
    assert not Reminder.objects.exists()


def test_photos_and_documents_hang_on_the_update(case: Case) -> None:
    update = say(case, "reporter", uploads=[upload(), upload("监理日志.pdf", pdf())])
    assert [found.name for found in of(update)] == ["现场.jpg", "监理日志.pdf"]


# completion


@pytest.mark.parametrize(
    ("who", "evidence", "may"),
    [
        ("reporter", True, True),
        ("reporter", False, False),
        ("lead_reporter", True, True),
        ("office", False, True),
        ("stranger", True, False),
        ("inspector", True, False),
        ("leader", True, False),
        ("viewer", True, False),
    ],
)
def test_who_completes_with_what(case: Case, who: str, evidence: bool, may: bool) -> None:
    uploads = [upload()] if evidence else []
    if not may:
        with pytest.raises((NotAllowed, InvalidInput)):
            complete(case, who, uploads=uploads)
        assert Milestone.objects.get(pk=case.milestone.pk).done_on is None
        return
    assert complete(case, who, date(2018, 7, 18), text="验收合格", uploads=uploads).done_on == date(2018, 7, 18)
    update = MilestoneUpdate.objects.get()
    assert (update.changes_done, update.from_done_on, update.done_on, update.text) == (True, None, date(2018, 7, 18), "验收合格")
    assert len(of(update)) == len(uploads)


def test_a_reporter_without_evidence_reads_what_is_missing(case: Case) -> None:
    with pytest.raises(InvalidInput) as caught:
        complete(case, "reporter")
    assert caught.value.fields == {"uploads": ["登记节点完成须附佐证，请上传现场照片或证明文件。"]}


@pytest.mark.parametrize("action", ["complete", "reopen", "say", "move"])
@pytest.mark.parametrize("state", ["open", "done", "known", "reopened"])
def test_every_action_in_every_state(case: Case, state: str, action: str) -> None:
    if state == "known":
        case.milestone = make_milestone(case.project, "land", name="供地", due_on=DUE, done_known_on=date(2018, 7, 30))
    if state in ("done", "reopened"):
        complete(case, on=TODAY - DAY, done_on=TODAY - DAY)
    if state == "reopened":
        reopen(case, on=TODAY - DAY)
    refusals = {
        ("done", "complete"): "已登记于2018年7月19日完成",
        ("open", "reopen"): "没有登记完成日期",
        ("reopened", "reopen"): "没有登记完成日期",
        ("known", "reopen"): "出自文件，不能在此撤销",
        ("done", "move"): "已完成，不能再变更时限",
        ("known", "move"): "已完成，不能再变更时限",
    }

    def act():
        if action == "complete":
            return complete(case)
        if action == "reopen":
            return reopen(case)
        if action == "say":
            return say(case, "office")
        with clock.at(TODAY):
            return service.move_milestone(
                milestone=case.milestone, to=date(2018, 9, 30), cause="land", reason="x", version=None, by=case.office
            )

    if sentence := refusals.get((state, action)):
        with pytest.raises(ServiceError, match=sentence):
            act()
    else:
        assert act().pk


def test_a_day_to_come_is_not_a_day_of_completion(case: Case) -> None:
    with pytest.raises(InvalidInput, match="不能晚于业务日期"):
        complete(case, done_on=TODAY + DAY)


def test_versions_and_permissions_of_completion(case: Case) -> None:
    for act in (lambda: complete(case, version=9), lambda: reopen(case, version=9)):
        with pytest.raises(StaleRecord):
            act()
    complete(case)
    for who in ("reporter", "inspector", "leader", "viewer"):
        with pytest.raises(NotAllowed):
            reopen(case, who)
    with pytest.raises(InvalidInput, match="请写明撤销的原因"):
        reopen(case, text=" ")


def test_a_permission_withdrawn_meanwhile_counts(case: Case) -> None:
    RoleGrant.objects.filter(user__in=[case.reporter, case.inspector, case.leader, case.office]).delete()
    for who in ("reporter", "inspector", "leader", "office"):
        with pytest.raises(NotAllowed):
            say(case, who)
        with pytest.raises(NotAllowed):
            complete(case, who, uploads=[upload()])


def test_completion_takes_the_colour_back_and_the_pending_request_with_it(case: Case) -> None:
    request = case.ask_date(on=date(2018, 6, 20))
    complete(case, "reporter", date(2018, 6, 21), on=date(2018, 6, 22), uploads=[upload()])
    request = DateRequest.objects.get(pk=request.pk)
    assert (request.state, request.decision_reason, request.decided_by_name) == (DecisionState.WITHDRAWN, "节点已完成", "系统")
    assert (case.level(date(2018, 6, 22)), case.level(RED)) == (WarningLevel.GREEN, WarningLevel.GREEN)
    reopen(case, on=date(2018, 8, 1), text="现场核查未完成")
    assert case.level(date(2018, 7, 31)) == WarningLevel.GREEN  # what was shown on that day
    assert case.level(date(2018, 8, 1)) == WarningLevel.RED


def test_who_recorded_a_completion_is_told_that_it_was_taken_back(case: Case) -> None:
    complete(case, "reporter", uploads=[upload()])
    reopen(case, text="现场核查未完成")
    reminder = Reminder.objects.get()
    assert (reminder.user, reminder.kind, reminder.text) == (case.reporter, "returned", "现场核查未完成")


# earlier days


def known_on(case: Case, day: date) -> tuple[bool, bool]:
    """Return whether the milestone was done on the day, by the page's rule and by the ledger's reading."""
    entry = LedgerEntry.objects.get(project=case.project)
    read_stage_and_next([entry], 2018, day)
    open_then = case.project.milestones.open(day).filter(pk=case.milestone.pk).exists()
    done_then = case.project.milestones.done(day).filter(pk=case.milestone.pk).exists()
    assert open_then != done_then
    return done_then, entry.next_milestone != case.milestone.pk


def test_earlier_days_show_what_was_known_of_completion(case: Case) -> None:
    complete(case, "reporter", date(2018, 7, 1), on=date(2018, 7, 10), uploads=[upload()])
    reopen(case, on=date(2018, 7, 15))
    complete(case, done_on=date(2018, 7, 20), on=date(2018, 7, 25))
    expected = {
        date(2018, 7, 1): False,  # done on this day, but nobody had said so
        date(2018, 7, 9): False,
        date(2018, 7, 10): True,
        date(2018, 7, 14): True,
        date(2018, 7, 15): False,
        date(2018, 7, 24): False,
        date(2018, 7, 25): True,
    }
    with clock.at(date(2018, 9, 28)):
        for day, done in expected.items():
            assert known_on(case, day) == (done, done), day


def test_what_is_recorded_keeps_the_order_of_its_days(case: Case) -> None:
    complete(case)
    with pytest.raises(ServiceError, match="2018年7月20日已登记过完成情况"):
        reopen(case, on=TODAY - DAY)


# two at once


def test_the_same_form_sent_twice_counts_once(case: Case) -> None:
    keys = [uuid4(), uuid4()]
    assert say(case, "reporter", request_key=keys[0]) == say(case, "reporter", request_key=keys[0])
    for _ in range(2):
        complete(case, "reporter", uploads=[upload()], request_key=keys[1])
    assert MilestoneUpdate.objects.count() == 2
    assert Milestone.objects.get(pk=case.milestone.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_the_same_moment_are_one(case: Case) -> None:
    keys = [uuid4(), uuid4()]
    said = at_once(*[lambda: say(case, "reporter", request_key=keys[0])] * 2)
    assert {update.pk for update in said} == {MilestoneUpdate.objects.get().pk}
    done = at_once(*[lambda: complete(case, request_key=keys[1])] * 2)
    assert {milestone.version for milestone in done} == {2}
    assert MilestoneUpdate.objects.deciding().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_completion_and_a_request_at_the_same_moment(case: Case) -> None:
    """Whatever comes first: never a request that waits for a milestone that is done."""
    at_once(lambda: complete(case), lambda: case.ask_date(on=TODAY))
    assert Milestone.objects.get(pk=case.milestone.pk).done_on == TODAY
    assert not DateRequest.objects.pending().exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_complete_at_once(case: Case) -> None:
    results = at_once(lambda: complete(case, done_on=TODAY), lambda: complete(case, "lead_reporter", TODAY - DAY, uploads=[upload()]))
    assert sorted(type(result).__name__ for result in results) == ["Milestone", "ServiceError"]
    assert MilestoneUpdate.objects.deciding().count() == 1


def test_a_refused_lifting_is_proposed_anew_once_something_is_said(case: Case) -> None:
    complete(case)
    with clock.at(TODAY):
        reject_lifting(lifting=open_lifting(case.project), reason="现场未完成", version=None, by=case.inspector)
    say(case, "inspector", "再次到场")
    assert open_lifting(case.project) is None
    say(case, "reporter", "已补齐")
    assert open_lifting(case.project) is not None
