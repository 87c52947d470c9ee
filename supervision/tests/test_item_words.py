"""An item on a past day: it says what it said then, on its page, in lists, in files, on the time line; its grid is what that day knew."""

from datetime import date
from importlib import import_module

import pgtrigger
import pytest
from django.apps import apps

from erqi.common import clock
from erqi.common.history import recorded_as
from projects.choices import ResponsibilityKind
from projects.tests.browsing import text
from projects.tests.builders import make_person, make_unit
from supervision.models import ItemDuty, ItemText, StepDates, SupervisionItem, Theme
from supervision.services import item as items
from supervision.services import item_grid as grids
from supervision.services.mechanism import add_theme
from supervision.tests.item_case import DAY, make_case
from supervision.tests.test_item_days import csv
from supervision.views.item import theme_counts

pytestmark = pytest.mark.django_db

CHANGED, TODAY = date(2018, 6, 11), date(2018, 6, 12)
THEN = f"as_of={date(2018, 6, 5)}"
NEW = {
    "name": "改后的名称",
    "goal": "改后的目标任务",
    "roadmap": "改后的路线图",
    "source": "document",
    "source_ref": "改后的文号",
    "source_text": "改后的原文",
    "note": "改后的备注",
}
COLUMNS = "name,theme,source,source_ref,source_text,goal,roadmap,note,timetable"


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = TODAY


@pytest.fixture
def case():
    return make_case()


def amended(case) -> SupervisionItem:
    """Return an item all of whose words were changed on the 11th, twice: its theme and those of its step too."""
    item = case.item(projects=[case.project], steps=[{"name": "签协议", "due_on": date(2018, 6, 15), "measure": "逐户"}])
    with clock.at(CHANGED), recorded_as("test"):
        item = items.amend_item(item=item, version=None, by=case.supervision, **{**NEW, "goal": "当天又改掉的目标任务"})
        theme = Theme.objects.filter(code="other").first() or add_theme(code="other", seq=2, name="另一台账", by=None)
        item = items.amend_item(item=item, version=None, by=case.supervision, theme=theme, **NEW)
        items.change_step(step=item.steps.get(), name="改后的步骤", measure="改后的措施", version=None, by=case.supervision)
    return SupervisionItem.objects.get(pk=item.pk)


