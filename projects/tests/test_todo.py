"""我的待办 of somebody who reports: each matter once, the gravest first, each line leading to where its cause is mended."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.models import User
from projects.choices import WarningLevel
from projects.models import ReportPeriod
from projects.rules.presets import STATUS_POLICY
from projects.services.report import return_report
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import district_ledger, draft, file_month, make_reporter, report_project, report_projects
from projects.tests.request_case import make_case
from projects.tests.warning_builders import (
    FROM,
    finish,
    make_date_request,
    make_hold,
    make_plan,
    make_policy,
    recompute,
    set_level,
    warn_ledger,
)

pytestmark = pytest.mark.django_db

# Friday; September is open, its last day was Tuesday the 25th, it is locked after Sunday.
TODAY = date(2018, 9, 28)


def lines(user: User, day: date = TODAY) -> list[Item]:
    with clock.at(day):
        return todo(Desk(User.objects.get(pk=user.pk), day))


def titles(user: User, day: date = TODAY) -> list[str]:
    return [item.title for item in lines(user, day)]


def of_kind(user: User, kind: str, day: date = TODAY) -> list[Item]:
    return [item for item in lines(user, day) if item.kind == kind]


@pytest.fixture(autouse=True)
def _spring():
    """Everything is set up on the day from which the colours are known."""
    with clock.at(FROM):
        yield


@pytest.fixture
def unit():
    return make_unit("区建设局")


@pytest.fixture
def reporter(unit):
    return make_reporter(unit, name="张三")


def give(case, user_name="reporter") -> User:
    return getattr(case, user_name)


# The month's reports


def test_a_month_is_one_line_for_all_its_missing_reports(unit, reporter):
    first, second, third = report_projects(3, unit)
    report_project(make_unit())
    file_month(first)
    draft(second)
    (item,) = lines(reporter)
    assert item.title == "9月月报：还有 2 个项目未报（共 3 个）"
    assert "9月25日截止，已逾期 3 个工作日；9月30日后锁定" in item.follows
    assert item.text == "1 个有草稿，尚未报送"
    assert [(part.label, part.url) for part in item.parts] == [
        (project.name, f"/reports/monthly/?year=2018&month=9#row-{project.code}") for project in (second, third)
    ]
    assert item.level == WarningLevel.RED


def test_before_its_window_and_after_everything_is_filed_a_month_is_no_line(unit, reporter):
    (project,) = report_projects(1, unit)
    assert titles(reporter, date(2018, 9, 19)) == []
    assert len(titles(reporter, date(2018, 9, 20))) == 1
    file_month(project)
    assert titles(reporter) == []


def test_the_month_weighs_more_as_its_days_pass(unit, reporter):
    report_projects(1, unit)
    levels = {day: lines(reporter, date(2018, 9, day))[0].level for day in (20, 23, 26, 27)}
    assert levels == {20: WarningLevel.GREEN, 23: WarningLevel.BLUE, 26: WarningLevel.YELLOW, 27: WarningLevel.RED}


def test_a_returned_report_is_a_line_of_its_own_and_not_counted_twice(unit, reporter):
    project, _ = report_projects(2, unit)
    report = file_month(project, by=reporter)
    with clock.at(TODAY):
        return_report(report=report, reason="累计数有误", version=report.version, by=make_user("office", name="李四"))
    returned, month = sorted(lines(reporter), key=lambda item: item.title)
    assert month.title == "9月月报：还有 1 个项目未报（共 2 个）"
    assert returned.title == "9月月报被退回"
    assert returned.text == "李四9月28日退回：累计数有误"
    assert returned.url == reverse("projects:report_detail", args=[project.code, 2018, 9])
    assert returned.project == project


def test_a_returned_report_carries_the_colour_that_it_mends(unit, reporter):
    project = report_project(unit)
    warn_ledger(district_ledger())
    make_plan(project)
    report = file_month(project, cumulative=100, problem="资金不到位", problem_cause="funds", by=reporter)
    with clock.at(TODAY):
        return_report(report=report, reason="请核实", version=report.version, by=make_user("office"))
    recompute(TODAY, project)
    (item,) = lines(reporter)
    assert item.title == "9月月报被退回"
    assert item.shown is not None
    assert item.shown.level == WarningLevel.RED
    assert "累计完成投资" in item.note


def test_a_month_that_was_opened_again_is_a_line_beside_the_present_one(unit, reporter):
    report_projects(1, unit)
    ReportPeriod.objects.create(year=2018, month=8, opens_on=date(2018, 8, 20), due_on=date(2018, 8, 27), locks_on=date(2018, 9, 30))
    assert titles(reporter) == ["8月月报：还有 1 个项目未报（共 1 个）", "9月月报：还有 1 个项目未报（共 1 个）"]


def test_what_was_missed_in_the_last_locked_month_can_be_made_up_for(unit, reporter):
    first, second = report_projects(2, unit)
    file_month(first, 8)
    (item,) = lines(reporter, date(2018, 9, 5))
    assert item.title == "8月月报缺报 1 个项目"
    assert item.url == reverse("projects:correction_new", args=[second.code, 2018, 8])


def test_what_was_missed_is_reported_with_the_next_month_once_it_is_open(unit, reporter):
    first, _ = report_projects(2, unit)
    file_month(first, 8)
    assert titles(reporter, date(2018, 9, 20)) == ["9月月报：还有 2 个项目未报（共 2 个）"]


def test_a_month_that_nobody_reported_was_before_the_system_came(unit, reporter):
    report_projects(2, unit)
    assert titles(reporter, date(2018, 9, 5)) == []


def test_who_has_no_unit_has_no_lines(unit):
    report_projects(1, unit)
    assert titles(make_user("reporter")) == []
    assert titles(make_reporter(make_unit())) == []


# Projects behind


def test_a_late_milestone_leads_to_its_update_and_says_what_follows():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=10)
    (item,) = of_kind(case.reporter, "project", day)
    assert item.shown.level == WarningLevel.YELLOW
    assert item.text == "“主体施工”时限2018年6月30日，已逾期 10 天"
    assert item.follows == "如无新进展，7月31日转为告警"
    assert "登记“主体施工”完成并附佐证" in item.remedy
    assert item.url == reverse("projects:milestone_update", args=[case.milestone.pk])
    assert [link.label for link in item.links] == ["申请变更时限", "申请暂停"]


def test_red_says_what_the_rules_ask_for_next():
    case = make_case()
    (item,) = of_kind(case.reporter, "project", case.milestone.due_on + timedelta(days=40))
    assert item.shown.level == WarningLevel.RED
    assert item.follows == "至10月25日仍未解除的，按规则：书面专报、领导问查"


@pytest.mark.parametrize(("days", "number"), [(-8, 0), (-7, 1), (0, 1), (7, 1)])
def test_a_milestone_that_falls_due_is_a_line_from_a_week_before(days, number):
    case = make_case()
    found = of_kind(case.reporter, "project", case.milestone.due_on + timedelta(days=days))
    assert len(found) == number
    assert all(item.shown.level == WarningLevel.BLUE and item.coming.level == WarningLevel.YELLOW for item in found if days > -6)


def test_the_reporting_unit_gets_the_line_and_nobody_else():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=10)
    for name, number in {"reporter": 1, "colleague": 1, "lead_reporter": 0, "stranger": 0, "viewer": 0, "office": 0}.items():
        assert len(of_kind(give(case, name), "project", day)) == number, name


def test_a_mild_lag_of_the_figures_has_the_months_line_and_a_grave_one_its_own(unit, reporter):
    mild, grave, _ = report_projects(3, unit)
    for project, amount in ((mild, 780), (grave, 100)):
        make_plan(project)
        file_month(project, 8, amount, problem="资金不到位", problem_cause="funds")
    warn_ledger(district_ledger())
    recompute(TODAY, mild, grave)
    project, month = sorted(lines(reporter), key=lambda item: item.kind)
    assert project.title == grave.name
    assert project.action == "填9月月报"
    assert project.url == reverse("projects:report_detail", args=[grave.code, 2018, 9])
    assert month.title == "9月月报：还有 3 个项目未报（共 3 个）"
    assert month.text == "其中 1 个在下面单独列出"
    assert grave.name not in [part.label for part in month.parts]


def test_figures_that_were_reported_wait_for_the_next_month(unit, reporter):
    (project,) = report_projects(1, unit)
    warn_ledger(district_ledger())
    make_plan(project)
    file_month(project, 9, 100, problem="资金不到位", problem_cause="funds")
    (item,) = lines(reporter)
    assert item.url == reverse("projects:project_colour", args=[project.code])
    assert item.remedy.startswith("下次月报10月20日起填报；累计完成投资达到")


def test_a_problem_that_is_not_solved_leads_to_the_report(unit, reporter):
    (project,) = report_projects(1, unit)
    warn_ledger(district_ledger())
    file_month(project, 8, problem="拆迁未完", problem_cause="clearance", problem_due_on=date(2018, 9, 14))
    item = next(item for item in lines(reporter) if item.kind == "project")
    assert item.url == reverse("projects:report_detail", args=[project.code, 2018, 9])
    assert item.remedy.startswith("在月报中报告该问题已解决")
    assert item.follows == "如无新进展，9月30日转为告警"


def test_what_waits_for_others_is_no_line_but_stands_below():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=10)
    make_date_request(case.milestone, date(2018, 9, 30), on=day - timedelta(days=1), requested_by=case.reporter)
    assert of_kind(case.reporter, "project", day) == []
    with clock.at(day):
        (one,) = waiting(Desk(case.colleague, day))
    assert (one.label, one.text) == ("变更时限", "道路工程：主体施工")


def test_a_lifting_that_waits_is_no_line_but_stands_below():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=40)
    recompute(day, case.project)
    finish(case.milestone, day)
    assert of_kind(case.reporter, "project", day) == []
    with clock.at(day):
        (one,) = waiting(Desk(case.reporter, day))
    assert (one.label, one.text) == ("摘牌", "道路工程：待核验")


def test_a_level_set_by_hand_says_who_and_why():
    case = make_case()
    day = date(2018, 5, 2)
    set_level(case.project, WarningLevel.YELLOW, day, date(2018, 5, 20))
    (item,) = of_kind(case.reporter, "project", day)
    assert item.text == "督察办定级，至5月20日止：现场进度与上报不符"
    assert item.url == reverse("projects:project_colour", args=[case.project.code])


def test_paused_and_closed_projects_are_no_lines():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=10)
    make_hold(case.project, day - timedelta(days=5), day + timedelta(days=60))
    assert of_kind(case.reporter, "project", day) == []


def test_with_family_a_blue_is_what_goes_well():
    make_policy(date(2018, 3, 1), STATUS_POLICY)
    case = make_case()
    assert of_kind(case.reporter, "project", case.milestone.due_on - timedelta(days=20)) == []
    (item,) = of_kind(case.reporter, "project", case.milestone.due_on - timedelta(days=3))
    assert item.coming.word == "滞后"


def test_the_gravest_comes_first():
    yellow, red, soon = make_case("乙项目"), make_case("甲项目", date(2018, 5, 20)), make_case("丙项目", date(2018, 7, 12))
    day = yellow.milestone.due_on + timedelta(days=10)
    user = make_reporter(yellow.unit, red.unit, soon.unit)
    assert [item.title for item in of_kind(user, "project", day)] == ["甲项目", "乙项目", "丙项目"]


# Pauses and questions


@pytest.mark.parametrize(("left", "number"), [(8, 0), (7, 1), (1, 1), (0, 1)])
def test_a_pause_that_ends_within_a_week_is_a_line(left, number):
    case = make_case()
    day = date(2018, 5, 10)
    make_hold(case.project, date(2018, 5, 1), day + timedelta(days=left))
    found = of_kind(case.reporter, "hold", day)
    assert [item.url for item in found] == [reverse("projects:hold_new", args=[case.project.code])] * number


@pytest.mark.parametrize("state", ["pending", "approved"])
def test_a_pause_whose_renewal_was_asked_for_is_none(state):
    case = make_case()
    make_hold(case.project, date(2018, 5, 1), date(2018, 5, 12))
    make_hold(case.project, date(2018, 5, 13), date(2018, 6, 20), on=date(2018, 5, 9), state=state)
    assert of_kind(case.reporter, "hold", date(2018, 5, 10)) == []


def test_other_milestones_of_the_same_project_are_counted_in_its_line():
    case = make_case()
    make_milestone(case.project, "other", name="室外工程", due_on=case.milestone.due_on)
    recompute(date(2018, 3, 1), case.project)
    (item,) = of_kind(case.reporter, "project", case.milestone.due_on + timedelta(days=10))
    assert "另有 1 项同级" in item.text
