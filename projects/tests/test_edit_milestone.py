"""Milestones: deadlines in words, moves with their cause, completion; the baseline and the changes never change."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from erqi.common.errors import NotAllowed, ServiceError, StaleRecord
from projects.choices import MilestoneKind
from projects.models import DateChange, Milestone, Project
from projects.services import milestone as service
from projects.tests.browsing import fields, fill, office, said, text
from projects.tests.builders import make_milestone, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def start(project: Project) -> Milestone:
    return make_milestone(project, MilestoneKind.START, due_phrase="3月底前")


def new(project: Project) -> str:
    return reverse("projects:milestone_create", args=[project.code])


def page(name: str, milestone: Milestone) -> str:
    return reverse(f"projects:milestone_{name}", args=[milestone.pk])


@pytest.mark.parametrize(
    ("phrase", "day"),
    [("3月底前", date(2018, 3, 31)), ("上半年", date(2018, 6, 30)), ("五一前", date(2018, 4, 30)), ("2019年6月", date(2019, 6, 30))],
)
def test_a_deadline_in_words_gives_the_date_and_the_baseline(project: Project, phrase: str, day: date) -> None:
    client = office()
    data = fill(client, new(project), kind="start", year="2018", due_phrase=phrase, wording="ensure")
    response = client.post(new(project), data)
    milestone = project.milestones.get()
    assert (milestone.name, milestone.due_phrase, milestone.wording) == ("开工", phrase, "ensure")
    assert milestone.due_on == milestone.baseline_due_on == day
    assert f"时限{day.year}年{day.month}月{day.day}日" in said(client, response)


def test_words_without_a_date_are_kept_and_said(project: Project) -> None:
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="start", due_phrase="尽快"))
    assert project.milestones.get().due_on is None
    assert said(client, response) == "已登记节点“开工”，时限“尽快”推算不出日期，暂无时限。"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"due_phrase": "3月底前"}, "“3月底前”推算为2018年3月31日。"),
        ({"due_phrase": "尽快"}, "“尽快”推算不出日期"),
        ({"due_phrase": "3月底前", "due_on": "2018-03-20"}, "您另填了2018年3月20日，以所填日期为准。"),
        ({"due_phrase": "<b>3月底</b>"}, "“&lt;b&gt;3月底&lt;/b&gt;”推算为2018年3月31日。"),
    ],
)
def test_the_date_can_be_tried_out_before_saving(project: Project, values: dict[str, str], sentence: str) -> None:
    client = office()
    response = client.post(new(project), fill(client, new(project), year="2018", preview="1", **values))
    assert response.status_code == 200
    assert sentence in text(response)
    assert "没有保存" not in text(response)
    assert fields(response)["due_phrase"] == values["due_phrase"]
    assert not project.milestones.exists()


def test_the_date_is_also_shown_beside_errors(project: Project) -> None:
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="", year="2018", due_phrase="3月底前"))
    assert response.status_code == 422
    assert "推算为2018年3月31日" in text(response)


def test_a_milestone_needs_a_deadline_of_some_kind(project: Project) -> None:
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="start"))
    assert "请填写时限日期，或在“时限（原文）”中写明说法。" in text(response)
    response = client.post(new(project), fill(client, new(project), kind="start", due_on="2018年2月30日"))
    assert response.context["form"].errors["due_on"] == ["没有2018年2月30日这一天，请核对。"]


def test_the_same_milestone_twice_in_a_year_is_refused(project: Project, start: Milestone) -> None:
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="start", year="2018", due_phrase="年内"))
    assert "该项目本年度已有同类别、同名称的节点。" in text(response)


def test_a_correction_leaves_the_dates_alone(start: Milestone) -> None:
    client = office()
    data = fill(client, page("edit", start), name="一期开工", due_phrase="三月底")
    assert "due_on" not in data
    client.post(page("edit", start), {**data, "due_on": "2030-01-01", "baseline_due_on": "2030-01-01"})
    start.refresh_from_db()
    assert (start.name, start.due_phrase) == ("一期开工", "三月底")
    assert start.due_on == start.baseline_due_on == date(2018, 3, 31)


def test_a_move_records_from_when_why_and_by_whom(start: Milestone) -> None:
    client = office("王某")
    shown = client.get(page("move", start))
    assert "基准时限 2018年3月31日，现行时限 2018年3月31日" in text(shown)
    response = client.post(page("move", start), fill(client, page("move", start), due_phrase="6月底前", cause="land", reason=" 供地晚 "))
    assert response.status_code == 302
    start.refresh_from_db()
    assert (start.due_on, start.baseline_due_on) == (date(2018, 6, 30), date(2018, 3, 31))
    change = DateChange.objects.get()
    assert (change.from_due_on, change.to_due_on) == (date(2018, 3, 31), date(2018, 6, 30))
    assert (change.cause, change.reason, change.recorded_by) == ("land", "供地晚", "王某")


def test_the_first_date_of_an_undated_milestone_becomes_its_baseline(project: Project) -> None:
    milestone = make_milestone(project, due_phrase="尽快")
    client = office()
    data = fill(client, page("move", milestone), due_on="2018-06-30", cause="other", reason="已定日期")
    assert client.post(page("move", milestone), data).status_code == 302
    milestone.refresh_from_db()
    assert milestone.due_on == milestone.baseline_due_on == date(2018, 6, 30)
    assert milestone.date_changes.get().from_due_on is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cause": "land", "reason": "x"}, "请填写新的时限。"),
        ({"due_phrase": "尽快", "cause": "land", "reason": "x"}, "“尽快”推算不出日期，请填写时限日期。"),
        ({"due_on": "2018-03-31", "cause": "land", "reason": "x"}, "新时限与原时限相同。"),
        ({"due_on": "2018-06-30", "cause": "", "reason": "x"}, "病因"),
        ({"due_on": "2018-06-30", "cause": "land", "reason": "  "}, "原因说明"),
        ({"due_on": "2018-06-30", "cause": "laziness", "reason": "x"}, "有效的选项"),
    ],
)
def test_a_move_without_date_cause_or_reason_is_refused(start: Milestone, values: dict[str, str], sentence: str) -> None:
    client = office()
    response = client.post(page("move", start), fill(client, page("move", start), **values))
    assert response.status_code == 422
    assert sentence in text(response)
    start.refresh_from_db()
    assert (start.due_on, start.version) == (date(2018, 3, 31), 1)
    assert not DateChange.objects.exists()


def test_two_moves_at_once_show_each_other(start: Milestone) -> None:
    first, second = office("甲"), office("乙")
    mine = fill(second, page("move", start), due_on="2018-09-30", cause="funds", reason="缺资金")
    first.post(page("move", start), fill(first, page("move", start), due_on="2018-06-30", cause="land", reason="供地晚"))
    response = second.post(page("move", start), mine)
    assert response.status_code == 409
    (row,) = response.context["conflicts"]
    assert (row["mine"], row["theirs"], row["changed_by"]) == ("2018年9月30日", "2018年6月30日", "甲")
    again = fields(response)
    assert again["reason"] == "缺资金"
    assert second.post(page("move", start), {**again, "choose-due_on": "mine"}).status_code == 302
    assert [str(change.to_due_on) for change in start.date_changes.all()] == ["2018-06-30", "2018-09-30"]


def test_completion_is_recorded_taken_back_and_closes_the_date(start: Milestone) -> None:
    client = office()
    response = client.post(page("complete", start), fill(client, page("complete", start), done_on="2099-01-01"))
    assert "完成日期不能晚于业务日期。" in text(response)
    data = fill(client, page("complete", start), done_on="2018.3.20")
    assert said(client, client.post(page("complete", start), data)) == "节点“开工”已于2018年3月20日完成。"
    assert client.post(page("complete", start), data).status_code == 302
    start.refresh_from_db()
    assert (start.done_on, start.version) == (date(2018, 3, 20), 2)
    assert "该节点已完成，不能再变更时限。" in text(client.get(page("move", start)))
    reopen = fill(client, page("reopen", start), text="误登记")
    assert client.post(page("reopen", start), reopen).status_code == 302
    assert client.post(page("reopen", start), reopen).status_code == 302
    start.refresh_from_db()
    assert (start.done_on, start.version) == (None, 3)
    assert "无需撤销" in text(client.get(page("reopen", start)))


def test_a_completion_is_taken_back_before_another_is_recorded(start: Milestone) -> None:
    client = office()
    waiting = fill(client, page("complete", start), done_on="2018-03-25")
    service.complete_milestone(milestone=start, done_on=date(2018, 3, 20), version=None, by=None)
    sentence = "该节点已登记于2018年3月20日完成。日期有误的，请先“撤销完成”，再重新登记。"
    assert sentence in text(client.get(page("complete", start)))
    assert client.post(page("complete", start), waiting).status_code == 409
    with pytest.raises(ServiceError, match="请先“撤销完成”"):
        service.complete_milestone(milestone=start, done_on=date(2018, 3, 25), version=2, by=None)
    start.refresh_from_db()
    assert (start.done_on, start.version) == (date(2018, 3, 20), 2)
    service.reopen_milestone(milestone=start, version=2, by=None, text="误登记")
    assert service.complete_milestone(milestone=start, done_on=date(2018, 3, 25), version=3, by=None).done_on == date(2018, 3, 25)


def test_the_day_of_what_a_document_knows_to_be_done_can_be_recorded(project: Project) -> None:
    milestone = make_milestone(project, MilestoneKind.LAND, done_known_on=date(2018, 2, 24))
    assert service.complete_milestone(milestone=milestone, done_on=date(2018, 2, 1), version=1, by=None).done_by == date(2018, 2, 1)


def test_what_a_document_says_is_done_is_not_taken_back(project: Project) -> None:
    milestone = make_milestone(project, MilestoneKind.LAND, due_phrase="1月", done_known_on=date(2018, 2, 24))
    client = office()
    assert "该节点的完成情况出自文件，不能在此撤销。" in text(client.get(page("reopen", milestone)))
    with pytest.raises(ServiceError, match="出自文件"):
        service.reopen_milestone(milestone=milestone, version=1, by=None, text="误登记")


def test_services_ask_for_the_permission_the_version_and_the_state(project: Project, start: Milestone) -> None:
    viewer, move = make_user("viewer"), {"to": date(2018, 6, 30), "cause": "land", "reason": "x"}
    for call in (
        lambda: service.plan_milestone(project=project, kind="land", year=2018, by=viewer),
        lambda: service.change_milestone(milestone=start, version=1, by=viewer, name="x"),
        lambda: service.move_milestone(milestone=start, version=1, by=viewer, **move),
        lambda: service.complete_milestone(milestone=start, done_on=date(2018, 3, 1), version=1, by=viewer),
        lambda: service.reopen_milestone(milestone=start, version=1, by=viewer, text="误登记"),
    ):
        with pytest.raises(NotAllowed):
            call()
    for call in (
        lambda: service.change_milestone(milestone=start, version=9, by=None, name="x"),
        lambda: service.move_milestone(milestone=start, version=9, by=None, **move),
        lambda: service.complete_milestone(milestone=start, done_on=date(2018, 3, 1), version=9, by=None),
        lambda: service.reopen_milestone(milestone=start, version=9, by=None, text="误登记"),
    ):
        with pytest.raises(StaleRecord):
            call()
    with pytest.raises(ServiceError, match="只能通过“变更时限”修改"):
        service.change_milestone(milestone=start, version=1, by=None, due_on=date(2018, 6, 30))
    service.complete_milestone(milestone=start, done_on=date(2018, 3, 1), version=1, by=None)
    with pytest.raises(ServiceError, match="已完成"):
        service.move_milestone(milestone=start, version=2, by=None, **move)


# What no code of ours can write, however it tries


def refused(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


def test_the_baseline_never_changes(start: Milestone) -> None:
    for value in ("2018-04-30", None):
        assert "keep_baseline" in refused("UPDATE projects_milestone SET baseline_due_on = %s WHERE id = %s", value, start.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_milestone SET due_on = %s WHERE id = %s", ["2018-04-30", start.pk])
    start.refresh_from_db()
    assert (start.due_on, start.baseline_due_on) == (date(2018, 4, 30), date(2018, 3, 31))


def test_recorded_changes_of_dates_are_never_altered(start: Milestone) -> None:
    service.move_milestone(milestone=start, to=date(2018, 6, 30), cause="land", reason="供地晚", version=1, by=None)
    assert "append_only" in refused("UPDATE projects_datechange SET reason = 'x'")
    assert "append_only" in refused("DELETE FROM projects_datechange")
    assert DateChange.objects.get().reason == "供地晚"


def test_the_history_itself_cannot_be_altered(start: Milestone) -> None:
    refused("UPDATE projects_milestoneevent SET name = 'x'")
    refused("DELETE FROM projects_milestoneevent")
