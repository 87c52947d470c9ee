"""The page of one monthly report: writing it, reading it as of a day, its steps and attachments, who sees a draft."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from erqi.common import clock
from erqi.common.accounts import grant_role, withdraw_role
from erqi.common.attachments import of
from erqi.tests.uploads import upload as photo
from projects.choices import ReportState
from projects.models import ProgressReport, Project, ReportStep, Unit
from projects.services import correction as correction_service
from projects.services import report as service
from projects.tests import warning_builders
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import AUGUST, LAST, LOCKED, MONTH, YEAR, draft, file_month, make_reporter, report_project

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
def lead() -> Unit:
    return make_unit("区发改委")


@pytest.fixture
def project(unit: Unit, lead: Unit) -> Project:
    found = report_project(unit, "安置房", lead=lead)
    file_month(found, 8, 200, on=AUGUST, next_step="封顶")
    return found


def found(pattern: str, html: str) -> bool:
    """Say whether the page matches, over several lines."""
    return re.search(pattern, html, re.S) is not None


def page_of(project: Project, month: int = MONTH) -> str:
    return reverse("projects:report_detail", args=[project.code, YEAR, month])


def report_of(project: Project) -> ProgressReport:
    return ProgressReport.objects.get(project=project, year=YEAR, month=MONTH)


def reporter(unit: Unit, name: str = "") -> Client:
    return sign_in(make_reporter(unit, name=name))


def viewer() -> Client:
    return sign_in(make_user("viewer"))


# Writing


def test_the_report_knows_its_address(project):
    assert file_month(project).get_absolute_url() == page_of(project) == f"/reports/{project.code}/2018/9/"


def test_the_form_begins_with_last_months_figures_and_is_saved_and_filed(unit, project):
    client = reporter(unit)
    data = fill(client, page_of(project), physical="主体施工至12层", cumulative="0.03亿", action="save")
    assert data["next_step"] == "封顶"
    response = client.post(page_of(project), data)
    assert (response.status_code, response.url, said(client, response)) == (302, page_of(project), "2018年9月月报已存为草稿。")
    report = report_of(project)
    assert (report.state, report.cumulative, report.physical) == (ReportState.DRAFT, Decimal(300), "主体施工至12层")
    response = client.post(page_of(project), fill(client, page_of(project), cutoff_on="2018-09-20", action="file"))
    assert said(client, response) == "2018年9月月报已报送。"
    report = report_of(project)
    assert (report.state, report.cutoff_on) == (ReportState.FILED, date(2018, 9, 20))


@pytest.mark.parametrize("action", ["save", "file"])
def test_a_form_sent_twice_counts_once(action, unit, project):
    client = reporter(unit)
    data = fill(client, page_of(project), cumulative="300", action=action)
    one, two = client.post(page_of(project), data), client.post(page_of(project), data)
    assert (one.status_code, two.status_code, two.url) == (302, 302, page_of(project))
    assert report_of(project).version == 1
    assert ReportStep.objects.filter(report=report_of(project)).count() == (action == "file")


def test_what_filing_refuses_stays_in_the_form(unit, project):
    client = reporter(unit)
    response = client.post(page_of(project), fill(client, page_of(project), cumulative="", problem="土地未供", action="file"))
    assert response.status_code == 422
    assert response.context["form"].errors["cumulative"] == ["请填写本年累计完成投资；没有完成投资的填 0。"]
    assert response.context["form"].errors["problem_cause"] == ["填写了存在问题，请同时选择病因。"]
    assert fields(response)["problem"] == "土地未供"
    assert not ProgressReport.objects.of_month(YEAR, MONTH).exists()


def test_no_change_and_taking_back_are_one_click_each_and_twice_count_once(unit, project):
    client = reporter(unit)
    for _ in range(2):
        response = client.post(page_of(project), {"action": "unchanged", "version": ""})
        assert (response.status_code, response.url) == (302, page_of(project))
    assert (report_of(project).no_change, ReportStep.objects.filter(report__month=MONTH).count()) == (True, 1)
    for _ in range(2):
        response = client.post(page_of(project), {"action": "withdraw", "version": "1"})
        assert response.status_code == 302
    assert said(client, response).endswith("2018年9月月报已撤回，可以修改后重新报送。")
    assert (report_of(project).state, ReportStep.objects.filter(report__month=MONTH).count()) == (ReportState.DRAFT, 2)


def test_the_second_person_sees_the_first_ones_change(unit, project):
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs = fill(first, page_of(project), cumulative="300", next_step="张三的计划", action="save")
    mine = fill(second, page_of(project), cumulative="400", progress="李四的进展", action="file")
    first.post(page_of(project), theirs)
    response = second.post(page_of(project), mine)
    assert response.status_code == 409
    rows = {row["name"]: (row["mine"], row["theirs"], row["changed_by"]) for row in response.context["conflicts"]}
    assert rows == {"cumulative": ("400万元", "300万元", "张三"), "next_step": ("封顶", "张三的计划", "张三")}
    assert fields(response)["progress"] == "李四的进展"
    again = {**fields(response), "choose-cumulative": "mine", "action": "file"}
    assert second.post(page_of(project), again).status_code == 302
    report = report_of(project)
    assert (report.cumulative, report.next_step, report.state) == (Decimal(400), "张三的计划", ReportState.FILED)


def test_a_locked_month_refuses_with_its_sentence_and_keeps_the_text(unit, project):
    client = reporter(unit)
    data = fill(client, page_of(project), progress="打了很久", action="file")
    with clock.at(LOCKED):
        response = client.post(page_of(project), data)
        assert response.status_code == 409
        assert "2018年9月已锁定，不能再修改" in text(response)
        assert fields(response)["progress"] == "打了很久"
        # Nothing to be sent again: no button, and no field to type into.
        form = text(response).partition("edit-form")[2].partition("</form>")[0]
        assert "有内容需要改正" not in form
        assert 'type="submit"' not in form
        assert all("readonly" in tag for tag in re.findall(r"<textarea[^>]*>", form))
        assert all("disabled" in tag for tag in re.findall(r"<select[^>]*>", form))
        html = text(client.get(page_of(project)))
    assert "edit-form" not in html
    assert f'href="{reverse("projects:correction_new", args=[project.code, YEAR, MONTH])}"' in html


def test_a_withdrawn_permission_keeps_the_text(unit, project):
    user = make_reporter(unit)
    client = sign_in(user)
    data = fill(client, page_of(project), progress="打了很久", action="file")
    withdraw_role(user=user, role="reporter", by=make_user("security_admin"))
    # Another role still lets the person read.
    grant_role(user=user, role="viewer", by=None)
    response = client.post(page_of(project), data)
    assert response.status_code == 403
    assert "权限刚被收回" in text(response)
    assert "打了很久" in text(response)
    assert not ProgressReport.objects.of_month(YEAR, MONTH).exists()


def test_people_of_other_units_read_and_do_not_write(project):
    client = reporter(make_unit())
    assert "edit-form" not in text(client.get(page_of(project)))
    response = client.post(page_of(project), {"cumulative": "300", "action": "file", "request_key": ""})
    assert response.status_code == 403
    assert "不由您所在的单位填报" in text(response)
    assert not ProgressReport.objects.of_month(YEAR, MONTH).exists()


# Reading


def test_a_draft_is_seen_by_those_who_write_or_review_and_by_nobody_else(unit, lead, project):
    draft(project, 300, problem="草稿里的问题")
    for client, sees in (
        (reporter(unit), True),
        (sign_in(make_reporter(lead, roles=["reviewer"])), True),
        (sign_in(make_user("office")), True),
        (viewer(), False),
        (sign_in(make_user("leader")), False),
        (reporter(make_unit()), False),
    ):
        html = text(client.get(page_of(project)))
        assert ("草稿里的问题" in html) is sees
        assert ("这个月还没有报" in html) is not sees


def test_what_was_typed_after_a_return_is_not_everybodys_yet(unit, project):
    report = file_month(project, cumulative=300)
    service.return_report(report=report, reason="与现场不符", version=report.version, by=None)
    service.save_draft(project=project, year=YEAR, month=MONTH, values={"progress": "改过的进展"}, version=2, by=None)
    html = text(viewer().get(page_of(project)))
    assert "改过的进展" not in html
    assert "主体施工" in html
    assert "退回" in html
    assert "与现场不符" in html
    assert "改过的进展" in text(reporter(unit).get(page_of(project)))


def test_a_report_that_was_taken_back_is_not_reported(unit, project):
    report = file_month(project, cumulative=300, problem="土地", problem_cause="land")
    service.withdraw_report(report=report, version=report.version, by=None)
    html = text(viewer().get(page_of(project)))
    assert "这个月还没有报" in html
    assert "撤回" in html


def test_figures_stand_beside_the_plan(project):
    warning_builders.make_plan(project)
    file_month(project, cumulative=720)
    response = viewer().get(page_of(project))
    figures = response.context["figures"]
    assert (figures.cumulative, figures.planned, figures.annual, figures.before, figures.in_month) == (720, 900, 1200, 200, 520)
    html = text(response)
    for words in ("720万元", "900万元", "完成计划的 80.0%", "1,200万元", "已完成 60.0%", "本月 520万元", "73.4%"):
        assert words in html, words


def test_without_a_plan_or_a_month_before_nothing_is_made_up(unit):
    project = report_project(unit)
    file_month(project, 9, 100)
    project.entries.update(annual_plan=None)
    figures = viewer().get(page_of(project)).context["figures"]
    assert (figures.planned, figures.annual, figures.of_plan, figures.of_year, figures.in_month) == (None, None, None, None, None)


def test_each_day_shows_what_was_known_then(project):
    reviewer = make_user("office", name="李四")
    report = file_month(project, cumulative=300, on=date(2018, 9, 22))
    with clock.at(date(2018, 9, 25)):
        report = service.return_report(report=report, reason="与现场不符", version=report.version, by=reviewer)
    with clock.at(date(2018, 9, 27)):
        report = file_month(project, cumulative=280, on=date(2018, 9, 27), progress="核减")
    client = viewer()

    def on(day: str) -> str:
        return text(client.get(page_of(project), {"as_of": day}))

    with clock.at(LAST):
        assert "这个月还没有报" in on("2018-09-21")
        early = on("2018-09-23")
        assert "300万元" in early
        assert "280" not in early
        assert "与现场不符" not in early
        assert "正在查看" in early
        assert "退回" in on("2018-09-26")
        now = text(client.get(page_of(project)))
    assert "280万元" in now
    assert found(r"<del>300万元</del>.*<ins>280万元</ins>", now)


def test_a_correction_shows_old_and_new_side_by_side(unit, project):
    file_month(project, cumulative=300)
    with clock.at(LOCKED):
        slip = correction_service.request_correction(
            project=project,
            year=YEAR,
            month=MONTH,
            values={"cumulative": Decimal(250)},
            reason="重复计算",
            version=1,
            by=make_reporter(unit),
        )
        html = text(viewer().get(page_of(project)))
        assert "更正单" in html
        assert "待审批" in html
        correction_service.decide_correction(correction=slip, approve=True, reason="", version=slip.version, by=make_user("office"))
        html = text(viewer().get(page_of(project)))
    assert found(r"更正：250万元：重复计算.*<del>300万元</del>.*<ins>250万元</ins>", html)


def test_those_who_may_review_are_led_to_the_queue(lead, unit, project):
    report = file_month(project, by=make_reporter(unit))
    address = f'href="/reports/review/?year=2018&amp;month=9#report-{report.pk}"'
    reviewer, other = make_reporter(lead, roles=["reviewer"]), make_reporter(make_unit(), roles=["reviewer"])
    for user, led in ((reviewer, True), (other, False), (make_user("viewer"), False), (make_user("office"), True)):
        assert (address in text(sign_in(user).get(page_of(project)))) is led


def test_neighbours_cross_the_year(project):
    html = text(viewer().get(page_of(project, 12)))
    assert f'href="{page_of(project, 11)}"' in html
    assert f'href="/reports/{project.code}/2019/1/"' in html


@pytest.mark.parametrize("address", ["/reports/EQ-1999-999/2018/9/", "/reports/{}/2018/13/", "/reports/{}/20180/9/", "/reports/{}/2018/0/"])
def test_what_does_not_exist_is_not_found(address, project):
    assert viewer().get(address.format(project.code)).status_code == 404


def test_a_malformed_day_is_not_guessed(project):
    assert "无法识别" in text(viewer().get(page_of(project), {"as_of": "2018-02-31"}))


def test_what_people_wrote_is_escaped(unit, project):
    file_month(project, problem="<script>alert(1)</script>", problem_cause="land")
    for client in (viewer(), reporter(unit)):
        assert "<script>alert" not in text(client.get(page_of(project)))


# Attachments


def send(client: Client, project: Project, *files: SimpleUploadedFile) -> Any:
    address = reverse("projects:report_evidence", args=[project.code, YEAR, MONTH])
    return client.post(address, {"uploads": list(files), "request_key": "", "version": ""})


def test_evidence_is_uploaded_shown_and_withdrawn_with_a_reason(unit, project):
    file_month(project)
    client = reporter(unit)
    response = send(client, project, photo())
    assert (response.status_code, said(client, response)) == (302, "已上传 1 个佐证。")
    (attachment,) = of(report_of(project))
    assert "现场.jpg" in text(viewer().get(page_of(project)))
    address = reverse("projects:report_evidence_withdraw", args=[project.code, YEAR, MONTH, attachment.pk])
    assert client.post(address, {"withdraw_reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"withdraw_reason": "传错了"}).status_code == 302
    assert "现场.jpg" not in text(viewer().get(page_of(project)))


def test_evidence_needs_a_report_an_open_month_and_the_right_unit(unit, project):
    client = reporter(unit)
    assert "请先保存月报再上传佐证" in text(send(client, project, photo()))
    file_month(project)
    response = send(reporter(make_unit()), project, photo())
    assert response.status_code == 403
    with clock.at(LOCKED):
        response = send(client, project, photo())
    assert response.status_code == 409
    assert "已锁定" in text(response)
    assert not of(report_of(project)).exists()


def test_what_is_attached_to_a_draft_is_not_everybodys(unit, project):
    draft(project)
    client = reporter(unit)
    send(client, project, photo())
    (attachment,) = of(report_of(project))
    assert client.get(attachment.get_absolute_url()).status_code == 200
    assert viewer().get(attachment.get_absolute_url()).status_code == 404
    assert "现场.jpg" not in text(viewer().get(page_of(project)))


def test_an_attachment_of_another_record_is_not_withdrawn_here(unit, project):
    other = report_project(unit, "另一个")
    file_month(other)
    file_month(project)
    client = reporter(unit)
    send(client, other, photo())
    (attachment,) = of(ProgressReport.objects.get(project=other, month=MONTH))
    address = reverse("projects:report_evidence_withdraw", args=[project.code, YEAR, MONTH, attachment.pk])
    assert client.post(address, {"withdraw_reason": "x"}).status_code == 404


def history(project: Project, number: int) -> None:
    """Give September's report so many filings and returns, and as many attachments."""
    report = file_month(project, cumulative=300)
    for place in range(1, number):
        report = service.return_report(report=report, reason="有误", version=report.version, by=None)
        report = file_month(project, cumulative=300 + place)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_steps(number, project, django_assert_num_queries):
    warning_builders.make_plan(project)
    history(project, number)
    client = viewer()
    client.get(page_of(project))
    with django_assert_num_queries(QUERIES):
        client.get(page_of(project))


QUERIES = 13
