"""The pages of notices: the list for senders and receivers, one notice on a day, its forms, on paper and in Word, who sees what."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.oxml.ns import qn

from erqi.common import clock
from erqi.common.models import User
from erqi.tests.uploads import make_attachment
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_user
from projects.tests.warning_builders import make_policy, warn_ledger
from supervision.choices import NoticeKind, NoticeSource, NoticeState
from supervision.models import Notice, NoticeOrder
from supervision.services import notice as office
from supervision.services import notice_unit as units
from supervision.tests.notice_case import DAY, Cast, order_on, state

pytestmark = pytest.mark.django_db

LIST = "/supervision/notices/"
TUESDAY, DUE = date(2018, 6, 5), date(2018, 7, 3)


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.DATA_DIR = tmp_path
    with clock.at(TUESDAY):
        yield Cast()


def shown(user: User, address: str = LIST, status: int = 200) -> str:
    response = sign_in(user).get(address)
    assert response.status_code == status, address
    return text(response)


def test_a_draft_is_its_writers_and_signers_alone(cast):
    notice = cast.draft(title="关于某事的交办")
    for user in (cast.writer, cast.inspector, cast.leader):
        assert "关于某事的交办" in shown(user)
        assert "拟稿" in shown(user, notice.get_absolute_url())
    for user in (cast.reporter, make_user("office"), make_user("viewer")):
        assert "关于某事的交办" not in shown(user)
        for name in ("notice_detail", "notice_print", "notice_word"):
            shown(user, reverse(f"supervision:{name}", args=[notice.pk]), 404)
        shown(user, f"/history/?kind=notice&record={notice.pk}")
        assert "关于某事的交办" not in shown(user, "/history/?kind=notice")
    assert "关于某事的交办" in shown(cast.leader, "/history/?kind=notice")


def test_what_is_attached_to_a_draft_is_not_the_units(cast):
    notice = cast.draft()
    address = make_attachment(notice).get_absolute_url()
    assert sign_in(cast.reporter).get(address).status_code == 404
    assert sign_in(cast.leader).get(address).status_code == 200


def test_the_course_before_the_issue_is_not_the_units(cast):
    notice = cast.issued()
    assert "送审" not in shown(cast.reporter, notice.get_absolute_url())
    assert "送审" in shown(cast.writer, notice.get_absolute_url())


def test_the_list_has_tabs_filters_and_the_standing(cast):
    late = cast.signed(on=date(2018, 5, 2), title="逾期的事项", due_on=date(2018, 5, 10))
    cast.issued(title="未签收的事项")
    cast.closed()
    html = shown(cast.reporter)
    assert "反馈逾期 18 个工作日" in html
    assert "下发后 1 个工作日未签收" in html
    assert late.number_text in html
    assert "逾期的事项" in shown(cast.reporter, f"{LIST}?standing=late")
    assert "未签收的事项" not in shown(cast.reporter, f"{LIST}?standing=late")
    assert "未签收的事项" in shown(cast.reporter, f"{LIST}?state=issued&box=ours")
    assert "未签收的事项" not in shown(cast.stranger, f"{LIST}?box=ours")
    assert "逾期的事项" in shown(cast.writer, f"{LIST}?q=逾期&box=drafted&kind=assign&source=meeting&unit={cast.unit.pk}")
    assert "共 <strong>1</strong>" in shown(cast.writer, f"{LIST}?standing=unsigned").replace('"num"', "")


def test_the_list_shows_a_day_as_it_was(cast):
    with clock.at(date(2018, 6, 4)):
        notice = cast.signed(on=DAY, title="当日签收的事项")
    units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
    assert "待审核" in shown(cast.reporter, f"{LIST}?as_of=2018-06-05&cols=number_text,title,state")
    html = shown(cast.reporter, f"{LIST}?as_of=2018-06-04&cols=number_text,title,state")
    assert 'data-label="状态">办理中<' in html
    assert "当日签收的事项" not in shown(cast.reporter, f"{LIST}?as_of=2018-06-03")
    page = shown(cast.reporter, f"{notice.get_absolute_url()}?as_of=2018-06-04")
    assert "已办理。" not in page
    assert "办理中" in page
    shown(cast.reporter, f"{notice.get_absolute_url()}?as_of=2018-06-01", 404)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(cast, number):
    for _ in range(number):
        cast.signed()
    client = sign_in(cast.writer)
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert len(queries) == 11


def test_the_list_goes_into_a_workbook_with_the_columns_of_the_ledger(cast):
    cast.closed()
    columns = "number_text,title,source,basis,unit_then,due_then,reply,cause,punctual,conclusion,closed"
    response = sign_in(cast.writer).get(f"{LIST}?export=csv&cols={columns}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "已按要求办理。" in content
    assert "按期反馈" in content
    assert "同意办结。" in content


def test_one_step_from_a_red_project_with_its_figures(cast):
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        make_policy()
        warn_ledger(ledger)
        cast.with_project()
        make_entry(ledger, cast.project)
        make_milestone(cast.project, "other", name="主体封顶", due_on=date(2018, 4, 20))
    page = shown(cast.writer, cast.project.get_absolute_url())
    address = f"/supervision/notices/new/?project={cast.project.code}"
    assert address in page
    assert address not in shown(cast.reporter, cast.project.get_absolute_url())
    assert address in shown(cast.writer, "/warnings/?year=2018")
    assert address not in shown(cast.reporter, "/warnings/?year=2018"), "what is kept of the board is not everybody's"
    assert address in shown(cast.inspector, "/warnings/?year=2018")
    client = sign_in(cast.writer)
    data = fill(client, address)
    assert (data["kind"], data["source"], data["days"], data["unit"]) == ("supervise", "project", "3", cast.unit.name)
    assert "“主体封顶”时限2018年4月20日，已逾期 46 天" in data["text"]
    response = client.post(address, data)
    notice = Notice.objects.get()
    assert response["Location"] == notice.get_absolute_url()
    assert (notice.project, notice.kind, notice.days) == (cast.project, NoticeKind.SUPERVISE, 3)
    client.post(address, data)
    assert Notice.objects.count() == 1, "the same form twice"


def test_a_draft_is_corrected_and_a_late_saver_is_told(cast):
    notice = cast.draft()
    client, address = sign_in(cast.writer), reverse("supervision:notice_edit", args=[notice.pk])
    data = fill(client, address, title="改过的标题", copies="区城管执法局")
    office.edit_notice(notice=notice, version=None, by=cast.second, contact="王某")
    assert client.post(address, data).status_code == 409
    data = fill(client, address, title="改过的标题", copies="区城管执法局")
    assert client.post(address, data).status_code == 302
    notice.refresh_from_db()
    assert (notice.title, notice.contact) == ("改过的标题", "王某")
    assert [copy.unit for copy in notice.copies.all()] == [cast.other]
    assert "没有找到单位" in text(client.post(address, fill(client, address, copies="不存在的单位")))


def press(user: User, notice: Notice, action: str, **values: str) -> Notice:
    """Fill in the page of an action and send it."""
    client, address = sign_in(user), reverse(f"supervision:notice_{action}", args=[notice.pk])
    response = client.post(address, fill(client, address, **values))
    assert response.status_code == 302, text(response)
    notice.refresh_from_db()
    return notice


def test_the_whole_road_by_the_pages(cast):
    notice = cast.draft()
    press(cast.writer, notice, "submit", text="请审签")
    press(cast.leader, notice, "return_draft", reason="请写明联系人")
    press(cast.writer, notice, "submit")
    press(cast.leader, notice, "approve", text="同意")
    press(cast.writer, notice, "issue")
    assert notice.number_text == "二七督〔2018〕1号"
    press(cast.reporter, notice, "sign")
    press(cast.reporter, notice, "ask_extension", asked_due_on="2018-07-20", reason="待批复")
    press(cast.second, notice, "grant_extension", text="同意")
    assert notice.due_on == date(2018, 7, 20)
    press(cast.inspector, notice, "urge", text="请抓紧")
    press(cast.leader, notice, "instruct", text="请当面说明", order_due_on="2018-06-08")
    order = NoticeOrder.objects.get()
    client, address = sign_in(cast.reporter), reverse("supervision:notice_order", args=[order.pk])
    assert address in shown(cast.reporter, notice.get_absolute_url())
    assert client.post(address, fill(client, address, text="已说明")).status_code == 302
    press(cast.reporter, notice, "ask_transfer", asked_unit="区城管执法局", reason="应由城管局办理")
    press(cast.writer, notice, "transfer", reason="同意转办")
    assert (notice.unit, notice.state) == (cast.other, NoticeState.ISSUED)
    press(cast.stranger, notice, "refuse", reason="不属本单位")
    press(cast.leader, notice, "uphold", reason="请办理")
    press(cast.writer, notice, "propose_change", text="新的要求。", reason="补充")
    press(cast.leader, notice, "change")
    press(cast.stranger, notice, "sign")
    press(cast.stranger, notice, "reply", text="已办理。")
    press(cast.inspector, notice, "return_reply", reason="请补充照片")
    press(cast.stranger, notice, "reply", text="已补充。")
    press(cast.inspector, notice, "pass_reply", text="已核实")
    press(cast.writer, notice, "close", text="同意办结")
    press(cast.writer, notice, "archive")
    html = shown(cast.writer, notice.get_absolute_url())
    assert "延期 1 次、转办 1 次、拒收 1 次、退回 1 次、催办 1 次、变更 1 次" in html
    assert "第 1 版" in html
    assert "已归档。" in html


def test_what_cannot_be_done_is_said_before_anybody_types(cast):
    notice = cast.signed()
    assert "现在是“办理中”，不能“审核通过”" in shown(cast.inspector, reverse("supervision:notice_pass_reply", args=[notice.pk]))
    assert "不能办理此项" in shown(cast.stranger, reverse("supervision:notice_reply", args=[notice.pk]))
    with clock.at(date(2018, 7, 9)):
        page = reverse("supervision:notice_ask_extension", args=[notice.pk])
        assert "延期须在到期前申请" in shown(cast.reporter, page)
        assert page not in shown(cast.reporter, notice.get_absolute_url())
    order = order_on(notice)
    assert "由承办单位落实" in shown(cast.writer, reverse("supervision:notice_order", args=[order.pk]))
    assert state(notice) == NoticeState.HANDLING


def test_the_paper_follows_the_standard(cast):
    notice = cast.issued(copies=[cast.other], contact="王某")
    html = shown(cast.reporter, reverse("supervision:notice_print", args=[notice.pk]))
    for part in (
        "二七区督察通知单",
        "二七督〔2018〕1号",
        "马寨产业集聚区管委会：",
        "反馈时限：2018年7月3日。联系人：王某。",
        "抄送：区城管执法局。",
    ):
        assert part in html, part
    assert "2018年6月4日印发" in html
    assert "拟稿，未下发" in shown(cast.writer, reverse("supervision:notice_print", args=[cast.draft().pk]))


def test_an_urging_has_a_paper_of_its_own(cast):
    notice = cast.signed()
    office.urge_notice(notice=notice, text="第一次。", version=None, by=cast.writer)
    act = office.urge_notice(notice=notice, text="请于三日内反馈。", version=None, by=cast.writer)
    html = shown(cast.reporter, f"{reverse('supervision:notice_print', args=[notice.pk])}?urge={act.pk}")
    assert "二七区督察催办通知" in html
    assert "二七督〔2018〕1号（第2次催办）" in html
    assert "请于三日内反馈。" in html
    shown(cast.reporter, f"{reverse('supervision:notice_print', args=[notice.pk])}?urge=999999", 404)


def test_an_earlier_version_is_printed_as_it_was_sent(cast):
    notice = cast.signed()
    cast.change(notice, text="新的要求。")
    address = reverse("supervision:notice_print", args=[notice.pk])
    assert "新的要求。" in shown(cast.reporter, address)
    assert "请按会议要求办理。" in shown(cast.reporter, f"{address}?version=1")


def test_the_word_file_has_the_standards_page_and_parts(cast):
    docx = pytest.importorskip("docx")
    notice = cast.issued(copies=[cast.other])
    response = sign_in(cast.reporter).get(reverse("supervision:notice_word", args=[notice.pk]))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    document = docx.Document(BytesIO(response.content))
    section = document.sections[0]
    sizes = [round(length.mm) for length in (section.page_width, section.page_height, section.top_margin, section.left_margin)]
    assert sizes == [210, 297, 37, 28]
    per_mm = 36000
    assert round((section.page_width - section.left_margin - section.right_margin) / per_mm) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / per_mm) == 225
    lines = [paragraph.text for paragraph in document.paragraphs]
    for part in (
        "二七区督察通知单",
        "二七督〔2018〕1号",
        "关于会议事项的交办",
        "马寨产业集聚区管委会：",
        "2018年6月4日",
    ):
        assert part in lines, part


def test_the_imprint_of_the_word_file_stands_at_the_foot_of_the_last_page(cast):
    docx = pytest.importorskip("docx")
    notice = cast.issued(copies=[cast.other])
    body = docx.Document(BytesIO(sign_in(cast.reporter).get(reverse("supervision:notice_word", args=[notice.pk])).content)).element.body
    (box,) = body.iter(qn("wp:anchor"))
    upright = box.find(qn("wp:positionV"))
    assert (upright.get("relativeFrom"), upright.find(qn("wp:align")).text) == ("margin", "bottom")
    words = ["".join(one.text for one in line.iter(qn("w:t"))) for line in box.iter(qn("w:p"))]
    assert words == ["　抄送：区城管执法局。", "　二七区督察办公室2018年6月4日印发"]
    # Its paragraph is the last one, and kept with the signature: it stands on the same page.
    *_, dated, holder = body.findall(qn("w:p"))
    assert box in list(holder.iter(qn("wp:anchor")))
    assert "".join(one.text for one in dated.iter(qn("w:t"))) == "2018年6月4日"
    assert dated.pPr.keepNext is not None


def test_what_is_done_with_is_not_named_among_what_runs(cast):
    running = [cast.draft(), cast.issued(), cast.replied(), cast.reviewed()]
    done = [cast.closed(), office.withdraw_notice(notice=cast.draft(title="另一件"), reason="不发了", version=None, by=cast.writer)]
    found = set(Notice.objects.unfinished())
    assert found == set(running)
    assert found.isdisjoint(done)


def test_a_unit_and_a_project_show_their_notices(cast):
    cast.with_project()
    notice = cast.signed(kind=NoticeKind.REMIND, source=NoticeSource.PROJECT, project=cast.project, title="", text="")
    for address in (cast.project.get_absolute_url(), cast.unit.get_absolute_url()):
        assert notice.number_text in shown(cast.reporter, address)
