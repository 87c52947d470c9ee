"""The grid of monthly reports: who sees which rows, what they begin with, filing many at once, in how many queries."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from erqi.common import clock
from projects.choices import ReportState, WarningLevel
from projects.models import ProgressReport, Project, ReportStep
from projects.services import report as service
from projects.services.entry import delist
from projects.services.period import lock_month
from projects.tests import warning_builders
from projects.tests.browsing import said, sign_in, text
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import (
    AUGUST,
    LOCKED,
    MONTH,
    YEAR,
    district_ledger,
    draft,
    file_month,
    join,
    make_reporter,
    report_project,
    report_projects,
)

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 24)
PAGE = "/reports/monthly/"


@pytest.fixture(autouse=True)
def _on() -> Any:
    with clock.at(DAY):
        yield


def rows_of(response: HttpResponse) -> list[str]:
    """Return the names of the projects on the page, in their order."""
    return [row.found.project.name for row in response.context["rows"]]


def row_of(response: HttpResponse, project: Project) -> Any:
    return next(row for row in response.context["rows"] if row.code == project.code)


def test_a_reporter_sees_what_the_own_unit_reports():
    unit, other = make_unit("区建设局"), make_unit("区教体局")
    user = make_reporter(unit)
    report_project(unit, "甲")
    report_project(other, "乙")
    report_project(unit, "丙")
    # It leads this one; another unit carries it out and reports it.
    report_project(other, "丁", lead=unit)
    response = sign_in(user).get(PAGE)
    assert rows_of(response) == ["甲", "丙"]
    assert "已报 0 / 2" in text(response)
    choices = [(choice.label, choice.due, choice.current) for choice in response.context["choices"]]
    assert choices == [("全部单位", 3, False), ("区建设局", 2, True), ("区教体局", 1, False)]
    assert rows_of(sign_in(user).get(PAGE, {"unit": "all"})) == ["甲", "丙", "丁"]
    assert rows_of(sign_in(user).get(PAGE, {"unit": other.pk})) == ["丁"]


def test_a_person_of_two_units_begins_with_both():
    one, two = make_unit("区建设局"), make_unit("区教体局")
    user = join(make_user("reporter"), one, two)
    report_project(one, "甲")
    report_project(two, "乙")
    assert rows_of(sign_in(user).get(PAGE)) == ["甲", "乙"]


def test_the_office_sees_every_unit_with_its_counts():
    one, two = make_unit("区建设局"), make_unit("区教体局")
    first = report_project(one, "甲")
    report_project(one, "乙")
    report_project(two, "丙")
    nobody = report_project(make_unit(), "丁")
    nobody.responsibilities.all().delete()
    file_month(first)
    client = sign_in(make_user("office"))
    response = client.get(PAGE)
    assert rows_of(response) == ["甲", "乙", "丙", "丁"]
    assert [choice.text for choice in response.context["choices"]] == [
        "全部单位（已报 1 / 4）",
        "区建设局（已报 1 / 2）",
        "区教体局（已报 0 / 1）",
        "没有填报单位（已报 0 / 1）",
    ]
    assert rows_of(client.get(PAGE, {"unit": one.pk})) == ["甲", "乙"]
    assert rows_of(client.get(PAGE, {"unit": "none"})) == ["丁"]


@pytest.mark.parametrize("query", [{"unit": "x"}, {"unit": "999999"}, {"year": "abcd"}, {"month": "13"}, {"page": "99"}, {"year": "20180"}])
def test_an_address_that_means_nothing_shows_what_is_shown_by_itself(query):
    unit = make_unit()
    user = make_reporter(unit)
    report_project(unit, "甲")
    assert rows_of(sign_in(user).get(PAGE, query)) == ["甲"]


def test_only_projects_that_stand_in_the_ledger_are_reported():
    unit = make_unit()
    projects = report_projects(4, unit)
    office = make_user("office")
    entries = [project.entries.get() for project in projects]
    delist(entry=entries[1], on=date(2018, 9, 1), reason="退库", version=None, by=office)
    warning_builders.close_entry(entries[2], DAY)
    response = sign_in(make_reporter(unit)).get(PAGE)
    assert rows_of(response) == [projects[0].name, projects[3].name]
    # In August they were still reported.
    assert len(rows_of(sign_in(make_reporter(unit)).get(PAGE, {"year": 2018, "month": 8}))) == 4


def test_a_row_begins_with_last_months_figures_and_says_so():
    unit = make_unit()
    project = report_project(unit, "甲")
    file_month(project, 8, "1234.5", on=AUGUST, physical_percent=40, next_step="封顶", progress="八月的进展")
    response = sign_in(make_reporter(unit)).get(PAGE)
    form = row_of(response, project).form
    assert (form["cumulative"].value(), form["physical_percent"].value(), form["next_step"].value()) == ("1,234.5", "40", "封顶")
    assert form["progress"].value() is None
    html = text(response)
    assert 'value="1,234.5"' in html
    assert "8月已报 1,234.5" in html
    assert 'value="unchanged"' in html
    assert not ProgressReport.objects.of_month(YEAR, MONTH).exists()


def test_a_first_month_offers_no_repetition():
    unit = make_unit()
    report_project(unit)
    html = text(sign_in(make_reporter(unit)).get(PAGE))
    assert "上月未报" in html
    assert 'value="unchanged"' not in html


def test_a_draft_is_shown_as_it_was_left():
    unit = make_unit()
    project = report_project(unit)
    file_month(project, 8, 200, on=AUGUST)
    draft(project, None, problem="土地未供")
    row = row_of(sign_in(make_reporter(unit)).get(PAGE), project)
    assert (row.chip, row.form["cumulative"].value(), row.form["problem"].value()) == ("草稿", None, "土地未供")
    assert row.explains


@pytest.mark.parametrize("level", [WarningLevel.GREEN, WarningLevel.YELLOW])
def test_a_yellow_project_opens_the_part_about_problems(level):
    unit = make_unit()
    warning_builders.warn_ledger(district_ledger())
    project = report_project(unit)
    late = warning_builders.DAYS_LATE[level]
    make_milestone(project, "other", YEAR, name="主体施工", due_on=date.fromordinal(DAY.toordinal() - late))
    response = sign_in(make_reporter(unit)).get(PAGE)
    row = row_of(response, project)
    assert row.found.level == level
    assert row.explains is row.must_explain is (level == WarningLevel.YELLOW)
    assert ("项目须填问题和病因" in text(response)) is (level == WarningLevel.YELLOW)


def test_states_are_shown_with_who_filed_when():
    unit, lead = make_unit(), make_unit()
    user, reviewer = make_reporter(unit, name="张三"), make_reporter(lead, name="李四", roles=["reviewer"])
    filed, passed, returned = (report_project(unit, name, lead=lead) for name in ("甲", "乙", "丙"))
    reports = [file_month(project, by=user) for project in (filed, passed, returned)]
    service.pass_report(report=reports[1], version=reports[1].version, by=reviewer)
    service.return_report(report=reports[2], reason="与现场不符", version=reports[2].version, by=reviewer)
    response = sign_in(user).get(PAGE)
    assert [row_of(response, project).chip for project in (filed, passed, returned)] == ["已报", "通过", "退回"]
    assert [row_of(response, project).can_withdraw for project in (filed, passed, returned)] == [True, False, False]
    html = text(response)
    assert "张三 9月24日报送" in html
    assert "李四退回：与现场不符" in html
    assert "已报 2 / 3" in html


def test_a_locked_month_is_only_read_and_leads_to_the_correction_slip():
    unit = make_unit()
    project, missing = report_projects(2, unit)
    file_month(project)
    client = sign_in(make_reporter(unit))
    with clock.at(LOCKED):
        response = client.get(PAGE)
    assert [row.form for row in response.context["rows"]] == [None, None]
    html = text(response)
    assert "已锁定" in html
    assert "全部报送" not in html
    assert f'href="{reverse("projects:correction_new", args=[project.code, YEAR, MONTH])}">更正<' in html
    assert f'href="{reverse("projects:correction_new", args=[missing.code, YEAR, MONTH])}">补报<' in html


def test_a_month_to_come_is_only_read():
    unit = make_unit()
    report_project(unit)
    response = sign_in(make_reporter(unit)).get(PAGE, {"year": 2018, "month": 10})
    assert response.context["rows"][0].form is None
    assert "10月月报：10月20日起填报，10月25日截止；10月31日锁定" in text(response)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2018, 9, 24), "9月月报：9月25日截止，还有 1 个工作日；9月30日锁定"),
        (date(2018, 9, 25), "9月月报：今天截止；9月30日锁定"),
        (date(2018, 9, 26), "9月月报：9月25日截止，已逾期 1 个工作日；9月30日锁定"),
        # The last weekend of September was worked before the National Day.
        (date(2018, 9, 30), "9月月报：9月25日截止，已逾期 5 个工作日；9月30日锁定"),
        (date(2018, 10, 1), "9月月报：已锁定（9月30日为最后一天）"),
        (date(2019, 1, 5), "2018年12月月报：已锁定（12月31日为最后一天）"),
    ],
)
def test_the_month_says_its_calendar_in_words(day, words):
    client = sign_in(make_user("office"))
    with clock.at(day):
        assert words in text(client.get(PAGE))


def test_a_month_locked_early_says_since_when():
    with clock.at(date(2018, 9, 28)):
        lock_month(year=2018, month=9, by=make_user("office"))
        assert "9月月报：已于9月28日提前锁定" in text(sign_in(make_user("office")).get(PAGE))


def test_an_account_without_a_post_reads_why_there_is_nothing():
    report_project()
    assert "您的账号还没有任职单位" in text(sign_in(make_user("reporter")).get(PAGE))
    assert "这个月没有由您填报的项目" in text(sign_in(make_reporter(make_unit())).get(PAGE))


@pytest.mark.parametrize(
    ("role", "shown"), [("reporter", True), ("office", True), ("viewer", False), ("reviewer", False), ("leader", False)]
)
def test_the_menu_leads_those_who_report_to_the_grid(role, shown):
    client = sign_in(make_user(role))
    assert (f'href="{PAGE}"' in text(client.get("/todo/"))) is shown
    assert client.get(PAGE).status_code == (200 if shown else 403)


def test_names_are_escaped():
    unit = make_unit("<b>局</b>")
    project = report_project(unit, "<script>alert(1)</script>")
    draft(project, problem="<i>土</i>")
    html = text(sign_in(make_reporter(unit)).get(PAGE))
    assert "<script>alert" not in html
    assert "<i>土</i>" not in html


# Filing all


class _AllRows(HTMLParser):
    """Collects what the form 全部报送 sends."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.data = False, {"row": []}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.inside = found.get("id") == "all-rows"
        if self.inside and tag == "input" and found.get("name") and found["name"] != "csrfmiddlewaretoken":
            if found["name"] == "row":
                self.data["row"].append(found.get("value") or "")
            else:
                self.data[found["name"]] = found.get("value") or ""


