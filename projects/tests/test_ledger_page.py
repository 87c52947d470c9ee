"""The ledger page: the way in, the head, the rows."""

import re
from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import LedgerKind, LedgerLevel, LedgerState, Nature, ResponsibilityKind
from projects.tests.builders import (
    make_area,
    make_category,
    make_citation,
    make_document,
    make_ledger,
    make_milestone,
    make_responsibility,
    make_revision,
    make_unit,
    make_user,
)
from projects.tests.ledger_pages import enter, foot, page, shown


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = date(2018, 9, 28)
    clock.forget()


@pytest.fixture
def ledger(db):
    return make_ledger()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user(Role.VIEWER))
    return client


@pytest.fixture
def office(client, db):
    client.force_login(make_user(Role.OFFICE))
    return client


# The way in.


def test_without_any_ledger_the_page_says_how_to_open_one(viewer):
    response = viewer.get("/ledgers/")
    assert response.status_code == 200
    assert "还没有台账" in response.content.decode()
    assert reverse("projects:ledger_create") not in response.content.decode()


def test_the_office_is_led_to_opening_one(office):
    assert reverse("projects:ledger_create") in office.get("/ledgers/").content.decode()


def test_the_way_in_leads_to_the_business_years_ledger_and_keeps_the_query(viewer):
    for year in (2017, 2018, 2022):
        make_ledger(str(year), year)
    make_ledger("2018-new", 2018, "二七新区台账", level=LedgerLevel.AREA)
    response = viewer.get("/ledgers/?q=zwkj&nature=new&nature=early")
    assert response["Location"] == "/ledgers/2018/?q=zwkj&nature=new&nature=early"


def test_without_this_years_ledger_the_latest_district_ledger_is_shown(viewer):
    make_ledger("2016", 2016)
    make_ledger("2017", 2017)
    make_ledger("2021-leaders", 2021, "项目化台账", kind=LedgerKind.LEADERS)
    assert viewer.get("/ledgers/")["Location"] == "/ledgers/2017/"


def test_an_unknown_ledger_is_not_found_and_a_stranger_is_sent_to_log_in(viewer, client, ledger):
    assert viewer.get("/ledgers/1999/").status_code == 404
    client.logout()
    assert client.get("/ledgers/2018/").status_code == 302


def test_administrators_see_no_business_data(client, ledger):
    client.force_login(make_user(Role.SYSTEM_ADMIN))
    assert client.get("/ledgers/2018/").status_code == 403
    assert client.get("/ledgers/").status_code == 403


# The head.


def test_the_head_states_the_scale_as_of_the_day_and_how_it_was_revised(viewer):
    ledger = make_ledger("2017", 2017)
    make_revision(ledger, date(2017, 1, 19), project_count=121, total_investment=31220000, annual_plan=4120000)
    make_revision(ledger, date(2018, 2, 24), project_count=150, total_investment=31380000)
    enter(ledger, "甲", bundle_count=6)
    html = page(viewer, code="2017")
    assert "文件载 <strong>121</strong> 个项目" in html
    assert "3,122亿元" in html
    assert "其中已具名 1 条（含打捆计 6 个），其余文件未载。" in html
    assert re.search(r"2017-01-19 121 个 → 2018-02-24 150 个", html)
    later = page(viewer, "?as_of=2018-03-01", code="2017")
    assert "文件载 <strong>150</strong> 个项目" in later


def test_more_bundled_projects_than_the_ledger_states_are_not_set_against_it(viewer, ledger):
    make_revision(ledger, project_count=165)
    enter(ledger, "道路", bundle_count=386)
    assert "打捆按个数计 386 个，与所载 165 个口径不同" in page(viewer)


def test_the_head_does_not_change_with_the_filters(viewer, ledger):
    make_revision(ledger, project_count=165)
    enter(ledger, "甲")
    enter(ledger, "乙")
    assert "其中已具名 2 条，其余文件未载" in page(viewer, "?q=甲")


def test_the_scale_leads_to_its_source(viewer, ledger):
    revision = make_revision(ledger, project_count=165)
    make_citation(revision, "project_count", make_document("D2"), 17, "165个亿元以上重点项目")
    assert 'href="/documents/D2/#p-17"' in re.sub(r"#p(?=\d)", "#p-", page(viewer))


def test_a_locked_ledger_says_so_and_offers_no_new_project(office, ledger):
    assert "新增项目" in page(office)
    ledger.state = LedgerState.LOCKED
    ledger.save()
    html = page(office)
    assert "已锁定" in html
    assert "新增项目" not in html


def test_only_the_office_is_offered_to_edit(viewer, ledger):
    assert "新增项目" not in page(viewer)


def test_another_day_is_announced_and_read(viewer, ledger):
    enter(ledger, "增补", {"listed_on": date(2018, 5, 1)})
    assert shown(page(viewer)) == ["增补"]
    past = page(viewer, "?as_of=2018-04-30")
    assert shown(past) == []
    assert "正在查看" in past
    assert "2018年4月30日" in past
    wrong = page(viewer, "?as_of=2018-02-30")
    assert "日期“2018-02-30”无法识别" in wrong
    assert shown(wrong) == ["增补"]


def test_responsibility_is_that_of_the_day(viewer, ledger):
    entry = enter(ledger, "甲")
    make_responsibility(entry.project, make_unit("旧单位"), until=date(2018, 6, 30))
    make_responsibility(entry.project, make_unit("新单位"), since=date(2018, 7, 1))
    assert "旧单位" in page(viewer, "?as_of=2018-06-30&cols=answering")
    now = re.search(r"<tbody>.*</tbody>", page(viewer, "?cols=answering"), re.DOTALL)[0]
    assert "新单位" in now
    assert "旧单位" not in now


