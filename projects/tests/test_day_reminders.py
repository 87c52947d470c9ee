"""What the days bring into the inboxes: each window once, addressed to whom it concerns."""

import gc
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.models import User
from projects.choices import DecisionState, LiftingState, ReminderKind, ResponsibilityKind, WarningLevel
from projects.models import DateRequest, Lifting, Reminder, WarningSchedule
from projects.rules.presets import STATUS_POLICY
from projects.services import facts
from projects.services import milestone as milestones
from projects.services.daily import write_reminders
from projects.services.override import set_level
from projects.services.period import lock_month, unlock_month
from projects.services.policy import approve_policy, return_policy
from projects.tests.builders import make_milestone, make_person, make_responsibility, make_unit, make_user
from projects.tests.report_builders import AUGUST, district_ledger, file_month, make_reporter, report_project, report_projects
from projects.tests.request_case import make_case
from projects.tests.warning_builders import FROM, finish, make_date_request, make_hold, make_lifting, make_policy, recompute, warn_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _spring():
    """Everything is set up on the day from which the colours are known."""
    with clock.at(FROM):
        yield


def write(day: date) -> int:
    with clock.at(day):
        return write_reminders()


def told(user: User, begins: str = "") -> list[str]:
    return list(Reminder.objects.filter(user=user, key__startswith=begins).order_by("pk").values_list("title", flat=True))


def keys(user: User, begins: str = "") -> list[str]:
    return list(Reminder.objects.filter(user=user, key__startswith=begins).order_by("pk").values_list("key", flat=True))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


# Milestones


def test_a_milestone_is_told_once_in_each_window_and_once_when_it_is_over():
    # A Thursday; every day around it is a working day or close to one.
    case = make_case(due_on=date(2018, 6, 28))
    for day in days(date(2018, 6, 15), date(2018, 7, 5)):
        write(day)
        write(day)
    assert [key.rpartition("/")[2] for key in keys(case.reporter, "milestone/")] == ["7", "3", "1", "overdue"]
    assert (
        Reminder.objects.get(user=case.reporter, key__startswith="milestone/", key__endswith="/overdue").text
        == "已逾期 1 天；如无新进展，7月6日转为预警。"
    )


def test_days_on_which_nobody_ran_it_are_made_up_for():
    case = make_case(due_on=date(2018, 6, 28))
    write(date(2018, 6, 26))
    write(date(2018, 7, 4))
    assert [key.rpartition("/")[2] for key in keys(case.reporter, "milestone/")] == ["3", "overdue"]


def test_a_milestone_that_was_moved_is_told_anew():
    case = make_case(due_on=date(2018, 6, 28))
    write(date(2018, 6, 22))
    with clock.at(date(2018, 6, 23)):
        milestones.move_milestone(milestone=case.milestone, to=date(2018, 7, 20), cause="land", reason="土地", version=None, by=None)
    write(date(2018, 6, 29))
    write(date(2018, 7, 13))
    assert [key.split("/", 2)[2] for key in keys(case.reporter, "milestone/")] == ["2018-06-28/7", "2018-07-20/7"]


def test_what_is_done_asked_for_paused_or_long_over_is_not_told():
    done, asked, paused, old = (make_case(name, date(2018, 6, 28)) for name in ("完成", "申请", "暂停", "旧账"))
    finish(done.milestone, date(2018, 6, 20))
    make_date_request(asked.milestone, date(2018, 9, 30), on=date(2018, 6, 20))
    make_hold(paused.project, date(2018, 6, 1), date(2018, 8, 31))
    write(date(2018, 6, 26))
    for case in (done, asked, paused):
        assert keys(case.reporter, "milestone/") == []
    Reminder.objects.all().delete()
    write(date(2018, 8, 1))
    assert keys(old.reporter, "milestone/") == []


