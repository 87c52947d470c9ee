"""Items: registered once, moved with a reason, answered with their 病因, struck off by three people."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.tests.uploads import upload
from projects.choices import ResponsibilityKind, WarningLevel
from projects.models import Reminder
from projects.tests.builders import make_person, make_unit
from supervision.models import ItemAct, ItemEvidence, SupervisionItem
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_grid as grids
from supervision.services import item_work as work
from supervision.tests.item_case import DAY, DUE, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def level(item, day):
    return WarningLevel(SupervisionItem.objects.with_level(day).get(pk=item.pk).level)


def test_an_item_is_registered_once_numbered_and_its_units_are_told(case):
    key = uuid4()
    first = case.item(request_key=key, projects=[case.project], steps=[{"name": "签协议", "due_on": date(2018, 6, 15), "measure": "逐户"}])
    assert case.item(request_key=key) == first
    assert (first.number, case.item().number) == ("DC-2018-001", "DC-2018-002")
    assert (first.unit, first.project, first.state) == (case.unit, case.project, "open")
    assert [step.name for step in first.steps.all()] == ["签协议"]
    assert first.acts.get().action == "register"
    assert Reminder.objects.filter(user=case.reporter, title__contains="督察立项").count() == 2
    for who in ("reporter", "inspector", "leader", "viewer"):
        with pytest.raises(NotAllowed):
            case.item(by=who)


def test_what_is_refused_takes_no_number(case):
    with pytest.raises(InvalidInput, match="牵头单位或承办单位"):
        case.item(grid=[(ResponsibilityKind.COOPERATE, case.unit)])
    with pytest.raises(InvalidInput, match="晚于事项的完成时限"), transaction.atomic():
        case.item(steps=[{"name": "迟", "due_on": date(2018, 7, 1)}])
    assert case.item().number == "DC-2018-001"


def test_the_colour_follows_from_the_dates_and_stays_readable_for_every_day(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 15)}])
    days = [date(2018, 6, 5), date(2018, 6, 10), date(2018, 6, 23), date(2018, 7, 20)]
    assert [level(item, day) for day in days] == [WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED]
    on = date(2018, 6, 25)
    with clock.at(on):
        work.finish_step(step=item.steps.get(), done_on=on, by=case.reporter)
    assert level(item, date(2018, 6, 24)) == WarningLevel.YELLOW
    assert level(item, on) == WarningLevel.BLUE  # the whole is due within a week
    with clock.at(on):
        moved = items.move_item(item=item, due_on=date(2018, 9, 30), reason="征迁", version=None, by=case.supervision)
    assert level(item, on) == WarningLevel.GREEN
    assert (moved.due_on, moved.baseline_due_on) == (date(2018, 9, 30), DUE)
    with pytest.raises(DatabaseError), transaction.atomic():
        SupervisionItem.objects.filter(pk=item.pk).update(baseline_due_on=on)


def test_a_lagging_item_needs_its_cause_before_it_is_answered_or_struck_off(case):
    item, late = case.item(), date(2018, 7, 2)
    with clock.at(late):
        with pytest.raises(InvalidInput, match="病因"):
            work.report_progress(item=item, text="正在协商", by=case.reporter)
        with pytest.raises(InvalidInput, match="病因"):
            case.apply(item, on=late)
        item = work.report_progress(item=item, text="正在协商", cause="clearance", cause_note="一户未签", by=case.reporter)
        assert (item.cause, item.cause_note) == ("clearance", "一户未签")
        assert case.apply(item, on=late).state == "applied"


def test_what_is_in_time_needs_no_cause(case):
    item = case.item()
    assert work.report_progress(item=item, text="正常推进", by=case.reporter).cause == ""
    with pytest.raises(NotAllowed):
        work.report_progress(item=item, text="别家", by=case.stranger)


def test_striking_off_takes_three_people_and_both_pictures(case):
    item = case.item()
    with pytest.raises(InvalidInput) as error:
        case.apply(item, after=[], before=[])
    assert {"evidence_before", "evidence_after"} <= set(error.value.fields)
    item = case.apply(item)
    assert [row.side for row in ItemEvidence.objects.filter(act__item=item)] == ["before", "after"]
    assert case.apply(item).version == item.version  # the second click
    # Whoever is inspector and supervision office at once does not do both.
    item = closings.verify_closing(item=item, text="已看现场", version=None, by=case.supervision)
    with pytest.raises(NotAllowed, match="须由他人办理"):
        closings.confirm_closing(item=item, version=None, by=case.supervision)
    item = closings.confirm_closing(item=item, version=None, by=case.other_supervision)
    assert (item.state, item.closed_on) == ("closed", DAY)
    assert level(item, DAY) == WarningLevel.DONE
    with pytest.raises(ServiceError, match="已销号"):
        work.report_progress(item=item, text="再报", by=case.reporter)


def test_a_refused_closing_goes_back_with_what_is_missing(case):
    item = case.apply(case.item())
    with pytest.raises(InvalidInput, match="理由"):
        closings.send_back_closing(item=item, reason=" ", version=None, by=case.inspector)
    item = closings.send_back_closing(item=item, reason="缺拆除后全景照片", version=None, by=case.inspector)
    assert item.state == "open"
    assert Reminder.objects.filter(user=case.reporter, text__contains="缺拆除后全景照片").exists()
    item = closings.verify_closing(item=case.apply(item), text="已看", version=None, by=case.inspector)
    item = closings.refuse_closing(item=item, reason="台账未归档", version=None, by=case.supervision)
    assert item.state == "open"
    # A new round: who verified the last one may do so again.
    item = closings.verify_closing(item=case.apply(item), text="已补", version=None, by=case.inspector)
    assert closings.confirm_closing(item=item, version=None, by=case.supervision).state == "closed"


def test_open_steps_keep_an_item_from_being_struck_off(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 15)}, {"name": "腾房", "due_on": date(2018, 6, 20)}])
    with pytest.raises(InvalidInput, match="签协议"):
        case.apply(item)
    first, second = item.steps.all()
    work.finish_step(step=first, done_on=DAY, by=case.reporter)
    with pytest.raises(InvalidInput, match="理由"):
        items.drop_step(step=second, reason="", version=None, by=case.supervision)
    items.drop_step(step=second, reason="并入签约", version=None, by=case.supervision)
    assert case.apply(item).state == "applied"


def test_steps_are_undone_moved_and_added_by_the_supervision_office_only(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 15)}])
    step = item.steps.get()
    with pytest.raises(InvalidInput, match="业务日期"):
        work.finish_step(step=step, done_on=date(2018, 6, 5), by=case.reporter)
    work.finish_step(step=step, done_on=DAY, by=case.reporter, uploads=[upload()])
    with pytest.raises(ServiceError, match="撤销完成"):
        items.change_step(step=step, version=None, by=case.supervision, name="签约")
    with pytest.raises(NotAllowed):
        work.undo_step(step=step, reason="未签", version=None, by=case.reporter)
    work.undo_step(step=step, reason="未签", version=None, by=case.supervision)
    with pytest.raises(InvalidInput, match="理由"):
        items.change_step(step=step, version=None, by=case.supervision, due_on=date(2018, 6, 18))
    items.change_step(step=step, version=None, by=case.supervision, due_on=date(2018, 6, 18), reason="雨天")
    step.refresh_from_db()
    assert (step.due_on, step.baseline_due_on) == (date(2018, 6, 18), date(2018, 6, 15))
    items.add_step(item=item, name="腾房", due_on=date(2018, 6, 20), by=case.supervision)
    assert item.steps.count() == 2


def test_the_grid_changes_hands_and_keeps_who_answered(case):
    item, other = case.item(), make_unit("接替局")
    person = make_person("张三")
    grids.add_duty(item=item, kind="undertake", unit=case.unit, duty="staff", person=person, by=case.supervision)
    with pytest.raises(InvalidInput, match="已有牵头单位"):
        grids.add_duty(item=item, kind="lead", unit=other, by=case.supervision)
    lead, row = item.duties.get(kind="lead"), item.duties.get(kind="undertake", duty="")
    with clock.at(date(2018, 6, 10)):
        grids.end_duty(duty=row, until=date(2018, 6, 9), by=case.supervision)
        assert item.duties.filter(until=None).count() == 1
        with pytest.raises(ServiceError, match="须有牵头或承办单位"), transaction.atomic():
            grids.end_duty(duty=lead, until=date(2018, 6, 10), by=case.supervision)
        item = grids.add_duty(item=item, kind="undertake", unit=other, by=case.supervision)
        assert item.unit == other
        with pytest.raises(NotAllowed):
            work.report_progress(item=item, text="我们不管了", by=case.reporter)
    assert SupervisionItem.objects.of_units([case.unit.pk], date(2018, 6, 8)).get() == item


def test_links_lead_to_projects_and_their_milestones(case):
    item = case.item()
    item = grids.add_link(item=item, project=case.project, milestone=case.milestone, by=case.supervision)
    assert item.project == case.project
    with pytest.raises(InvalidInput, match="已关联"), transaction.atomic():
        grids.add_link(item=item, project=case.project, milestone=case.milestone, by=case.supervision)
    with pytest.raises(InvalidInput, match="不是该项目的"):
        grids.add_link(item=item, project=make_case("别的").project, milestone=case.milestone, by=case.supervision)
    item = grids.end_link(link=item.links.get(), by=case.supervision)
    assert item.project is None
    assert not SupervisionItem.objects.of_project(case.project.pk, DAY).exists()


def test_the_second_of_two_editors_sees_the_first(case):
    item = case.item()
    items.amend_item(item=item, version=item.version, by=case.supervision, goal="先改")
    with pytest.raises(StaleRecord):
        items.amend_item(item=item, version=item.version, by=case.other_supervision, goal="后改")


def test_an_item_is_given_up_with_a_reason_and_a_closed_one_taken_up_again(case):
    item = case.item()
    with pytest.raises(InvalidInput, match="理由"):
        items.cancel_item(item=item, reason="", version=None, by=case.supervision)
    gone = items.cancel_item(item=item, reason="重复立项", version=None, by=case.supervision)
    assert level(gone, DAY) == WarningLevel.DONE
    item = case.apply(case.item())
    item = closings.verify_closing(item=item, text="看过", version=None, by=case.inspector)
    item = closings.confirm_closing(item=item, version=None, by=case.supervision)
    item = items.reopen_item(item=item, reason="反弹", version=None, by=case.other_supervision)
    assert (item.state, item.closed_on) == ("open", None)


def test_acts_are_appended_and_never_changed(case):
    item = case.item()
    for write in (lambda: ItemAct.objects.update(text="改"), lambda: ItemAct.objects.all().delete(), item.delete):
        with pytest.raises(Exception, match="pgtrigger|Cannot"), transaction.atomic():
            write()


def test_days_are_read_back_from_the_acts(case):
    item = case.apply(case.item(), on=date(2018, 6, 10))
    found = {day: SupervisionItem.objects.on_day(day).first() for day in (date(2018, 6, 3), DAY, date(2018, 6, 11))}
    assert found[date(2018, 6, 3)] is None
    assert [found[day].state_then for day in (DAY, date(2018, 6, 11))] == ["open", "applied"]
    assert item.state == "applied"
