"""The colour on the project page and its explanation: what a person reads of a day, and that it can be computed again by hand."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from erqi.common import clock
from erqi.common.simulation import simulating
from projects.choices import Basis, Dimension, MilestoneKind, PolicyState, WarningLevel
from projects.models import Lifting, Milestone, Project, ReportStep
from projects.rules.presets import STATUS_POLICY
from projects.rules.warning import Cause, CauseKind
from projects.sentences.colour import figure_words, shown
from projects.services import entry as entry_service
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_user
from projects.tests.warning_builders import (
    close_entry,
    finish,
    make_date_request,
    make_hold,
    make_lifting,
    make_plan,
    make_policy,
    make_report,
    recompute,
    set_level,
    warn_ledger,
)

pytestmark = pytest.mark.django_db

TODAY, START = date(2018, 9, 28), date(2018, 3, 1)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def viewer() -> Client:
    return sign_in(make_user("viewer"))


def coloured(due_on: date | None = date(2018, 9, 10), name: str = "道路工程") -> Project:
    """Return a project of the ledger of 2018, with colours since 1 March and one milestone."""
    with clock.at(START):
        ledger = make_ledger()
        warn_ledger(ledger)
        project = make_project(name)
        make_entry(ledger, project)
        if due_on is not None:
            make_milestone(project, MilestoneKind.OTHER, name="主体施工", due_on=due_on)
    return project


def words(html: str) -> str:
    """Return the page as a person reads it, tags and spaces left out."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))


def page(client: Client, project: Project, query: str = "") -> str:
    response = client.get(project.get_absolute_url() + query)
    assert response.status_code == 200
    return text(response)


def explained(client: Client, project: Project, query: str = "") -> str:
    response = client.get(reverse("projects:project_colour", args=[project.code]) + query)
    assert response.status_code == 200
    return text(response)


def test_the_head_says_which_colour_why_since_when_what_lifts_it_and_what_comes_next(viewer: Client) -> None:
    html = page(viewer, coloured())
    assert 'class="level level-yellow"' in html.partition("page-columns")[0]
    assert "预警，自2018年9月18日起第 11 天：“主体施工”时限2018年9月10日，已逾期 18 天。" in html
    assert "摘牌条件：登记“主体施工”完成并附佐证，或经批准变更时限，经督察员核验、督察办确认后摘牌。" in html
    assert "如无新进展，10月11日转为告警。" in html


def test_the_day_of_the_page_decides(viewer: Client) -> None:
    project = coloured()
    html = page(viewer, project, "?as_of=2018-09-05")
    assert "提醒，自2018年9月3日起第 3 天" in html
    assert "如无新进展，9月18日转为预警。" in html
    assert "解除条件：登记“主体施工”完成" in html
    # What was recorded later is not known then.
    finish(project.milestones.get(), TODAY)
    assert "提醒，自2018年9月3日起第 3 天" in page(viewer, project, "?as_of=2018-09-05")
    assert "数据已好转" in page(viewer, project)


def test_before_the_ledger_had_colours_nothing_is_made_up(viewer: Client) -> None:
    html = page(viewer, coloured(), "?as_of=2018-02-20")
    assert "自2018年3月1日起启用预警，此前不评价" in html
    assert "level-red" not in html


def test_a_project_without_colours_has_no_such_section(viewer: Client) -> None:
    project = make_entry(make_ledger()).project
    html = page(viewer, project)
    assert 'id="colour"' not in html
    assert "level-line" not in html
    assert "这个项目没有预警" in explained(viewer, project)


def test_what_the_unit_says_of_itself_stands_beside_it(viewer: Client) -> None:
    project = coloured()
    make_report(project, 7, 100, on=date(2018, 7, 24), self_level=int(WarningLevel.RED))
    make_report(project, 8, 100, on=date(2018, 8, 24), self_level=int(WarningLevel.GREEN))
    assert "单位自评（8月月报）：●正常轻于数据评价▲预警，宜实地核实" in words(page(viewer, project))
    # On an earlier day it was the earlier report's word, and no lighter than the figures.
    html = words(page(viewer, project, "?as_of=2018-08-01"))
    assert "单位自评（7月月报）：◆告警" in html
    assert "宜实地核实" not in html