def test_only_who_reports_is_told_of_a_milestone():
    case = make_case(due_on=date(2018, 6, 28))
    closed = make_reporter(case.unit)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    write(date(2018, 6, 26))
    assert len(told(case.reporter, "milestone/")) == len(told(case.colleague, "milestone/")) == 1
    for user in (case.lead_reporter, case.stranger, case.office, case.leader, case.viewer, closed):
        assert told(user) == []


# The month


def test_a_month_is_told_once_in_each_window():
    unit = make_unit()
    reporter = make_reporter(unit)
    first, second = report_projects(2, unit)
    for day in days(date(2018, 9, 17), date(2018, 10, 3)):
        write(day)
        if day == date(2018, 9, 25):
            file_month(first, on=day)
    assert told(reporter, "report/") == [
        "9月月报即将截止：还有 2 个项目未报",
        "9月月报即将截止：还有 2 个项目未报",
        "9月月报即将截止：还有 2 个项目未报",
        "9月月报已逾期：还有 1 个项目未报",
        "9月月报即将锁定：还有 1 个项目未报",
    ]
    assert [key.rpartition("/")[2] for key in keys(reporter, "report/")] == ["7", "3", "1", "overdue", "2018-09-30"]
    assert second.name


def test_who_has_filed_everything_hears_nothing_of_the_month():
    unit = make_unit()
    reporter = make_reporter(unit)
    file_month(report_projects(1, unit)[0], on=date(2018, 9, 20))
    report_project(make_unit())
    write(date(2018, 9, 24))
    assert told(reporter) == []


def test_a_reviewer_hears_of_what_is_left_on_the_last_day_and_when_it_is_over():
    lead = make_unit()
    reviewer, project = make_reporter(lead, roles=["reviewer"]), report_project(lead=lead)
    file_month(project, on=date(2018, 9, 21))
    for day in days(date(2018, 9, 21), date(2018, 9, 30)):
        write(day)
    assert told(reviewer, "review/") == ["9月月报：1 份待审核", "9月月报：1 份待审核，已过审核时限"]


# Colours


def test_a_project_that_turns_is_told_to_those_concerned():
    case = make_case(due_on=date(2018, 6, 28))
    patron, supervision, reviewer = make_user("leader"), make_user("supervision"), make_reporter(case.lead, roles=["reviewer"])
    make_responsibility(case.project, kind=ResponsibilityKind.PATRON, person=make_person("区领导", account=patron))
    for day in days(date(2018, 7, 2), date(2018, 8, 2)):
        write(day)
    yellow, red = "“道路工程”转为预警", "“道路工程”转为告警"
    for user in (case.reporter, patron, reviewer):
        assert told(user, "turned/") == [yellow, red]
    assert told(supervision, "turned/") == [red]
    assert told(case.stranger) == told(case.leader) == []


def test_a_colour_that_a_person_keeps_is_told_with_that_reason_and_not_with_what_may_come():
    by_hand, waiting = make_case("人工", date(2018, 9, 28)), make_case("好转", date(2018, 6, 28))
    with clock.at(date(2018, 7, 16)):
        set_level(project=by_hand.project, year=2018, level=WarningLevel.YELLOW, until=date(2018, 7, 31), reason="现场停工", by=None)
    finish(waiting.milestone, date(2018, 7, 16))
    make_milestone(waiting.project, due_on=date(2018, 10, 20))
    recompute(date(2018, 7, 16), waiting.project)
    write(date(2018, 7, 16))
    assert [reminder.text for reminder in Reminder.objects.filter(key__startswith="turned/", user=by_hand.reporter).order_by("pk")] == [
        "自7月16日起：由督察办人工定级，至2018年7月31日止。"
    ]
    assert [reminder.text for reminder in Reminder.objects.filter(key__startswith="turned/", user=waiting.reporter).order_by("pk")] == [
        "自7月6日起：数据已好转，待督察员核验、督察办确认后摘牌。"
    ]