def test_a_unit_that_only_pledged_is_marked(viewer, ledger):
    make_responsibility(enter(ledger, "甲").project, make_unit("区新城办"), ResponsibilityKind.STATED)
    assert '区新城办 <span class="quiet small" title="表态单位">表态</span>' in page(viewer)


# Rows.


def test_cells_escape_what_people_typed(viewer, ledger):
    evil = "<script>alert(1)</script>\"'&"
    entry = enter(
        ledger,
        evil,
        {"annual_goal": evil},
        category=make_category("<b>类"),
        area=make_area("<i>区"),
        quantity=1,
        quantity_unit="<u>",
        batch="<s>",
        owner=make_unit("<p>单位"),
    )
    make_milestone(entry.project, name="<em>节点", due_phrase="<q>尽快")
    make_responsibility(entry.project, make_unit("<a>责任"))
    make_citation(entry.project, "", make_document("D9"), 1, "<x>印")
    every = ",".join(["category", "area", "quantity", "annual_goal", "next_name", "next_due", "answering", "owner", "flags"])
    body = re.search(r"<tbody>.*</tbody>", page(viewer, f"?cols={every}"), re.DOTALL)[0]
    for tag in ("<script", "<b>", "<i>", "<u>", "<s>", "<p>", "<em>", "<q>", "<a>", "<x>"):
        assert tag not in body, tag
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in body
    chips = page(viewer, "?q=" + "%3Cscript%3E" + "&nature=%3Cscript%3E")
    assert "<script>" not in chips.split("<main", 1)[1]


def test_figures_lead_to_their_sources_and_empty_cells_say_why(viewer, ledger):
    roads = enter(ledger, "道路", {"annual_plan": 380000}, total_investment=793000, bundle_count=158)
    enter(ledger, "手工登记")
    document = make_document("D2")
    for fact, field, paragraph, printed in (
        (roads.project, "", 33, "158条市政道路"),
        (roads.project, "total_investment", 34, "79.3亿元"),
        (roads, "annual_plan", 35, "38亿元"),
        (roads.project, "bundle_count", 36, "158条"),
    ):
        make_citation(fact, field, document, paragraph, printed)
    rows = re.findall(r"<tr.*?</tr>", re.search(r"<tbody>(.*)</tbody>", page(viewer), re.DOTALL)[1], re.DOTALL)
    for paragraph in (33, 34, 35, 36):
        assert f'href="/documents/D2/#p-{paragraph}"' in rows[0]
    assert "D2 第34段：“79.3亿元”" in rows[0]
    assert 'title="文件未载">—' in rows[0]
    assert 'title="未填">—' in rows[1]
    assert "文件未载" not in rows[1]


def test_money_is_shown_in_one_unit_that_the_heading_states(viewer, ledger):
    enter(ledger, "道路", {"annual_plan": "380000.5"}, total_investment=793000)
    in_wan, in_yi = page(viewer), page(viewer, "?money=yi")
    assert "793,000<" in in_wan
    assert "380,000.5<" in in_wan
    assert '<span class="unit">万元</span>' in in_wan
    assert ">79.3<" in in_yi
    assert ">38.00005<" in in_yi
    assert '<span class="unit">亿元</span>' in in_yi
    assert "金额单位“dollar”无效，按万元显示。" in page(viewer, "?money=dollar")


def test_the_totals_are_those_of_the_filter_and_not_of_the_page(viewer, ledger):
    for number in range(25):
        enter(ledger, f"路{number}", {"nature": Nature.NEW if number % 2 else ""}, total_investment=10000 + number)
    html = page(viewer, "?per_page=20&nature=new")
    assert "12 条" in foot(html)
    # By hand: 12 odd numbers from 1 to 23, which add up to 144.
    assert "120,144" in foot(html)
    assert "12 项有数" in foot(html)
    assert "均无数" in foot(html)


def test_an_empty_filter_result_offers_to_clear_the_filters(viewer, ledger):
    enter(ledger, "甲")
    html = page(viewer, "?q=没有&sort=name")
    assert "没有符合条件的项目" in html
    assert 'href="?sort=name"' in html
    assert "<tfoot" not in html


def test_an_empty_ledger_does_not_speak_of_filters(viewer, ledger):
    html = page(viewer)
    assert "这本台账在所示日期还没有项目" in html
    assert "没有符合条件的项目" not in html


def test_delisted_entries_are_shown_faint_on_request(viewer, ledger):
    enter(ledger, "留")
    enter(ledger, "退", {"delisted_on": date(2018, 6, 30), "delist_reason": "放弃"})
    html = page(viewer, "?listed=all&cols=delisted_on")
    assert shown(html) == ["留", "退"]
    assert re.search(r'<tr class="is-off"[^>]*><td class="pin-1[^>]*><input[^>]*></td><td[^>]*>2<', html)
    assert "另有 1 条已退出，不计入合计" in html


def test_a_search_that_finds_nothing_here_says_where_it_does(viewer, ledger):
    other = make_ledger("2022", 2022)
    enter(other, "仲景医药健康产业园")
    html = page(viewer, "?q=仲景")
    assert "没有符合条件的项目" in html
    assert 'href="/ledgers/2022/?q=%E4%BB%B2%E6%99%AF">二七区2022年重点项目台账（1 条）</a>' in html
    assert "别处有" not in page(viewer, "?q=无此项目")
