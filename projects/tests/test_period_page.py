"""The calendar of reporting: a year's months, working days, how far each is; moving days, closing, opening again."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from erqi.common import clock, workdays
from projects.models import Ledger, LedgerEntry, ReportPeriod
from projects.services.entry import delist
from projects.services.period import month_of
from projects.tests.browsing import fill, office, said, sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import AUGUST, draft, file_month, report_project
from projects.views.period import calendar_weeks, months_of

pytestmark = pytest.mark.django_db

LIST = "/reports/periods/"
TODAY = date(2018, 9, 26)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


@pytest.fixture
def client() -> Client:
    return office("办公室丙")


def page(client: Client, query: str = "") -> str:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return text(response)


def rows(html: str) -> dict[str, str]:
    """Return the words of each month's row."""
    found = re.findall(r"<tr[^>]*>\s*<td class=\"name\"><a [^>]*>(\d+月)</a>(.*?)</tr>", html, re.DOTALL)
    return {month: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cells)).strip() for month, cells in found}


def act(month: int, name: str) -> str:
    return f"/reports/periods/2018/{month}/{name}/"


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_years_twelve_months_with_their_days_and_states(client: Client) -> None:
    found = rows(page(client))
    assert list(found) == [f"{month}月" for month in range(1, 13)]
    assert found["8月"].startswith("已锁定 20日（一） 23日（四） 27日（一） 29日（三） 31日（五）")
    assert found["9月"].startswith("已截止，可补报 20日（四） 23日（日） 25日（二） 27日（四） 30日（日）")
    assert found["10月"].startswith("未开始")
    with clock.at(date(2018, 9, 25)):
        assert rows(page(client))["9月"].startswith("填报中")


def test_moved_cut_offs_say_why(client: Client) -> None:
    found = rows(page(client))
    assert "25日为星期日，顺延至26日" in found["2月"]
    assert "25日为星期六，顺延至27日" in found["8月"]
    assert "顺延" not in found["9月"]
    # A Spring Festival at the end of January: the working day before it.
    assert "提前至" in rows(page(client, "?year=2020"))["1月"]


def test_a_year_whose_holidays_are_not_known_says_so(client: Client) -> None:
    _, last = workdays.known_years()
    assert f"{last + 1}年的放假安排尚未公布" in page(client, f"?year={last + 1}")
    assert "尚未公布" not in page(client, f"?year={last}")


@pytest.mark.parametrize("query", ["?year=", "?year=99999", "?year=x", "?year=1999", "?month=13", "?month=0", "?year=²018"])
def test_a_wrong_year_or_month_shows_the_present_one(client: Client, query: str) -> None:
    html = page(client, query)
    assert "2018年填报日历" in html
    assert '<h2 id="month-grid">2018年9月</h2>' in html


def test_the_counts_of_each_month(client: Client) -> None:
    unit = make_unit()
    one, two, three, gone = (report_project(unit, name) for name in "甲乙丙丁")
    file_month(one, 8, on=AUGUST)
    for project in (one, two):
        file_month(project)
    draft(three)
    delist(entry=gone.entries.get(), on=date(2018, 9, 1), reason="退出", version=None, by=None)
    found = rows(page(client))
    assert "31日（五） 4 1 0 3" in found["8月"]
    assert "30日（日） 3 2 0 1" in found["9月"]
    # Of a month that has not begun nothing is counted.
    assert re.search(r"31日（三） +调整日期", found["10月"])


def test_closed_entries_and_late_comers_are_expected_only_while_they_stand(client: Client) -> None:
    unit = make_unit()
    closed, late = report_project(unit), report_project(unit, listed_on=date(2018, 9, 10))
    LedgerEntry.objects.filter(project=closed).update(closed_on=date(2018, 9, 5))
    Ledger.objects.update(warned_since=date(2018, 8, 1))
    found = rows(page(client))
    assert "31日（五） 1 0 0 1" in found["8月"]
    assert "30日（日） 1 0 0 1" in found["9月"]
    file_month(late)
    assert "30日（日） 1 1 0 0" in rows(page(client))["9月"]