def test_red_is_told_before_it_comes_in_each_window():
    case = make_case(due_on=date(2018, 6, 28))
    for day in days(date(2018, 7, 10), date(2018, 7, 28)):
        write(day)
    assert [key.rpartition("/")[2] for key in keys(case.reporter, "turns/")] == ["7", "3", "1"]
    assert told(case.reporter, "turns/")[0] == "“道路工程”7月29日将转为告警"


def test_yellow_that_a_milestone_brings_is_told_by_its_own_lines():
    case = make_case(due_on=date(2018, 6, 28))
    for day in days(date(2018, 6, 20), date(2018, 7, 5)):
        write(day)
    assert keys(case.reporter, "turns/") == []


def test_what_made_a_project_yellow_is_told_once():
    case = make_case(due_on=date(2018, 6, 28))
    write(date(2018, 7, 10))
    assert told(case.reporter) == ["“道路工程”转为预警"]


def test_with_family_a_blue_is_no_news():
    make_policy(FROM, STATUS_POLICY)
    case = make_case(due_on=date(2018, 6, 28))
    write(date(2018, 4, 2))
    assert told(case.reporter) == []


# What waits


def test_a_pause_that_ends_is_told_in_its_windows():
    case = make_case(due_on=date(2018, 12, 1))
    make_hold(case.project, date(2018, 6, 1), date(2018, 6, 28))
    for day in days(date(2018, 6, 18), date(2018, 6, 29)):
        write(day)
    assert [key.rpartition("/")[2] for key in keys(case.reporter, "hold/")] == ["7", "3", "1"]


def test_requests_that_wait_are_told_twice_to_who_decides_and_not_to_who_asked():
    case = make_case(due_on=date(2018, 12, 1))
    request = make_date_request(case.milestone, date(2018, 12, 31), on=date(2018, 6, 4), requested_by=case.other_office)
    for day in days(date(2018, 6, 4), date(2018, 6, 20)):
        write(day)
    assert told(case.office) == ["变更时限申请已等 3 个工作日：道路工程 主体施工", "变更时限申请已等 6 个工作日：道路工程 主体施工"]
    assert told(case.other_office) == told(case.reporter, "date-request/") == []
    DateRequest.objects.filter(pk=request.pk).update(state=DecisionState.APPROVED)
    Reminder.objects.all().delete()
    write(date(2018, 6, 20))
    assert told(case.office) == []


def test_liftings_that_wait_are_told_to_whose_turn_it_is():
    case = make_case(due_on=date(2018, 12, 1))
    supervision = make_user("supervision")
    lifting = make_lifting(case.project, proposed_on=date(2018, 6, 4))
    write(date(2018, 6, 7))
    assert told(case.inspector) == ["“道路工程”摘牌待核验，已等 3 个工作日"]
    assert told(supervision) == []
    Lifting.objects.filter(pk=lifting.pk).update(state=LiftingState.VERIFIED, verified_on=date(2018, 6, 7), verified_by=case.inspector)
    write(date(2018, 6, 12))
    assert told(supervision) == ["“道路工程”摘牌待确认，已等 3 个工作日"]


# What people decide


def test_a_month_that_is_opened_again_is_told_to_whose_reports_are_missing():
    unit, other = make_unit(), make_unit()
    reporter, ready, office = make_reporter(unit), make_reporter(other), make_user("office")
    report_projects(2, unit)
    file_month(report_projects(1, other)[0], 8, on=AUGUST)
    with clock.at(date(2018, 9, 5)):
        unlock_month(year=2018, month=8, until=date(2018, 9, 12), note="系统故障", by=office)
    found = Reminder.objects.get(user=reporter)
    assert found.title == "2018年8月月报重新开放：还有 2 个项目未报"
    assert found.text == "开放至2018年9月12日，此后锁定。原因：系统故障"
    assert found.url == "/reports/monthly/?year=2018&month=8"
    assert told(ready) == []
    with clock.at(date(2018, 9, 6)):
        lock_month(year=2018, month=8, by=office)
        unlock_month(year=2018, month=8, until=date(2018, 9, 13), note="仍有故障", by=office)
    assert len(told(reporter)) == 2


