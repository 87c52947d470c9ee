"""Entries of ledgers: entering, changing, leaving, coming back; locked ledgers refuse."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.models import Ledger, LedgerEntry
from projects.services import entry as service
from projects.services.ledger import set_lock
from projects.tests.browsing import fields, fill, office, said, text
from projects.tests.builders import make_entry, make_ledger, make_project, make_user

pytestmark = pytest.mark.django_db


def page(name: str, entry: LedgerEntry) -> str:
    return reverse(f"projects:entry_{name}", args=[entry.pk])


def lock(ledger: Ledger) -> None:
    set_lock(ledger=ledger, lock=True, version=None, by=None)


def test_a_project_is_entered_at_the_end_of_the_ledger_chosen() -> None:
    ledger, project = make_ledger(), make_project()
    make_entry(ledger)
    client, address = office(), reverse("projects:entry_create", args=[project.code])
    response = client.post(address, fill(client, address, ledger=str(ledger.pk), nature="new", annual_plan="5000万元"))
    entry = project.entries.get()
    assert (entry.seq, entry.nature, entry.annual_plan) == (2, "new", Decimal(5000))
    assert response.url == project.get_absolute_url()
    assert said(client, response) == f"已列入{ledger.name}，序号 2。"


def test_ledgers_that_are_locked_or_hold_the_project_are_not_offered() -> None:
    held, locked, free = make_ledger(), make_ledger("2017", 2017), make_ledger("2019", 2019)
    project = make_project()
    make_entry(held, project)
    lock(locked)
    shown = text(office().get(reverse("projects:entry_create", args=[project.code])))
    assert free.name in shown
    assert f'value="{locked.pk}"' not in shown
    assert f'value="{held.pk}"' not in shown


def test_the_ledger_in_the_address_is_chosen_beforehand() -> None:
    ledger, project = make_ledger(), make_project()
    shown = fields(office().get(reverse("projects:entry_create", args=[project.code]) + f"?ledger={ledger.code}"))
    assert shown["ledger"] == str(ledger.pk)


def test_a_taken_number_and_a_second_entry_are_refused() -> None:
    ledger, project = make_ledger(), make_project()
    make_entry(ledger, project)
    client, address = office(), reverse("projects:entry_create", args=[make_project().code])
    response = client.post(address, fill(client, address, ledger=str(ledger.pk), seq="1"))
    assert (response.status_code, "该序号已被占用。" in text(response)) == (422, True)
    with pytest.raises(InvalidInput, match="该项目已在这本台账中"):
        service.add_entry(ledger=ledger, project=project, by=None)


def test_an_entry_is_changed() -> None:
    entry = make_entry(make_ledger())
    client = office()
    data = fill(client, page("edit", entry), seq="7", annual_goal="主体完工", annual_plan="1.5亿", listed_on="2018年3月1日")
    assert client.post(page("edit", entry), data).status_code == 302
    entry.refresh_from_db()
    assert (entry.seq, entry.annual_goal, entry.annual_plan, entry.listed_on) == (7, "主体完工", Decimal(15000), date(2018, 3, 1))


def test_leaving_needs_a_reason_and_coming_back_restores() -> None:
    entry = make_entry(make_ledger())
    client, project = office(), entry.project
    response = client.post(page("delist", entry), fill(client, page("delist", entry), delist_reason="  "))
    assert response.status_code == 422
    assert "退出原因" in text(response)
    data = fill(client, page("delist", entry), delisted_on="2018.6.1", delist_reason="并入二期")
    response = client.post(page("delist", entry), data)
    assert response.url == project.get_absolute_url()
    assert said(client, response).startswith("自2018年6月1日起退出")
    entry.refresh_from_db()
    assert (entry.delisted_on, entry.delist_reason) == (date(2018, 6, 1), "并入二期")
    # The same button pressed twice: nothing more happens.
    assert client.post(page("delist", entry), data).url == project.get_absolute_url()
    shown = text(client.get(page("delist", entry)))
    assert "该项目已于2018年6月1日退出这本台账。" in shown
    assert client.post(page("relist", entry), fill(client, page("relist", entry))).status_code == 302
    entry.refresh_from_db()
    assert (entry.delisted_on, entry.delist_reason, entry.version) == (None, "", 3)


def test_leaving_before_having_entered_is_refused() -> None:
    entry = make_entry(make_ledger(), listed_on=date(2018, 6, 1))
    client = office()
    response = client.post(page("delist", entry), fill(client, page("delist", entry), delisted_on="2018-05-01", delist_reason="x"))
    assert "退出日期不能早于列入日期。" in text(response)


def test_coming_back_shows_what_others_did_meanwhile() -> None:
    entry = make_entry(make_ledger())
    service.delist(entry=entry, on=date(2018, 6, 1), reason="合并", version=None, by=None)
    client = office()
    data = fill(client, page("relist", entry))
    service.change_entry(entry=entry, version=None, by=None, annual_goal="改过的目标")
    response = client.post(page("relist", entry), data)
    assert response.status_code == 409
    assert "改过的目标" in text(response)
    assert client.post(page("relist", entry), fields(response)).status_code == 302
    entry.refresh_from_db()
    assert (entry.delisted_on, entry.annual_goal) == (None, "改过的目标")


@pytest.mark.parametrize("name", ["edit", "delist", "relist"])
def test_a_locked_ledger_refuses_with_one_sentence_before_and_after_typing(name: str) -> None:
    ledger = make_ledger()
    entry = make_entry(ledger)
    if name == "relist":
        service.delist(entry=entry, on=date(2018, 6, 1), reason="合并", version=None, by=None)
    client = office()
    data = fill(client, page(name, entry), **({"delist_reason": "合并"} if name == "delist" else {"note": None}))
    lock(ledger)
    before = LedgerEntry.objects.values().get(pk=entry.pk)
    for response in (client.get(page(name, entry)), client.post(page(name, entry), data)):
        assert f"“{ledger.name}”已锁定，不能修改。如确需修改，请先由重点项目办解锁。" in text(response)
    assert LedgerEntry.objects.values().get(pk=entry.pk) == before


def test_services_ask_for_the_permission_the_version_and_an_open_ledger() -> None:
    ledger = make_ledger()
    entry, viewer = make_entry(ledger), make_user("viewer")
    calls = {
        "add": lambda by, version: service.add_entry(ledger=ledger, project=make_project(), by=by),
        "change": lambda by, version: service.change_entry(entry=entry, version=version, by=by, annual_goal="x"),
        "delist": lambda by, version: service.delist(entry=entry, on=None, reason="x", version=version, by=by),
        "relist": lambda by, version: service.relist(entry=entry, version=version, by=by),
    }
    for call in calls.values():
        with pytest.raises(NotAllowed):
            call(viewer, 1)
    for name in ("change", "delist", "relist"):
        with pytest.raises(StaleRecord):
            calls[name](None, 99)
    lock(ledger)
    for call in calls.values():
        with pytest.raises(ServiceError, match="已锁定"):
            call(None, 1)