def all_rows(client: Client, **query: Any) -> dict[str, Any]:
    parser = _AllRows()
    parser.feed(text(client.get(PAGE, query)))
    return parser.data


def state(project: Project) -> str | None:
    return ProgressReport.objects.of_month(YEAR, MONTH).filter(project=project).values_list("state", flat=True).first()


def test_all_rows_that_were_written_and_are_complete_are_filed_at_once():
    unit = make_unit()
    user = make_reporter(unit)
    whole, half, untouched, other = report_projects(4, unit)
    for project in (whole, half, untouched, other):
        file_month(project, 8, 200, on=AUGUST)
    draft(whole, 300)
    draft(other, 310)
    draft(half, None)
    client = sign_in(user)
    response = client.post(PAGE, all_rows(client))
    assert response.status_code == 422
    assert [state(project) for project in (whole, half, untouched, other)] == [
        ReportState.FILED,
        ReportState.DRAFT,
        None,
        ReportState.FILED,
    ]
    html = text(response)
    assert "已报送 2 个项目，有 1 个没有报送，原因见各行。" in html
    assert row_of(response, half).sentence == "请填写本年累计完成投资；没有完成投资的填 0。"
    assert "已报 2 / 4" in html


def test_all_rows_filed_lead_back_with_one_sentence_and_twice_counts_once():
    unit = make_unit()
    projects = report_projects(3, unit)
    for project in projects:
        draft(project)
    client = sign_in(make_reporter(unit))
    data = all_rows(client, unit=unit.pk)
    one, two = client.post(PAGE, data), client.post(PAGE, data)
    assert one.status_code == two.status_code == 302
    assert one.url == two.url == f"{PAGE}?year=2018&month=9&unit={unit.pk}&page=1"
    assert said(client, two) == "已报送 3 个项目。"
    assert ReportStep.objects.count() == 3


