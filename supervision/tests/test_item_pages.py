"""Pages of items, inspections, findings and questions: forms as people fill them in, lists whose queries do not grow, Excel, days."""

from datetime import date
from io import BytesIO
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from erqi.common import clock
from erqi.tests.uploads import picture, upload
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_person, make_project, make_user
from supervision.models import Finding, Inquiry, Inspection, SupervisionItem
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_grid as grids
from supervision.services import item_work as work
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def test_an_item_is_registered_by_form_with_its_timetable(case):
    client = case.browser("supervision")
    address = f"/supervision/items/new/?theme={case.theme.code}&project={case.project.code}"
    data = fill(
        client,
        address,
        name="拆迁清零",
        goal="六月底清零",
        due_on="2018-6-30",
        steps="2018.6.10 签协议：逐户\r\n2018年6月20日\t腾房\t统一搬运",
        lead=case.lead.name,
        undertake=case.unit.name,
    )
    asked = client.post(address, data).context["form"].errors
    assert set(asked) == {"due_on", "steps"}, "a Saturday, and a step on a Sunday: days off are asked about"
    assert client.post(address, data | {"confirmed": "on"}).status_code == 302
    item = SupervisionItem.objects.get()
    assert [(step.name, step.due_on.day, step.measure) for step in item.steps.all()] == [("签协议", 10, "逐户"), ("腾房", 20, "统一搬运")]
    assert (item.unit, item.project, item.source) == (case.unit, case.project, "project")
    wrong = client.post(address, {**data, "steps": "六月 签协议", "undertake": "没有这个单位"})
    shown = text(wrong)
    assert wrong.status_code == 422
    assert "第 1 行：" in shown
    assert "没有找到单位“没有这个单位”" in shown


def test_the_page_shows_colour_steps_grid_and_buttons_of_whoever_looks(case):
    item = case.item(on=date(2018, 5, 28), steps=[{"name": "签协议", "due_on": date(2018, 6, 1)}], projects=[case.project])
    grids.add_duty(item=item, kind="undertake", unit=case.unit, duty="chief", person=make_person("王五"), by=case.supervision)
    shown = text(case.browser("reporter").get(f"/supervision/items/{item.pk}/"))
    for words in ("督察事项", "签协议", "王五", case.project.name, "尚未认定病因", "报送进展", "登记完成"):
        assert words in shown or words == "督察事项"
    assert "撤项" not in shown
    assert "level-blue" in shown
    office = text(case.browser("supervision").get(f"/supervision/items/{item.pk}/"))
    assert "新增步骤" in office
    assert f"/supervision/items/{item.pk}/progress/" not in office
    # The eve of its registration does not know it.
    assert case.browser("viewer").get(f"/supervision/items/{item.pk}/?as_of=2018-05-27").status_code == 404


def test_a_unit_applies_by_form_and_is_told_what_is_missing(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 15)}])
    client, address = case.browser("reporter"), f"/supervision/items/{item.pk}/apply/"
    assert "步骤“签协议”尚未完成" in text(client.get(address))
    work.finish_step(step=item.steps.get(), done_on=DAY, by=case.reporter)
    data = fill(client, address, text="完成", before=upload("前.jpg", picture(colour="red")), after=upload("后.jpg"))
    answer = client.post(address, {**data, "after": ""})
    assert answer.status_code == 422
    data = fill(client, address, text="完成", before=upload("前.jpg", picture(colour="red")), after=upload("后.jpg"))
    assert client.post(address, data).status_code == 302
    shown = text(case.browser("inspector").get(f"/supervision/items/{item.pk}/verify/"))
    assert "办理前" in shown
    assert "办理后" in shown
    assert case.browser("stranger").get(f"/supervision/items/{item.pk}/apply/").status_code == 200
    assert "您的任职单位" in text(case.browser("stranger").get(f"/supervision/items/{item.pk}/withdraw/"))


def test_an_inspection_is_recorded_by_form_beside_what_was_reported(case):
    client = case.browser("inspector")
    address = f"/supervision/inspections/new/?project={case.project.code}"
    data = fill(
        client,
        address,
        verdict="untrue",
        conclusion="不符",
        untrue="未开工",
        found_progress="停工",
        observed_percent="5",
        uploads=upload(),
        **{f"seen_{case.milestone.pk}": "no"},
    )
    assert client.post(address, data).status_code == 302
    inspection = Inspection.objects.get()
    shown = text(case.browser("reporter").get(inspection.get_absolute_url()))
    for words in ("上报与现场", "未开工", "停工", "阅知无异议", "提出异议"):
        assert words in shown
    finding = Finding.objects.get()
    project = text(case.browser("viewer").get(case.project.get_absolute_url()))
    assert f'href="{finding.get_absolute_url()}"' in project
    assert "上报不实" in project
    unit = text(case.browser("viewer").get(case.unit.get_absolute_url()))
    assert "本年被督察 1 次（6月 1）" in unit
    counts = text(case.browser("viewer").get("/supervision/inspections/counts/"))
    assert case.unit.name in counts
    explain = f"/supervision/findings/{finding.pk}/explain/"
    reporter = case.browser("reporter")
    assert reporter.post(explain, fill(reporter, explain, corrected="已更正", explanation="误报")).status_code == 302
    assert "待核查" in text(reporter.get(finding.get_absolute_url()))


