"""A notice that is begun from a supervision item: its figures are filled in, and the item's page has it."""

from datetime import date

import pytest
from django.urls import reverse

from projects.tests.browsing import text
from supervision.models import Notice
from supervision.tests.item_case import DUE, Case, make_case

pytestmark = pytest.mark.django_db

LATE = date(2018, 7, 16)


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = LATE


def test_a_late_item_is_pressed_for_in_one_step(case):
    item = case.item(due_on=DUE, projects=[case.project])
    browser = case.browser("supervision")
    address = f"{reverse('supervision:notice_new')}?item={item.pk}"
    assert address in browser.get(item.get_absolute_url()).content.decode()
    first = browser.get(address).context["form"].initial
    assert (first["kind"], first["source"], first["basis"], first["unit"]) == ("remind", "meeting", "区委常委会", case.unit)
    assert (first["title"], first["project"]) == ("关于加快推进“主干道两侧拆迁清零”督察事项的提醒", case.project)
    assert f"编号{item.number}" in first["text"]
    assert "预警。" in first["text"]
    assert "六月底前全部拆除" in first["text"]
    assert "16 天" in first["text"]
    page = browser.get(address)
    sent = {name: field.value() for name in page.context["form"].fields if (field := page.context["form"][name]).value() is not None}
    sent |= {"project": item.project.code, "unit": case.unit.name, "copies": case.lead.name}
    answer = browser.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    notice = Notice.objects.get()
    assert notice.origin == item
    assert notice.title in text(browser.get(item.get_absolute_url()))
    # A draft is its writers' alone.
    assert notice.title not in text(case.browser("reporter").get(item.get_absolute_url()))
    assert f"督察事项：{item.name}" in text(browser.get(notice.get_absolute_url()))


def test_an_item_in_time_is_assigned(case):
    item = case.item(due_on=date(2018, 12, 20))
    first = case.browser("inspector").get(f"{reverse('supervision:notice_new')}?item={item.pk}").context["form"].initial
    assert (first["kind"], first["days"], first["project"]) == ("assign", 20, None)


@pytest.mark.parametrize("asked", ["x", "999999999", "9" * 40, ""])
def test_an_item_that_is_not_there_begins_an_empty_draft(case, asked):
    answer = case.browser("supervision").get(f"{reverse('supervision:notice_new')}?item={asked}")
    assert answer.status_code == 200
    assert answer.context["begun"] is None
