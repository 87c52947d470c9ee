"""Ledgers: opening, describing, stating the scale, locking and unlocking."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.models import Ledger
from projects.services import ledger as service
from projects.tests.browsing import fields, fill, office, said, sign_in, text
from projects.tests.builders import make_ledger, make_revision, make_unit, make_user

pytestmark = pytest.mark.django_db
NEW = "/ledgers/new/"


def page(name: str, ledger: Ledger) -> str:
    return reverse(f"projects:ledger_{name}", args=[ledger.code])


def test_the_next_years_ledger_is_suggested_and_opened() -> None:
    make_ledger()
    client = office()
    data = fill(client, NEW)
    # Without a code the year is the code: a year changed on the form never leaves an old code behind.
    assert (data["year"], data["code"], data["name"], data["level"]) == ("2019", "", "二七区2019年重点项目台账", "district")
    response = client.post(NEW, data)
    ledger = Ledger.objects.get(code="2019")
    assert response.url == ledger.get_absolute_url()
    assert said(client, response) == "已建立“二七区2019年重点项目台账”。"
    assert client.post(NEW, data).url == response.url
    assert Ledger.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"year": "2018", "code": "2018-b"}, "该年度的区级重点项目台账已经存在。"),
        ({"code": "2018", "level": "area"}, "已被另一本台账使用"),
        ({"code": "new"}, "编号不能用“new”。"),
        ({"code": "二七"}, "编号"),
        ({"year": "18"}, "应在 2000 到 2100 之间。"),
        ({"name": ""}, "台账名称"),
    ],
)
def test_a_ledger_that_cannot_be_is_refused(values: dict[str, str], sentence: str) -> None:
    make_ledger()
    client = office()
    response = client.post(NEW, fill(client, NEW, **values))
    assert response.status_code == 422
    assert sentence in text(response)
    assert Ledger.objects.count() == 1


def test_a_ledger_of_an_area_names_its_unit_and_is_changed() -> None:
    unit = make_unit("二七新区管委会", short_name="新区")
    client = office()
    client.post(NEW, fill(client, NEW, year="2018", code="2018-xinqu", name="二七新区台账", level="area", unit="新区"))
    ledger = Ledger.objects.get()
    assert (ledger.unit, ledger.level) == (unit, "area")
    assert client.post(page("edit", ledger), fill(client, page("edit", ledger), name="新区台账", unit="", note="说明")).status_code == 302
    ledger.refresh_from_db()
    assert (ledger.name, ledger.unit, ledger.note, ledger.code) == ("新区台账", None, "说明", "2018-xinqu")


def test_the_scale_is_stated_and_revised_by_a_later_day() -> None:
    ledger = make_ledger()
    client = office()
    data = fill(
        client,
        page("scale", ledger),
        recorded_on="2018年2月24日",
        project_count="165",
        total_investment="2300亿",
        annual_plan="480亿元",
        annual_plan_bound="above",
    )
    first, second = client.post(page("scale", ledger), data), client.post(page("scale", ledger), data)
    assert (first.status_code, second.status_code) == (302, 302)
    revision = ledger.revisions.get()
    assert (revision.project_count, revision.total_investment, revision.annual_plan) == (165, Decimal(23000000), Decimal(4800000))
    assert "2018年2月24日：165 个项目，总投资 2,300亿元，年度计划投资 480亿元以上" in text(client.get(page("scale", ledger)))
    response = client.post(page("scale", ledger), {**data, "project_count": "170"})
    assert "这一天的规模已经登记，登记后不能修改。" in text(response)
    assert client.post(page("scale", ledger), {**data, "project_count": "170", "recorded_on": "2018-07-01"}).status_code == 302
    assert ledger.revisions.count() == 2


def test_a_scale_without_any_figure_is_refused() -> None:
    ledger, client = make_ledger(), office()
    response = client.post(page("scale", ledger), fill(client, page("scale", ledger)))
    assert "请至少填写项目数、总投资、年度计划投资中的一项。" in text(response)


def refused(statement: str, by: str) -> None:
    with pytest.raises(DatabaseError, match=by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_stated_scale_is_never_altered() -> None:
    service.state_scale(ledger=make_ledger(), recorded_on=date(2018, 2, 24), project_count=165, by=None)
    refused("UPDATE projects_ledgerrevision SET project_count = 1", "keep_figures")
    refused("UPDATE projects_ledgerrevision SET withdrawn_on = now(), withdraw_reason = 'x', recorded_on = now()", "keep_figures")
    refused("DELETE FROM projects_ledgerrevision", "keep_scale")


def test_a_withdrawal_has_a_reason_and_is_final() -> None:
    revision = make_revision(make_ledger(), project_count=156)
    refused("UPDATE projects_ledgerrevision SET withdrawn_on = now()", "scale_withdrawn_with_reason")
    refused("UPDATE projects_ledgerrevision SET withdraw_reason = 'x'", "scale_withdrawn_with_reason")
    service.withdraw_scale(revision=revision, reason=" 抄错 ", by=make_user("office"))
    refused("UPDATE projects_ledgerrevision SET withdrawn_on = NULL, withdraw_reason = ''", "keep_withdrawn")
    refused("UPDATE projects_ledgerrevision SET withdraw_reason = '别的'", "keep_withdrawn")
    refused("DELETE FROM projects_ledgerrevision", "keep_scale")
    revision.refresh_from_db()
    assert (revision.withdraw_reason, revision.withdrawn_on) == ("抄错", clock.today())


def test_people_state_no_scale_of_a_day_to_come() -> None:
    ledger, client = make_ledger(), office()
    data = fill(client, page("scale", ledger), recorded_on=f"{clock.today() + timedelta(days=1)}", project_count="165")
    assert "日期不能晚于业务日期。" in text(client.post(page("scale", ledger), data))
    assert not ledger.revisions.exists()
    service.state_scale(ledger=ledger, recorded_on=clock.today() + timedelta(days=1), project_count=165, by=None)


def test_a_wrong_scale_is_withdrawn_and_stated_anew() -> None:
    ledger, client = make_ledger(), office()
    right = make_revision(ledger, date(2018, 1, 5), project_count=150)
    wrong = make_revision(ledger, date(2018, 2, 24), project_count=156)
    day = f"{ledger.get_absolute_url()}?as_of=2018-09-28"
    address = reverse("projects:ledger_scale_withdraw", args=[ledger.code, wrong.pk])
    shown = text(client.get(day))
    assert "<strong>156</strong> 个项目" in shown
    assert address in shown
    assert "已撤回" not in shown
    assert "2018年2月24日：156 个项目" in text(client.get(address))
    assert "请写明撤回的原因。" in text(client.post(address, fill(client, address)))
    data = fill(client, address, reason="数字抄错")
    assert said(client, client.post(address, data)) == "已撤回2018年2月24日的规模，数字和原因仍可查；需要时请重新登记。"
    assert client.post(address, data).status_code == 302, "the second click on the button"
    assert "已经撤回" in text(client.post(address, {**data, "reason": "另一个原因"}))
    assert "已经撤回（数字抄错），无需再办" in text(client.get(address))
    shown = text(client.get(day))
    assert "<strong>150</strong> 个项目" in shown
    assert "已撤回" in shown
    assert "数字抄错" in shown
    assert address not in shown
    data = fill(client, page("scale", ledger), recorded_on="2018-02-24", project_count="165")
    assert client.post(page("scale", ledger), data).status_code == 302
    assert "<strong>165</strong> 个项目" in text(client.get(day))
    assert [revision.project_count for revision in ledger.revisions.all()] == [150, 165]
    assert right in ledger.revisions.all()
    viewer = text(sign_in(make_user("viewer")).get(day))
    assert "已撤回" in viewer
    assert "/withdraw/" not in viewer


def test_a_withdrawn_scale_is_not_loaded_again() -> None:
    ledger = make_ledger()
    values = {"recorded_on": date(2018, 2, 24), "project_count": 156}
    wrong = service.state_scale(ledger=ledger, by=None, **values)
    service.withdraw_scale(revision=wrong, reason="抄错", by=make_user("office"))
    assert service.state_scale(ledger=ledger, by=None, **values) == wrong
    assert not ledger.revisions.exists()


def test_a_scale_of_a_locked_or_of_another_ledger_is_not_withdrawn() -> None:
    ledger, other, client = make_ledger(), make_ledger("2017", 2017), office()
    revision = make_revision(ledger, project_count=156)
    assert client.get(reverse("projects:ledger_scale_withdraw", args=[other.code, revision.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        service.withdraw_scale(revision=revision, reason="抄错", by=make_user("viewer"))
    service.set_lock(ledger=ledger, lock=True, version=1, by=None)
    with pytest.raises(ServiceError, match="已锁定"):
        service.withdraw_scale(revision=revision, reason="抄错", by=None)
    assert "已锁定" in text(client.get(reverse("projects:ledger_scale_withdraw", args=[ledger.code, revision.pk])))
    assert "/withdraw/" not in text(client.get(ledger.get_absolute_url()))


def test_locking_asks_first_and_unlocking_leads_back() -> None:
    ledger, client = make_ledger(), office()
    shown = client.get(page("lock", ledger))
    assert "锁定后，任何人都不能增减或修改条目" in text(shown)
    ledger.refresh_from_db()
    assert not ledger.is_locked
    data = fields(shown)
    assert said(client, client.post(page("lock", ledger), data)) == f"“{ledger.name}”已锁定，不能再修改。"
    assert client.post(page("lock", ledger), data).url == ledger.get_absolute_url()
    ledger.refresh_from_db()
    assert (ledger.is_locked, ledger.version) == (True, 2)
    assert "已经锁定，无需再办" in text(client.get(page("lock", ledger)))
    for name in ("edit", "scale"):
        assert "已锁定，不能修改" in text(client.get(page(name, ledger)))
    assert client.post(page("unlock", ledger), fill(client, page("unlock", ledger))).status_code == 302
    ledger.refresh_from_db()
    assert not ledger.is_locked


def test_locking_shows_what_changed_since_the_page_was_opened() -> None:
    ledger, client = make_ledger(), office()
    data = fill(client, page("lock", ledger))
    service.change_ledger(ledger=ledger, version=None, by=None, name="改名后的台账")
    response = client.post(page("lock", ledger), data)
    assert response.status_code == 409
    assert "改名后的台账" in text(response)
    ledger.refresh_from_db()
    assert not ledger.is_locked


def test_services_ask_for_the_permission_the_version_and_the_state() -> None:
    ledger, viewer = make_ledger(), make_user("viewer")
    for call in (
        lambda: service.open_ledger(code="x", year=2020, name="x", by=viewer),
        lambda: service.change_ledger(ledger=ledger, version=1, by=viewer, name="x"),
        lambda: service.state_scale(ledger=ledger, recorded_on=date(2018, 1, 1), by=viewer),
        lambda: service.set_lock(ledger=ledger, lock=True, version=1, by=viewer),
    ):
        with pytest.raises(NotAllowed):
            call()
    for call in (
        lambda: service.change_ledger(ledger=ledger, version=9, by=None, name="x"),
        lambda: service.set_lock(ledger=ledger, lock=True, version=9, by=None),
    ):
        with pytest.raises(StaleRecord):
            call()
    service.set_lock(ledger=ledger, lock=True, version=1, by=None)
    for call in (
        lambda: service.change_ledger(ledger=ledger, version=2, by=None, name="x"),
        lambda: service.state_scale(ledger=ledger, recorded_on=date(2018, 1, 1), project_count=1, by=None),
    ):
        with pytest.raises(ServiceError, match="已锁定"):
            call()
    with pytest.raises(InvalidInput):
        service.open_ledger(code="2018", year=2018, name="又一本", by=None)