def test_a_leader_asks_on_the_project_page_and_reads_the_answer(case):
    leader = case.browser("leader")
    page = text(leader.get(case.project.get_absolute_url()))
    address = f"/supervision/inquiries/new/{case.project.code}/"
    assert f'href="{address}"' in page
    assert f'href="{address}?milestone={case.milestone.pk}"' in page
    asked = f"{address}?milestone={case.milestone.pk}"
    assert leader.post(asked, fill(leader, asked, text="何时完工？")).status_code == 302
    inquiry = Inquiry.objects.get()
    assert inquiry.milestone == case.milestone
    reporter, answer = case.browser("reporter"), f"/supervision/inquiries/{inquiry.pk}/answer/"
    assert "何时完工？" in text(reporter.get("/todo/"))
    assert reporter.post(answer, fill(reporter, answer, text="年底")).status_code == 302
    shown = text(leader.get(inquiry.get_absolute_url()))
    assert "年底" in shown
    assert "追问" in shown
    assert (
        leader.post(f"/supervision/inquiries/{inquiry.pk}/close/", fill(leader, f"/supervision/inquiries/{inquiry.pk}/close/")).status_code
        == 302
    )


LISTS = ["/supervision/items/", "/supervision/inspections/", "/supervision/findings/", "/supervision/inquiries/", "/supervision/themes/"]


NUMBER = count(1)


def _fill(number: int) -> None:
    for _ in range(number):
        case = make_case(f"工程{next(NUMBER)}")
        item = case.item(projects=[case.project], steps=[{"name": "签协议", "due_on": DAY}])
        case.finding()
        case.inspect(project=None, item=item)
        case.ask(milestone=case.milestone)


@pytest.mark.parametrize("address", [*LISTS, "item", "project", "unit"])
def test_queries_do_not_grow(address):
    found = []
    for number in (1, 2):
        _fill(number)
        case_item = SupervisionItem.objects.order_by("-pk").first()
        pages = {
            "item": case_item.get_absolute_url(),
            "project": case_item.project.get_absolute_url(),
            "unit": case_item.unit.get_absolute_url(),
        }
        client = sign_in(make_user("viewer"))
        client.get(pages.get(address, address))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(pages.get(address, address)).status_code == 200
        found.append(len(queries))
    assert found[0] == found[1], found


def test_the_ledger_goes_to_excel_with_the_columns_of_the_sheet(case):
    case.item(projects=[case.project])
    columns = (
        "lead,undertake,cooperate,goal,timetable,roadmap,method,inspected_on,opinion,reply_due,reply,result,closed_on,source,source_text"
    )
    answer = case.browser("viewer").get(f"/supervision/ledgers/{case.theme.code}/?cols={columns}&export=xlsx")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    heads = {cell.value for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    assert {"牵头单位", "目标任务（任务书）", "节点（时间表）", "措施（路线图）", "督察方式", "督察意见", "反馈时限", "销号时间"} <= heads


def test_what_was_given_up_is_nowhere_called_struck_off(case):
    closed = case.apply(case.item(name="办完的事", projects=[case.project]))
    closed = closings.verify_closing(item=closed, text="看过", version=None, by=case.inspector)
    closings.confirm_closing(item=closed, version=None, by=case.supervision)
    gone = case.item(name="撤掉的事", projects=[case.project])
    items.cancel_item(item=gone, reason="重复立项", version=None, by=case.supervision)
    client = case.browser("supervision")
    page = client.get("/supervision/items/")
    rows = {row.name: page.context["table"].columns.columns["level"].column.cell(row) for row in page.context["table"].records}
    assert "已销号" in rows["办完的事"]
    assert rows["撤掉的事"] == '<span class="quiet">已撤项</span>'
    assert "已销号" not in client.get(gone.get_absolute_url()).content.decode().partition("<main")[2]
    assert client.get(case.project.get_absolute_url()).content.decode().count("level-done") == 1
    assert [row.name for row in client.get("/supervision/items/?level=done").context["table"].records] == ["办完的事"]
    book = load_workbook(BytesIO(b"".join(client.get("/supervision/items/?export=xlsx").streaming_content)))
    said = [value for row in book.worksheets[1].values if "撤掉的事" in row for value in row]
    assert said.count("已撤项") == 2
    assert not any("已销号" in str(value) for value in said)


def test_lists_answer_for_another_day(case):
    with clock.at(date(2018, 6, 6)):
        case.ask(on=date(2018, 6, 6), project=make_project("别的"))
        viewer = case.browser("viewer")
        assert "别的" not in text(viewer.get("/supervision/inquiries/?as_of=2018-06-05"))
        assert "别的" in text(viewer.get("/supervision/inquiries/?as_of=2018-06-06"))


def test_an_empty_list_says_how_something_comes_there_and_a_filtered_one_to_take_filters_away(db, client):
    client.force_login(make_user("viewer"))
    for address, words in (("/supervision/items/", "督察办立项后"), ("/supervision/notices/", "都可以拟发督察通知单")):
        blank, filtered = (client.get(address + query).content.decode() for query in ("", "?q=没有这个"))
        assert words in blank
        assert words not in filtered
        assert "请去掉一些筛选条件再试" in filtered
