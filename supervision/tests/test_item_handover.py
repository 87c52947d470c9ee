"""An item changes hands on the day that was said, though nobody does anything on it; each act is of the unit of its day."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput
from projects.choices import ResponsibilityKind
from projects.models import Reminder
from projects.tests.builders import make_unit
from projects.tests.report_builders import make_reporter
from supervision.models import SupervisionItem
from supervision.services import item_grid as grids
from supervision.services import item_work as work
from supervision.services.item_handover import settle_handed_over
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db

NEXT = date(2018, 6, 5)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def handed(case):
    """An item that one unit carries out to the end of the day, and another from the next one on."""
    item = case.item(projects=[case.project], grid=[(ResponsibilityKind.UNDERTAKE, case.unit)])
    other = make_unit("接替局")
    item = grids.add_duty(item=item, kind="undertake", unit=other, since=NEXT, by=case.supervision)
    item = grids.end_duty(duty=item.duties.get(unit=case.unit), until=DAY, by=case.supervision)
    assert item.unit == case.unit
    return item, other


def test_the_next_act_is_of_the_unit_of_its_day(case, handed):
    item, other = handed
    reporter = make_reporter(other, name="接替填报")
    with clock.at(NEXT):
        item = work.report_progress(item=item, text="已接手", by=reporter)
    assert item.unit == other
    assert item.acts.order_by("pk").last().unit == other
    assert [SupervisionItem.objects.on_day(day).get().unit_then for day in (DAY, NEXT)] == [case.unit.pk, other.pk]


def test_the_run_of_the_day_hands_over_and_tells_the_new_unit_once(case, handed):
    item, other = handed
    reporter = make_reporter(other, name="接替填报")
    assert settle_handed_over() == 0
    with clock.at(NEXT):
        assert (settle_handed_over(), settle_handed_over()) == (1, 0)
    item.refresh_from_db()
    act = item.acts.order_by("pk").last()
    assert (item.unit, act.action, act.unit, act.on) == (other, "hand_over", other, NEXT)
    assert act.text == f"责任单位由{case.unit}变为{other}"
    assert Reminder.objects.filter(user=reporter, title__contains="接办督察事项").count() == 1


def test_what_is_struck_off_keeps_the_unit_that_did_it(case, handed):
    item, _ = handed
    SupervisionItem.objects.filter(pk=item.pk).update(state="closed", closed_on=DAY)
    with clock.at(NEXT):
        assert settle_handed_over() == 0


def test_the_run_asks_a_constant_number_of_questions(case, django_assert_num_queries):
    case.item()
    with django_assert_num_queries(5):
        settle_handed_over()
    case.item(name="另一项")
    with django_assert_num_queries(5):
        settle_handed_over()


def test_a_step_is_not_done_before_its_item_was_registered(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 20)}])
    with pytest.raises(InvalidInput, match="不能早于立项日期"):
        work.finish_step(step=item.steps.get(), done_on=date(2010, 1, 1), by=case.reporter)
    work.finish_step(step=item.steps.get(), done_on=DAY, by=case.reporter)