PAGES = {
    "page": "/supervision/items/{item}/",
    "list": "/supervision/items/",
    "ledger": "/supervision/ledgers/{theme}/",
    "time line": "/supervision/traces/",
    "project": "/projects/{project}/",
    "file": f"/supervision/items/?export=csv&cols={COLUMNS}",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_past_day_says_what_was_said_then(case, name):
    item = amended(case)
    client = case.browser("viewer")
    values = {"item": item.pk, "theme": case.theme.code, "project": case.project.code}
    address = PAGES[name].format(**values)
    read = csv if name == "file" else lambda browser, where: text(browser.get(where))
    past = read(client, f"{address}{'&' if '?' in address else '?'}{THEN}")
    assert "主干道两侧拆迁清零" in past
    assert "改后" not in past
    if name != "ledger":
        assert "改后的名称" in read(client, address)


def test_the_page_says_everything_as_it_was(case):
    item = amended(case)
    client = case.browser("viewer")
    past, now = (text(client.get(f"{item.get_absolute_url()}{query}")) for query in (f"?{THEN}", ""))
    for words in ("六月底前全部拆除", "区委常委会", "签协议", "逐户", case.theme.name):
        assert words in past
    for words in (*(value for key, value in NEW.items() if key != "source"), "改后的步骤", "改后的措施", "另一台账"):
        assert words in now
        assert words not in past
    assert "当天又改掉的目标任务" not in text(client.get(f"{item.get_absolute_url()}?as_of={CHANGED}"))


def test_lists_find_and_count_by_the_words_of_the_day(case):
    amended(case)
    client = case.browser("viewer")

    def found(query: str) -> int:
        return len(client.get(f"/supervision/items/?{query}").context["table"].records)

    assert [found("q=拆迁清零"), found(f"q=拆迁清零&{THEN}"), found("q=改后"), found(f"q=改后&{THEN}")] == [0, 1, 1, 0]
    assert [found("q=cqql"), found(f"q=cqql&{THEN}")] == [0, 1]
    assert [found("source=meeting"), found(f"source=meeting&{THEN}"), found("source=document")] == [0, 1, 1]
    assert [found("theme=other"), found(f"theme=other&{THEN}"), found(f"theme={case.theme.code}&{THEN}")] == [1, 0, 1]
    assert found("sort=-name,theme,source") == 1
    assert set(theme_counts(DAY)) == {case.theme.pk}
    assert case.theme.pk not in theme_counts(TODAY)


def test_inspections_and_findings_call_the_item_as_it_was_called(case):
    item = case.item()
    finding = case.finding(project=None, item=item)
    with clock.at(CHANGED):
        items.amend_item(item=item, version=None, by=case.supervision, name="改后的名称")
    client = case.browser("viewer")
    for address in (
        finding.get_absolute_url(),
        finding.inspection.get_absolute_url(),
        "/supervision/findings/",
        "/supervision/inspections/",
    ):
        past, now = text(client.get(f"{address}?{THEN}")), text(client.get(address))
        assert "主干道两侧拆迁清零" in past, address
        assert "改后的名称" not in past, address
        assert "改后的名称" in now, address


def test_a_row_of_the_grid_counts_from_the_day_on_which_it_was_entered(case):
    item, late = case.item(), make_unit("后加单位")
    with clock.at(CHANGED):
        grids.add_duty(item=item, kind="cooperate", unit=late, since=DAY, version=None, by=case.supervision)
        person = make_person("后加责任人")
        grids.add_duty(item=item, kind="undertake", unit=case.unit, duty="chief", person=person, since=DAY, by=case.supervision)
    client = case.browser("viewer")
    past, now = (text(client.get(f"{item.get_absolute_url()}{query}")) for query in (f"?{THEN}", ""))
    for words in ("后加单位", "后加责任人"):
        assert words in now
        assert words not in past
    columns = "export=csv&cols=name,cooperate,undertake_people"
    assert "后加" not in csv(client, f"/supervision/items/?{THEN}&{columns}")
    assert csv(client, f"/supervision/items/?{columns}").count("后加") == 2
    assert not client.get(f"/supervision/items/?unit={late.pk}&{THEN}").context["table"].records
    assert client.get(f"/supervision/items/?unit={late.pk}").context["table"].records


def test_and_an_end_that_was_entered_later_takes_it_from_no_day_before(case):
    item = case.item()
    with clock.at(CHANGED):
        grids.end_duty(duty=item.duties.get(kind=ResponsibilityKind.LEAD), until=DAY, by=case.supervision)
    client = case.browser("viewer")
    for day, stands in ((date(2018, 6, 5), True), (date(2018, 6, 10), True), (CHANGED, False), (TODAY, False)):
        page = client.get(f"{item.get_absolute_url()}?as_of={day}")
        assert ("牵头单位" in [line.label for line in page.context["grid"]]) is stands, day


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_a_constant_number_of_questions(case, number, django_assert_num_queries):
    item = [amended(case) for _ in range(number)][-1]
    client = case.browser("viewer")
    client.get(f"/supervision/items/?{THEN}")
    with django_assert_num_queries(15):
        assert len(client.get(f"/supervision/items/?{THEN}").context["table"].records) == number
    with django_assert_num_queries(16):
        assert client.get(f"{item.get_absolute_url()}?{THEN}").status_code == 200


def rows(model, *columns: str) -> list[tuple]:
    return list(model.objects.order_by("pk").values_list("valid_from", "valid_until", *columns))


def test_what_stood_before_is_filled_from_the_history(case):
    item = amended(case)
    with clock.at(CHANGED), recorded_as("test"):
        grids.add_duty(item=item, kind="cooperate", unit=make_unit("后加单位"), since=DAY, version=None, by=case.supervision)
        grids.end_duty(duty=item.duties.get(kind=ResponsibilityKind.LEAD), until=DAY, by=case.supervision)
    words = ("item", "theme", "name", "source", "source_ref", "source_text", "goal", "roadmap", "note", "search_key")
    step = ("seq", "name", "measure", "due_on", "done_on")
    kept, known = rows(ItemText, *words), rows(StepDates, *step)
    grid = list(ItemDuty.objects.order_by("pk").values_list("recorded_on", "ended_on"))
    assert (len(kept), len(known)) == (3, 2)
    with pgtrigger.ignore(
        "supervision.ItemText:keep_item_text", "supervision.StepDates:keep_step_day", "supervision.StepDates:fix_step_day"
    ):
        ItemText.objects.all().delete()
        # As they were before: one row for the dates that stood, and no words.
        StepDates.objects.filter(valid_until=None).delete()
        StepDates.objects.update(valid_until=None, seq=0, name="", measure="")
    with pgtrigger.ignore("supervision.ItemDuty:update_update"):
        ItemDuty.objects.update(recorded_on=date(1900, 1, 1), ended_on=None)
    import_module("supervision.migrations.0015_words_of_items").fill(apps, None)
    # Two versions of one day come as they were, with an empty stretch between them.
    assert rows(ItemText, *words) == kept
    assert rows(StepDates, *step) == known
    assert list(ItemDuty.objects.order_by("pk").values_list("recorded_on", "ended_on")) == grid
