"""What changed between two days: heavier, lighter, entered, left, closed; wrong dates are said."""

import html as entities
import re
from datetime import date

import pytest

from erqi.common import clock
from projects.choices import LiftingState, WarningLevel
from projects.models import Lifting
from projects.services.entry import delist
from projects.services.floor import Floor
from projects.services.schedule import refresh_many
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_responsibility, make_unit, make_user
from projects.tests.warning_builders import close_entry, enter_coloured, finish, make_hold, warn_ledger
from projects.tests.warning_pages import page, words
from projects.views.warning_changes import period_of

DAY = date(2018, 9, 28)
PATH = "/warnings/changes/"


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"))
    return client


@pytest.fixture
def ledger(db):
    ledger = make_ledger()
    warn_ledger(ledger)
    return ledger


def due(ledger, name: str, due_on: date, **entry):
    """Enter a project with one milestone, known since March."""
    with clock.at(date(2018, 3, 1)):
        found = make_entry(ledger, make_project(name), **entry)
        make_milestone(found.project, "other", name="节点", due_on=due_on)
    return found


def kinds(html: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the changes by kind: (project, from → to, day)."""
    found = {}
    for code, section in re.findall(r'<section class="panel" id="k-(\w+)">(.*?)</section>', html, re.DOTALL):
        rows = re.findall(r"<tr><td.*?</tr>", section, re.DOTALL)
        found[code] = [
            (
                entities.unescape(re.search(r'<td class="name"><a[^>]*>([^<]*)', row)[1]),
                words(re.search(r'<td data-label="状态">.*?</td>', row, re.DOTALL)[0]).replace(" 转为", ""),
                words(re.search(r'<td class="date".*?</td>', row, re.DOTALL)[0]),
            )
            for row in rows
        ]
    return found


def test_the_last_seven_days_are_compared_unless_others_are_asked_for(viewer, ledger):
    due(ledger, "近", date(2018, 9, 17))  # yellow from the 25th
    due(ledger, "远", date(2018, 9, 10))  # yellow from the 18th
    html = page(viewer, "", PATH)
    assert 'name="from" value="2018-09-21"' in html
    assert 'name="to" value="2018-09-28"' in html
    assert kinds(html) == {"worse": [("近", "■ 提醒 → ▲ 预警", "2018-09-25")]}
    assert "2018年9月21日至2018年9月28日，变重 1 个、好转 0 个。" in html
    assert kinds(page(viewer, "?from=2018-09-17&to=2018-09-18", PATH)) == {"worse": [("远", "■ 提醒 → ▲ 预警", "2018-09-18")]}


def test_what_lay_between_is_shown_and_the_day_of_the_last_change(viewer, ledger):
    due(ledger, "甲", date(2018, 8, 20))
    html = page(viewer, "?from=2018-08-01", PATH)
    assert kinds(html) == {"worse": [("甲", "● 正常 → ■ 提醒 → ▲ 预警 → ◆ 告警", "2018-09-20")]}
    assert "“节点”时限2018年8月20日，已逾期 39 天" in html


def test_a_confirmed_lifting_is_lighter(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 8, 1))
    finish(entry.project.milestones.get(), date(2018, 9, 22))
    assert kinds(page(viewer, "", PATH)) == {}
    Lifting.objects.update(state=LiftingState.CONFIRMED, ended_on=date(2018, 9, 24))
    with clock.at(date(2018, 9, 24)):
        refresh_many([entry.project.pk], 2018, confirmed={entry.project.pk: Floor(WarningLevel.YELLOW, date(2018, 10, 25))})
    html = page(viewer, "", PATH)
    assert kinds(html) == {"better": [("甲", "◆ 告警 → ▲ 预警", "2018-09-24")]}
    assert "已摘牌，观察至2018年10月25日" in html
    assert "变重 0 个、好转 1 个" in html


def test_pauses_closings_entries_and_departures_are_counted_apart(viewer, ledger):
    make_hold(due(ledger, "暂停", date(2018, 12, 1)).project, date(2018, 9, 24), date(2018, 10, 9))
    close_entry(due(ledger, "销号", date(2018, 12, 1)), date(2018, 9, 25))
    due(ledger, "列入", date(2018, 9, 1), listed_on=date(2018, 9, 26))
    gone = due(ledger, "退出", date(2018, 9, 1))
    delist(entry=gone, on=date(2018, 9, 27), reason="并入别的项目", version=None, by=None)
    fleeting = due(ledger, "来去", date(2018, 9, 1), listed_on=date(2018, 9, 23))
    delist(entry=fleeting, on=date(2018, 9, 24), reason="误列", version=None, by=None)
    html = page(viewer, "", PATH)
    assert kinds(html) == {
        "other": [("暂停", "● 正常 → ‖ 暂停", "2018-09-24")],
        "listed": [("列入", "未列入 → ▲ 预警", "2018-09-26")],
        "delisted": [("退出", "▲ 预警 → 已退出", "2018-09-27")],
        "closed": [("销号", "● 正常 → ✓ 已销号", "2018-09-25")],
    }
    assert "并入别的项目" in html
    assert "变重 0 个、好转 0 个；暂停、恢复等 1 个，新列入 1 个，退出 1 个，销号 1 个。" in html


def test_the_gravest_come_first(viewer, ledger):
    for name, due_on in (("黄", date(2018, 9, 17)), ("蓝", date(2018, 10, 3)), ("红", date(2018, 8, 25))):
        due(ledger, name, due_on)
    assert [name for name, *_ in kinds(page(viewer, "", PATH))["worse"]] == ["红", "黄", "蓝"]


@pytest.mark.parametrize(
    ("first", "last", "days", "said"),
    [
        ("", "", ("2018-09-21", "2018-09-28"), []),
        ("", "2018-06-30", ("2018-06-23", "2018-06-30"), []),
        ("", "2018-01-03", ("2018-01-01", "2018-01-03"), []),
        ("x", "", ("2018-09-21", "2018-09-28"), ["起始日期“x”无法识别，应形如 2018-06-30；现按2018年9月21日。"]),
        ("2018-09-20", "2018-09-10", ("2018-09-10", "2018-09-20"), ["起始日期2018年9月20日晚于截止日期2018年9月10日，已对调。"]),
        (
            "",
            "2018-11-01",
            ("2018-09-21", "2018-09-28"),
            ["截止日期2018年11月1日晚于业务日期，现按2018年9月28日；以后的变化请看“转色预告”。"],
        ),
        ("2018-10-05", "2018-09-28", ("2018-09-21", "2018-09-28"), ["起始日期2018年10月5日晚于业务日期，现按2018年9月21日。"]),
        (
            "2017-12-01",
            "",
            ("2018-01-01", "2018-09-28"),
            ["起始日期2017年12月1日不在2018年内，两个日期须在同一年度；现按2018年1月1日。"],
        ),
        ("2018-09-28", "2018-09-28", ("2018-09-28", "2018-09-28"), ["起始日期与截止日期是同一天，没有变化可比。"]),
    ],
)
def test_wrong_dates_give_a_sentence_and_sound_days(first, last, days, said):
    period = period_of(first, last, 2018, DAY)
    assert (period.first.isoformat(), period.last.isoformat()) == days
    assert list(period.problems) == said


def test_the_page_says_what_is_wrong(viewer, ledger):
    assert "请注意：" in page(viewer, "?from=morgen", PATH)
    assert "没有“1999”年度" in page(viewer, "?year=1999", PATH)
    assert "这两个日期之间没有变化" in page(viewer, "", PATH)


def test_before_the_colours_began_and_without_them_the_page_says_so(viewer):
    assert "还没有区级重点项目台账" in page(viewer, "", PATH)
    ledger = make_ledger()
    assert "没有启用四色预警" in page(viewer, "", PATH)
    warn_ledger(ledger, date(2018, 9, 24))
    enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY, since=date(2018, 9, 24))
    html = page(viewer, "", PATH)
    assert "自2018年9月24日起启用四色预警，此前均为未评价" in html
    assert kinds(html) == {"worse": [("甲", "○ 未评价 → ◆ 告警", "2018-09-24")]}


def test_another_year_is_compared_within_itself(viewer, ledger):
    warn_ledger(make_ledger("2017", 2017), date(2017, 6, 1))
    html = page(viewer, "?year=2017", PATH)
    assert 'name="from" value="2017-12-24"' in html
    assert 'name="year" value="2017"' in html


def test_beyond_its_most_a_kind_says_how_many_it_leaves_out(viewer, ledger, monkeypatch):
    from projects.views import warning_changes

    monkeypatch.setattr(warning_changes, "MOST", 2)
    monkeypatch.setattr(warning_changes, "FIRST", 2)
    for number in range(3):
        due(ledger, f"甲{number}", date(2018, 9, 17))
    html = page(viewer, "", PATH)
    assert len(kinds(html)["worse"]) == 2
    assert "另有 1 个没有列出" in html
    assert "变重 3 个" in html


def test_queries_do_not_grow_with_the_changes(viewer, ledger, django_assert_num_queries):
    due(ledger, "甲", date(2018, 9, 17))
    page(viewer, "", PATH)
    with django_assert_num_queries(11):
        page(viewer, "", PATH)
    for number in range(2):
        make_responsibility(due(ledger, f"乙{number}", date(2018, 9, 17)).project, make_unit())
    with django_assert_num_queries(11):
        page(viewer, "", PATH)