def test_rules_that_are_approved_or_returned_are_told():
    author, other, office = make_user("supervision"), make_user("supervision"), make_user("office")
    row = make_policy(date(2018, 10, 8), state="submitted", name="新规则", created_by=author, submitted_by=author)
    with clock.at(date(2018, 9, 20)):
        return_policy(policy=row, reason="生效日期过早", version=row.version, by=office)
    assert told(author) == told(other) == ["预警规则“新规则”被退回"]
    row = make_policy(date(2018, 10, 9), state="submitted", name="再拟", created_by=author, submitted_by=author)
    with clock.at(date(2018, 9, 20)):
        approve_policy(policy=row, version=row.version, by=other)
    assert told(author)[-1] == told(office)[-1] == "预警规则“再拟”已批准"
    assert len(told(other)) == 1


# All at once


def test_a_second_run_adds_nothing():
    case = make_case(due_on=date(2018, 6, 28))
    make_lifting(case.project, proposed_on=date(2018, 6, 4))
    day = date(2018, 6, 27)
    assert write(day) > 0
    assert write(day) == 0


def test_nothing_to_say_is_nothing():
    assert write(date(2018, 6, 27)) == 0
    district_ledger()
    assert write(date(2018, 6, 27)) == 0


def test_the_number_of_queries_does_not_grow():
    unit, lead = make_unit(), make_unit()
    for role in ("reporter", "reviewer", "office", "supervision", "inspector", "leader"):
        make_reporter(lead if role == "reviewer" else unit, roles=[role])
    warn_ledger(district_ledger())
    counts = []
    for number in (1, 3):
        for place in range(number):
            project = report_project(unit, f"{number}号{place}", lead=lead)
            milestone = make_milestone(project, "other", name="主体施工", due_on=date(2018, 9, 27))
            make_milestone(project, "other", name="封顶", due_on=date(2018, 9, 10))
            recompute(FROM, project)
            make_date_request(milestone, date(2018, 12, 1), on=date(2018, 9, 12))
            make_lifting(project, proposed_on=date(2018, 9, 12), from_level=WarningLevel.YELLOW)
            held = report_project(unit, lead=lead)
            make_hold(held, date(2018, 8, 1), date(2018, 9, 28))
            file_month(report_project(unit, lead=lead), on=date(2018, 9, 21))
        Reminder.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert write(date(2018, 9, 26)) > 0
        counts.append(len(queries))
    assert counts == [counts[0]] * 2
    assert counts[0] == 86
    assert {ReminderKind.DUE, ReminderKind.OVERDUE, ReminderKind.TURNED, ReminderKind.TASK} <= set(
        Reminder.objects.values_list("kind", flat=True)
    )


def test_schedules_are_read_a_part_at_a_time_and_the_rules_once(monkeypatch):
    """Ten thousand rows carry their facts and causes each: never all in memory, and the rules' text not in each row."""
    monkeypatch.setattr(facts, "CHUNK", 2)
    warn_ledger(district_ledger())
    projects = [report_project(make_unit(), f"工程{number}").pk for number in range(7)]
    gc.collect()
    before = sum(isinstance(one, WarningSchedule) for one in gc.get_objects())
    with CaptureQueriesContext(connection) as queries:
        rows = facts.schedules_of(projects, FROM)
        found = [next(rows)]
        held = sum(isinstance(one, WarningSchedule) for one in gc.get_objects()) - before
        found += rows
    assert held <= 2
    assert [row.project_id for row, _ in found] == sorted(projects)
    assert len({id(policy) for _, policy in found}) == 1
    assert [query["sql"].count('"projects_warningpolicy"."rules"') for query in queries if "facts" in query["sql"]] == [0]
