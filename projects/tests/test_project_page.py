"""The project page: what a person sees, as of which day, in how many queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.tests.uploads import upload
from projects.choices import DelayCause, Duty, MilestoneKind, Nature, ResponsibilityKind
from projects.models import Ledger
from projects.services import milestone as milestone_service
from projects.tests.builders import (
    make_citation,
    make_document,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.warning_builders import make_date_request, make_hold, warn_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def office(client):
    user = make_user("office")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def text_of(response) -> str:
    return response.content.decode()


def page(client, project, **query) -> str:
    response = client.get(reverse("projects:project_detail", args=[project.code]), query)
    assert response.status_code == 200
    return text_of(response)


def test_every_figure_leads_to_its_paragraph(viewer):
    project = make_project(name="新建市政道路", total_investment=Decimal(793000), bundle_count=158)
    source = make_document("T2")
    make_citation(project, "total_investment", source, 32, "建设投资79.3亿元")
    html = page(viewer, project)
    assert "79.3亿元" in html
    assert f'href="{reverse("projects:document_detail", args=["T2"])}#p-32"' in html
    assert "158" in html


def test_what_documents_do_not_say_is_said_so_and_what_nobody_entered_too(viewer):
    documented, entered = make_project(), make_project()
    make_citation(documented)
    assert "文件未载" in page(viewer, documented)
    html = page(viewer, entered)
    assert "未填" in html
    assert ">文件未载<" not in html


def test_dates_are_shown_as_they_stood_on_the_day(office):
    project = make_project()
    milestone = make_milestone(project, kind=MilestoneKind.START, name="开工建设", year=2018, due_phrase="3月底前")
    with clock.at(date(2018, 3, 20)):
        milestone_service.move_milestone(
            milestone=milestone, to=date(2018, 9, 30), cause=DelayCause.LAND, reason="供地延后", version=1, by=office.user
        )
    before = page(office, project, as_of="2018-03-10")
    assert "距时限 21 天" in before
    assert "供地延后" not in before
    after = page(office, project, as_of="2018-04-01")
    assert "距时限 182 天" in after
    assert "供地延后" in after
    with clock.at(date(2018, 10, 1)):
        assert "已过时限 1 天" in page(office, project)
    assert "正在查看" in after


def test_stage_follows_from_milestones_done_by_the_day(viewer):
    project = make_project()
    make_milestone(project, kind=MilestoneKind.START, done_known_on=date(2018, 2, 24), done_phrase="在建")
    assert 'aria-current="step">开工' in page(viewer, project, as_of="2018-02-24")
    assert 'aria-current="step"' not in page(viewer, project, as_of="2018-02-23")


def test_the_grid_shows_units_duties_and_who_answered_before(viewer):
    project, old, new = make_project(), make_unit("旧牵头单位"), make_unit("新牵头单位")
    make_responsibility(project, old, until=date(2018, 5, 31))
    make_responsibility(project, new, since=date(2018, 6, 1))
    make_responsibility(project, new, duty=Duty.CHIEF, person=make_person("张三"), since=date(2018, 6, 1))
    make_responsibility(project, kind=ResponsibilityKind.PATRON, person=make_person("李四"))
    html = page(viewer, project, as_of="2018-07-01")
    assert "张三" in html
    assert "李四" in html
    assert html.index("新牵头单位") < html.index("此外")
    assert "旧牵头单位" in html[html.index("此外") :]
    assert "旧牵头单位" in page(viewer, project, as_of="2018-05-31").partition("此外")[0]


def test_only_the_office_sees_ways_to_edit(client):
    project = make_project()
    for role, sees in (("viewer", False), ("reporter", False), ("leader", False), ("office", True)):
        client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
        html = page(client, project)
        assert (reverse("projects:project_edit", args=[project.code]) in html) is sees, role


def test_a_malformed_day_is_not_guessed(viewer):
    assert "无法识别" in page(viewer, make_project(), as_of="2018-02-31")


def test_an_unknown_code_is_not_found(viewer):
    assert viewer.get(reverse("projects:project_detail", args=["EQ-1999-999"])).status_code == 404


def test_names_are_escaped(viewer):
    html = page(viewer, make_project(name="<script>alert(1)</script>"))
    assert "<script>alert" not in html


def fill(project, number: int) -> None:
    ledgers = [Ledger.objects.filter(year=year).first() or make_ledger(str(year), year) for year in (2018, 2019, 2020)]
    for index in range(number):
        make_entry(ledgers[index], project, nature=Nature.NEW)
        milestone = make_milestone(project, name=f"节点{index}", due_phrase="3月底前")
        make_citation(milestone, "due_phrase", as_printed=f"原文{index}")
        make_responsibility(project, make_unit(), kind=ResponsibilityKind.COOPERATE)
        make_project(bundle_of=project)
        milestone_service.update_milestone(milestone=milestone, text="进展", by=None, uploads=[upload()])
        make_date_request(milestone, date(2018, 9, 30), on=date(2018, 3, 20))
        make_hold(project, date(2018, 4 + index, 1), date(2018, 4 + index, 20))


def test_queries_do_not_grow_with_the_records(viewer, django_assert_num_queries, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    small, large = make_project(), make_project()
    fill(small, 1)
    fill(large, 3)
    warn_ledger(Ledger.objects.get(year=2018))
    page(viewer, large)  # content types are cached per process
    numbers = []
    for project in (small, large):
        with django_assert_num_queries(QUERIES) as captured:
            page(viewer, project)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]


# session, account, roles; project, aliases, members, entries and when they were away, milestones, their changes, updates with
# attachments and requests, holds, responsibilities, targets, sources; schedules, liftings, level set by hand, hold, report, passes;
# policy, plan, amount of the year, steps, months, the first month reported
QUERIES = 38
