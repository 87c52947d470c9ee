"""What turns when: the coming days by day, what would keep each turn from coming, what gets better by itself."""

import html as entities
import re
from datetime import date

import pytest

from erqi.common import clock
from projects.choices import WarningLevel
from projects.models import LedgerEntry
from projects.rules.policy import Policy
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.rules.turning import Direction, direction
from projects.rules.warning import Cause, CauseKind
from projects.sentences.turning import distance, prevention_words, weekday
from projects.services.schedule import continue_pass, start_pass
from projects.stats.warning_upcoming import coming_turns
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_responsibility, make_unit, make_user
from projects.tests.warning_builders import (
    enter_coloured,
    finish,
    make_hold,
    make_plan,
    make_policy,
    make_report,
    set_level,
    warn_ledger,
)
from projects.tests.warning_pages import page, words

DAY = date(2018, 9, 28)
PATH = "/warnings/upcoming/"


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


def listed(html: str) -> list[tuple[str, str, str]]:
    """Return the turns written out: (day, project, from → to)."""
    found = []
    for section in re.findall(r'<section class="wday".*?</section>', html, re.DOTALL):
        day = re.search(r'datetime="([^"]*)"', section)[1]
        for line in re.findall(r'<li class="wturn .*?</li>', section, re.DOTALL):
            name = re.search(r'wturn-name"><a[^>]*>([^<]*)', line)[1]
            levels = words(re.search(r'<div class="wturn-levels">.*?</div>', line, re.DOTALL)[0])
            found.append((day, entities.unescape(name), levels))
    return found


def line(html: str, name: str) -> str:
    """Return the words of a project's (first) turn."""
    return words(next(one for one in re.findall(r'<li class="wturn .*?</li>', html, re.DOTALL) if f">{name}<" in one))


def due(ledger, name: str, due_on: date, kind: str = "other") -> LedgerEntry:
    """Enter a project with one milestone, known since March."""
    with clock.at(date(2018, 3, 1)):
        entry = make_entry(ledger, make_project(name))
        make_milestone(entry.project, kind, name="节点", due_on=due_on)
    return entry


def test_each_turn_stands_on_its_day_with_cause_and_what_prevents_it(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 9, 25))
    make_responsibility(entry.project, make_unit("甲局"))
    html = page(viewer, "?days=90", PATH)
    assert listed(html) == [("2018-10-03", "甲", "■ 提醒 → 转为 ▲ 预警"), ("2018-10-26", "甲", "▲ 预警 → 转为 ◆ 告警")]
    assert "“节点”时限2018年9月25日，已逾期 8 天 须办理： 登记“节点”完成并附佐证，或申请变更时限" in line(html, "甲")
    assert "甲局" in line(html, "甲")
    assert "加重 2 ，自行好转 0" in words(html)


@pytest.mark.parametrize(
    ("days", "names"), [("7", ["近"]), ("14", ["近", "中"]), ("", ["近", "中", "远"]), ("90", ["近", "中", "远", "最远"])]
)
def test_the_period_is_chosen(viewer, ledger, days, names):
    for name, due_on in (("近", 10), ("中", 17), ("远", 30), ("最远", 60)):
        due(ledger, name, date.fromordinal(DAY.toordinal() + due_on))
    found = [name for _, name, levels in listed(page(viewer, f"?days={days}", PATH)) if "提醒" in levels.split("→")[1]]
    assert found == names


def test_a_wrong_period_is_said_and_the_default_shown(viewer, ledger):
    html = page(viewer, "?days=365", PATH)
    assert "期限“365”无效，应为 7、14、30 或 90 天；现按 30 天显示" in html
    assert "这段时间内没有项目会自行转色" in html