def test_a_year_without_a_ledger_counts_nothing(client: Client) -> None:
    html = page(client)
    assert "2018年还没有区级台账" in html
    assert "应报</th>" not in html


def test_only_the_office_sees_what_can_be_done(client: Client) -> None:
    report_project()
    assert act(9, "edit") in page(client)
    assert act(8, "unlock") in page(client)
    assert act(8, "edit") not in page(client)
    assert act(10, "lock") not in page(client)
    html = page(sign_in(make_user("reporter")))
    assert "/lock/" not in html
    assert "已截止，可补报" in html


def test_the_month_grid_marks_the_days(client: Client) -> None:
    grid = re.search(r'<table class="month-grid">(.*?)</table>', page(client), re.DOTALL)[1]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", grid))
    for piece in ("20 开始", "23 提醒", "25 截止", "27 审核", "29 班", "30 班 锁定", "24 休"):
        assert piece in words
    assert re.search(r'is-today[^>]*aria-current="date"><time datetime="2018-09-26"', grid)


def test_a_mark_of_another_month_names_it() -> None:
    ReportPeriod.objects.create(year=2018, month=9, opens_on=date(2018, 9, 20), due_on=date(2018, 9, 25), locks_on=date(2018, 10, 12))
    days = [day for week in calendar_weeks(2018, 10, months_of(2018), TODAY) for day in week if day]
    assert [day.marks for day in days if day.day == date(2018, 10, 12)] == [["9月锁定"]]
    assert len(days) == 31


def test_queries_do_not_grow_with_projects_and_months(client: Client, django_assert_num_queries: Any) -> None:
    unit = make_unit()
    file_month(report_project(unit))
    page(client)
    with django_assert_num_queries(9):
        page(client)
    for project in (report_project(unit), report_project(unit)):
        file_month(project, 8, on=AUGUST)
        file_month(project)
    with django_assert_num_queries(9):
        page(client)


# ── moving days ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_days_than_the_rule_gives(client: Client) -> None:
    shown = text(client.get(act(10, "edit")))
    assert "按规则：10月20日开始填报，10月25日截止，10月31日终了后锁定。" in shown
    assert "预警评价投资进度仍以规则的截止日（10月25日）为准" in shown
    response = client.post(act(10, "edit"), fill(client, act(10, "edit"), due_on="2018-10-29", note="系统升级"))
    assert response.url == f"{LIST}?year=2018"
    assert said(client, response) == "2018年10月的填报日期已保存：10月20日开始，10月29日截止，10月31日终了后锁定。"
    days = month_of(2018, 10)
    assert (days.opens_on, days.due_on, days.locks_on) == (date(2018, 10, 20), date(2018, 10, 29), date(2018, 10, 31))
    row = rows(page(client))["10月"]
    assert "29日（一）" in row
    assert "重点项目办已调整（按规则10月25日截止） 系统升级" in row


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"due_on": "2018-11-02"}, "日期应依次为：开始填报、截止、锁定。"),
        ({"opens_on": "2018-10-27"}, "日期应依次为：开始填报、截止、锁定。"),
        ({"locks_on": "2081-10-31"}, "2081年10月31日离2018年10月过远，请核对年份。"),
        ({"due_on": "2018-10-32"}, "没有2018年10月32日这一天，请核对。"),
    ],
)
def test_days_out_of_order_or_out_of_reach_are_refused(client: Client, values: dict[str, str], sentence: str) -> None:
    response = client.post(act(10, "edit"), fill(client, act(10, "edit"), **values))
    assert response.status_code == 422
    assert sentence in text(response)
    assert not ReportPeriod.objects.exists()


def test_one_form_sent_twice_sets_the_days_once(client: Client) -> None:
    data = fill(client, act(10, "edit"), due_on="2018-10-29")
    assert [client.post(act(10, "edit"), data).status_code for _ in range(2)] == [302, 302]
    assert ReportPeriod.objects.get().version == 1
    again = fill(client, act(10, "edit"), due_on="2018-10-30")
    assert [client.post(act(10, "edit"), again).status_code for _ in range(2)] == [302, 302]
    assert ReportPeriod.objects.get().version == 2


