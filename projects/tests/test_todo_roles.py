"""我的待办 of the other roles: who reviews, the office, leaders, inspectors, the supervision office; and the page."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erqi.common import clock
from erqi.common.models import User
from projects.choices import LiftingState, PolicyState, ReportState, ResponsibilityKind, WarningLevel
from projects.models import Lifting, ProgressReport, Project, Rescheduling, Unit
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_milestone, make_person, make_responsibility, make_unit, make_user
from projects.tests.report_builders import district_ledger, file_month, make_reporter, report_project, report_projects
from projects.tests.request_case import make_case
from projects.tests.warning_builders import FROM, make_date_request, make_hold, make_lifting, make_policy, recompute, warn_ledger
from supervision.services.inquiry import ask_inquiry

pytestmark = pytest.mark.django_db

TODAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def _spring():
    """Everything is set up on the day from which the colours are known."""
    with clock.at(FROM):
        yield


def lines(user: User, day: date = TODAY) -> list[Item]:
    with clock.at(day):
        return todo(Desk(User.objects.get(pk=user.pk), day))


def of_kind(user: User, kind: str, day: date = TODAY) -> list[Item]:
    return [item for item in lines(user, day) if item.kind == kind]


# Reviewing


def test_reports_that_await_a_review_are_one_line():
    lead, unit = make_unit(), make_unit()
    first, second = report_project(unit, lead=lead), report_project(unit, lead=lead)
    report_project(unit)
    reviewer = make_reporter(lead, roles=["reviewer"])
    file_month(first, on=date(2018, 9, 21))
    file_month(second, on=date(2018, 9, 26))
    (item,) = lines(reviewer)
    assert item.title == "9月月报：2 份待审核"
    assert item.text == "最早的一份报送于9月21日，已等 4 个工作日"
    assert item.follows == "已过审核时限；9月30日后锁定，届时不能再退回"
    assert item.url == "/reports/review/?year=2018&month=9"
    assert lines(reviewer, date(2018, 10, 8)) == []


def test_nobody_reviews_what_they_filed():
    unit = make_unit()
    both = make_reporter(unit, roles=["reporter", "reviewer"])
    project = report_project(unit, lead=unit)
    file_month(project, by=both)
    assert lines(both) == []


# The office


def test_the_office_sees_the_month_by_units():
    first, second, third = make_unit("甲局"), make_unit("乙局"), make_unit("丙局")
    make_reporter(first)
    make_reporter(second)
    report_projects(2, first)
    (done,) = report_projects(1, second)
    report_projects(1, third)
    file_month(done)
    (item,) = of_kind(make_user("office"), "report")
    assert item.title == "9月月报：全区还有 3 个项目未报（共 4 个）"
    assert item.text == "涉及 2 个单位；其中 1 个项目没有填报员，须由重点项目办代报"
    assert [(part.label, part.note) for part in item.parts] == [("甲局 2", ""), ("丙局 1", "没有填报员")]
    assert item.parts[0].url == f"/reports/monthly/?year=2018&month=9&unit={first.pk}"
    assert item.action == "查看并代报"


def test_the_office_reviews_what_nobody_else_can_and_hears_of_what_waits():
    lead, unit = make_unit(), make_unit()
    make_reporter(lead, roles=["reviewer"])
    orphan, slow, fresh = report_project(unit), report_project(unit, lead=lead), report_project(unit, lead=lead)
    office = make_user("office")
    file_month(fresh, on=date(2018, 9, 27))
    assert of_kind(office, "review") == []
    file_month(orphan, on=date(2018, 9, 27))
    file_month(slow, on=date(2018, 9, 21))
    (item,) = of_kind(office, "review")
    assert item.title == "9月月报：全区 3 份待审核"
    assert item.text == "1 份没有牵头审核人，须由重点项目办审核；1 份牵头单位已搁置 3 个工作日以上，请催办或代为审核"


def test_requests_await_the_office_but_not_whoever_asked():
    case = make_case()
    day = date(2018, 6, 15)
    request = make_date_request(case.milestone, date(2018, 8, 31), on=date(2018, 6, 8), requested_by=case.other_office)
    hold = make_hold(case.project, date(2018, 7, 1), date(2018, 7, 31), on=date(2018, 6, 15), state="pending")
    assert [item.url for item in of_kind(case.office, "request", day)] == [request.get_absolute_url(), hold.get_absolute_url()]
    first, second = of_kind(case.office, "request", day)
    assert first.title == "变更时限：主体施工"
    assert "由2018年6月30日改为2018年8月31日（土地）：土地手续未办结" in first.text
    assert first.follows.startswith("已等 5 个工作日；审批前该节点停止计时")
    assert (first.level, second.level) == (WarningLevel.YELLOW, WarningLevel.BLUE)
    assert [item.url for item in of_kind(case.other_office, "request", day)] == [hold.get_absolute_url()]
    assert of_kind(case.reporter, "request", day) == []


def test_an_unfinished_pass_is_a_line_for_who_may_continue_it():
    run = Rescheduling.objects.create(reason="启用预警", on=TODAY, total=10, done=4, started_by_name="李四")
    (item,) = of_kind(make_user("office"), "policy")
    assert item.text == "李四9月28日发起，已完成 4 / 10"
    assert item.url == reverse("projects:policy_pass", args=[run.pk])
    assert of_kind(make_user("reporter"), "policy") == []


# Rules


def test_rules_are_approved_by_somebody_else_than_wrote_or_submitted_them():
    author, sender, other = (make_user("supervision") for _ in range(3))
    make_policy(
        date(2018, 10, 8), state=PolicyState.SUBMITTED, name="新规则", created_by=author, submitted_by=sender, submitted_by_name="王五"
    )
    for user, number in ((author, 0), (sender, 0), (other, 1), (make_user("office"), 1), (make_user("leader"), 0)):
        assert len(of_kind(user, "policy")) == number
    (item,) = of_kind(other, "policy")
    assert item.text == "王五提交，拟自10月8日起执行"
    assert item.follows == "10月8日前未批准的，须退回改期"
    with clock.at(TODAY):
        assert [one.text for one in waiting(Desk(author, TODAY))] == ["新规则：待批准"]


def test_rules_that_came_back_are_a_line_for_who_wrote_them():
    author = make_user("supervision")
    make_policy(date(2018, 10, 8), state=PolicyState.RETURNED, name="新规则", created_by=author, return_reason="生效日期过早")
    (item,) = of_kind(author, "policy")
    assert item.text == "退回原因：生效日期过早"
    assert of_kind(make_user("supervision"), "policy") == []


# Liftings


def test_liftings_are_verified_by_inspectors_and_confirmed_by_the_supervision_office():
    case = make_case()
    supervision = make_user("supervision")
    proposed = make_lifting(case.project)
    day = date(2018, 7, 12)
    (item,) = lines(case.inspector, day)
    assert item.title == "摘牌待核验：告警 → 正常"
    assert item.url == reverse("projects:lifting_verify", args=[proposed.pk])
    assert item.follows.startswith("已等 8 个工作日")
    assert lines(supervision, day) == []
    proposed.state, proposed.verified_on, proposed.verified_by, proposed.verified_by_name = (
        LiftingState.VERIFIED,
        day,
        case.inspector,
        "督察员丙",
    )
    proposed.save()
    assert lines(case.inspector, day) == []
    (item,) = lines(supervision, day)
    assert item.url == reverse("projects:lifting_confirm", args=[proposed.pk])
    assert item.text.startswith("督察员丙7月12日核验")


def test_nobody_confirms_what_they_verified():
    case = make_case()
    both = make_user("inspector", "supervision")
    make_lifting(case.project, state=LiftingState.VERIFIED, verified_on=date(2018, 7, 3), verified_by=both, verified_by_name="甲")
    assert lines(both, date(2018, 7, 12)) == []


# Leaders and inspectors of a project


@pytest.mark.parametrize(
    ("role", "kind", "action"), [("leader", ResponsibilityKind.PATRON, "问查"), ("inspector", ResponsibilityKind.INSPECTOR, "登记督察")]
)
def test_who_watches_over_a_project_sees_when_it_is_yellow_or_will_be(role, kind, action):
    case = make_case()
    other = make_case("别的项目")
    user = make_user(role)
    make_responsibility(case.project, kind=kind, person=make_person(user.name, account=user))
    due_on = case.milestone.due_on
    # 14 days before it turns yellow, eight days after its date.
    assert lines(user, due_on - timedelta(days=7)) == []
    (soon,) = lines(user, due_on - timedelta(days=6))
    assert soon.coming.level == WarningLevel.YELLOW
    (item,) = lines(user, due_on + timedelta(days=10))
    assert item.title == "道路工程"
    assert item.action == action
    assert item.unit == "道路工程承办局"
    asked = f"{reverse('supervision:inquiry_new', args=[case.project.code])}?milestone={case.milestone.pk}"
    assert item.url == (asked if role == "leader" else reverse("projects:milestone_update", args=[case.milestone.pk]))
    assert item.remedy == "按规则应办：督察通知单（提醒）"
    assert other.project.name not in {item.title for item in lines(user, due_on + timedelta(days=10))}


# The page


@pytest.mark.parametrize("role", ["reporter", "reviewer", "office", "supervision", "inspector", "leader", "viewer"])
def test_the_page_opens_with_nothing_to_do(role):
    page = sign_in(make_user(role)).get("/todo/")
    assert page.status_code == 200
    if role == "viewer":
        assert "您的角色只查阅" in text(page)
    elif role in ("reporter", "reviewer"):
        assert "您的账号还没有关联单位" in text(page)
    else:
        assert "现在没有要办的事项" in text(page)


def test_the_page_groups_by_urgency_and_narrows_by_kind():
    case = make_case()
    make_date_request(make_case("桥梁").milestone, date(2018, 9, 30), on=date(2018, 7, 20))
    day = case.milestone.due_on + timedelta(days=28)
    with clock.at(day):
        client = sign_in(make_user("office"))
        page = client.get("/todo/")
        assert [group.label for group in page.context["groups"]] == ["先办", "接着办"]
        assert "btn-primary" in text(page)
        narrowed = client.get("/todo/?kind=request")
    assert [item.kind for group in narrowed.context["groups"] for item in group.items] == ["request"]
    assert 'href="/todo/?kind=report"' in text(narrowed)


def test_a_long_list_is_cut_with_the_number_of_the_rest(monkeypatch):
    monkeypatch.setattr("projects.views.todo.MOST", 2)
    for number in range(3):
        make_date_request(make_case(f"项目{number}").milestone, date(2018, 9, 30), on=date(2018, 6, 1))
    client = sign_in(make_user("office"))
    with clock.at(date(2018, 6, 4)):
        page = client.get("/todo/?kind=request")
        assert "显示其余 1 项" in text(page)
        assert page.context["more_url"] == "/todo/?kind=request&all=1"
        assert sum(len(group.items) for group in client.get("/todo/?kind=request&all=1").context["groups"]) == 3


def test_simulated_lines_are_marked():
    case = make_case()
    make_lifting(case.project, simulated=True)
    with clock.at(date(2018, 7, 3)):
        assert '<span class="sim">模拟</span>' in text(sign_in(case.inspector).get("/todo/"))


# Queries


def fill(unit: Unit, lead: Unit, people: dict[str, User], number: int) -> None:
    """Give everybody so many of everything."""

    def late(name: str, due_on: date) -> Project:
        project = report_project(unit, name, lead=lead)
        make_milestone(project, "other", name="主体施工", due_on=due_on)
        recompute(FROM, project)
        return project

    for place in range(number):
        project = late(f"逾期{place}", date(2018, 9, 10))
        for kind, who in ((ResponsibilityKind.PATRON, "leader"), (ResponsibilityKind.INSPECTOR, "inspector")):
            make_responsibility(project, kind=kind, person=people[who].person)
        file_month(report_project(unit, lead=lead), on=date(2018, 9, 21))
        make_hold(late(f"暂停{place}", date(2018, 9, 10)), date(2018, 8, 1), date(2018, 10, 2))
        asked = late(f"申请{place}", date(2018, 9, 10)).milestones.get()
        make_date_request(asked, date(2018, 12, 1), on=date(2018, 9, 12), requested_by=people["reporter"])
        make_lifting(late(f"摘牌{place}", date(2018, 12, 10)), proposed_on=date(2018, 9, 20))
        made = make_lifting(late(f"核验{place}", date(2018, 12, 10)), proposed_on=date(2018, 9, 20))
        Lifting.objects.filter(pk=made.pk).update(state=LiftingState.VERIFIED, verified_on=date(2018, 9, 21))
        make_policy(date(2018, 12, 1 + place), state=PolicyState.SUBMITTED)
        returned = file_month(report_project(unit, lead=lead))
        ProgressReport.objects.filter(pk=returned.pk).update(state=ReportState.RETURNED, return_reason="数据有误")
        question = late(f"问查{place}", date(2018, 12, 10)).milestones.get()
        ask_inquiry(project=question.project, milestone=question, text="进展如何？", by=people["leader"])


# Queries of the page, and the lines that it has with one and with three of each kind.
QUERIES = {
    "reporter": (46, 5, 13),
    "reviewer": (18, 1, 1),
    "office": (34, 4, 8),
    "supervision": (33, 2, 6),
    "inspector": (34, 2, 6),
    "leader": (31, 1, 3),
    "viewer": (6, 0, 0),
}


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(number):
    unit, lead = make_unit(), make_unit()
    people = {role: make_reporter(lead if role == "reviewer" else unit, roles=[role]) for role in QUERIES}
    warn_ledger(district_ledger())
    fill(unit, lead, people, number)
    found = {}
    for role in QUERIES:
        client = sign_in(people[role])
        with clock.at(TODAY):
            page = client.get("/todo/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/todo/")
        found[role] = (len(queries), page.context["all_count"])
    assert found == {role: (queries, one if number == 1 else three) for role, (queries, one, three) in QUERIES.items()}
