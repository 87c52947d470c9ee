"""The wall chart of days gone by: what the milestones said then."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import WarningLevel
from projects.services.date_request import decide_date
from projects.services.entry import delist
from projects.services.milestone import move_milestone, plan_milestone
from projects.tests.builders import (
    make_ledger,
    make_milestone,
    make_user,
)
from projects.tests.ledger_pages import enter
from projects.tests.wall_pages import at, count, heads, marks, page, row
from projects.tests.warning_builders import (
    enter_coloured,
    finish,
    make_date_request,
    warn_ledger,
)

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user(Role.VIEWER))
    return client


@pytest.fixture
def ledger(db):
    return make_ledger()


@pytest.fixture
def warned(ledger):
    warn_ledger(ledger)
    return ledger


def test_an_earlier_day_shows_what_the_milestones_said_then(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        project = enter(ledger, "甲").project
        start = make_milestone(project, name="开工", due_on=date(2018, 4, 30))
        top = make_milestone(project, "topping", name="封顶", due_on=date(2018, 6, 30))
    with clock.at(date(2018, 5, 10)):
        finish(start, date(2018, 5, 10))
    with clock.at(date(2018, 6, 20)):
        move_milestone(milestone=top, to=date(2018, 10, 31), cause="funds", reason="资金", version=None, by=None)

    def said(day):
        found = marks(row(page(viewer, f"?as_of={day}"), "甲"))
        return {name: (mark["at"], mark["says"][0], mark["says"][2]) for name, mark in found.items()}

    assert said("2018-05-09") == {
        "开工": (at(120), "逾期 9 天，未见完成记录", "现行计划 2018-04-30"),
        "封顶": (at(181), "未到期，距时限 52 天", "现行计划 2018-06-30"),
    }
    assert said("2018-05-10")["开工"] == (at(130), "已完成，晚 10 天", "现行计划 2018-04-30")
    assert said("2018-06-19")["封顶"] == (at(181), "未到期，距时限 11 天", "现行计划 2018-06-30")
    assert said("2018-06-20")["封顶"] == (at(304), "未到期，距时限 133 天", "现行计划 2018-10-31，推迟 123 天")


def test_what_was_recorded_later_was_not_known_even_if_it_was_done_before(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        start = make_milestone(enter(ledger, "甲").project, name="开工", due_on=date(2018, 4, 30))
    finish(start, date(2018, 5, 20), done_on=date(2018, 5, 10))
    before, after = (marks(row(page(viewer, f"?as_of={day}"), "甲"))["开工"] for day in ("2018-05-19", "2018-05-20"))
    assert (before["at"], before["says"][0]) == (at(120), "逾期 19 天，未见完成记录")
    assert (after["at"], after["says"][0]) == (at(130), "已完成，晚 10 天")


def test_a_milestone_hangs_from_the_day_on_which_somebody_planned_it(viewer, ledger):
    project = enter(ledger, "甲").project
    with clock.at(date(2018, 5, 1)):
        plan_milestone(project=project, kind="start", year=2018, name="开工", due_on=date(2018, 8, 1), by=make_user("office"))
    assert list(marks(row(page(viewer, "?as_of=2018-05-01"), "甲"))) == ["开工"]
    assert marks(row(page(viewer, "?as_of=2018-04-30"), "甲")) == {}


def test_the_line_stands_at_the_day_and_not_outside_the_year(viewer, ledger):
    enter(ledger, "甲")
    assert f'class="wg-today" x1="{at(271)}%"' in page(viewer)
    assert "截至 9月28日</text>" in page(viewer)
    assert f'class="wg-today" x1="{at(90)}%"' in page(viewer, "?as_of=2018-03-31")
    with clock.at(date(2019, 4, 1)):
        assert "wg-today" not in page(viewer, "?as_of=2019-03-31")


def test_a_refused_request_moves_nothing_and_an_approved_one_is_known_from_its_day(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        milestone = make_milestone(enter(ledger, "甲").project, name="开工", due_on=date(2018, 8, 31))
    request = make_date_request(milestone, date(2018, 10, 31), on=date(2018, 8, 1))
    with clock.at(date(2018, 8, 5)):
        decide_date(request=request, approve=True, reason="", version=None, by=make_user("office"))
    waiting = marks(row(page(viewer, "?as_of=2018-08-04"), "甲"))["开工"]
    assert (waiting["at"], waiting["says"][-1]) == (at(243), "申请改为 2018-10-31，待审批，计时停止")
    moved = marks(row(page(viewer, "?as_of=2018-08-05"), "甲"))["开工"]
    assert (moved["at"], moved["says"][-1]) == (at(304), "变更病因 土地")


def test_what_had_left_is_shown_faint_on_request_and_counts_no_colour(viewer, warned):
    entry = enter_coloured(warned, WarningLevel.RED, "走了", on=DAY)
    delist(entry=entry, on=date(2018, 9, 20), reason="合并", version=None, by=None)
    assert count(page(viewer)) == 0
    html = page(viewer, "?listed=all")
    assert "class=is-off" in row(html, "走了")
    assert "已退出" in row(html, "走了")
    assert heads(html) == ["责任单位未明确 1 个"]
    assert "lv-red" not in row(html, "走了")
