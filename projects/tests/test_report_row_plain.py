"""What one row of the grid sends without script: it is saved and filed all the same, and comes back with its sentence."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from projects.choices import ReportState, WarningLevel
from projects.models import Project, Unit
from projects.services.period import lock_month
from projects.tests import warning_builders
from projects.tests.browsing import said, text
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import AUGUST, district_ledger, draft, file_month, report_project
from projects.tests.report_sending import PAGE, opened, report_of, reporter, send

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


def test_without_script_a_row_is_saved_and_leads_back_to_itself(unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project, progress="主体施工"), "save", htmx=False)
    assert response.status_code == 302
    assert response.url == f"{PAGE}?year=2018&month=9&unit=all#row-{project.code}"
    assert said(client, response) == "安置房的月报已存为草稿。"


@pytest.mark.parametrize(("action", "sentence"), [("file", "安置房已报送。"), ("unchanged", "安置房已按“无变化”报送。")])
def test_without_script_a_row_is_filed(action, sentence, unit, project):
    client = reporter(unit)
    response = send(client, project, opened(client, project), action, htmx=False)
    assert (response.status_code, said(client, response)) == (302, sentence)
    assert report_of(project).state == ReportState.FILED


def test_without_script_the_grid_comes_back_with_the_row_and_its_sentence(unit, project):
    other = report_project(unit, "另一个")
    client = reporter(unit)
    response = send(client, project, opened(client, project, cumulative="", problem="土地未供"), "file", htmx=False)
    assert response.status_code == 422
    rows = {row.code: row for row in response.context["rows"]}
    assert rows[project.code].sentence.startswith("没有报送：请填写本年累计完成投资")
    assert rows[project.code].form["problem"].value() == "土地未供"
    assert rows[other.code].sentence == ""
    assert "<h1>" in text(response)


def test_without_script_two_people_choose_in_the_row(unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    theirs, mine = opened(first, project, cumulative="350"), opened(second, project, cumulative="360")
    send(first, project, theirs, htmx=False)
    response = send(second, project, mine, "save", htmx=False)
    assert response.status_code == 409
    html = text(response)
    assert 'name="choose-cumulative" value="theirs" checked' in html
    assert f'id="{project.code}-version" value="2"' in html
    again = {**mine, "version": "2", "initial-cumulative": "350", "choose-cumulative": "mine"}
    assert send(second, project, again, "resolve", htmx=False).status_code == 302
    assert report_of(project).cumulative == Decimal(360)


def test_what_the_grid_has_no_field_for_is_carried_over_from_last_month(unit):
    project = report_project(unit, "学校")
    file_month(project, 8, 200, on=AUGUST, physical="主体施工至12层")
    client = reporter(unit)
    send(client, project, opened(client, project, cumulative="250"), "file")
    assert report_of(project).physical == "主体施工至12层"


def test_a_refusal_over_a_draft_does_not_call_it_reported(unit, project):
    client = reporter(unit)
    data = opened(client, project, progress="写到一半")
    send(client, project, data)
    lock_month(year=2018, month=9, by=make_user("office"))
    html = text(send(client, project, {**data, "version": "1", "progress": "写完了"}))
    assert "本月进展：草稿 写到一半；您填写的 写完了" in html
    assert "已报 写到一半" not in html


def test_the_colours_of_the_grid_are_those_of_today_whatever_month_is_shown(unit, project):
    warning_builders.warn_ledger(district_ledger())
    # Yellow from 10 September, red from 3 October.
    make_milestone(project, "other", 2018, name="主体施工", due_on=date(2018, 9, 2))
    warning_builders.recompute(DAY, project)
    client = reporter(unit)
    levels = {month: client.get(PAGE, {"month": month, "year": 2018}).context["rows"][0].found.level for month in (8, 9, 10)}
    assert levels == dict.fromkeys((8, 9, 10), WarningLevel.YELLOW)


def test_a_report_that_came_late_is_marked_in_the_grid(unit, project):
    other = report_project(unit, "学校")
    file_month(project, on=date(2018, 9, 25))
    file_month(other, on=date(2018, 9, 26))
    with clock.at(date(2018, 9, 27)):
        response = reporter(unit).get(PAGE)
    assert {row.code: row.is_late for row in response.context["rows"]} == {project.code: False, other.code: True}
    assert text(response).count("迟报") == 1