def test_a_returned_report_that_nobody_touched_is_not_filed_again_by_the_way():
    unit, lead = make_unit(), make_unit()
    project = report_project(unit, lead=lead)
    report = file_month(project)
    report = service.return_report(report=report, reason="有误", version=report.version, by=None)
    client = sign_in(make_reporter(unit))
    assert all_rows(client)["row"] == [""]
    service.save_draft(project=project, year=YEAR, month=MONTH, values={"cumulative": 310}, version=report.version, by=None)
    assert all_rows(client)["row"] == [f"{project.code}:{report.version + 1}"]


def test_filing_all_with_nothing_written_says_what_to_do():
    unit = make_unit()
    report_project(unit)
    client = sign_in(make_reporter(unit))
    response = client.post(PAGE, all_rows(client))
    assert response.status_code == 302
    assert "没有可以报送的草稿：请先填写" in said(client, response)


@pytest.mark.parametrize("rows", [["x"], ["EQ:"], [":1"], ["EQ-1:-1"], ["EQ-1:99999999999"], ["\0:1"], ["EQ-1:１"], ["a"] * 500])
def test_what_no_page_sends_files_nothing(rows):
    client = sign_in(make_user("office"))
    project = report_project()
    draft(project)
    response = client.post(PAGE, {"year": "2018", "month": "9", "row": rows})
    assert response.status_code == 302
    assert state(project) == ReportState.DRAFT