def test_a_report_that_was_taken_back_is_no_word(viewer: Client) -> None:
    project = coloured()
    report = make_report(project, 8, 100, on=date(2018, 8, 24), self_level=int(WarningLevel.GREEN))
    ReportStep.objects.filter(report=report).update(valid_until=date(2018, 9, 1))
    assert "单位自评" not in page(viewer, project)


def test_an_open_lifting_a_refused_one_a_hold_and_a_closing_are_said(viewer: Client) -> None:
    project = coloured(date(2018, 8, 20))
    finish(project.milestones.get(), date(2018, 9, 25))
    lifting = Lifting.objects.get()
    html = words(page(viewer, project))
    assert "摘牌待核验：2018年9月25日提出" in html
    assert lifting.get_absolute_url() in page(viewer, project)
    assert "摘牌待核验" not in words(page(viewer, project, "?as_of=2018-09-24"))
    Lifting.objects.update(state="rejected", ended_on=TODAY, end_note="现场未见完工")
    assert "2018年9月28日未予摘牌：现场未见完工" in words(page(viewer, project))
    make_hold(project, TODAY, date(2018, 10, 20))
    html = words(page(viewer, project))
    assert "经批准自2018年9月28日起暂停，至2018年10月20日到期，期间不评价。" in html
    assert "暂停：冬防期、重污染天气管控停工，2018年9月28日至2018年10月20日；重污染天气管控停工" in html
    close_entry(project.entries.get(), TODAY)
    assert "2018年9月28日已销号，不再评价。" in words(page(viewer, project))


def test_what_left_the_ledger_is_not_judged_any_more(viewer: Client) -> None:
    project = coloured()
    entry_service.delist(entry=project.entries.get(), on=date(2018, 9, 20), reason="并入二期", version=None, by=None)
    html = page(viewer, project)
    assert "已于2018年9月20日退出二区" not in html
    assert "已于2018年9月20日退出二七区2018年重点项目台账，不再评价。" in html
    assert 'class="level level-unrated"' in html
    assert "预警，自2018年9月18日起第 2 天" in page(viewer, project, "?as_of=2018-09-19")


def test_what_is_simulated_is_marked(viewer: Client) -> None:
    project = coloured()
    heading = page(viewer, project).partition("page-heading")[2].partition("page-lead")[0]
    assert "模拟" not in heading
    with simulating():
        make_milestone(project, MilestoneKind.TOPPING, due_on=date(2018, 12, 1))
    heading = page(viewer, project).partition("page-heading")[2].partition("page-lead")[0]
    assert '<span class="sim">模拟</span>' in heading


def test_the_strip_covers_every_day_once_and_the_table_says_the_same(viewer: Client) -> None:
    project = coloured()
    make_hold(project, date(2018, 9, 21), date(2018, 9, 25))
    html = page(viewer, project)
    strip = html.partition('class="colour-strip-bar"')[2].partition("</svg>")[0]
    rects = re.findall(r'<rect (?:class="fill-(\w+)"|fill="url\(#strip-hatch\)") x="([\d.]+)%" y="0" width="([\d.]+)%"', strip)
    assert [code or "paused" for code, _, _ in rects] == ["green", "blue", "yellow", "paused", "yellow"]
    place = 0.0
    for _, x, width in rects:
        assert float(x) == pytest.approx(place, abs=0.01)
        place += float(width)
    assert place == pytest.approx(100, abs=0.01)
    assert "<title>2018-09-21 至 2018-09-25：暂停（5 天）</title>" in strip
    table = words(html.partition('class="colour-strip-table"')[2].partition("</table>")[0])
    assert "逐段日期（5段，2018-03-01至2018-09-28）" in table
    assert "●正常2018-03-012018-09-02186" in table
    assert "▲预警2018-09-262018-09-283" in table


