"""The ledger's colour column and filter: what is shown on the day, with shape, word and days."""

import re
from datetime import date

import pytest

from projects.choices import WarningLevel
from projects.models import LedgerEntry, WarningSchedule
from projects.querysets.ledger_state import read_levels
from projects.services.entry import delist
from projects.tables.ledger import LedgerTable
from projects.tests.builders import make_entry, make_ledger, make_user
from projects.tests.ledger_pages import page, shown
from projects.tests.warning_builders import enter_coloured, make_policy, recompute, warn_ledger

DAY = date(2018, 9, 28)
ALL = [WarningLevel(number) for number in (6, 1, 4, 5, 2, 0, 3)]


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


@pytest.fixture
def of_all_colours(ledger):
    return {level: enter_coloured(ledger, level, level.label, on=DAY) for level in ALL}


def cells(html: str) -> dict[str, str]:
    """Return the level cells by the project's name."""
    rows = re.findall(r"<tr.*?</tr>", re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1], re.DOTALL)
    return {
        re.search(r'<td class="name[^>]*><a[^>]*>([^<]*)', row)[1]: re.search(r'<td class="level-cell[^>]*>(.*?)</td>', row, re.DOTALL)[1]
        for row in rows
    }


def test_every_row_shows_its_level_by_shape_word_and_days(viewer, of_all_colours):
    found = cells(page(viewer))
    assert {name: re.sub(r"<[^>]+>", "", cell) for name, cell in found.items()} == {
        "告警": "◆告警",
        "预警": "▲预警",
        "提醒": "■提醒",
        "正常": "●正常",
        "未评价": "○未评价",
        "暂停": "‖暂停",
        "已销号": "✓已销号",
    }
    # Due on 19 August, red from the 31st day on.
    assert 'title="自2018年9月19日起第 10 天"' in found["告警"]
    assert "title" not in found["未评价"] or "自" in found["未评价"]


def test_the_column_sorts_by_gravity_both_ways_also_where_it_is_filtered(viewer, of_all_colours):
    order = ["告警", "预警", "提醒", "正常", "未评价", "暂停", "已销号"]
    assert shown(page(viewer, "?sort=level")) == order
    assert shown(page(viewer, "?sort=-level")) == order[::-1]
    assert shown(page(viewer, "?sort=-level&colour=red&colour=blue&colour=paused")) == ["暂停", "提醒", "告警"]


@pytest.mark.parametrize("level", ALL)
def test_the_filter_finds_each_of_the_seven_states(viewer, of_all_colours, level):
    html = page(viewer, f"?colour={level.code}")
    assert shown(html) == [level.label]
    assert "预警：" in html


def test_an_unknown_colour_is_left_out_with_a_sentence(viewer, of_all_colours):
    html = page(viewer, "?colour=purple")
    assert len(shown(html)) == 7
    assert "没有这一选项" in html


def test_an_earlier_day_shows_the_colour_of_that_day(viewer, of_all_colours):
    found = cells(page(viewer, "?as_of=2018-09-18&cols=level"))
    assert "预警" in found["告警"]
    assert shown(page(viewer, "?as_of=2018-09-18&colour=yellow")) == ["告警"]
    assert set(map(str, (re.sub(r"<[^>]+>", "", cell) for cell in cells(page(viewer, "?as_of=2018-02-28")).values()))) == {"○未评价"}


def test_what_had_left_the_ledger_has_no_colour(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "走了", on=DAY)
    delist(entry=entry, on=date(2018, 9, 20), reason="合并", version=None, by=None)
    assert "已退出" in cells(page(viewer, "?listed=all"))["走了"]
    assert shown(page(viewer, "?listed=all&colour=red")) == []


def test_the_policys_word_and_the_mark_of_what_is_simulated_stand_in_cell_and_export(ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, on=DAY)
    row = WarningSchedule.objects.get(project=entry.project, valid_until=None)
    policy = row.policy.policy
    labels = {**policy.labels, WarningLevel.RED: "严重滞后"}
    make_policy(DAY, type(policy)(**{**policy.__dict__, "labels": labels}))
    # What was simulated stays marked in every schedule that follows from it.
    entry.project.milestones.update(simulated=True)
    recompute(DAY, entry.project)
    table = LedgerTable(LedgerEntry.objects.for_ledger(ledger, DAY), as_of=DAY, year=2018, columns=["level"])
    table.load(table.fetch(table.rows_ordered))
    assert "严重滞后" in table.body()
    assert '<span class="sim">模拟</span>' in table.body()
    assert table.values()[0][-1] == "严重滞后（模拟）"


def test_the_annotation_and_the_reading_agree(of_all_colours, ledger):
    rows = list(LedgerEntry.objects.for_ledger(ledger, DAY).with_level(2018, DAY))
    annotated = [WarningLevel(row.level) for row in rows]
    read_levels(rows, 2018, DAY)
    assert [row.level for row in rows] == annotated == ALL


def test_levels_are_read_in_one_query(ledger, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            enter_coloured(ledger, WarningLevel.YELLOW, on=DAY)
        rows = list(LedgerEntry.objects.for_ledger(ledger, DAY))
        with django_assert_num_queries(1):
            read_levels(rows, 2018, DAY)


def test_a_ledger_without_colours_says_so_for_every_row(viewer):
    make_entry(make_ledger("2017", 2017))
    assert "未评价" in page(viewer, code="2017")