def test_investment_says_how_much_has_to_be_reported(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        project = make_entry(ledger, make_project("甲")).project
    make_plan(project, amounts=[0] * 8 + [900, 1000, 1100, 1200])
    make_report(project, 9, 820, on=date(2018, 9, 20))
    html = page(viewer, "?days=90", PATH)
    # 820 of 1000 are 82 %, of 1100 74.5 %: yellow begins below 80 % of the plan.
    assert listed(html) == [("2018-11-27", "甲", "■ 提醒 → 转为 ▲ 预警")]
    assert "1—11月累计完成投资 820万元，计划 1,100万元，为计划的 74.5%" in line(html, "甲")
    assert "须办理： 截止前报送11月月报，累计完成投资达到 880万元" in line(html, "甲")


def test_what_gets_better_by_itself_and_what_ends_is_listed_as_such(viewer, ledger):
    by_hand = due(ledger, "定级", date(2018, 12, 31))
    set_level(by_hand.project, WarningLevel.RED, DAY, date(2018, 10, 5))
    paused = due(ledger, "暂停", date(2018, 8, 20))
    make_hold(paused.project, date(2018, 9, 1), date(2018, 10, 9))
    planned = due(ledger, "将暂停", date(2018, 12, 31))
    make_hold(planned.project, date(2018, 10, 11), date(2018, 10, 31), on=DAY)
    html = page(viewer, "", PATH)
    assert listed(html) == [
        ("2018-10-06", "定级", "◆ 告警 → 转为 ● 正常 自行好转"),
        ("2018-10-10", "暂停", "‖ 暂停 → 转为 ◆ 告警"),
        ("2018-10-11", "将暂停", "● 正常 → 转为 ‖ 暂停"),
    ]
    assert "人工定级到期" in line(html, "定级")
    assert "须办理" not in line(html, "定级")
    assert "暂停到期 须办理： 到期前申请续期，或恢复施工并登记进展" in line(html, "暂停")
    assert "加重 0 ，自行好转 1 ，暂停、恢复等 2" in words(html)


def test_rules_that_are_approved_for_a_later_day_turn_colours_too(viewer, ledger):
    due(ledger, "甲", date(2018, 10, 20))
    stricter = Policy(**{**WARNING_POLICY.__dict__, "rules": STATUS_POLICY.rules, "labels": STATUS_POLICY.labels})
    make_policy(date(2018, 10, 8), stricter, name="新规则")
    run = start_pass(reason="新规则", by=None, policy=None)
    while run.finished_at is None:
        run = continue_pass(run)
    html = page(viewer, "", PATH)
    assert listed(html)[0] == ("2018-10-08", "甲", "● 已完成 → 转为 ■ 正常推进")
    assert "开始执行“新规则”" in line(html, "甲")


def test_an_earlier_day_foretells_what_was_known_then(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 9, 10))
    finish(entry.project.milestones.get(), date(2018, 9, 12))
    assert listed(page(viewer, "", PATH)) == []
    html = page(viewer, "?as_of=2018-09-11&days=14", PATH)
    assert listed(html) == [("2018-09-18", "甲", "■ 提醒 → 转为 ▲ 预警")]
    assert "按2018年9月11日当时的数据推算" in html


def test_filters_and_the_ledger_bound_the_list(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 9, 25))
    due(ledger, "乙", date(2018, 9, 25))
    unit = make_unit("甲局")
    make_responsibility(entry.project, unit)
    assert {name for _, name, _ in listed(page(viewer, f"?unit={unit.pk}", PATH))} == {"甲"}
    assert {name for _, name, _ in listed(page(viewer, "?unit=none&q=乙", PATH))} == {"乙"}
    LedgerEntry.objects.filter(pk=entry.pk).update(delisted_on=DAY, delist_reason="合并")
    assert {name for _, name, _ in listed(page(viewer, "", PATH))} == {"乙"}


def test_the_calendar_has_whole_weeks_and_names_a_days_first_turns(viewer, ledger):
    for number in range(5):
        due(ledger, f"甲{number}", date(2018, 9, 25))
    html = page(viewer, "?days=7", PATH)
    calendar = re.search(r'<table class="wcal.*?</table>', html, re.DOTALL)[0]
    days = re.findall(r'datetime="([^"]*)"', calendar)
    assert (days[0], days[-1], len(days)) == ("2018-09-24", "2018-10-07", 14)
    cell = next(cell for cell in re.findall(r"<td.*?</td>", calendar, re.DOTALL) if "2018-10-03" in cell)
    assert words(cell) == "3 ▲ 甲0 ▲ 甲1 ▲ 甲2 另有 2 个"
    assert 'href="#d-2018-10-03"' in cell
    assert 'class="is-rest' in next(cell for cell in re.findall(r"<td.*?</td>", calendar, re.DOTALL) if "2018-10-01" in cell)


