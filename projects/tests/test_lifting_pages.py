"""The pages of liftings: the list as to-do, a lifting with its facts and evidence, the forms, two people, and a phone on the site."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.common.attachments import of
from erqi.tests.site import Site
from erqi.tests.uploads import picture, upload
from projects.choices import LiftingState, MilestoneKind, ResponsibilityKind
from projects.models import Ledger, Lifting, Milestone
from projects.services import lifting as service
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_responsibility, make_unit, make_user
from projects.tests.ledger_pages import shown
from projects.tests.warning_builders import finish, make_lifting, open_lifting, recompute, warn_ledger

pytestmark = pytest.mark.django_db

TODAY, DONE_DAY = date(2018, 7, 4), date(2018, 7, 2)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def proposed(ledger: Ledger, name: str = "道路工程") -> Lifting:
    """Return the lifting of a project that has been red since 1 June and done since 2 July."""
    with clock.at(date(2018, 3, 1)):
        project = make_project(name)
        make_entry(ledger, project)
        milestone = make_milestone(project, MilestoneKind.OTHER, name="主体施工", due_on=date(2018, 5, 1))
    finish(milestone, DONE_DAY)
    found = open_lifting(project)
    assert found is not None
    return found


@pytest.fixture
def lifting() -> Lifting:
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        warn_ledger(ledger)
    return proposed(ledger)


def at(name: str, lifting: Lifting) -> str:
    return reverse(f"projects:lifting_{name}", args=[lifting.pk])


def photo(colour: str = "navy") -> SimpleUploadedFile:
    return upload("现场.jpg", picture(colour=colour))


def post(client: Client, address: str, **changes: Any) -> Any:
    return client.post(
        address, fill(client, address, **{name: value for name, value in changes.items() if name != "uploads"}) | uploads(changes)
    )


def uploads(changes: dict[str, Any]) -> dict[str, Any]:
    return {"uploads": changes["uploads"]} if "uploads" in changes else {}


# the list


def rows(client: Client, query: str = "") -> list[str]:
    response = client.get(reverse("projects:lifting_list") + query)
    assert response.status_code == 200
    return shown(text(response))


def test_what_waits_stands_first_and_the_tabs_are_to_do_lists() -> None:
    names = {"甲": "proposed", "乙": "verified", "丙": "confirmed", "丁": "rejected", "戊": "lapsed", "己": "proposed"}
    for number, (name, state) in enumerate(names.items()):
        ended = {} if state in ("proposed", "verified") else {"ended_on": date(2018, 7, number)}
        checked = {"verified_on": date(2018, 7, 1)} if state in ("verified", "confirmed") else {}
        make_lifting(make_project(name), state=state, proposed_on=date(2018, 6, 28 - number), **checked, **ended)
    client = sign_in(make_user("viewer"))
    assert rows(client) == ["己", "乙", "甲", "戊", "丁", "丙"]
    page = text(client.get(reverse("projects:lifting_list")))
    for label, count in (("全部", 6), ("待核验", 2), ("待确认", 1), ("已办结", 3)):
        assert f'{label}<span class="count">{count}</span>' in page
    assert rows(client, "?state=proposed") == ["己", "甲"]
    assert rows(client, "?state=verified") == ["乙"]
    assert rows(client, "?state=confirmed&state=rejected&state=lapsed") == ["戊", "丁", "丙"]


def test_the_list_is_searched_and_filtered_by_unit_and_level() -> None:
    ours, theirs, unit = make_project("道路工程"), make_project("公园绿化"), make_unit("区建设局")
    make_lifting(ours, from_level=3)
    make_lifting(theirs)
    make_responsibility(ours, unit, ResponsibilityKind.COOPERATE)
    client = sign_in(make_user("viewer"))
    assert rows(client, "?q=dlgc") == ["道路工程"]
    assert rows(client, f"?unit={unit.pk}") == ["道路工程"]
    assert rows(client, "?level=red") == ["公园绿化"]
    assert "没有这一选项" in text(client.get(reverse("projects:lifting_list") + "?level=green"))


def test_the_unit_that_answers_and_the_days_of_waiting_are_shown(lifting: Lifting) -> None:
    make_responsibility(lifting.project, make_unit("区建设局"), ResponsibilityKind.LEAD)
    page = text(sign_in(make_user("viewer")).get(reverse("projects:lifting_list")))
    assert "区建设局" in page
    assert "已等 2 天" in page
    assert f'data-href="{lifting.get_absolute_url()}"' in page


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(django_assert_num_queries) -> None:
    client = sign_in(make_user("viewer"))
    address = reverse("projects:lifting_list")
    for number in (1, 2):
        for _ in range(number):
            make_responsibility(make_lifting(make_project()).project, make_unit())
        client.get(address)
        with django_assert_num_queries(LIST_QUERIES):
            client.get(address)


# session, account, roles; number of rows, rows, units of the filter; numbers of the tabs
LIST_QUERIES = 7


# one lifting


def test_the_facts_before_and_now_the_evidence_and_the_course(lifting: Lifting) -> None:
    inspector = make_user("inspector", name="督察员甲")
    service.verify_lifting(lifting=lifting, note="主体已完工", version=None, by=inspector, uploads=[photo()])
    page = text(sign_in(make_user("viewer")).get(lifting.get_absolute_url()))
    before, now = page.partition("好转之前")[2].split("现在</h2>")
    assert "告警，自2018年6月1日起第 31 天：“主体施工”时限2018年5月1日，已逾期 61 天" in before
    assert "逾期 61 天" in before
    assert "已完成" in now
    assert "督察员甲" in page
    assert "主体已完工" in page
    assert of(lifting).get().get_absolute_url() in page


@pytest.mark.parametrize(
    ("role", "state", "links"),
    [
        ("viewer", "proposed", set()),
        ("office", "verified", set()),
        ("inspector", "proposed", {"verify", "reject"}),
        ("inspector", "verified", set()),
        ("inspector", "rejected", {"again"}),
        ("inspector", "confirmed", set()),
        ("supervision", "proposed", set()),
        ("supervision", "verified", {"confirm", "reject"}),
        ("supervision", "rejected", set()),
        ("supervision", "lapsed", set()),
    ],
)
def test_each_sees_the_buttons_that_are_theirs(lifting: Lifting, role: str, state: str, links: set[str]) -> None:
    Lifting.objects.filter(pk=lifting.pk).update(state=state, ended_on=TODAY if state in ("rejected", "confirmed", "lapsed") else None)
    page = text(sign_in(make_user(role)).get(lifting.get_absolute_url()))
    assert {name for name in ("verify", "confirm", "reject", "again") if at(name, lifting) in page} == links


def test_the_page_asks_the_same_number_of_questions_whatever_is_attached(lifting: Lifting, django_assert_num_queries) -> None:
    client = sign_in(make_user("viewer"))
    client.get(lifting.get_absolute_url())
    for colour in ("navy", "olive", "tan"):
        service.attach(owner=lifting, uploads=[photo(colour)], by=None)
        service.attach(owner=lifting.project.milestones.get().updates.get(), uploads=[photo(colour)], by=None)
        with django_assert_num_queries(DETAIL_QUERIES):
            client.get(lifting.get_absolute_url())


# session, account, roles; lifting; entry and colour before, entry and colour now (six each); row before; evidence: of the lifting,
# an earlier refusal, attachments, updates, reports
DETAIL_QUERIES = 24


def test_from_the_check_to_the_confirmation(lifting: Lifting) -> None:
    inspector, supervision = sign_in(make_user("inspector")), sign_in(make_user("supervision"))
    response = post(inspector, at("verify", lifting), verify_note="主体已完工", uploads=[photo(), photo("olive")])
    assert (response.status_code, response.url) == (302, lifting.get_absolute_url())
    assert said(inspector, response) == "已核验“道路工程”，等待督察办确认。"
    response = post(supervision, at("confirm", lifting), end_note="同意")
    assert said(supervision, response) == "“道路工程”已摘牌，观察至2018年7月25日，其间仍为预警。"
    page = text(supervision.get(lifting.get_absolute_url()))
    assert "红转黄，观察至2018年7月25日" in page
    assert "预警，自2018年7月4日起第 1 天：已摘牌，观察至2018年7月25日" in page
    assert "7月26日观察期满，转为正常" in text(supervision.get(lifting.project.get_absolute_url()))


def test_a_check_without_evidence_or_words_is_asked_for_them_and_keeps_the_rest(lifting: Lifting) -> None:
    client = sign_in(make_user("inspector"))
    response = post(client, at("verify", lifting), verify_note="主体已完工")
    assert response.status_code == 422
    assert "核验须有佐证" in text(response)
    assert fields(response)["verify_note"].strip() == "主体已完工"
    response = post(client, at("verify", lifting), verify_note=" ", uploads=[photo()])
    assert (response.status_code, "请重新选择附件" in text(response)) == (422, True)
    response = post(client, at("verify", lifting), verify_note="x", uploads=[upload("病毒.exe", b"MZ")])
    assert response.status_code == 422
    assert not of(lifting).exists()


def test_two_clicks_count_once_and_the_second_person_is_told(lifting: Lifting) -> None:
    first, second = sign_in(make_user("inspector", name="督察员甲")), sign_in(make_user("inspector"))
    address = at("verify", lifting)
    mine, theirs = fill(first, address, verify_note="已完工"), fill(second, address, verify_note="也看过了")
    for _ in range(2):
        assert first.post(address, mine | {"uploads": [photo()]}).status_code == 302
    assert of(lifting).count() == 1
    response = second.post(address, theirs | {"uploads": [photo("olive")]})
    assert response.status_code == 409
    assert "这次摘牌已由督察员甲核验" in text(response)
    assert fields(response)["verify_note"].strip() == "也看过了"


def test_who_opened_the_form_before_the_figures_changed_is_shown_the_change(lifting: Lifting) -> None:
    client = sign_in(make_user("inspector"))
    address = at("verify", lifting)
    data = fill(client, address, verify_note="已完工")
    # A second milestone, a little late, makes the level that it would turn to worse.
    make_milestone(lifting.project, MilestoneKind.TOPPING, due_on=date(2018, 6, 20))
    response = client.post(address, data | {"uploads": [photo()]})
    assert response.status_code == 409
    assert "按数据应转为" in text(response)
    assert client.post(address, fields(response) | {"uploads": [photo()]}).status_code == 302


def test_a_permission_withdrawn_while_the_form_is_open_keeps_the_words(lifting: Lifting) -> None:
    user = make_user("inspector")
    client = sign_in(user)
    data = fill(client, at("verify", lifting), verify_note="主体已完工")
    withdraw_role(user=user, role="inspector", by=make_user("security_admin"))
    response = client.post(at("verify", lifting), data | {"uploads": [photo()]})
    # Without any role the account sees nothing at all; with another one it keeps what it typed.
    assert response.status_code == 403
    assert not of(lifting).exists()
    from erqi.common.accounts import grant_role

    grant_role(user=user, role="viewer", by=None)
    response = client.post(at("verify", lifting), data | {"uploads": [photo()]})
    assert response.status_code == 403
    assert "主体已完工" in text(response)
    assert Lifting.objects.get(pk=lifting.pk).state == LiftingState.PROPOSED


def test_who_verified_it_is_told_before_confirming(lifting: Lifting) -> None:
    both = make_user("inspector", "supervision")
    service.verify_lifting(lifting=lifting, note="已完工", version=None, by=both, uploads=[photo()])
    client = sign_in(both)
    assert "这次摘牌是您核验的，请由督察办的其他人确认。" in text(client.get(at("confirm", lifting)))
    assert at("confirm", lifting) not in text(client.get(lifting.get_absolute_url()))


def test_a_refusal_and_another_look(lifting: Lifting) -> None:
    client = sign_in(make_user("inspector"))
    assert post(client, at("reject", lifting), end_note=" ").status_code == 422
    data = fill(client, at("reject", lifting), end_note="现场未见完工")
    for _ in range(2):
        assert client.post(at("reject", lifting), data).url == lifting.get_absolute_url()
    assert "未予摘牌" in text(client.get(lifting.project.get_absolute_url()))
    data = fill(client, at("again", lifting))
    addresses = {client.post(at("again", lifting), data).url for _ in range(2)}
    again = open_lifting(lifting.project)
    assert again is not None
    assert addresses == {again.get_absolute_url()}
    assert "只有未通过的摘牌可以重新提出" in text(client.get(at("again", again)))


@pytest.mark.parametrize("name", ["verify", "confirm", "reject"])
def test_what_has_ended_says_so_before_anybody_types(lifting: Lifting, name: str) -> None:
    Lifting.objects.update(state="lapsed", ended_on=TODAY)
    page = text(sign_in(make_user("inspector", "supervision")).get(at(name, lifting)))
    assert "这次摘牌已失效，不能再办理" in page


# on the site, with a phone


@pytest.fixture
def on_site(site: Site) -> tuple[str, str]:
    """Return the addresses of a lifting and its project on the running site, on the day of the demonstration."""
    with site.data():
        clock.forget()
        ledger = Ledger.objects.main().get(year=2018)
        with clock.at(date(2018, 3, 1)):
            warn_ledger(ledger, date(2018, 3, 1))
            project = make_project("道路工程")
            make_entry(ledger, project)
            milestone = make_milestone(project, MilestoneKind.OTHER, name="主体施工", due_on=date(2018, 8, 1))
        finish(Milestone.objects.get(pk=milestone.pk), date(2018, 9, 20))
        recompute(date(2018, 9, 28), project)
        found = open_lifting(project)
        assert found is not None
        addresses = found.get_absolute_url(), project.get_absolute_url()
    clock.forget()
    return addresses


def test_an_inspector_on_the_site_sends_a_photo_and_the_office_confirms(on_site: tuple[str, str], page: Page, log_in: Any) -> None:
    lifting, project = on_site
    page.set_viewport_size({"width": 360, "height": 740})
    log_in("inspector")
    page.goto("/warnings/liftings/?state=proposed")
    page.get_by_role("link", name="道路工程").click()
    page.get_by_role("link", name="核验", exact=True).click()
    page.get_by_label("核验情况").fill("9月28日到现场，主体已完工")
    page.get_by_label("佐证照片或文件").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(640, 480), colour="olive")}
    )
    page.get_by_role("button", name="提交核验").click()
    expect(page.get_by_text("已核验“道路工程”，等待督察办确认。")).to_be_visible()
    image = page.locator(".attachment-picture img").first
    image.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    log_in("supervision")
    page.goto(lifting)
    page.get_by_role("link", name="确认摘牌").click()
    page.get_by_role("button", name="确认摘牌").click()
    expect(page.get_by_text("“道路工程”已摘牌，观察至2018年10月25日")).to_be_visible()
    page.goto(project)
    expect(page.get_by_text("预警，自2018年9月28日起第 1 天：已摘牌，观察至2018年10月25日。")).to_be_visible()
    page.get_by_text("逐段日期").click()
    expect(page.locator(".colour-strip-table").get_by_text("告警")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="怎么算的").click()
    expect(page.get_by_text("确认摘牌，转预警观察至 2018-10-25")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
