"""Pages about one milestone: saying how it stands, completing, taking back; and its place on the project page."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.accounts import grant_role
from erqi.common.attachments import of
from erqi.common.models import RoleGrant, User
from erqi.common.simulation import simulating
from erqi.tests.uploads import make_attachment, picture, upload
from projects.models import Milestone, MilestoneUpdate
from projects.services import milestone as service
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.request_case import Case, make_case

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 20)


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    with clock.at(TODAY):
        yield make_case()


def page(name: str, case: Case) -> str:
    return reverse(f"projects:{name}", args=[case.milestone.pk])


def section(html: str, heading: str = "milestones-title") -> str:
    """Return the section of the project page."""
    return re.search(rf'<section class="panel" aria-labelledby="{heading}">.*?\n</section>', html, re.DOTALL)[0]


def project_page(case: Case, who: str = "viewer", **query: str) -> str:
    response = case.browser(who).get(case.project.get_absolute_url(), query)
    assert response.status_code == 200
    return text(response)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


# the form of updates


@pytest.mark.parametrize(
    ("who", "title", "label", "finishes"),
    [
        ("reporter", "更新进展", "进展情况", True),
        ("office", "更新进展", "进展情况", True),
        ("inspector", "登记督察情况", "督察情况", False),
    ],
)
def test_one_form_speaks_to_each_in_their_words(case: Case, who: str, title: str, label: str, finishes: bool) -> None:
    client = case.browser(who)
    shown = text(client.get(page("milestone_update", case)))
    assert f">{title}<" in shown
    assert label in shown
    assert ('name="finished"' in shown) is finishes
    data = fill(client, page("milestone_update", case), text="看过了", uploads=upload())
    response = client.post(page("milestone_update", case), data)
    assert response.status_code == 302
    assert response["Location"] == f"{case.project.get_absolute_url()}#milestone-{case.milestone.pk}"
    update = MilestoneUpdate.objects.get()
    assert (update.text, update.changes_done, len(of(update))) == ("看过了", False, 1)


def test_the_same_words_on_the_same_day_are_said_once_also_after_the_back_button(case: Case) -> None:
    client, address = case.browser("reporter"), page("milestone_update", case)
    # Back shows the page anew, so its form has another key.
    for status in (302, 422):
        response = client.post(address, fill(client, address, text="主体施工至三层"))
        assert response.status_code == status
    assert "您今天已登记过同样的情况，没有重复登记" in text(response)
    assert MilestoneUpdate.objects.count() == 1
    with clock.at(date(2018, 7, 21)):
        assert client.post(address, fill(client, address, text="主体施工至三层")).status_code == 302


def test_with_two_roles_the_form_asks_in_which(case: Case) -> None:
    grant_role(user=case.reporter, role="inspector", by=None)
    client = sign_in(User.objects.get(pk=case.reporter.pk))
    data = fill(client, page("milestone_update", case), text="看过了")
    response = client.post(page("milestone_update", case), data)
    assert response.status_code == 422
    assert "以何身份登记" in text(response)
    assert client.post(page("milestone_update", case), {**data, "layer": "inspector"}).status_code == 302
    assert MilestoneUpdate.objects.get().layer == "inspector"


def test_a_reporter_says_in_the_same_form_that_it_is_done(case: Case) -> None:
    client = case.browser("reporter")
    data = fill(client, page("milestone_update", case), finished="on", done_on="2018-07-18")
    response = client.post(page("milestone_update", case), data)
    assert response.status_code == 422
    assert "须附佐证" in text(response)
    again = {**fields(response), "uploads": upload()}
    response = client.post(page("milestone_update", case), again)
    assert said(client, response) == "节点“主体施工”已于2018年7月18日完成。"
    # the second click, with the same file
    assert client.post(page("milestone_update", case), {**again, "uploads": upload()}).status_code == 302
    assert Milestone.objects.get(pk=case.milestone.pk).done_on == date(2018, 7, 18)
    assert MilestoneUpdate.objects.count() == 1


def test_the_suggested_day_says_nothing_without_the_tick(case: Case) -> None:
    client = case.browser("reporter")
    data = fill(client, page("milestone_update", case), text="主体到八层")
    assert data["done_on"] == "2018-07-20"
    for _ in range(2):
        assert client.post(page("milestone_update", case), data).status_code == 302
    assert Milestone.objects.get(pk=case.milestone.pk).done_on is None
    assert MilestoneUpdate.objects.count() == 1


def test_other_words_after_the_back_button_are_not_lost(case: Case) -> None:
    client = case.browser("reporter")
    data = fill(client, page("milestone_update", case), text="主体到八层")
    client.post(page("milestone_update", case), data)
    response = client.post(page("milestone_update", case), {**data, "text": "主体到九层"})
    assert response.status_code == 409
    assert "此前已提交" in text(response)
    assert client.post(page("milestone_update", case), fields(response)).status_code == 302
    assert list(MilestoneUpdate.objects.values_list("text", flat=True)) == ["主体到八层", "主体到九层"]


@pytest.mark.parametrize("name", ["milestone_update", "milestone_complete", "date_request_new"])
def test_who_may_not_write_this_project_reads_why(case: Case, name: str) -> None:
    sentence = "“道路工程”不由您所在的单位填报。责任分工有误的，请联系重点项目办调整。"
    shown = case.browser("stranger").get(page(name, case))
    assert shown.status_code == 200
    assert sentence in text(shown)
    data = {"text": "x", "done_on": "2018-07-18", "to_due_on": "2018-12-01", "cause": "land", "reason": "y", "version": "1"}
    response = case.browser("stranger").post(page(name, case), {**data, "uploads": upload()})
    assert response.status_code == 403
    assert sentence in text(response)
    assert not MilestoneUpdate.objects.exists()


def test_what_was_typed_stays_when_the_permission_was_taken_away(case: Case) -> None:
    client = case.browser("inspector")
    data = fill(client, page("milestone_update", case), text="现场三人，无机械")
    RoleGrant.objects.filter(user=case.inspector).delete()
    grant_role(user=case.inspector, role="viewer", by=None)
    response = client.post(page("milestone_update", case), {**data, "uploads": upload()})
    assert response.status_code == 403
    assert "现场三人，无机械" in text(response)
    assert "请重新选择附件" in text(response)
    assert not MilestoneUpdate.objects.exists()


def test_a_wrong_file_is_named_and_the_text_stays(case: Case) -> None:
    client = case.browser("reporter")
    data = fill(client, page("milestone_update", case), text="主体到八层")
    response = client.post(page("milestone_update", case), {**data, "uploads": upload("病毒.exe", b"MZ")})
    assert response.status_code == 422
    assert "“病毒.exe”不是可以接受的文件" in text(response)
    assert fields(response)["text"] == "主体到八层"
    assert not MilestoneUpdate.objects.exists()


# completing and taking back


def test_completing_withdraws_the_pending_request_and_says_so_before(case: Case) -> None:
    case.ask_date(on=TODAY)
    client = case.browser("office")
    shown = client.get(page("milestone_complete", case))
    assert "待审批的时限变更申请（改为2018年9月30日），登记完成后随之撤回" in text(shown)
    assert client.post(page("milestone_complete", case), fields(shown)).status_code == 302
    assert not case.milestone.date_requests.pending().exists()


def test_taking_back_asks_for_the_reason(case: Case) -> None:
    service.complete_milestone(milestone=case.milestone, done_on=TODAY, version=None, by=None)
    client = case.browser("office")
    data = fill(client, page("milestone_reopen", case))
    response = client.post(page("milestone_reopen", case), data)
    assert response.status_code == 422
    assert "请写明撤销的原因。" in text(response)
    for _ in range(2):
        assert client.post(page("milestone_reopen", case), {**data, "text": "现场核查未完成"}).status_code == 302
    update = MilestoneUpdate.objects.last()
    assert (update.text, update.changes_done, update.done_on) == ("现场核查未完成", True, None)


# the section of the project page


ACTIONS = {
    "milestone_update": {"reporter", "lead_reporter", "office", "inspector"},
    "milestone_complete": {"reporter", "lead_reporter", "office"},
    "date_request_new": {"reporter", "lead_reporter", "office"},
    "milestone_move": {"office"},
    "milestone_edit": {"office"},
    "milestone_reopen": set(),
}


@pytest.mark.parametrize("who", ["reporter", "lead_reporter", "stranger", "office", "inspector", "leader", "viewer"])
def test_everybody_finds_what_they_may_do(case: Case, who: str) -> None:
    shown = section(project_page(case, who))
    found = {name for name in ACTIONS if f'href="{page(name, case)}"' in shown}
    assert found == {name for name, people in ACTIONS.items() if who in people}
    for name in found:
        assert case.browser(who).get(page(name, case)).status_code == 200


def test_layers_stand_side_by_side_the_latest_first(case: Case) -> None:
    for number in range(5):
        with clock.at(date(2018, 7, number + 1)), simulating():
            service.update_milestone(
                milestone=case.milestone, text=f"第{number}次", by=case.reporter, uploads=[upload(content=picture(colour=(number, 0, 0)))]
            )
    service.update_milestone(milestone=case.milestone, text="现场未见<b>施工</b>", by=case.inspector)
    # What leaders said before their questions had records of their own.
    MilestoneUpdate.objects.create(milestone=case.milestone, layer="leader", recorded_on=TODAY, text="为何停工？", by_name="区领导丁")
    shown = section(project_page(case))
    said_words = words(shown)
    assert said_words.index("自查 5 条") < said_words.index("督察 1 条") < said_words.index("问查 1 条")
    assert said_words.index("第4次") < said_words.index("第2次") < said_words.index("更早的 2 条") < said_words.index("第1次")
    assert shown.count("?small") == 5
    assert shown.count('<span class="sim">模拟</span>') == 10  # each update, and each photo
    assert "&lt;b&gt;施工" in shown
    assert "2018-07-20 督察员丙" in said_words


def test_what_was_asked_stands_at_the_milestone(case: Case) -> None:
    first = case.ask_date(date(2018, 10, 31), on=date(2018, 7, 1))
    case.decide_date(first, False, on=date(2018, 7, 2), reason="土地已供")
    pending = case.ask_date(date(2018, 11, 30), on=date(2018, 7, 5))
    shown = section(project_page(case))
    assert f'<a href="{pending.get_absolute_url()}">申请改为 2018-11-30，待审批，计时暂停</a>' in shown
    assert "未同意改为 2018-10-31：土地已供" in words(shown)


def test_earlier_days_show_what_was_known(case: Case) -> None:
    with clock.at(date(2018, 7, 10)):
        service.complete_milestone(milestone=case.milestone, done_on=date(2018, 7, 1), version=None, by=case.office, text="验收")
    with clock.at(date(2018, 7, 15)):
        service.reopen_milestone(milestone=case.milestone, version=None, by=case.office, text="核查未完成")
    request = case.ask_date(date(2018, 11, 30), on=date(2018, 7, 16))
    with clock.at(date(2018, 7, 18)):
        case.decide_date(request, on=date(2018, 7, 18))

    def on(day: str) -> str:
        return words(section(project_page(case, as_of=day)))

    assert "已完成" not in on("2018-07-09")
    assert "已完成，晚 1 天" in on("2018-07-10")
    assert "核查未完成" not in on("2018-07-14")
    taken_back = on("2018-07-15")
    assert "核查未完成" in taken_back
    assert "已过时限 15 天" in taken_back
    assert "待审批" not in taken_back
    assert "申请改为 2018-11-30，待审批，计时暂停" in on("2018-07-17")
    assert "待审批" not in on("2018-07-18")
    assert "2018-06-30 → 2018-11-30" in on("2018-07-18")


def test_the_stage_is_the_one_that_was_known(case: Case) -> None:
    start = Milestone.objects.create(project=case.project, kind="start", name="开工", year=2018)
    with clock.at(date(2018, 7, 10)):
        service.complete_milestone(milestone=start, done_on=date(2018, 7, 1), version=None, by=None)
    assert 'aria-current="step">开工' in project_page(case, as_of="2018-07-10")
    assert 'aria-current="step"' not in project_page(case, as_of="2018-07-09")


def test_evidence_is_read_by_all_who_see_business_data(case: Case) -> None:
    update = service.update_milestone(milestone=case.milestone, text="x", by=case.reporter)
    for owner in (update, case.ask_date(on=TODAY), case.ask_hold(TODAY, date(2018, 8, 1))):
        url = make_attachment(owner).get_absolute_url()
        for who in ("viewer", "stranger", "leader"):
            assert case.browser(who).get(url).status_code == 200