def test_only_the_supervision_office_may_set_a_level_and_only_today() -> None:
    project = coloured()
    address = reverse("projects:level_set", args=[project.code])
    for role, sees in (("viewer", False), ("office", False), ("inspector", False), ("supervision", True)):
        client = sign_in(make_user(role))
        assert (address in page(client, project)) is sees, role
        assert address not in page(client, project, "?as_of=2018-09-05")


def test_another_year_is_shown_when_asked_for(viewer: Client) -> None:
    project = coloured()
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger("2017", 2017)
        make_entry(ledger, project)
        make_milestone(project, MilestoneKind.LAND, 2017, due_on=date(2017, 12, 20))
        warn_ledger(ledger, date(2017, 11, 1))
        recompute(date(2017, 11, 1), project)
    assert "2018年度，截至2018年9月28日" in page(viewer, project)
    html = page(viewer, project, "?year=2017")
    assert "2017年度，截至2017年12月31日" in html
    assert "截至2017年12月31日：预警，自2017年12月28日起第 4 天" in html
    assert "“供地”时限2017年12月20日，已逾期 11 天" in html
    assert 'id="colour"' not in page(viewer, project, "?year=1999")


def test_the_words_of_the_policy_in_force_are_used(viewer: Client) -> None:
    with clock.at(START):
        make_policy(policy=STATUS_POLICY)
    html = page(viewer, coloured())
    assert "滞后，自2018年9月11日起第 18 天" in html


def test_new_rules_that_are_approved_already_are_announced(viewer: Client) -> None:
    project = coloured(date(2018, 9, 25))
    make_policy(date(2018, 10, 1), STATUS_POLICY, state=PolicyState.APPROVED, name="新规则")
    recompute(TODAY, project)
    assert "10月1日起执行新规则，转为滞后。" in page(viewer, project)
    # Nobody knew of them the day before.
    assert "新规则" not in page(viewer, project, "?as_of=2018-09-27")


def test_every_figure_of_the_explanation_can_be_computed_by_hand(viewer: Client) -> None:
    project = coloured()
    with clock.at(date(2018, 3, 2)):
        make_milestone(project, MilestoneKind.START, due_on=date(2018, 7, 31))
    make_plan(project, on=date(2018, 3, 5))
    make_report(project, 9, 700, on=date(2018, 9, 25))
    html = words(explained(viewer, project))
    assert "预警规则2018-03-01，2018年3月1日起生效" in html
    assert "2018年9月25日登记，此后没有新的登记" in html
    assert "▲预警←最重节点工期主体施工2018-09-10逾期18天2018年9月28日−2018年9月10日=18天逾期8天（含）至逾期31天（不含）为预警" in html
    assert "▲预警←最重开工竣工投产开工2018年7月已过2个月末自2018年7月至2018年9月，过了2个月末" in html
    assert (
        "▲预警←最重投资进度2018年投资1—9月累计900万元完成700万元，计划的77.77%700万元÷900万元=77.77%；9月25日截止，次日（9月26日）起按1—9月计划评价"
        in html
    )
    assert "数据评价：各项中计入总色的最重者（见上表）▲预警" in html
    thresholds = html.partition("自哪天起达到原因")[2]
    assert thresholds.startswith("●正常2018-01-01有可评价的事项■提醒2018-07-01“开工”计划2018年7月，本月到期▲预警2018-08-01")
    assert "◆告警2018-10-01“开工”计划2018年7月，已过3个月末仍未完成" in thresholds


def test_the_order_of_what_decides_is_shown_with_what_holds(viewer: Client) -> None:
    project = coloured(date(2018, 8, 20))
    set_level(project, WarningLevel.RED, date(2018, 9, 20), date(2018, 10, 15))
    finish(project.milestones.get(), date(2018, 9, 25))
    html = words(explained(viewer, project))
    assert "销号：没有" in html
    assert "暂停：没有" in html
    assert "摘牌与观察：数据已好转，摘牌经核验、确认之前保持原状态◆告警" in html
    assert "人工定级：督察办定，至2018年10月15日止◆告警" in html
    assert "当天的状态：◆告警" in html


