"""Pages of date requests and holds: asking, reading, deciding, taking back, resuming; what each person finds there."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.accounts import grant_role
from erqi.common.attachments import of
from erqi.common.models import RoleGrant
from erqi.common.simulation import simulating
from erqi.tests.uploads import picture, upload
from projects.models import DateRequest, Hold, Milestone
from projects.services.milestone import complete_milestone
from projects.tests.browsing import fields, fill, said, text
from projects.tests.request_case import Case, make_case
from projects.tests.test_milestone_pages import project_page, section, words

pytestmark = pytest.mark.django_db

TODAY = date(2018, 6, 20)
DAY = timedelta(days=1)
TO = {"to_due_on": "2018年11月30日", "cause": "permit", "reason": "图审退回两次"}
PAUSE = {"reason": "winter", "since": "2018-06-20", "until": "2018-07-31", "summary": "管控停工", "steps": "备料"}


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    with clock.at(TODAY):
        yield make_case()


def new_date(case: Case) -> str:
    return reverse("projects:date_request_new", args=[case.milestone.pk])


def new_hold(case: Case) -> str:
    return reverse("projects:hold_new", args=[case.project.code])


# asking for a date


def test_a_date_is_asked_for_with_evidence(case: Case) -> None:
    client = case.browser("reporter")
    data = fill(client, new_date(case), **TO)
    response = client.post(new_date(case), {**data, "uploads": upload()})
    request = DateRequest.objects.get()
    assert response["Location"] == request.get_absolute_url()
    assert said(client, response) == "已申请将“主体施工”的时限改为2018年11月30日，待重点项目办审批；审批前该节点计时暂停。"
    assert (request.to_due_on, request.cause, request.reason, len(of(request))) == (date(2018, 11, 30), "permit", "图审退回两次", 1)
    # the second click
    assert client.post(new_date(case), {**data, "uploads": upload()}).status_code == 302
    assert DateRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"to_due_on": "2018-06-30"}, "申请的时限应晚于现行时限"),
        ({"to_due_on": "2018年2月30日"}, "没有2018年2月30日这一天"),
        ({"cause": ""}, "病因"),
        ({"reason": " "}, "理由"),
        ({"uploads": upload("病毒.exe", b"MZ")}, "“病毒.exe”不是可以接受的文件"),
    ],
)
def test_what_is_wrong_with_a_date_request_is_named(case: Case, values: dict, sentence: str) -> None:
    client = case.browser("reporter")
    response = client.post(new_date(case), fill(client, new_date(case), **{**TO, **values}))
    assert response.status_code == 422
    assert sentence in text(response)
    assert fields(response)["reason"].strip() == {**TO, **values}["reason"].strip()
    assert not DateRequest.objects.exists()


def test_why_no_date_can_be_asked_for_is_said_before_anybody_types(case: Case) -> None:
    client = case.browser("reporter")
    request = case.ask_date(on=TODAY)
    assert "该节点已有一份待审批的时限变更申请（改为2018年9月30日）" in text(client.get(new_date(case)))
    case.decide_date(request, False, on=TODAY)
    complete_milestone(milestone=case.milestone, done_on=TODAY, version=None, by=None)
    assert "该节点已完成" in text(client.get(new_date(case)))
    Milestone.objects.filter(pk=case.milestone.pk).update(done_on=None)
    undated = Milestone.objects.create(project=case.project, kind="land", name="供地", year=2018, due_phrase="尽快")
    assert "没有时限" in text(client.get(reverse("projects:date_request_new", args=[undated.pk])))


# the pages of one request


def asked_for(case: Case, kind: str) -> tuple[DateRequest | Hold, str]:
    """Return a pending request and the name of its pages."""
    return (case.ask_date(on=TODAY), "date_request") if kind == "date" else (case.ask_hold(TODAY, TODAY + 30 * DAY), "hold")


KINDS = pytest.mark.parametrize("kind", ["date", "hold"])


@KINDS
@pytest.mark.parametrize(
    ("who", "decides", "withdraws"),
    [
        ("office", True, False),
        ("reporter", False, True),
        ("colleague", False, False),
        ("stranger", False, False),
        ("inspector", False, False),
        ("viewer", False, False),
    ],
)
def test_everybody_finds_what_they_may_do(case: Case, kind: str, who: str, decides: bool, withdraws: bool) -> None:
    request, name = asked_for(case, kind)
    html = text(case.browser(who).get(request.get_absolute_url()))
    assert (f'action="{reverse(f"projects:{name}_decide", args=[request.pk])}"' in html) is decides
    assert (reverse(f"projects:{name}_withdraw", args=[request.pk]) in html) is withdraws


@KINDS
def test_who_asked_reads_that_others_decide(case: Case, kind: str) -> None:
    request = case.ask_date(on=TODAY, by="office") if kind == "date" else case.ask_hold(TODAY, TODAY + DAY, by="office")
    client = case.browser("office")
    assert "由他人审批" in text(client.get(request.get_absolute_url()))
    address = request.get_absolute_url() + "decide/"
    assert "不能审批自己提出的申请" in text(client.get(address))
    response = client.post(address, {"decision": "approved", "version": "1"})
    assert response.status_code == 403
    assert "不能审批自己提出的申请" in text(response)


@KINDS
def test_deciding_from_the_page(case: Case, kind: str) -> None:
    request, _ = asked_for(case, kind)
    client = case.browser("office")
    address = request.get_absolute_url() + "decide/"
    data = fields(client.get(request.get_absolute_url()))
    assert "请选择同意或不同意。" in text(client.post(address, data))
    response = client.post(address, {**data, "decision": "rejected"})
    assert response.status_code == 422
    assert "不同意的，请写明理由。" in text(response)
    assert "申请内容" in text(response)
    for _ in range(2):
        response = client.post(address, {**data, "decision": "rejected", "reason": "依据不足"})
        assert response.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.decision_reason, request.version) == ("rejected", "依据不足", 2)
    html = text(client.get(request.get_absolute_url()))
    assert "依据不足" in html
    assert "项目办甲" in html
    assert "提交审批意见" not in html
    assert "这份申请未同意，由项目办甲办理，无需再办" in text(client.get(address))


@KINDS
def test_the_second_to_decide_reads_who_was_faster(case: Case, kind: str) -> None:
    request, _ = asked_for(case, kind)
    first, second = case.browser("office"), case.browser("other_office")
    address = request.get_absolute_url() + "decide/"
    data = {**fields(second.get(request.get_absolute_url())), "decision": "rejected", "reason": "另有安排"}
    first.post(address, {**fields(first.get(request.get_absolute_url())), "decision": "approved"})
    response = second.post(address, data)
    assert response.status_code == 409
    assert "已同意，由项目办甲办理，不能再审批" in text(response)
    assert "另有安排" in text(response)


@KINDS
def test_a_permission_taken_away_meanwhile(case: Case, kind: str) -> None:
    request, _ = asked_for(case, kind)
    client = case.browser("office")
    data = {**fields(client.get(request.get_absolute_url())), "decision": "rejected", "reason": "另有安排"}
    RoleGrant.objects.filter(user=case.office).delete()
    grant_role(user=case.office, role="viewer", by=None)
    response = client.post(request.get_absolute_url() + "decide/", data)
    assert response.status_code == 403
    assert "另有安排" in text(response)
    request.refresh_from_db()
    assert request.is_pending


@KINDS
def test_taking_back_from_the_page(case: Case, kind: str) -> None:
    request, _ = asked_for(case, kind)
    address = request.get_absolute_url() + "withdraw/"
    assert "只能撤回自己提出的申请。" in text(case.browser("colleague").get(address))
    client = case.browser("reporter")
    data = fill(client, address)
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.version) == ("withdrawn", 2)


@KINDS
def test_the_mark_of_a_simulation(case: Case, kind: str) -> None:
    with simulating():
        request, _ = asked_for(case, kind)
    assert "模拟" in words(text(case.browser("viewer").get(request.get_absolute_url())))


def test_the_page_of_a_date_request_tells_what_moved_before(case: Case) -> None:
    case.decide_date(case.ask_date(date(2018, 8, 31), on=date(2018, 6, 1), reason="第一次"), on=date(2018, 6, 2))
    request = case.ask_date(date(2018, 11, 30), on=TODAY, uploads=[upload()])
    html = words(text(case.browser("viewer").get(request.get_absolute_url())))
    assert "基准时限 2018年6月30日" in html
    assert "现行时限 2018年8月31日" in html
    assert "2018年11月30日 推迟 91 天，比基准晚 153 天" in html
    assert "2018年6月2日：2018-06-30 → 2018-08-31，土地：第一次" in html
    assert "自2018年6月20日起暂停，审批前该节点的预警等级不因超期加重" in html
    assert "现场.jpg" in html
    refused = case.decide_date(request, False, on=TODAY)
    request = case.decide_date(case.ask_date(date(2018, 11, 30), on=TODAY), on=TODAY)
    html = words(text(case.browser("viewer").get(refused.get_absolute_url())))
    assert "申请时时限 2018年8月31日，现行 2018年11月30日" in html
    html = words(text(case.browser("viewer").get(request.get_absolute_url())))
    assert "申请时时限 2018年8月31日，现行 2018年11月30日" in html
    assert html.count("→ 2018-11-30") == 0


# holds


def test_a_pause_is_asked_for_approved_renewed_and_ended(case: Case) -> None:
    reporter, office = case.browser("reporter"), case.browser("office")
    data = fill(reporter, new_hold(case), **PAUSE)
    response = reporter.post(new_hold(case), {**data, "uploads": upload()})
    hold = Hold.objects.get()
    assert response["Location"] == hold.get_absolute_url()
    assert "批准以前照常评价" in said(reporter, response)
    assert "已有一份待审批的暂停申请" in text(reporter.get(new_hold(case)))
    answer = office.post(hold.get_absolute_url() + "decide/", {**fields(office.get(hold.get_absolute_url())), "decision": "approved"})
    assert said(office, answer) == "已同意：2018年6月20日至2018年7月31日暂停评价，到期自动恢复。"
    renewal = reporter.get(new_hold(case))
    assert "已批准暂停至2018年7月31日" in text(renewal)
    suggested = fields(renewal)
    assert (suggested["since"], suggested["reason"], suggested["summary"]) == ("2018-08-01", "winter", "管控停工")
    assert reporter.post(new_hold(case), {**suggested, "until": "2018-08-31"}).status_code == 302
    address = hold.get_absolute_url() + "resume/"
    assert "请写明恢复的情况。" in text(reporter.post(address, fill(reporter, address)))
    ended = fill(reporter, address, end_reason="管控解除")
    for _ in range(2):
        assert reporter.post(address, ended).status_code == 302
    hold.refresh_from_db()
    assert (hold.ended_on, hold.end_reason) == (TODAY, "管控解除")
    assert "现在没有这项暂停" in text(reporter.get(address))
    assert Hold.objects.exclude(pk=hold.pk).get().state == "withdrawn"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"since": "2018-06-19"}, "暂停不能追溯"),
        ({"until": "2018-12-31"}, "一次最多暂停 92 天，最晚到2018年9月19日"),
        ({"until": "2018-06-01"}, "止日不能早于起日"),
        ({"summary": " "}, "情况说明"),
        ({"reason": ""}, "暂停原因"),
        ({"uploads": upload("病毒.exe", b"MZ")}, "“病毒.exe”不是可以接受的文件"),
    ],
)
def test_what_is_wrong_with_a_pause_is_named(case: Case, values: dict, sentence: str) -> None:
    client = case.browser("reporter")
    response = client.post(new_hold(case), fill(client, new_hold(case), **{**PAUSE, **values}))
    assert response.status_code == 422
    assert sentence in text(response)
    assert not Hold.objects.exists()


def test_a_stranger_reads_why(case: Case) -> None:
    assert "不由您所在的单位填报" in text(case.browser("stranger").get(new_hold(case)))
    assert case.browser("stranger").post(new_hold(case), PAUSE).status_code == 403
    hold = case.pause(TODAY, TODAY + 30 * DAY)
    assert case.browser("stranger").post(hold.get_absolute_url() + "resume/", {"end_reason": "x", "version": "2"}).status_code == 403


# the section of the project page


def test_the_project_page_shows_the_pause_as_it_was_known(case: Case) -> None:
    hold = case.decide_hold(case.ask_hold(TODAY, TODAY + 30 * DAY), on=TODAY + 2 * DAY)

    def on(day: date, who: str = "viewer") -> str:
        with clock.at(day):
            return words(section(project_page(case, who, as_of=day.isoformat()), "holds-title"))

    assert "待审批，批准以前照常评价" in on(TODAY)
    assert "暂停中，2018年7月20日到期（还有 28 天）" in on(TODAY + 2 * DAY)
    assert "今天是最后一天" in on(TODAY + 30 * DAY)
    assert "2018年7月20日到期，已恢复评价" in on(TODAY + 31 * DAY)
    with clock.at(TODAY + 10 * DAY):
        client = case.browser("reporter")
        address = hold.get_absolute_url() + "resume/"
        client.post(address, fill(client, address, end_reason="管控解除"))
    assert "2018年6月30日提前恢复：管控解除" in on(TODAY + 10 * DAY)
    assert "暂停中" in on(TODAY + 9 * DAY)
    assert 'aria-labelledby="holds-title"' not in project_page(case, as_of=(TODAY - DAY).isoformat())


@pytest.mark.parametrize(("who", "may"), [("reporter", True), ("office", True), ("stranger", False), ("viewer", False)])
def test_who_finds_the_way_to_a_pause(case: Case, who: str, may: bool) -> None:
    assert (new_hold(case) in project_page(case, who)) is may
    case.pause(TODAY, TODAY + 30 * DAY)
    assert ("申请续期" in section(project_page(case, who), "holds-title")) is may
    case.ask_hold(TODAY + 31 * DAY, TODAY + 40 * DAY, on=TODAY)
    assert new_hold(case) not in project_page(case, who)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_request_do_not_grow(case: Case, django_assert_num_queries, number: int) -> None:
    for step in range(number):
        case.decide_date(case.ask_date(date(2018, 8 + step, 1), on=TODAY), on=TODAY)
    files = [upload(f"现场{place}.jpg", picture(colour=(place, 0, 0))) for place in range(number)]
    address = case.ask_date(date(2018, 12, 31), on=TODAY, uploads=files).get_absolute_url()
    client = case.browser("viewer")
    client.get(address)
    with django_assert_num_queries(QUERIES):
        client.get(address)


# session, account, roles; the request with its milestone and project, its attachments, earlier changes
QUERIES = 6
