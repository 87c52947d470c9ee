"""Results that people register of a target: on which days, once, and withdrawn when they were wrong."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError
from projects.models import TargetReading
from projects.services import target as service
from projects.stats.target import target_states
from projects.tests.builders import make_claim, make_document, make_reading, make_target, make_user
from projects.tests.test_target_edit import address, filled, signed_in

pytestmark = pytest.mark.django_db
JUNE = date(2018, 6, 30)


@pytest.fixture(autouse=True)
def _business_date(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2018, 9, 28))


@pytest.fixture
def office():
    client = signed_in(user := make_user("office", name="王主任"))
    client.user = user
    return client


@pytest.fixture
def target():
    found = make_target("新开工项目", "个")
    make_claim(found, 65, make_document("D2"))
    return found


def send(client, target, **values):
    url = address("reading_create", target)
    return client.post(url, filled(client, url, **values))


@pytest.mark.parametrize(("year", "on"), [(2018, "2017-12-31"), (2017, "2018-04-01"), (2017, "2016-12-31")])
def test_a_result_belongs_to_the_targets_year(office, year, on):
    target = make_target("新开工项目", "个", year=year)
    response = send(office, target, on=on, value="30")
    assert response.status_code == 422
    assert f"{year}年目标的截止日期须在{year}年内，年后才公布的最迟到{year + 1}年3月31日" in response.content.decode()
    assert not target.readings.exists()


@pytest.mark.parametrize("on", ["2017-01-01", "2017-12-31", "2018-03-31"])
def test_a_result_may_be_published_late(office, on):
    target = make_target("新开工项目", "个", year=2017)
    assert send(office, target, on=on, value="30").status_code == 302
    assert str(target.readings.get().on) == on


def test_a_second_result_of_a_day_is_asked_about_once(office, target):
    first = make_reading(target, 30, JUNE)
    response = send(office, target, on="2018-06-30", value="32")
    page = response.content.decode()
    assert response.status_code == 422
    assert "2018年6月30日已登记 30个，确认再登记 32个？" in page
    assert f'name="confirmed" value="{first.pk}"' in page
    assert "确认登记" in page
    assert target.readings.count() == 1
    form = response.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    # A second click on the same button is no answer; the button beside the question is.
    assert office.post(address("reading_create", target), data).status_code == 422
    assert office.post(address("reading_create", target), {**data, "action": "confirm", "confirmed": first.pk}).status_code == 302
    assert [reading.value for reading in target.readings.all()] == [30, 32]
    (state,) = target_states(2018, date(2018, 9, 28))
    assert state.result == 32


def test_a_yes_to_another_result_is_no_yes(office, target):
    first = make_reading(target, 30, JUNE)
    make_reading(target, 31, JUNE)
    with pytest.raises(service.DayTaken, match="31个"):
        service.record_reading(target=target, on=JUNE, value=Decimal(32), by=office.user, confirmed=first.pk)


def test_the_same_values_from_a_form_opened_again_count_once(office, target):
    for _ in range(2):
        # Opened anew each time, as the browser does on the way back: another request key.
        response = send(office, target, on="2018-06-30", value="30", note="上半年")
        assert response.status_code == 302
    assert target.readings.count() == 1
    assert "这一天已登记过同样的完成数字，没有重复登记" in office.get(response.url).content.decode()


class TestWithdrawing:
    def test_it_no_longer_counts_and_stays_with_its_reason(self, office, target, monkeypatch):
        earlier, wrong = make_reading(target, 20, date(2018, 3, 31)), make_reading(target, 300, JUNE)
        page = office.get(address("target_detail", target)).content.decode()
        url = address("reading_withdraw", target, reading=wrong.pk)
        assert url in page
        assert office.post(url, filled(office, url, reason="多写了一个零")).status_code == 302
        wrong.refresh_from_db()
        assert (wrong.withdrawn_on, wrong.withdraw_reason, wrong.withdrawn_by_name) == (date(2018, 9, 28), "多写了一个零", "王主任")
        (state,) = target_states(2018, date(2018, 9, 28))
        assert state.reading == earlier
        page = office.get(address("target_detail", target)).content.decode()
        assert "<del>300个</del>" in page
        assert "多写了一个零（王主任，2018-09-28）" in page
        assert url not in page
        # The day before still knows it.
        (state,) = target_states(2018, date(2018, 9, 27))
        assert state.reading == wrong
        page = office.get(address("target_detail", target), {"as_of": "2018-09-27"}).content.decode()
        assert "<del>" not in page
        assert "<strong>300个</strong>" in page

    def test_the_day_is_free_again(self, office, target):
        wrong = make_reading(target, 300, JUNE)
        service.withdraw_reading(reading=wrong, reason="多写了一个零", by=office.user)
        assert send(office, target, on="2018-06-30", value="30").status_code == 302
        assert send(office, target, on="2018-03-31", value="300").status_code == 302

    def test_it_is_done_once_with_a_reason_by_the_office(self, office, target):
        reading = make_reading(target, 300, JUNE)
        with pytest.raises(InvalidInput, match="原因"):
            service.withdraw_reading(reading=reading, reason=" ", by=office.user)
        with pytest.raises(NotAllowed):
            service.withdraw_reading(reading=reading, reason="错", by=make_user("leader"))
        for _ in range(2):
            assert service.withdraw_reading(reading=reading, reason="错", by=office.user).withdrawn_on == date(2018, 9, 28)
        with pytest.raises(ServiceError, match="已经撤回（错）"):
            service.withdraw_reading(reading=reading, reason="另一个原因", by=office.user)
        page = office.get(address("reading_withdraw", target, reading=reading.pk)).content.decode()
        assert "已经撤回（错），无需再办" in page

    def test_the_form_that_made_it_does_not_bring_it_back(self, office, target):
        url = address("reading_create", target)
        data = filled(office, url, on="2018-06-30", value="30")
        office.post(url, data)
        service.withdraw_reading(reading=target.readings.get(), reason="错", by=office.user)
        response = office.post(url, data)
        assert response.status_code == 409
        assert "这张表单登记的数字已经撤回" in response.content.decode()

    def test_what_was_reached_never_changes(self, office, target):
        reading = make_reading(target, 30, JUNE)
        for change in ({"value": 31}, {"on": date(2018, 6, 29)}, {"recorded_by": "别人"}):
            with pytest.raises(InternalError), transaction.atomic():
                TargetReading.objects.filter(pk=reading.pk).update(**change)
        service.withdraw_reading(reading=reading, reason="错", by=office.user)
        with pytest.raises(InternalError), transaction.atomic():
            TargetReading.objects.filter(pk=reading.pk).update(withdrawn_on=None, withdraw_reason="")
        with pytest.raises(InternalError), transaction.atomic():
            TargetReading.objects.filter(pk=reading.pk).delete()

    def test_another_targets_result_is_not_found(self, office, target):
        other = make_reading(make_target("竣工项目", "个"), 3, JUNE)
        assert office.get(reverse("projects:reading_withdraw", args=[2018, target.pk, other.pk])).status_code == 404
