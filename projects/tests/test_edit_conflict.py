"""Two people at one record, one form sent twice, a permission withdrawn in between: nothing is lost and nothing counts twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pghistory
import pytest
from django.db import connection
from django.urls import reverse

from erqi.common.accounts import withdraw_role
from projects.choices import MilestoneKind
from projects.models import DateChange, LedgerEntry, Milestone, Project, Responsibility
from projects.services.ledger import set_lock
from projects.services.milestone import move_milestone
from projects.services.project import add_listed_project, change_project
from projects.tests.browsing import fields, fill, office, said, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("豫见里安置区", content="旧内容", total_investment=Decimal(1000), aliases=["豫见里"])


def edit_page(project: Project) -> str:
    return reverse("projects:project_edit", args=[project.code])


def test_the_second_person_sees_each_difference_with_who_and_when(project: Project) -> None:
    first, second = office("张三"), office("李四")
    mine = fill(second, edit_page(project), content="李四的内容", note="李四的说明")
    theirs = fill(first, edit_page(project), content="张三的内容", total_investment="79.3亿")
    assert first.post(edit_page(project), theirs).status_code == 302

    response = second.post(edit_page(project), mine)
    assert response.status_code == 409
    rows = {row["name"]: row for row in response.context["conflicts"]}
    assert set(rows) == {"content", "total_investment"}
    assert (rows["content"]["mine"], rows["content"]["theirs"]) == ("李四的内容", "张三的内容")
    assert (rows["total_investment"]["mine"], rows["total_investment"]["theirs"]) == ("1,000万元", "79.3亿元")
    assert rows["content"]["changed_by"] == "张三"
    assert rows["content"]["changed_at"].date() == project.events.latest("pgh_id").pgh_created_at.date()
    page = text(response)
    assert "保存前，这条记录已被他人修改" in page
    assert "张三" in page
    assert "79.3亿元" in page
    # Nothing was written over, and what was typed is still there.
    assert Project.objects.get(pk=project.pk).content == "张三的内容"
    assert fields(response)["note"] == "李四的说明"


def test_the_second_submit_saves_what_was_chosen(project: Project) -> None:
    first, second = office("张三"), office("李四")
    mine = fill(second, edit_page(project), content="李四的内容", note="李四的说明")
    first.post(edit_page(project), fill(first, edit_page(project), content="张三的内容", total_investment="2000"))
    again = fields(second.post(edit_page(project), mine))
    assert again["choose-total_investment"] == "theirs"
    again["choose-content"] = "mine"
    assert second.post(edit_page(project), again).status_code == 302
    saved = Project.objects.get(pk=project.pk)
    assert (saved.content, saved.note, saved.total_investment) == ("李四的内容", "李四的说明", Decimal(2000))
    assert saved.version == 3


def test_sending_again_without_looking_keeps_the_other_persons_values(project: Project) -> None:
    first, second = office(), office()
    mine = fill(second, edit_page(project), content="李四的内容", highlight="on")
    first.post(edit_page(project), fill(first, edit_page(project), content="张三的内容"))
    second.post(edit_page(project), fields(second.post(edit_page(project), mine)))
    saved = Project.objects.get(pk=project.pk)
    assert saved.content == "张三的内容"
    assert saved.highlight is True


def test_a_third_change_in_between_is_shown_too(project: Project) -> None:
    first, second = office("张三"), office("李四")
    mine = fill(second, edit_page(project), content="李四的内容")
    first.post(edit_page(project), fill(first, edit_page(project), content="张三的内容"))
    again = fields(second.post(edit_page(project), mine))
    first.post(edit_page(project), fill(first, edit_page(project), content="张三又改"))
    response = second.post(edit_page(project), {**again, "choose-content": "theirs"})
    assert response.status_code == 409
    (row,) = response.context["conflicts"]
    # What was chosen is what the page showed, not what nobody has seen yet.
    assert (row["mine"], row["theirs"]) == ("张三的内容", "张三又改")


@pytest.mark.parametrize(
    ("field", "before", "after", "shown"),
    [
        ("owner", "", "城投公司", "城投公司"),
        ("aliases", "豫见里", "豫见里\r\n安置二期", "豫见里、安置二期"),
        ("grade", "", "city", "市重点"),
        ("tour", None, "on", "是"),
        ("start_year", "", "2018", "2018"),
        ("quantity", "", "1,200", "1,200"),
    ],
)
def test_every_kind_of_field_is_compared_and_taken_over(project: Project, field: str, before: str, after: str, shown: str) -> None:
    make_unit("城投公司")
    first, second = office("张三"), office("李四")
    mine = fill(second, edit_page(project), note="说明")
    change = {field: after, **({"quantity_unit": "亩"} if field == "quantity" else {})}
    assert first.post(edit_page(project), fill(first, edit_page(project), **change)).status_code == 302
    response = second.post(edit_page(project), mine)
    rows = {row["name"]: row for row in response.context["conflicts"]}
    assert rows[field]["theirs"] == shown
    assert rows[field]["changed_by"] == "张三"
    assert second.post(edit_page(project), fields(response)).status_code == 302
    page = sign_in(make_user("office")).get(edit_page(project))
    assert fields(page).get(field) == after
    assert fields(page)["note"] == "说明"


def test_each_difference_names_its_own_author(project: Project) -> None:
    client = office()
    mine = fill(client, edit_page(project), note="说明")
    for name, values in (("张三", {"content": "张三的"}), ("李四", {"grade": "city"})):
        with pghistory.context(name=name, source="web"):
            change_project(project=project, version=None, by=None, **values)
    rows = client.post(edit_page(project), mine).context["conflicts"]
    assert {row["name"]: row["changed_by"] for row in rows} == {"content": "张三", "grade": "李四"}


def test_a_change_outside_the_form_is_told_with_who_and_when() -> None:
    milestone = make_milestone(make_project(), MilestoneKind.START, due_phrase="3月底前")
    client, address = office(), reverse("projects:milestone_edit", args=[milestone.pk])
    mine = fill(client, address, name="一期开工")
    with pghistory.context(name="王五", source="web"):
        move_milestone(milestone=milestone, to=date(2018, 6, 30), cause="land", reason="供地晚", version=1, by=None)
    response = client.post(address, mine)
    assert response.status_code == 409
    assert response.context["conflicts"] == []
    page = text(response)
    assert "王五" in page
    assert "与您填写的内容没有冲突" in page
    assert "计划时限" in page
    assert "2018年6月30日" in page
    assert client.post(address, fields(response)).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.name, milestone.due_on) == ("一期开工", date(2018, 6, 30))


def test_the_systems_own_change_is_named_as_such(project: Project) -> None:
    client = office()
    mine = fill(client, edit_page(project), content="我的")
    with pghistory.context(source="seed"):
        change_project(project=project, version=None, by=None, content="系统的")
    response = client.post(edit_page(project), mine)
    assert response.context["conflicts"][0]["changed_by"] == "系统（seed）"


def test_values_of_others_are_escaped(project: Project) -> None:
    bad = '<script>alert("x")</script>'
    first, second = office(bad), office()
    mine = fill(second, edit_page(project), content="<b>我</b>")
    first.post(edit_page(project), fill(first, edit_page(project), content=bad))
    page = text(second.post(edit_page(project), mine))
    assert bad not in page
    assert "<b>我</b>" not in page
    assert "&lt;script&gt;" in page


def test_an_edit_without_version_is_never_written(project: Project) -> None:
    client = office()
    for version in (None, "", "x", "1.5"):
        response = client.post(edit_page(project), fill(client, edit_page(project), version=version, content="x"))
        assert response.status_code == 422
        assert "请重新打开本页" in text(response)
    assert Project.objects.get(pk=project.pk).content == "旧内容"


# One form sent twice


def test_an_edit_sent_twice_counts_once_and_leads_to_the_same_place(project: Project) -> None:
    client = office()
    data = fill(client, edit_page(project), content="新内容")
    one, two = client.post(edit_page(project), data), client.post(edit_page(project), data)
    assert one.status_code == two.status_code == 302
    assert one.url == two.url == project.get_absolute_url()
    assert said(client, two) == "项目已保存。"
    assert Project.objects.get(pk=project.pk).version == 2


def creations() -> list[tuple[str, dict[str, str], type]]:
    project, ledger = make_project(), make_ledger()
    make_unit("区建设局")
    return [
        (reverse("projects:project_create"), {"name": "新项目甲"}, Project),
        (reverse("projects:project_create") + "?ledger=2018", {"name": "新项目乙"}, Project),
        (reverse("projects:entry_create", args=[project.code]), {"ledger": str(ledger.pk)}, LedgerEntry),
        (reverse("projects:responsibility_create", args=[project.code]), {"kind": "lead", "unit": "区建设局"}, Responsibility),
        (reverse("projects:milestone_create", args=[project.code]), {"kind": "start", "due_phrase": "3月底前"}, Milestone),
    ]


def test_a_creation_sent_twice_counts_once_and_leads_to_the_same_place() -> None:
    client = office()
    for address, values, model in creations():
        data = fill(client, address, **values)
        before = model.objects.count()
        one, two = client.post(address, data), client.post(address, data)
        assert (one.status_code, two.status_code) == (302, 302), (address, text(two))
        assert one.url == two.url
        assert model.objects.count() == before + 1, address


@pytest.mark.django_db(transaction=True)
def test_a_creation_sent_twice_at_the_same_moment_counts_once() -> None:
    user = make_user("office")
    client = sign_in(user)
    for address, values, model in creations():
        data = fill(client, address, **values)
        before = model.objects.count()

        def send(address: str = address, data: dict[str, str] = data) -> tuple[int, str]:
            try:
                response = sign_in(user).post(address, data)
                return response.status_code, response.headers.get("Location") or str(response.context["form"].errors)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = set(pool.map(lambda _: send(), range(4)))
        assert len(answers) == 1, answers
        assert answers.pop()[0] == 302
        assert model.objects.count() == before + 1, address


@pytest.mark.django_db(transaction=True)
def test_one_form_at_the_same_moment_gives_both_callers_the_same_listed_project() -> None:
    ledger, key = make_ledger(), uuid4()

    def register(_: int) -> int:
        try:
            return add_listed_project(ledger=ledger, entry={}, name="甲", by=None, request_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(register, range(4)))) == 1
    assert ledger.entries.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_the_same_moment_one_sees_the_other() -> None:
    project = make_project(content="旧")
    users = [make_user("office", name="甲"), make_user("office", name="乙")]
    forms = [fill(sign_in(user), edit_page(project), content=user.name) for user in users]

    def send(number: int) -> int:
        try:
            return sign_in(users[number]).post(edit_page(project), forms[number]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [302, 409]
    assert Project.objects.get(pk=project.pk).version == 2


def test_moving_a_date_twice_by_one_form_leaves_one_change() -> None:
    milestone = make_milestone(make_project(), due_phrase="3月底前")
    client, address = office(), reverse("projects:milestone_move", args=[milestone.pk])
    data = fill(client, address, due_phrase="6月底前", cause="land", reason="供地晚")
    one, two = client.post(address, data), client.post(address, data)
    assert (one.status_code, two.status_code) == (302, 302)
    assert DateChange.objects.filter(milestone=milestone).count() == 1


# Permission withdrawn while the form was open


def test_a_withdrawn_permission_is_one_sentence_and_keeps_what_was_typed(project: Project) -> None:
    user = make_user("office", "viewer")
    client = sign_in(user)
    data = fill(client, edit_page(project), content="打了很久的内容")
    withdraw_role(user=user, role="office", by=make_user("security_admin"))
    response = client.post(edit_page(project), data)
    assert response.status_code == 403
    page = text(response)
    assert "您没有进行此项操作的权限（或权限刚被收回），内容没有保存" in page
    assert "打了很久的内容" in page
    assert '<button type="submit" class="btn btn-primary">' not in page
    assert Project.objects.get(pk=project.pk).content == "旧内容"


def test_without_any_business_role_the_page_of_refusal_is_shown(project: Project) -> None:
    user = make_user("office")
    client = sign_in(user)
    data = fill(client, edit_page(project), content="x")
    withdraw_role(user=user, role="office", by=make_user("security_admin"))
    response = client.post(edit_page(project), data)
    assert response.status_code == 403
    assert "没有这项操作的权限" in text(response)
    assert "旧内容" not in text(response)


def test_a_ledger_locked_while_the_form_was_open_refuses_with_its_sentence() -> None:
    ledger = make_ledger()
    entry = make_entry(ledger)
    client, address = office(), reverse("projects:entry_edit", args=[entry.pk])
    data = fill(client, address, annual_goal="主体完工")
    set_lock(ledger=ledger, lock=True, version=None, by=None)
    response = client.post(address, data)
    assert response.status_code == 409
    assert "已锁定，不能修改。如确需修改，请先由重点项目办解锁。" in text(response)
    assert fields(response)["annual_goal"] == "主体完工"
    entry.refresh_from_db()
    assert entry.annual_goal == ""
