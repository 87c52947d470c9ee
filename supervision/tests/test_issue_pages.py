"""The pages of problems reported directly: list, filters, days, forms, figures by cause, files; and the main path in a browser."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from erqi.common import clock
from erqi.tests.site import Site
from erqi.tests.uploads import make_attachment, picture, upload
from projects.models import Project, Unit
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_person, make_responsibility, make_user
from supervision.choices import IssueAction as A
from supervision.models import Issue
from supervision.tests.issue_case import DAY, Cast, staff

pytestmark = pytest.mark.django_db

LATER = date(2018, 6, 14)


@pytest.fixture(autouse=True)
def today():
    with clock.at(DAY):
        yield


@pytest.fixture
def cast() -> Cast:
    return Cast()


def listed(client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('supervision:issue_list')}?{query}")
    assert response.status_code == 200
    return [issue.title for issue in response.context["table"].records]


def test_a_unit_reports_from_its_own_projects_with_a_photo(cast):
    client, address = sign_in(cast.reporter), reverse("supervision:issue_report")
    form = client.get(f"{address}?project={cast.project.code}").context["form"]
    assert list(form.fields["project"].queryset) == [cast.project]
    assert form.initial["project"] == cast.project
    sent = fill(client, address, title="管线未迁改", description="影响施工", project=str(cast.project.pk))
    answer = client.post(address, sent | {"uploads": upload("现场.jpg", picture())})
    again = client.post(address, sent)
    issue = Issue.objects.get()
    assert answer["Location"] == again["Location"] == issue.get_absolute_url(), "the same form twice counts once"
    page = text(client.get(issue.get_absolute_url()))
    assert "现场.jpg" in page
    assert "重点项目办应于" in page, "the office has a limit of its own before any unit has one"


def test_the_office_names_any_project_by_its_code(cast):
    client, address = sign_in(cast.office), reverse("supervision:issue_report")
    client.post(address, fill(client, address, title="问题", description="说明", project=cast.project.code))
    assert Issue.objects.get().project == cast.project


def test_what_is_missing_is_said_beside_the_field(cast):
    issue, client = cast.reported(), sign_in(cast.office)
    address = reverse("supervision:issue_send_back", args=[issue.pk])
    answer = client.post(address, fill(client, address, reason=" "))
    assert answer.status_code == 422
    assert Issue.objects.get().state == "reported"


def test_a_step_out_of_turn_says_whose_turn_it_is(cast):
    issue = cast.reported()
    page = text(sign_in(cast.office).get(reverse("supervision:issue_close", args=[issue.pk])))
    assert "现在是“待受理”，不能“销号”；下一步由重点项目办、提出人办理" in page


def test_who_comes_too_late_is_not_asked_to_correct_anything(cast):
    issue = cast.reported()
    address = reverse("supervision:issue_decline", args=[issue.pk])
    browser = sign_in(cast.office)
    opened = fill(browser, address, reason="不属实")
    cast.take(issue, A.DECLINE, make_user("office", name="重点办另一人"))
    answer = browser.post(address, opened)
    assert answer.status_code == 409
    page = text(answer)
    assert "没有保存" in page
    assert "有内容需要改正" not in page


def test_the_page_offers_what_the_person_can_do(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE)

    def offered(user) -> list[str]:
        addresses = [button.url for button in sign_in(user).get(issue.get_absolute_url()).context["buttons"]]
        return [address.rstrip("/").rpartition("/")[2].replace("-", "_") for address in addresses]

    assert offered(cast.reporter) == ["reply", "progress", "escalate"]
    assert offered(cast.supervisor) == ["urge"]
    assert offered(cast.stranger) == offered(cast.viewer) == []


def test_the_list_on_a_day_and_its_filters(cast):
    late = cast.handling()
    other = cast.reported(title="弃土无处堆放", project=None)
    client = sign_in(cast.office)
    with clock.at(LATER):
        cast.take(late, A.REPLY, cast.reporter)
        assert listed(client) == ["管线未迁改", "弃土无处堆放"]
        assert listed(client, "state=replied") == ["管线未迁改"]
        assert listed(client, "state=handling&as_of=2018-06-13&late=late") == ["管线未迁改"]
        assert listed(client, "state=handling") == []
        assert listed(client, f"project={cast.project.code}&unit={cast.unit.pk}&grade=C&cause=pipes") == ["管线未迁改"]
        assert listed(client, "q=daolu") == ["管线未迁改"]
        assert listed(client, "as_of=2018-06-01") == []
        page = client.get(f"{late.get_absolute_url()}?as_of=2018-06-13")
        assert (page.context["state"], page.context["track"]) == ("办理中", "late")
        assert page.context["buttons"] == []
    assert other.state == "reported"


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_a_constant_number_of_questions(cast, number, django_assert_num_queries):
    for place in range(number):
        issue = cast.handling(title=f"问题{place}")
        for _ in range(number - 1):
            cast.take(Issue.objects.get(pk=issue.pk), A.PROGRESS, cast.reporter)
    client = sign_in(cast.viewer)
    client.get(reverse("supervision:issue_list"))
    client.get(issue.get_absolute_url())
    with django_assert_num_queries(10):
        assert len(listed(client)) == number
    # Two of them ask whether the unit has an account, one for the person's own units.
    with django_assert_num_queries(10):
        assert client.get(issue.get_absolute_url()).status_code == 200


def test_figures_by_cause_as_of_a_day_and_as_a_file(cast):
    closed = cast.handling()
    cast.handling(title="第二个")
    cast.reported(title="第三个")
    for action in (A.REPLY, A.VERIFY, A.CLOSE):
        closed = cast.take(closed, action, cast.usual(action))
    client, address = sign_in(cast.supervisor), reverse("supervision:issue_causes")
    with clock.at(LATER):
        page = client.get(address)
        lines = [(line.label, line.count, line.open, line.late, line.in_time) for line, *_ in page.context["lines"]]
        assert lines == [("管线迁改", 2, 1, 1, 1), ("尚未认定", 1, 1, 0, 0)]
        assert client.get(f"{address}?as_of=2018-06-01").context["lines"] == []
        assert client.get(f"{address}?since=2018-06-05").context["lines"] == []
        file = b"".join(client.get(f"{address}?export=csv").streaming_content).decode("utf-8-sig")
    assert "管线迁改,2" in file.replace('"', "")


def test_the_list_leaves_as_a_file(cast):
    cast.handling()
    answer = sign_in(cast.viewer).get(f"{reverse('supervision:issue_list')}?export=csv")
    assert "管线未迁改" in b"".join(answer.streaming_content).decode("utf-8-sig")


# in a browser


@pytest.fixture
def on_site(site: Site) -> str:
    """Give the demonstration's reporter a unit with a project on the running site, and return the project's name."""
    with site.data():
        from erqi.common.models import User
        from projects.tests.builders import make_project, make_unit

        unit: Unit = make_unit("马寨指挥部")
        project: Project = make_project("马寨道路工程")
        make_responsibility(project, unit, "undertake")
        make_person("演示填报", posts=[{"unit": unit, "title": "科员"}], account=User.objects.get(username="reporter"))
    return project.name


def test_reported_on_a_phone_settled_and_closed_at_the_desk(on_site: str, page: Page, log_in: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    log_in("reporter")
    page.goto("/supervision/issues/")
    page.get_by_role("link", name="直报问题").first.click()
    page.get_by_label("问题", exact=False).first.fill("燃气管线未迁改")
    page.get_by_label("情况说明").fill("影响路基施工，已停工两天。")
    page.get_by_label("项目", exact=True).select_option(label=on_site)
    page.get_by_label("现场照片或材料").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(640, 480), colour="olive")}
    )
    page.get_by_role("button", name="直报重点项目办").click()
    expect(page.get_by_text("已直报重点项目办，编号直报2018-001。")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    address = page.url
    page.set_viewport_size({"width": 1366, "height": 820})

    def step(who: str, label: str, **values: str) -> None:
        log_in(who)
        page.goto(address)
        page.locator("main").get_by_role("link", name=label, exact=True).first.click()
        for name, value in values.items():
            place = page.locator(f"[name={name}]")
            place.select_option(value) if name in ("grade", "cause") else place.fill(value)
        page.get_by_role("button", name=label, exact=True).click()
        expect(page.locator("h1")).to_contain_text("燃气管线未迁改")

    step("office", "受理")
    step("office", "定级", grade="C", cause="pipes")
    step("office", "交办")
    page.set_viewport_size({"width": 360, "height": 740})
    step("reporter", "接办")
    step("reporter", "反馈", text="管线已迁改，恢复施工。")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    step("inspector", "核验", text="现场查看，已恢复施工。")
    page.set_viewport_size({"width": 1366, "height": 820})
    step("office", "驳回销号", reason="缺竣工照片")
    expect(page.get_by_text("缺竣工照片")).to_be_visible()
    step("reporter", "反馈", text="照片已补。")
    step("inspector", "核验", text="照片属实。")
    step("office", "销号")
    expect(page.locator(".heading-note, h1 ~ *").get_by_text("已销号").first).to_be_visible()


def test_what_a_unit_reported_and_handles_itself_stands_once_on_its_desk(cast):
    with clock.at(DAY):
        issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN)
        client = sign_in(cast.reporter)

        def found() -> tuple[bool, bool]:
            context = client.get("/todo/").context
            rows = (context["first"], *(item for group in context["groups"] for item in group.items))
            url = issue.get_absolute_url()
            return any(row is not None and row.url == url for row in rows), any(row.url == url for row in context["waiting"])

        assert found() == (True, False)
        for action in (A.TAKE, A.REPLY):
            issue = cast.take(issue, action, cast.reporter)
        assert found() == (False, True)


def test_what_nobody_has_taken_up_is_the_offices_and_the_reporters_alone():
    cast = Cast()
    with clock.at(DAY):
        issue = cast.reported()
        attachment = make_attachment(owner=issue)
        colleague = staff(cast.unit, "填报员辛")
        names = ("supervision:issue_list", "supervision:trace_list", "history")
        addresses = [*(reverse(name) for name in names), issue.project.get_absolute_url()]

        def sees(user):
            client = sign_in(user)
            page = client.get(issue.get_absolute_url()).status_code == 200
            file = client.get(attachment.get_absolute_url()).status_code == 200
            listed = issue.title in text(client.get(addresses[0]))
            assert page is file is listed
            return page, any(issue.title in text(client.get(address)) for address in addresses[1:])

        for user in (cast.office, cast.inspector, cast.leader):
            assert sees(user) == (True, True)
        assert sees(cast.reporter)[0]
        assert sees(colleague)[0]
        for user in (cast.stranger, cast.viewer):
            assert sees(user) == (False, False)
        cast.take(issue, A.ACCEPT, cast.office)
        for user in (cast.stranger, cast.viewer):
            assert sees(user)[0]