def test_the_second_of_two_people_sees_the_first(client: Client) -> None:
    other = office("办公室丁")
    first, second = fill(client, act(10, "edit"), due_on="2018-10-26"), fill(other, act(10, "edit"), due_on="2018-10-29")
    assert client.post(act(10, "edit"), first).status_code == 302
    response = other.post(act(10, "edit"), second)
    assert response.status_code == 409
    assert month_of(2018, 10).due_on == date(2018, 10, 26)
    first, second = fill(client, act(10, "edit"), note="甲"), fill(other, act(10, "edit"), note="乙")
    client.post(act(10, "edit"), first)
    response = other.post(act(10, "edit"), second)
    assert response.status_code == 409
    assert "办公室丙" in text(response)


def test_a_locked_month_is_opened_again_rather_than_moved(client: Client) -> None:
    assert "2018年8月已锁定，不能调整日期；确需补报的，请“重新开放”。" in text(client.get(act(8, "edit")))


@pytest.mark.parametrize("address", ["/reports/periods/2018/13/edit/", "/reports/periods/2018/0/lock/", "/reports/periods/1899/1/edit/"])
def test_a_month_that_no_calendar_has_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


# ── closing and opening ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_closing_early_says_what_it_cuts_off(client: Client) -> None:
    unit = make_unit()
    file_month(report_project(unit))
    draft(report_project(unit))
    report_project(unit)
    shown = text(client.get(act(9, "lock")))
    assert "锁定后，2018年9月的月报不能再填报、撤回或审核" in shown
    assert "不办理的，9月30日终了后自动锁定。" in shown
    assert "现在还有 2 个项目没有计入的月报（1 个未报、1 个只有草稿），锁定后只能补填更正单。" in shown
    assert "还有 1 份已报未审，数字照常计入，锁定后不再审核。" in shown
    response = client.post(act(9, "lock"), fill(client, act(9, "lock")))
    assert said(client, response) == "2018年9月已锁定。需要时可以重新开放。"
    assert month_of(2018, 9).is_locked(TODAY)
    assert "已锁定" in rows(page(client))["9月"]
    assert "9月26日提前锁定" in rows(page(client))["9月"]
    assert "2018年9月已经锁定，无需再办。" in text(client.get(act(9, "lock")))


def test_closing_twice_changes_nothing(client: Client) -> None:
    data = fill(client, act(9, "lock"))
    assert [client.post(act(9, "lock"), data).status_code for _ in range(2)] == [302, 302]
    assert ReportPeriod.objects.count() == 1


def test_a_month_that_has_not_begun_is_not_closed(client: Client) -> None:
    assert "2018年10月还没有开始填报（2018年10月20日开始），不能锁定。" in text(client.get(act(10, "lock")))


def test_opening_again_for_some_days_with_a_reason(client: Client) -> None:
    shown = client.get(act(8, "unlock"))
    assert "开放期间，各单位可以填报、修改、撤回2018年8月的月报" in text(shown)
    data = fill(client, act(8, "unlock"), note="")
    response = client.post(act(8, "unlock"), data)
    assert response.status_code == 422
    assert "请写明重新开放的原因。" in text(response)
    past = client.post(act(8, "unlock"), fill(client, act(8, "unlock"), note="补报", locks_on="2018-09-25"))
    assert "请填写今天（2018年9月26日）或以后的日期。" in text(past)
    response = client.post(act(8, "unlock"), fill(client, act(8, "unlock"), note="汛期停报", locks_on="2018-09-28"))
    assert said(client, response) == "2018年8月已重新开放至2018年9月28日，当日终了后自动锁定。"
    assert month_of(2018, 8).is_open(date(2018, 9, 28))
    assert month_of(2018, 8).is_locked(date(2018, 9, 29))
    assert "汛期停报" in rows(page(client))["8月"]
    assert "2018年8月没有锁定，无需重新开放。" in text(client.get(act(8, "unlock")))
