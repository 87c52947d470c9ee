"""A row of the grid that is open in two places: nothing is filed before a person chose, and a shared account is no exception."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from erqi.common import clock
from projects.choices import ReportState
from projects.models import Project, Unit
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit
from projects.tests.report_builders import AUGUST, draft, file_month, make_reporter, report_project
from projects.tests.report_sending import opened, report_of, reporter, retarget, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with clock.at(date(2018, 9, 24)):
        yield


@pytest.fixture
def unit() -> Unit:
    return make_unit("区建设局")


@pytest.fixture
def project(unit: Unit) -> Project:
    found = report_project(unit, "安置房")
    file_month(found, 8, 200, on=AUGUST, physical_percent=40, next_step="封顶")
    return found


def at_odds(project: Project, first: Client, second: Client) -> dict[str, Any]:
    """Let both write the same cell and return what the second one's row would send now: the panel marks the other's value."""
    theirs, mine = opened(first, project, progress="张三的进展"), opened(second, project, progress="李四的进展")
    send(first, project, theirs)
    assert send(second, project, mine).status_code == 409
    return {**mine, "version": str(report_of(project).version), "initial-progress": "张三的进展", "choose-progress": "theirs"}


@pytest.mark.parametrize("action", ["file", "confirm", "save", "autosave", "unchanged"])
@pytest.mark.parametrize("htmx", [True, False])
def test_no_other_button_than_that_of_the_panel_decides(action, htmx, unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    over = at_odds(project, first, second)
    before = report_of(project)
    response = send(second, project, over, action, htmx=htmx)
    assert response.status_code == 409
    if htmx:
        assert retarget(response) == f"#state-{project.code}"
    html = text(response)
    doing = "保存" if action in {"save", "autosave"} else "报送"
    assert f"没有{doing}：请先逐项选择保留哪一个值，按“按所选保存”，再{doing}。" in html
    assert "<b>您：</b>李四的进展" in html
    assert re.search(r"<b>张三 <time[^>]*>\d\d:\d\d</time>：</b>张三的进展", html)
    assert html.count("<fieldset>") == 1
    after = report_of(project)
    assert (after.state, after.progress, after.version) == (ReportState.DRAFT, "张三的进展", before.version)
    # What was marked stays marked.
    html = text(send(second, project, {**over, "choose-progress": "mine"}, action, htmx=htmx))
    assert 'name="choose-progress" value="mine" checked' in html
    send(second, project, {**over, "choose-progress": "mine"}, "resolve")
    assert report_of(project).progress == "李四的进展"


def test_what_the_other_changed_while_the_panel_stood_open_is_asked_too(unit, project):
    draft(project, 300)
    first, second = reporter(unit, "张三"), reporter(unit, "李四")
    over = at_odds(project, first, second)
    send(first, project, opened(first, project, cumulative="350", next_step="张三的计划"))
    html = text(send(second, project, {**over, "cumulative": "360"}, "file"))
    assert html.count("<fieldset>") == 2
    assert "张三的计划" in html
    report = report_of(project)
    assert (report.state, report.cumulative, report.progress) == (ReportState.DRAFT, Decimal(350), "张三的进展")


def test_one_account_in_two_windows_is_two(unit, project):
    user = make_reporter(unit, name="张三")
    one, other = sign_in(user), sign_in(user)
    mine, theirs = opened(one, project, cumulative="300"), opened(other, project, cumulative="310", progress="另一窗口的进展")
    assert send(one, project, mine).status_code == 200
    response = send(other, project, theirs)
    assert (response.status_code, report_of(project).cumulative) == (409, Decimal(300))
    html = text(response)
    assert "没有保存：张三（另一窗口）刚修改了这份月报。请逐项选择保留哪一个值。" in html
    assert re.search(r"<b>张三（另一窗口） <time[^>]*>\d\d:\d\d</time>：</b>300万元", html)


def test_different_cells_of_two_windows_are_kept_together(unit, project):
    user = make_reporter(unit, name="张三")
    one, other = sign_in(user), sign_in(user)
    draft(project, 300)
    mine, theirs = opened(one, project, cumulative="310"), opened(other, project, progress="另一窗口的进展")
    send(one, project, mine)
    assert send(other, project, theirs).status_code == 200
    # The first window types on, with the version that it knows: it writes over nothing.
    response = send(one, project, {**mine, "version": "2", "next_step": "下一步"})
    assert "张三（另一窗口）刚改了“本月进展”，已一并保留" in text(response)
    report = report_of(project)
    assert (report.cumulative, report.progress, report.next_step) == (Decimal(310), "另一窗口的进展", "下一步")


def test_a_window_is_no_stranger_to_itself(unit, project):
    client = reporter(unit)
    draft(project, 300)
    data = opened(client, project, progress="一")
    send(client, project, data)
    # The answer was lost: the page still has the old version, and more was typed.
    response = send(client, project, {**data, "progress": "一二"})
    assert (response.status_code, report_of(project).progress) == (200, "一二")