def test_the_rows_of_the_year_say_what_was_recorded_and_lead_to_their_day(viewer: Client) -> None:
    project = coloured()
    milestone = project.milestones.get()
    make_plan(project, amounts=[100, 200, *[300] * 10], on=date(2018, 3, 5))
    make_report(project, 3, 300, on=date(2018, 3, 24))
    make_date_request(milestone, date(2018, 12, 1), on=date(2018, 5, 2))
    milestone.date_requests.update(state="rejected")
    recompute(date(2018, 5, 9), project)
    make_hold(project, date(2018, 6, 1), date(2018, 6, 20))
    set_level(project, WarningLevel.YELLOW, date(2018, 7, 1), date(2018, 7, 20))
    finish(milestone, date(2018, 9, 20))
    html = explained(viewer, project)
    reasons = words(html.partition("历次登记")[2])
    for reason in (
        "2018-09-20至今▲预警节点“主体施工”登记完成",
        "人工定为预警，至2018-07-20",
        "批准暂停2018-06-01至2018-06-20",
        "节点“主体施工”的时限变更申请已办结",
        "节点“主体施工”申请变更时限，时钟自2018年5月2日停走",
        "3月月报：累计完成投资300万元",
        "登记分月投资计划",
        "2018-03-012018-03-04●正常开始评价",
    ):
        assert reason in reasons, reason
    address = reverse("projects:project_colour", args=[project.code])
    assert f'href="{address}?year=2018&amp;as_of=2018-05-02"' in html
    assert "已申请变更时限，待审批，计时暂停（自2018-05-02起）" in words(explained(viewer, project, "?year=2018&as_of=2018-05-05"))


def test_a_row_replaced_on_its_own_day_is_not_listed(viewer: Client) -> None:
    project = coloured()
    milestone = project.milestones.get()
    finish(milestone, TODAY)
    Milestone.objects.update(done_on=None)
    recompute(TODAY, project)
    listed = words(explained(viewer, project).partition("历次登记")[2])
    assert listed.count("至今") == 1
    assert "登记完成" not in listed


@pytest.mark.parametrize(("value", "cut"), [("79.996", "79.99"), ("80", "80.00"), ("-3.001", "-3.01")])
def test_a_figure_is_cut_and_never_rounded_over_a_band_s_edge(value: str, cut: str) -> None:
    assert shown(Decimal(value)) == Decimal(cut)
    cause = Cause(Dimension.INVESTMENT, CauseKind.INVESTMENT, value=Decimal("79.996"), month=6, planned=Decimal(100), done=Decimal(80))
    assert figure_words(cause, Basis.RATIO) == "完成 80万元，计划的 79.99%"


def test_queries_do_not_grow_with_what_was_recorded(viewer: Client, django_assert_num_queries) -> None:
    small = coloured()
    with clock.at(START):
        large = make_project("管网工程")
        make_entry(small.entries.get().ledger, large)
        for number in range(3):
            make_milestone(large, MilestoneKind.OTHER, name=f"节点{number}", due_on=date(2018, 9, 1))
    make_plan(large, on=date(2018, 3, 5))
    for month in (3, 4, 5):
        make_report(large, month, 100 * month, on=date(2018, month, 24))
        make_hold(large, date(2018, month, 26), date(2018, month, 27))
    for state in ("rejected", "lapsed"):
        make_lifting(large, state=state, ended_on=date(2018, 9, 1))
    explained(viewer, small)
    for project in (small, large):
        with django_assert_num_queries(EXPLAINED):
            explained(viewer, project)


# session, account, roles; project, entries and when they were away; schedules, liftings, level set by hand, hold, report, passes
EXPLAINED = 12