def test_beyond_its_most_the_list_says_how_many_it_leaves_out(viewer, ledger, monkeypatch):
    from projects.views import warning_upcoming

    monkeypatch.setattr(warning_upcoming, "MOST_TURNS", 2)
    monkeypatch.setattr(warning_upcoming, "FIRST_TURNS", 2)
    for number in range(3):
        due(ledger, f"甲{number}", date(2018, 9, 25))
    html = page(viewer, "", PATH)
    assert len(listed(html)) == 2
    assert "还有 4 次转色" in html


def test_without_warnings_a_sentence_says_so_and_htmx_gets_the_results(viewer):
    ledger = make_ledger()
    assert "没有启用四色预警" in page(viewer, "", PATH)
    warn_ledger(ledger)
    html = page(viewer, "?days=7", PATH, **{"HX-Request": "true", "HX-Target": "results"})
    assert html.startswith('<div id="results">')


@pytest.mark.parametrize("query", ["", "?days=90", "?as_of=2018-09-20"])
def test_queries_do_not_grow_with_the_turns(viewer, ledger, django_assert_num_queries, query):
    due(ledger, "甲", date(2018, 9, 25))
    page(viewer, query, PATH)
    with django_assert_num_queries(18):
        page(viewer, query, PATH)
    for number in range(2):
        make_responsibility(due(ledger, f"乙{number}", date(2018, 9, 25)).project, make_unit())
    with django_assert_num_queries(18):
        page(viewer, query, PATH)


# Beneath the page.


@pytest.mark.parametrize("level", list(WarningLevel))
def test_every_turn_has_a_direction(level):
    assert direction(WarningLevel.GREEN, WarningLevel.RED) is Direction.WORSE
    assert direction(WarningLevel.RED, WarningLevel.BLUE) is Direction.BETTER
    assert direction(WarningLevel.UNRATED, WarningLevel.YELLOW) is Direction.WORSE
    assert direction(WarningLevel.UNRATED, WarningLevel.GREEN) is Direction.OTHER
    assert direction(level, WarningLevel.DONE) is Direction.OTHER
    assert direction(WarningLevel.PAUSED, level) is Direction.OTHER


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [("D4", "报告问题“甲”已解决"), ("D5", "办结“甲”"), ("D3", "登记“甲”完成并附佐证，或申请变更时限（待审批期间计时停止）")],
)
def test_prevention_names_what_has_to_be_done(dimension, expected):
    cause = Cause(dimension, CauseKind.OBLIGATION, 1, "甲", DAY)
    assert prevention_words(WARNING_POLICY, cause, WarningLevel.GREEN, WarningLevel.YELLOW) == expected
    assert prevention_words(WARNING_POLICY, cause, WarningLevel.RED, WarningLevel.YELLOW) == ""
    assert prevention_words(WARNING_POLICY, None, WarningLevel.GREEN, WarningLevel.RED) == ""


def test_days_are_named():
    assert weekday(DAY) == "周五"
    assert [distance(date(2018, 9, day), DAY) for day in (28, 29, 30)] == ["今天", "明天", "后天"]
    assert distance(date(2018, 10, 5), DAY) == "7 天后"


def test_turns_are_those_of_the_rules(ledger):
    entries = [enter_coloured(ledger, level, on=DAY) for level in WarningLevel]
    rows = {row.project_id: row for entry in entries for row in entry.project.schedules.filter(valid_until=None)}
    turns = coming_turns(LedgerEntry.objects.values("project"), 2018, DAY, date(2018, 12, 27), as_known_then=False)
    for project, row in rows.items():
        days = [date.fromordinal(DAY.toordinal() + number) for number in range(91)]
        expected = [
            (day, row.level_on(day)) for before, day in zip(days, days[1:], strict=False) if row.level_on(day) != row.level_on(before)
        ]
        assert [(turn.day, turn.after) for turn in turns if turn.project == project] == expected
