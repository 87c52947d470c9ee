"""Days that cannot be: a deadline, a step, a responsibility, a meeting from before the record; and days off, which are asked about."""

from datetime import date

import pytest
from django.http import QueryDict

from erqi.common import clock
from erqi.common.errors import InvalidInput
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_unit
from supervision.filters.inquiry import InquiryFilter
from supervision.forms.inspection import PlanInspectionForm
from supervision.forms.item import ChangeStepForm, MoveItemForm, RegisterItemForm, StepForm
from supervision.models import Inquiry, SupervisionItem
from supervision.services import item as items
from supervision.services import item_grid as grids
from supervision.stats.item_panels import headlines
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db

# The day before the registration, a year mistyped, and the Dragon Boat Festival of 2018 with the working day after it.
BEFORE, YEARS_AGO, HOLIDAY, AFTER = date(2018, 6, 3), date(2001, 1, 1), date(2018, 6, 18), date(2018, 6, 19)
LATER = date(2018, 6, 12)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2018, 6, day) for day in (8, 9, 10, 11))


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def case():
    return make_case()


def wrong(call, **values) -> dict:
    """Return what a service says of a day that it refuses, by field."""
    with pytest.raises(InvalidInput) as error:
        call(**values)
    return error.value.fields


@pytest.mark.parametrize("due_on", [BEFORE, YEARS_AGO])
def test_an_item_begins_with_a_deadline_that_can_be_met(case, due_on):
    (sentence,) = wrong(case.item, due_on=due_on)["due_on"]
    assert "已过。请填写今天或以后的日期" in sentence
    assert not SupervisionItem.objects.exists()
    assert case.item(due_on=DAY).number == "DC-2018-001", "what was refused took no number"


@pytest.mark.parametrize("due_on", [BEFORE, YEARS_AGO])
def test_no_deadline_lies_before_the_registration(case, due_on):
    item = case.item(steps=[{"name": "签协议", "due_on": DAY}])
    change = {"version": None, "by": case.supervision}
    told = "不能早于立项日期（2018年6月4日）"
    with clock.at(LATER):
        assert told in wrong(items.move_item, item=item, due_on=due_on, reason="改", **change)["due_on"][0]
        assert told in wrong(items.add_step, item=item, name="清场", due_on=due_on, **change)["due_on"][0]
        assert told in wrong(items.change_step, step=item.steps.get(), due_on=due_on, reason="改", **change)["due_on"][0]
        assert told in wrong(grids.add_duty, item=item, kind="cooperate", unit=make_unit(), since=due_on, **change)["since"][0]
    assert told in wrong(case.item, steps=[{"name": "签协议", "due_on": due_on}])["steps"][0]


def test_a_wrong_deadline_is_put_right_also_to_a_day_gone_by(case):
    item = case.item(due_on=date(2018, 9, 30))
    with clock.at(LATER):
        item = items.move_item(item=item, due_on=MONDAY, reason="登记时写错月份", version=None, by=case.supervision)
        # A new step is not late from its first day.
        with pytest.raises(InvalidInput, match="新增的步骤不能一登记就逾期"):
            items.add_step(item=item, name="签协议", due_on=FRIDAY, version=None, by=case.supervision)
    assert item.due_on == MONDAY


def register(**values) -> RegisterItemForm:
    return RegisterItemForm({"name": "事项", "goal": "目标", "source": "meeting", **values})


def test_days_off_are_asked_about_wherever_a_deadline_is_set(case):
    item = case.item(steps=[{"name": "签协议", "due_on": DAY}])
    told = "2018年6月18日落在节假日或休息日，下一工作日为2018年6月19日。"
    forms = {
        "due_on": register(due_on=str(HOLIDAY)),
        "steps": register(due_on="2018-06-29", steps=f"{HOLIDAY} 签协议"),
        "move": MoveItemForm({"due_on": str(HOLIDAY), "reason": "改", "version": "1"}, record=item),
        "step": StepForm({"name": "清场", "due_on": str(HOLIDAY), "version": "1"}, record=item),
        "plan": PlanInspectionForm({"planned_for": str(HOLIDAY), "method": "field"}),
    }
    fields = {"move": "due_on", "step": "due_on", "plan": "planned_for"}
    for name, form in forms.items():
        assert told in form.errors[fields.get(name, name)][0], name
        assert not form["confirmed"].is_hidden
    assert "步骤“签协议”的时限2018年6月18日" in forms["steps"].errors["steps"][0]
    confirmed = MoveItemForm({"due_on": str(HOLIDAY), "reason": "改", "version": "1", "confirmed": "on"}, record=item)
    assert "due_on" not in confirmed.errors
    assert StepForm({"name": "清场", "due_on": str(AFTER), "version": "1"}, record=item)["confirmed"].is_hidden


def test_a_day_that_has_passed_is_no_matter_of_holidays(case):
    item = case.item()
    form = MoveItemForm({"due_on": "2018-05-01", "reason": "改", "version": "1"}, record=item)
    assert "due_on" not in form.errors
    browser = sign_in(case.supervision)
    address = f"/supervision/items/{item.pk}/move/"
    page = text(browser.post(address, fill(browser, address, due_on="2018-05-01", reason="改")))
    assert "不能早于立项日期" in page
    assert "下一工作日" not in page


def test_what_stands_already_is_not_asked_about_again(case):
    item = case.item(due_on=date(2018, 6, 29), steps=[{"name": "签协议", "due_on": HOLIDAY}])
    step = item.steps.get()
    kept = {"name": "签订协议", "due_on": str(HOLIDAY), "seq": "1", "version": "1"}
    assert ChangeStepForm(kept, record=item, step=step).is_valid()
    assert not ChangeStepForm(kept | {"due_on": "2018-06-17"}, record=item, step=step).is_valid()
    browser = sign_in(case.supervision)
    address = f"/supervision/items/{item.pk}/steps/{step.pk}/edit/"
    assert browser.post(address, fill(browser, address, name="签订协议")).status_code == 302
    page = text(browser.post(address, fill(browser, address, due_on="2018-06-17", reason="改")))
    assert "仍用这一天" in page


def test_the_days_off_after_a_limit_count_for_nothing(case):
    question = case.ask(due_on=FRIDAY)
    finding = case.finding(on=date(2018, 6, 6))
    assert finding.due_on == FRIDAY
    for day, late in ((FRIDAY, False), (SATURDAY, False), (SUNDAY, False), (MONDAY, True)):
        browser, at = case.browser("viewer"), f"?as_of={day}"
        with clock.at(date(2018, 6, 15)):
            assert ("逾期未答复" in text(browser.get(question.get_absolute_url() + at))) is late, day
            assert ("已逾期" in text(browser.get(finding.get_absolute_url() + at))) is late, day
        (line,) = [one for one in headlines(case.viewer, day) if one.label == "领导问查待答复"]
        assert line.note == ("逾期 1" if late else "")
        listed = InquiryFilter(QueryDict("late=yes"), Inquiry.objects.for_table(day), as_of=day).qs
        assert listed.exists() is late
