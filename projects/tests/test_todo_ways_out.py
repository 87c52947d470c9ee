"""我的待办 names a way out that is open today: reports that count already, requests that wait, the order of what turns."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.choices import WarningLevel
from projects.services.report import pass_report
from projects.stats.todo import todo
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import district_ledger, file_month, make_reporter, report_project, report_projects
from projects.tests.request_case import make_case
from projects.tests.warning_builders import make_date_request, recompute, warn_ledger

pytestmark = pytest.mark.django_db

TODAY = date(2018, 9, 28)


def lines(user, day: date = TODAY) -> list[Item]:
    with clock.at(day):
        return [item for item in todo(Desk(user, day)) if item.kind == "project"]


PROBLEM = {"problem": "拆迁未完", "problem_cause": "clearance", "problem_due_on": date(2018, 9, 14)}


def test_a_problem_in_a_filed_report_is_solved_by_taking_the_report_back():
    unit = make_unit("区建设局")
    reporter, project = make_reporter(unit), report_project(unit)
    warn_ledger(district_ledger())
    report = file_month(project, **PROBLEM)
    recompute(TODAY, project)
    (item,) = lines(reporter)
    assert item.remedy.startswith("问题确已解决的，可撤回9月月报，修改后重新报送：在月报中报告该问题已解决")
    assert (item.action, item.url) == ("改9月月报", reverse("projects:report_detail", args=[project.code, 2018, 9]))
    with clock.at(TODAY):
        pass_report(report=report, version=report.version, by=make_user("office"))
    (item,) = lines(reporter)
    assert item.remedy.startswith("问题确已解决的，9月月报已通过，可请审核人退回后重报：")
    # Once the month is locked a slip says it.
    (item,) = lines(reporter, date(2018, 10, 8))
    assert item.remedy.startswith("问题确已解决的，9月月报已锁定，可填写更正单：")
    assert (item.action, item.url) == ("填更正单", reverse("projects:correction_new", args=[project.code, 2018, 9]))


def test_what_turns_earlier_stands_before_what_turns_later():
    unit = make_unit("区建设局")
    reporter, projects = make_reporter(unit), report_projects(2, unit)
    warn_ledger(district_ledger())
    # The second one is yellow for longer, but turns red later.
    for project, kind, due_on in ((projects[0], "other", date(2018, 9, 20)), (projects[1], "start", date(2018, 8, 1))):
        make_milestone(project, kind, 2018, name="主体施工", due_on=due_on)
    recompute(TODAY, *projects)
    found = lines(reporter)
    assert [item.shown.level for item in found] == [WarningLevel.YELLOW] * 2
    assert [item.on for item in found] == sorted(item.on for item in found)
    assert [item.follows for item in found] == ["如无新进展，10月21日转为告警", "如无新进展，11月1日转为告警"]


def test_a_milestone_whose_new_date_was_asked_for_says_so_and_offers_no_second_request():
    case = make_case()
    day = case.milestone.due_on + timedelta(days=10)
    (before,) = lines(case.reporter, day)
    assert "申请变更时限" in [link.label for link in before.links]
    make_date_request(case.milestone, date(2018, 9, 30), on=day, requested_by=case.reporter)
    recompute(day, case.project)
    # From the day on which it was asked for it waits for others.
    assert lines(case.reporter, day) == []
    # Another thing that is as late keeps the line, which says that the first one waits.
    other = make_milestone(case.project, "other", 2018, name="装饰装修", due_on=case.milestone.due_on)
    recompute(day, case.project)
    (item,) = lines(case.reporter, day)
    assert item.url == reverse("projects:milestone_update", args=[other.pk])
    assert [link.url for link in item.links][0] == reverse("projects:date_request_new", args=[other.pk])
    with clock.at(day):
        html = text(sign_in(case.reporter).get(case.project.get_absolute_url()))
    assert "“主体施工”时限2018年6月30日，已逾期 10 天（已申请变更时限，待审批，计时暂停）" in html
