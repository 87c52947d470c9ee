"""Closing an entry (销号) when the year's work is done, and taking it back."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.choices import DecisionState, MilestoneKind, WarningLevel
from projects.models import LedgerEntry, Lifting, Milestone
from projects.services import entry as service
from projects.services.ledger import set_lock
from projects.tests.browsing import fill, office, said, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_user
from projects.tests.warning_builders import (
    finish,
    levels,
    make_date_request,
    make_hold,
    make_lifting,
    make_plan,
    recompute,
    set_level,
    warn_ledger,
)

pytestmark = pytest.mark.django_db

GREEN, RED, DONE = WarningLevel.GREEN, WarningLevel.RED, WarningLevel.DONE
TODAY, START = date(2018, 9, 28), date(2018, 3, 1)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def finished(done: bool = True) -> LedgerEntry:
    """Return an entry whose one milestone of the year was done in time."""
    with clock.at(START):
        ledger = make_ledger()
        warn_ledger(ledger)
        entry = make_entry(ledger, make_project("道路工程"))
        milestone = make_milestone(entry.project, MilestoneKind.OTHER, name="主体施工", due_on=date(2018, 9, 30))
    if done:
        finish(milestone, date(2018, 9, 20))
    return entry


def close(entry: LedgerEntry, **values: Any) -> LedgerEntry:
    return service.close_entry(entry=entry, **{"version": None, "by": None, **values})


def reopen(entry: LedgerEntry, **values: Any) -> LedgerEntry:
    return service.reopen_entry(entry=entry, **{"reason": "登记有误", "version": None, "by": None, **values})


def test_case_m_what_is_closed_is_neutral_from_that_day_on() -> None:
    entry = finished()
    assert close(entry, version=1).closed_on == TODAY
    assert [levels([entry.project], day)[0] for day in (date(2018, 9, 27), TODAY, date(2018, 12, 31))] == [GREEN, DONE, DONE]


def test_a_closed_project_stays_so_whatever_the_dates_bring() -> None:
    entry = finished()
    make_plan(entry.project, on=date(2018, 9, 1), amounts=[0] * 11 + [100])
    close(entry)
    with clock.at(date(2018, 12, 28)):
        # Its plan of December is not met, and then it is: nobody has to lift anything.
        recompute(date(2018, 12, 28), entry.project)
        make_plan(entry.project, on=date(2018, 12, 28), amounts=[0] * 12)
    assert levels([entry.project], date(2018, 12, 28)) == [DONE]
    assert not Lifting.objects.exists()


def date_request(entry: LedgerEntry) -> None:
    other = make_milestone(entry.project, MilestoneKind.OTHER, 2019, name="明年的节点", due_on=date(2019, 9, 30))
    make_date_request(other, date(2019, 10, 30), on=TODAY)


REFUSED: dict[str, tuple[Callable[[LedgerEntry], Any], str]] = {
    "open milestone": (
        lambda entry: make_milestone(entry.project, MilestoneKind.TOPPING, due_on=date(2018, 12, 1)),
        "还有 1 个节点没有完成：封顶。",
    ),
    "moved into the year": (
        lambda entry: make_milestone(entry.project, MilestoneKind.LAND, 2017, due_on=date(2018, 12, 1)),
        "还有 1 个节点没有完成：供地。",
    ),
    "lifting": (lambda entry: make_lifting(entry.project), "有一次摘牌正在办理"),
    "date request": (date_request, "时限变更申请待审批"),
    "hold asked for": (
        lambda entry: make_hold(entry.project, TODAY, date(2018, 10, 20), state=DecisionState.PENDING),
        "暂停申请待审批",
    ),
    "hold": (lambda entry: make_hold(entry.project, date(2018, 9, 21), date(2018, 10, 20)), "该项目正在暂停"),
    "red by hand": (lambda entry: set_level(entry.project, RED, TODAY, date(2018, 10, 20)), "该项目现为告警。请先办理摘牌"),
    "behind the plan": (lambda entry: make_plan(entry.project, on=date(2018, 9, 21)), "该项目现为告警。请先办理摘牌"),
    "left the ledger": (
        lambda entry: service.delist(entry=entry, on=TODAY, reason="并入二期", version=None, by=None),
        "已于2018年9月28日退出这本台账，不能销号",
    ),
    "locked": (lambda entry: set_lock(ledger=entry.ledger, lock=True, version=None, by=None), "已锁定"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_still_open_is_said_before_and_after_the_button(name: str) -> None:
    entry = finished()
    client, address = office(), reverse("projects:entry_close", args=[entry.pk])
    data = fill(client, address)
    prepare, sentence = REFUSED[name]
    prepare(entry)
    assert sentence in text(client.get(address))
    data["version"] = str(LedgerEntry.objects.get(pk=entry.pk).version)
    assert sentence in text(client.post(address, data))
    assert LedgerEntry.objects.get(pk=entry.pk).closed_on is None


@pytest.mark.parametrize(
    "prepare",
    [
        lambda entry: make_milestone(entry.project, MilestoneKind.TOPPING, 2019, due_on=date(2019, 6, 1)),
        lambda entry: make_hold(entry.project, date(2018, 9, 1), date(2018, 9, 27), on=date(2018, 9, 1)),
        lambda entry: make_lifting(entry.project, state="rejected", ended_on=TODAY),
    ],
    ids=["next year's milestone", "a hold that is over", "an ended lifting"],
)
def test_what_does_not_stand_in_the_way(prepare: Callable[[LedgerEntry], Any]) -> None:
    entry = finished()
    prepare(entry)
    assert close(entry).closed_on == TODAY


def test_without_any_milestone_nothing_says_that_it_is_done() -> None:
    entry = make_entry(make_ledger())
    with pytest.raises(ServiceError, match="没有登记节点，无从判断是否完成"):
        close(entry)


def test_what_a_document_knows_to_be_done_by_the_day_is_done() -> None:
    entry = make_entry(make_ledger())
    make_milestone(entry.project, MilestoneKind.START, done_known_on=TODAY)
    assert service.closing_refusals(entry, TODAY) == []
    assert service.closing_refusals(entry, date(2018, 9, 27)) == ["还有 1 个节点没有完成：开工。请先登记完成。"]


def test_all_reasons_are_named_at_once() -> None:
    entry = finished(done=False)
    make_lifting(entry.project)
    assert len(service.closing_refusals(entry, TODAY)) == 2


def test_taking_it_back_needs_a_reason_and_shows_the_colour_again() -> None:
    entry = finished()
    close(entry)
    with clock.at(date(2018, 10, 8)):
        with pytest.raises(InvalidInput, match="请写明恢复的理由"):
            reopen(entry, reason=" ")
        opened = reopen(entry)
    assert (opened.closed_on, opened.reopen_reason) == (None, "登记有误")
    assert [levels([entry.project], day)[0] for day in (TODAY, date(2018, 10, 7), date(2018, 10, 8))] == [DONE, DONE, GREEN]
    with clock.at(date(2018, 10, 9)):
        assert close(entry).reopen_reason == ""
        with pytest.raises(ServiceError, match="没有销号"):
            reopen(LedgerEntry.objects.get(pk=make_entry(entry.ledger).pk))


def test_who_and_which_version() -> None:
    entry = finished()
    for role in ("viewer", "reporter", "inspector", "supervision", "leader"):
        user = make_user(role)
        for call in (close, reopen):
            with pytest.raises(NotAllowed):
                call(entry, by=user)
    with pytest.raises(StaleRecord):
        close(entry, version=9)
    close(entry, by=make_user("office"))
    with pytest.raises(StaleRecord):
        reopen(entry, version=9)


def test_closing_twice_counts_once_and_later_is_told() -> None:
    entry = finished()
    assert close(entry, version=1).version == close(entry, version=1).version == 2
    with clock.at(date(2018, 9, 29)), pytest.raises(ServiceError, match="已于2018年9月28日销号"):
        close(entry, version=2)


def test_from_page_to_page() -> None:
    entry = finished()
    client, project = office(), entry.project
    assert reverse("projects:entry_close", args=[entry.pk]) in text(client.get(project.get_absolute_url()))
    address = reverse("projects:entry_close", args=[entry.pk])
    data = fill(client, address)
    for _ in range(2):
        response = client.post(address, data)
        assert (response.status_code, response.url) == (302, project.get_absolute_url())
    assert said(client, response) == "“道路工程”2018年度已于2018年9月28日销号。"
    page = text(client.get(project.get_absolute_url()))
    assert "2018年9月28日已销号，不再评价。" in page
    address = reverse("projects:entry_reopen", args=[entry.pk])
    assert address in page
    assert address not in text(sign_in(make_user("viewer")).get(project.get_absolute_url()))
    data = fill(client, address, reopen_reason="竣工资料有误")
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    assert "销号后恢复：竣工资料有误" in text(client.get(project.get_absolute_url()))
    assert "该项目没有销号，无需恢复。" in text(client.get(address))


def test_changing_an_entry_changes_its_colour() -> None:
    """The year's amount is what a plan without months is measured by."""
    entry = finished()
    before = levels([entry.project], date(2018, 12, 31))[0]
    service.change_entry(entry=entry, version=None, by=None, annual_plan=1000)
    assert Milestone.objects.get().done_on is not None
    assert (before, levels([entry.project], date(2018, 12, 31))[0]) == (GREEN, GREEN)
    row = entry.project.schedules.get(valid_until=None)
    assert row.known_facts.investment.annual == 1000


def test_a_project_that_joins_later_has_colours_from_then_on() -> None:
    ledger = make_ledger()
    warn_ledger(ledger)
    project = make_project()
    make_milestone(project, MilestoneKind.OTHER, name="主体施工", due_on=date(2018, 8, 1))
    assert levels([project], TODAY) == [WarningLevel.UNRATED]
    make_entry(ledger, project, listed_on=TODAY)
    assert levels([project], TODAY) == [RED]
