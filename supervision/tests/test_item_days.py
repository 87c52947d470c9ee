"""Past days show what was known then: words said later, causes named later, inspections recorded later are not of that day."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from erqi.common import clock
from projects.tests.browsing import text
from supervision.models import Finding, FindingAct, Inquiry, Inspection, ItemAct, SupervisionItem
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_work as work
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db

LATER, LAST = date(2018, 6, 6), date(2018, 6, 8)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = LAST


def csv(client, address: str) -> str:
    return b"".join(client.get(address).streaming_content).decode("utf-8-sig")


def test_a_question_is_shown_as_it_was_asked_and_answered_by_the_day(case):
    asked = case.ask(text="为何停工？")
    with clock.at(LATER):
        asked = inquiries.answer_inquiry(inquiry=asked, text="缺图纸", version=None, by=case.reporter)
    with clock.at(LAST):
        asked = inquiries.ask_further(inquiry=asked, text="图纸何时到？", due_on=None, version=None, by=case.leader)
        inquiries.answer_inquiry(inquiry=asked, text="下周一", version=None, by=case.reporter)
    client = case.browser("viewer")
    for day, words, not_yet in ((DAY, ["为何停工"], ["缺图纸", "图纸何时到"]), (LATER, ["为何停工", "缺图纸"], ["图纸何时到", "下周一"])):
        shown = csv(client, f"/supervision/inquiries/?as_of={day}&export=csv&cols=text,answer,answered_on,answered_by_name")
        page = text(client.get(f"{asked.get_absolute_url()}?as_of={day}"))
        panel = text(client.get(f"{case.project.get_absolute_url()}?as_of={day}"))
        assert all(word in shown for word in words)
        assert words[0] in page
        assert words[0] in panel
        assert not any(word in where for word in not_yet for where in (shown, page, panel)), day
    now = Inquiry.objects.for_table(LAST).get()
    assert (now.text_then, now.answer_then, now.answered_then, now.answerer_then) == (
        "图纸何时到？",
        "下周一",
        LAST,
        case.reporter.name,
    )


def test_a_cause_is_known_from_the_day_on_which_it_was_named(case):
    item = case.item()
    with clock.at(LATER):
        item = work.name_cause(item=item, cause="land", cause_note="征地", version=None, by=case.reporter)
    with clock.at(LAST):
        work.name_cause(item=item, cause="funds", cause_note="", version=None, by=case.reporter)
    found = [SupervisionItem.objects.for_table(day).get() for day in (DAY, LATER, LAST)]
    assert [(one.cause_then, one.cause_note_then) for one in found] == [("", ""), ("land", "征地"), ("funds", "")]
    client = case.browser("viewer")
    assert "征地" not in text(client.get(f"{item.get_absolute_url()}?as_of={DAY}"))
    assert "征地" in text(client.get(f"{item.get_absolute_url()}?as_of={LATER}"))
    assert item.name in text(client.get(f"/supervision/items/?as_of={LATER}&cause=land"))
    assert item.name not in text(client.get(f"/supervision/items/?as_of={LAST}&cause=land"))


def test_the_day_of_striking_off_is_known_on_the_days_on_which_it_stood(case):
    item = case.apply(case.item())
    closings.verify_closing(item=item, text="看过", version=None, by=case.inspector)
    with clock.at(LATER):
        closings.confirm_closing(item=item, version=None, by=case.supervision)
    with clock.at(LAST):
        items.reopen_item(item=item, reason="复发", version=None, by=case.supervision)
    assert [SupervisionItem.objects.for_table(day).get().closed_then for day in (DAY, LATER, LAST)] == [None, LATER, None]


def test_what_a_unit_said_of_a_finding_is_of_its_day(case):
    item = case.item()
    finding = case.finding(project=None, item=item)
    with clock.at(DAY):
        finding = findings.explain_finding(finding=finding, corrected="改了一半", explanation="误报", version=None, by=case.reporter)
    with clock.at(LATER):
        finding = findings.send_back_finding(finding=finding, reason="没改完", version=None, by=case.inspector)
    with clock.at(LAST):
        findings.explain_finding(finding=finding, corrected="全部改完", explanation="口径错误", version=None, by=case.reporter)
    found = [Finding.objects.for_table(day).get() for day in (DAY, LATER, LAST)]
    assert [one.corrected_then for one in found] == ["改了一半", "改了一半", "全部改完"]
    client = case.browser("viewer")
    page = text(client.get(f"{finding.get_absolute_url()}?as_of={LATER}"))
    assert "改了一半" in page
    assert "全部改完" not in page
    assert "误报" in csv(client, f"/supervision/items/?as_of={LATER}&export=csv&cols=reply")
    inspection = text(client.get(f"{finding.inspection.get_absolute_url()}?as_of={LATER}"))
    assert "（待更正说明）" in inspection


def test_a_planned_inspection_shows_nothing_of_what_was_found_later(case):
    with clock.at(DAY):
        one = inspections.plan_inspection(method="field", project=case.project, planned_for=LATER, subjects=["progress"], by=case.inspector)
    with clock.at(LATER):
        inspections.conduct_inspection(
            inspection=one,
            inspected_on=LATER,
            verdict="true",
            conclusion="一切正常",
            place="东侧工地",
            found={"progress": "三层在建"},
            by=case.inspector,
        )
    client = case.browser("inspector")
    page = text(client.get(f"{one.get_absolute_url()}?as_of={DAY}"))
    rows = csv(client, f"/supervision/inspections/?as_of={DAY}&export=csv&cols=subject,place,conclusion,by")
    assert "待查看" in page
    for words in ("三层在建", "东侧工地", "一切正常"):
        assert words not in page
        assert words not in rows
    assert case.project.name in rows


def test_an_inspection_counts_from_the_day_on_which_its_conclusion_was_known(case):
    item = case.item()
    case.inspect(on=LATER, inspected_on=DAY, project=None, item=item, verdict="true", untrue="", conclusion="后来登记")
    counted = [dict(Inspection.objects.by_unit_and_month(2018, day)) for day in (DAY, LATER)]
    assert counted == [{}, {case.unit.pk: {6: 1}}]
    client = case.browser("viewer")
    assert "后来登记" not in csv(client, f"/supervision/items/?as_of={DAY}&export=csv&cols=opinion")
    assert "后来登记" in csv(client, f"/supervision/items/?as_of={LATER}&export=csv&cols=opinion")


def test_acts_from_before_get_what_the_history_knows(case):
    item = case.item()
    work.name_cause(item=item, cause="land", cause_note="征地", version=None, by=case.reporter)
    finding = case.finding()
    findings.explain_finding(finding=finding, corrected="已改", explanation="误报", version=None, by=case.reporter)
    import_module("supervision.migrations.0010_causes_of_acts").fill(apps, connection.schema_editor())
    assert ItemAct.objects.order_by("pk").values_list("cause", "cause_note").last() == ("land", "征地")
    assert FindingAct.objects.order_by("pk").values_list("corrected", flat=True).last() == "已改"
