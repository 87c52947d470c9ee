"""Every form opens, names what it is about, and is closed to those without the permission."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.choices import MilestoneKind
from projects.tests.builders import (
    make_category,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses() -> dict[str, str]:
    """One address of every form, on records of their own."""
    ledger, project = make_ledger(), make_project("豫见里安置区")
    entry, gone = make_entry(ledger, project), make_entry(ledger)
    from datetime import date

    from projects.services.entry import delist

    delist(entry=gone, on=date(2018, 6, 1), reason="合并", version=None, by=None)
    start = make_milestone(project, MilestoneKind.START, due_phrase="3月底前")
    done = make_milestone(project, MilestoneKind.LAND, due_phrase="1月底", done_on=date(2018, 1, 20))
    row = make_responsibility(project, make_unit("区建设局"))
    locked = make_ledger("2017", 2017)
    return {
        "登记项目": reverse("projects:project_create"),
        "登记项目并列入": reverse("projects:project_create") + "?ledger=2018",
        "修改项目": reverse("projects:project_edit", args=[project.code]),
        "列入台账": reverse("projects:entry_create", args=[project.code]),
        "修改台账条目": reverse("projects:entry_edit", args=[entry.pk]),
        "退出台账": reverse("projects:entry_delist", args=[entry.pk]),
        "恢复列入台账": reverse("projects:entry_relist", args=[gone.pk]),
        "新增责任": reverse("projects:responsibility_create", args=[project.code]),
        "更正责任": reverse("projects:responsibility_edit", args=[row.pk]),
        "结束责任": reverse("projects:responsibility_end", args=[row.pk]),
        "新增节点": reverse("projects:milestone_create", args=[project.code]),
        "修改节点": reverse("projects:milestone_edit", args=[start.pk]),
        "变更时限": reverse("projects:milestone_move", args=[start.pk]),
        "登记完成": reverse("projects:milestone_complete", args=[start.pk]),
        "撤销完成": reverse("projects:milestone_reopen", args=[done.pk]),
        "建立台账": reverse("projects:ledger_create"),
        "修改台账": reverse("projects:ledger_edit", args=[ledger.code]),
        "登记台账规模": reverse("projects:ledger_scale", args=[locked.code]),
        "锁定台账": reverse("projects:ledger_lock", args=[locked.code]),
    }


def signed_in(*roles: str) -> Client:
    client = Client()
    client.force_login(make_user(*roles), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_form_opens_for_the_office(addresses: dict[str, str]) -> None:
    office = signed_in("office")
    for title, address in addresses.items():
        response = office.get(address)
        page = response.content.decode()
        assert response.status_code == 200, address
        assert f"<h1>{title}" in page, address
        assert 'name="request_key"' in page
        assert '<button type="submit" class="btn btn-primary">' in page, address
        assert " style=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("role", ["viewer", "reporter", "leader", "supervision", "system_admin", "audit_admin"])
def test_no_form_opens_or_saves_for_others(addresses: dict[str, str], role: str) -> None:
    other = signed_in(role)
    # Who reports a project records completions too, with evidence (test_milestone_pages).
    theirs = {addresses["登记完成"]} if role == "reporter" else set()
    for address in set(addresses.values()) - theirs:
        assert other.get(address).status_code == 403, address
        response = other.post(address, {"version": "1", "name": "改", "reason": "x"})
        assert response.status_code == 403, address
        assert "权限" in response.content.decode(), address


def test_signed_out_people_are_led_to_the_log_in(addresses: dict[str, str]) -> None:
    for address in addresses.values():
        assert Client().get(address).headers["Location"].startswith(reverse("login"))
        assert Client().post(address).headers["Location"].startswith(reverse("login"))


def test_what_does_not_exist_is_not_found() -> None:
    office = signed_in("office")
    for address in (
        "/projects/EQ-2018-999/edit/",
        "/entries/999999/edit/",
        "/milestones/999999/move/",
        "/responsibilities/999999/end/",
        "/ledgers/none/lock/",
        "/projects/new/?ledger=none",
    ):
        assert office.get(address).status_code == 404, address
        assert office.post(address).status_code == 404, address


def test_opening_a_form_changes_nothing(addresses: dict[str, str]) -> None:
    from projects.models import LedgerEntry, Milestone, Responsibility

    before = [list(model.objects.order_by("pk").values()) for model in (LedgerEntry, Milestone, Responsibility)]
    office = signed_in("office")
    for address in addresses.values():
        office.get(address)
    assert before == [list(model.objects.order_by("pk").values()) for model in (LedgerEntry, Milestone, Responsibility)]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_form_costs_the_same_however_many_units_people_and_projects_there_are() -> None:
    project = make_project("甲", bundle_of=make_project("打捆", bundle_count=2), owner=make_unit())
    row = make_responsibility(project, make_unit(), duty="chief", person=make_person())
    client = signed_in("office")
    addresses = {
        reverse("projects:project_edit", args=[project.code]): 9,
        reverse("projects:responsibility_create", args=[project.code]): 8,
        reverse("projects:responsibility_edit", args=[row.pk]): 9,
    }
    queries(client, next(iter(addresses)))
    first = {address: queries(client, address) for address in addresses}
    for _ in range(3):
        make_project(bundle_count=3)
        make_person(posts=[{"unit": make_unit(aliases=["别名"]), "title": "主任"}])
        make_category(parent=make_category())
        make_responsibility(project, make_unit(), kind="cooperate")
    assert {address: queries(client, address) for address in addresses} == first
    assert first == addresses
