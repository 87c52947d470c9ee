"""What one row of the grid sends: kept, filed, refused in its own words, two people in it; with script and without."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from projects.choices import ReportState
from projects.models import ProgressReport, Project, ReportStep, Responsibility, Unit
from projects.services.entry import delist
from projects.services.period import lock_month
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import AUGUST, LOCKED, MONTH, YEAR, draft, file_month, make_reporter, report_project, report_projects
from projects.tests.report_sending import opened, report_of, reporter, retarget, send

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 24)


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with clock.at(DAY):
        yield


@pytest.fixture
def unit() -> Unit:
    return make_unit("区建设局")


@pytest.fixture
def project(unit: Unit) -> Project:
    found = report_project(unit, "安置房")
    file_month(found, 8, 200, on=AUGUST, physical_percent=40, next_step="封顶")
    return found


# Kept as one types


def test_what_is_typed_is_kept_and_the_row_says_when(unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project, cumulative="79.3万", progress="主体施工"))
    assert (response.status_code, retarget(response)) == (200, f"#state-{project.code}")
    assert response.headers["HX-Trigger"] == "row-saved"
    html = text(response)
    assert re.search(r"已保存 \d\d:\d\d", html)
    assert f'id="{project.code}-version" value="1" hx-swap-oob="true"' in html
    assert f'value="{project.code}:1" hx-swap-oob="true"' in html
    report = report_of(project)
    assert (report.state, report.cumulative, report.progress, report.physical_percent) == ("draft", Decimal("79.3"), "主体施工", 40)


def test_a_half_typed_row_is_kept_and_the_wrong_field_is_named(unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project, cumulative="十二", progress="主体施工", problem_due_on="2018-02-30"))
    assert response.status_code == 422
    html = text(response)
    assert "有一处没有保存" in html
    assert "无法识别“十二”" in html
    assert "没有2018年2月30日这一天" in html
    assert report_of(project).progress == "主体施工"
    assert report_of(project).cumulative is None
    assert 'value="1" hx-swap-oob="true"' in html


def test_line_breaks_are_the_same_words_however_they_are_sent(unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="一\r\n二")
    send(client, project, data)
    send(client, project, {**data, "version": "1", "progress": "一\n二"})
    assert (report_of(project).progress, report_of(project).version) == ("一\n二", 1)


def test_a_request_whose_answer_was_lost_is_repeated(unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="主体")
    send(client, project, data)
    # Typed on, with the version and key of a row that the page still thinks is not begun; and a third time.
    for progress in ("主体施工", "主体施工至三层"):
        response = send(client, project, {**data, "progress": progress})
        assert (response.status_code, report_of(project).progress) == (200, progress)
    assert ProgressReport.objects.of_month(YEAR, MONTH).count() == 1


# Filed, unchanged, taken back


def test_a_filed_row_is_shown_to_be_read_with_who_and_when(unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project, cumulative="300", progress="主体施工"), "file")
    assert (response.status_code, retarget(response), response.headers["HX-Reswap"]) == (200, f"#row-{project.code}", "outerHTML")
    html = text(response)
    assert "张三 9月24日报送" in html
    assert 'value="withdraw"' in html
    assert "<textarea" not in html
    assert 'id="grid-progress" hx-swap-oob="true">已报 1 / 1<' in html
    assert report_of(project).state == ReportState.FILED


def test_no_change_is_one_click_and_twice_counts_once(unit, project):
    client = reporter(unit)
    data = opened(client, project)
    one, two = send(client, project, data, "unchanged"), send(client, project, data, "unchanged")
    assert one.status_code == two.status_code == 200
    report = report_of(project)
    assert (report.state, report.cumulative, report.no_change) == (ReportState.FILED, Decimal(200), True)
    assert ReportStep.objects.filter(report=report).count() == 1


def test_filing_twice_counts_once(unit, project):
    client = reporter(unit)
    data = opened(client, project, cumulative="300")
    for response in (send(client, project, data, "file"), send(client, project, data, "file")):
        assert (response.status_code, retarget(response)) == (200, f"#row-{project.code}")
    assert ReportStep.objects.filter(report=report_of(project)).count() == 1


def test_taking_back_opens_the_row_again_and_twice_counts_once(unit, project):
    client = reporter(unit)
    file_month(project)
    version = str(report_of(project).version)
    for response in (send(client, project, {"version": version}, "withdraw"), send(client, project, {"version": version}, "withdraw")):
        assert response.status_code == 200
        assert "<textarea" in text(response)
    assert report_of(project).state == ReportState.DRAFT
    assert [step.action for step in ReportStep.objects.filter(report=report_of(project)).order_by("pk")] == ["file", "withdraw"]


def test_what_filing_refuses_is_kept_as_a_draft_and_said_at_its_place(unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project, cumulative="150", progress=" ", problem="土地未供"), "file")
    assert (response.status_code, retarget(response)) == (422, f"#row-{project.code}")
    html = text(response)
    assert "没有报送：" in html
    assert "请在“本月进展”中说明原因。" in html
    assert "请同时选择病因。（已存为草稿）" in html
    assert html.count("has-error") == 2
    report = report_of(project)
    assert (report.state, report.cumulative, report.problem) == (ReportState.DRAFT, Decimal(150), "土地未供")
    assert f'id="{project.code}-version" value="1"' in html


# Two people


def test_what_two_people_wrote_in_different_fields_is_kept_together(unit, project):
    draft(project, 300, progress="旧")
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, cumulative="350"), opened(second, project, progress="李四写的进展")
    send(first, project, theirs)
    response = send(second, project, mine)
    assert response.status_code == 200
    html = text(response)
    assert "张三刚改了“本年累计完成投资”，已一并保留" in html
    assert 'value="350"' in html
    report = report_of(project)
    assert (report.cumulative, report.progress, report.version) == (Decimal(350), "李四写的进展", 3)
    assert f'id="{project.code}-version" value="3"' in html


def test_the_second_person_chooses_between_both_values(unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = (
        opened(first, project, cumulative="350", next_step="张三的计划"),
        opened(second, project, cumulative="360", progress="补充"),
    )
    send(first, project, theirs)
    response = send(second, project, mine)
    assert (response.status_code, retarget(response)) == (409, f"#state-{project.code}")
    html = text(response)
    assert "没有保存：张三刚修改了这份月报。请逐项选择保留哪一个值。" in html
    assert re.search(r"<b>您：</b>360万元", html)
    assert re.search(r"<b>张三 <time[^>]*>\d\d:\d\d</time>：</b>350万元", html)
    # What only the other one changed is shown in its field; nothing was written over.
    assert "张三的计划" in html
    assert html.count("<fieldset>") == 1
    assert report_of(project).cumulative == Decimal(350)
    again = {**mine, "version": "2", "next_step": "张三的计划", "initial-cumulative": "350", "choose-cumulative": "mine"}
    response = send(second, project, again, "resolve")
    assert (response.status_code, retarget(response)) == (200, f"#row-{project.code}")
    report = report_of(project)
    assert (report.cumulative, report.progress, report.next_step) == (Decimal(360), "补充", "张三的计划")


def test_choosing_without_looking_keeps_the_other_persons_value(unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, cumulative="350"), opened(second, project, cumulative="360")
    send(first, project, theirs)
    send(second, project, mine)
    send(second, project, {**mine, "version": "2", "initial-cumulative": "350", "choose-cumulative": "theirs"}, "resolve")
    assert report_of(project).cumulative == Decimal(350)


def test_two_people_who_begin_the_same_row_are_shown_each_other(unit, project):
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, cumulative="350"), opened(second, project, cumulative="360", progress="进展")
    send(first, project, theirs)
    response = send(second, project, mine)
    assert response.status_code == 409
    html = text(response)
    assert "张三刚修改了这份月报" in html
    assert html.count("<fieldset>") == 1
    assert (report_of(project).cumulative, report_of(project).progress) == (Decimal(350), "")


def test_nobody_files_what_another_person_changed_unseen(unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, next_step="张三的计划"), opened(second, project, cumulative="360")
    send(first, project, theirs)
    response = send(second, project, mine, "file")
    assert (response.status_code, retarget(response)) == (409, f"#row-{project.code}")
    html = text(response)
    assert "没有报送：张三刚修改了这份月报，与您填写的没有冲突。请核对后再报送一次。" in html
    assert report_of(project).state == ReportState.DRAFT
    assert 'value="360"' in html
    assert "张三的计划" in html


def test_one_typed_while_the_other_filed(unit, project):
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, cumulative="350"), opened(second, project, cumulative="360")
    send(first, project, theirs, "file")
    response = send(second, project, mine)
    assert (response.status_code, retarget(response)) == (409, f"#state-{project.code}")
    html = text(response)
    assert "没有保存：这份月报已于2018年9月24日由张三报送。需要修改的，请先撤回。" in html
    assert "本年累计完成投资：已报 350万元；您填写的 360万元" in html
    assert report_of(project).cumulative == Decimal(350)


def test_no_change_is_not_clicked_over_what_another_person_wrote(unit, project):
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    mine = opened(second, project)
    send(first, project, opened(first, project, cumulative="350"))
    response = send(second, project, mine, "unchanged")
    assert (response.status_code, retarget(response)) == (409, f"#row-{project.code}")
    html = text(response)
    assert "没有办理：张三刚修改了这份月报，请看过现在的内容再办理。" in html
    assert 'value="350"' in html
    assert report_of(project).state == ReportState.DRAFT


# Refused


def test_a_withdrawn_permission_is_one_sentence_in_the_row(unit, project):
    user = make_reporter(unit)
    client = sign_in(user)
    data = opened(client, project, progress="打了很久")
    withdraw_role(user=user, role="reporter", by=make_user("security_admin"))
    response = send(client, project, data)
    assert (response.status_code, retarget(response)) == (403, f"#state-{project.code}")
    assert text(response) == "没有保存：您没有填报的权限（或权限刚被收回）。如需填报，请联系安全管理员。"
    assert report_of(project) is None
    assert send(client, project, data, htmx=False).status_code == 403


@pytest.mark.parametrize("action", ["autosave", "save", "file", "unchanged"])
def test_a_responsibility_withdrawn_while_the_grid_was_open(action, unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="打了很久")
    Responsibility.objects.update(unit=make_unit())
    response = send(client, project, data, action)
    assert (response.status_code, retarget(response)) == (403, f"#state-{project.code}")
    assert "没有保存：“安置房”不由您所在的单位填报。责任分工有误的，请联系重点项目办调整。" in text(response)
    assert report_of(project) is None


@pytest.mark.parametrize("action", ["autosave", "file", "unchanged"])
def test_a_month_locked_while_the_grid_was_open(action, unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="打了很久")
    lock_month(year=YEAR, month=MONTH, by=make_user("office"))
    response = send(client, project, data, action)
    assert (response.status_code, retarget(response)) == (409, f"#state-{project.code}")
    assert "没有保存：2018年9月已锁定，不能再修改。确需更正的，请填写更正单，由重点项目办审批。" in text(response)
    assert report_of(project) is None


def test_a_month_that_ended_over_night_is_locked(unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="打了很久")
    with clock.at(LOCKED):
        assert send(client, project, data).status_code == 409
    assert report_of(project) is None


def test_a_project_that_left_the_ledger_meanwhile(unit, project):
    client = reporter(unit)
    data = opened(client, project)
    delist(entry=project.entries.get(), on=date(2018, 9, 1), reason="退库", version=None, by=make_user("office"))
    response = send(client, project, data)
    assert response.status_code == 409
    assert "不在本月应报的项目之列" in text(response)
    assert report_of(project) is None


def test_a_form_without_its_version_writes_over_nothing(unit, project):
    client = reporter(unit)
    draft(project, 300)
    for version in ("x", "1.5"):
        response = send(client, project, {**opened(client, project), "cumulative": "999", "version": version})
        assert response.status_code == 422, version
    assert report_of(project).cumulative == Decimal(300)


def test_a_row_is_answered_in_as_many_queries_in_a_small_unit_as_in_a_large(unit, project, django_assert_num_queries):
    client = reporter(unit)
    data = opened(client, project, progress="一")
    send(client, project, data)
    for number, version in ((0, "1"), (3, "2")):
        report_projects(number, unit)
        with django_assert_num_queries(QUERIES):
            send(client, project, {**data, "version": version, "progress": f"进展{version}"})


QUERIES = 46