def test_of_others_projects_all_files_none():
    theirs = report_project()
    version = draft(theirs).version
    unit = make_unit()
    report_project(unit)
    client = sign_in(make_reporter(unit))
    response = client.post(PAGE, {"year": "2018", "month": "9", "row": [f"{theirs.code}:{version}"]})
    assert state(theirs) == ReportState.DRAFT
    assert "有 1 个没有报送" in text(response)


# Queries


def fill(number: int) -> Any:
    unit = make_unit()
    warning_builders.warn_ledger(district_ledger())
    explained = {"problem": "征迁受阻", "problem_cause": "clearance"}
    for place, project in enumerate(report_projects(number, unit, lead=make_unit())):
        file_month(project, 8, 200, on=AUGUST)
        warning_builders.make_plan(project)
        report = file_month(project, **explained) if place != 1 else draft(project)
        if place == 0:
            service.return_report(report=report, reason="有误", version=report.version, by=None)
    return sign_in(make_reporter(unit))


# session, account, roles; period; entries, responsibilities, owners, posts; counts by unit, units; entries and projects, units,
# reports, earlier months, policy, plans, colours, steps of the returned; unread reminders come by a request of their own
QUERIES = 18


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_rows(number, django_assert_num_queries):
    client = fill(number)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        response = client.get(PAGE)
    assert len(rows_of(response)) == number
