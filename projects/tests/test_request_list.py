"""审批申请: one list of three kinds, in which order, for whom, filtered how, in how many queries."""

import re
from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.simulation import simulating
from projects.choices import RequestKind
from projects.models import ReportCorrection
from projects.services import date_request as date_requests
from projects.services.correction import decide_correction, request_correction
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_user
from projects.tests.ledger_pages import shown
from projects.tests.report_builders import file_month, report_values
from projects.tests.request_case import Case, make_case

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 10)
ADDRESS = "/requests/"
# What a report of a project in red has to say.
CONTENT = {"physical_percent": 40, "problem": "图审退回", "problem_cause": "permit"}


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    with clock.at(TODAY):
        yield make_case()


def correct(case: Case, on: date = TODAY) -> ReportCorrection:
    report = case.project.reports.first() or file_month(case.project, 8, 300, by=case.reporter, **CONTENT)
    with clock.at(on):
        return request_correction(
            project=case.project,
            year=2018,
            month=8,
            values=report_values(200, **CONTENT),
            reason="票据重复",
            version=report.version,
            by=case.reporter,
        )


def page(case: Case, query: str = "", who: str = "office", queries: int | None = None) -> str:
    response = case.browser(who).get(ADDRESS + query)
    assert response.status_code == 200
    return text(response)


def kinds(html: str) -> list[str]:
    return re.findall(r'data-label="种类">([^<]*)<', html)


def test_what_waits_longest_comes_first_then_what_was_decided_last(case: Case) -> None:
    first = case.ask_date(on=date(2018, 10, 8))
    hold = case.ask_hold(TODAY, date(2018, 11, 1))
    slip = correct(case, date(2018, 10, 9))
    assert kinds(page(case)) == ["变更时限", "月报更正", "暂停"]
    case.decide_date(first, on=date(2018, 10, 9))
    case.decide_hold(hold, False, on=TODAY)
    assert kinds(page(case)) == ["月报更正", "暂停", "变更时限"]
    with clock.at(TODAY):
        decide_correction(correction=slip, approve=True, reason="", version=None, by=case.office)
    html = page(case)
    assert sorted(kinds(html)) == ["变更时限", "暂停", "月报更正"]
    assert html.count('class="is-off"') == 3


def test_each_line_says_what_is_asked_and_leads_there(case: Case) -> None:
    request = case.ask_date(date(2018, 11, 30), on=date(2018, 10, 8), reason="图审退回<两次>")
    hold = case.ask_hold(TODAY, date(2018, 11, 1))
    slip = correct(case)
    html = page(case)
    assert "主体施工：2018-06-30 → 2018-11-30" in html
    assert "土地：图审退回&lt;两次&gt;" in html
    assert "2018-10-10 至 2018-11-01" in html
    assert "冬防期、重污染天气管控停工：管控停工" in html
    assert "2018年8月月报" in html
    assert "已等 2 个工作日" in html
    assert "今日提出" in html
    assert html.count("道路工程承办局</td>") == 3
    for record in (request, hold, slip):
        assert f'data-href="{record.get_absolute_url()}"' in html
        assert case.browser("viewer").get(record.get_absolute_url()).status_code == 200


def test_what_was_decided_still_shows_the_date_that_stood_then(case: Case) -> None:
    case.decide_date(case.ask_date(date(2018, 10, 31), on=TODAY), False, on=TODAY)
    case.decide_date(case.ask_date(date(2018, 11, 30), on=TODAY), on=TODAY)
    case.decide_date(case.ask_date(date(2018, 12, 31), on=TODAY), on=TODAY)
    html = page(case)
    for dates in ("2018-06-30 → 2018-10-31", "2018-06-30 → 2018-11-30", "2018-11-30 → 2018-12-31"):
        assert dates in html


def test_what_a_simulation_asks_is_marked(case: Case) -> None:
    with simulating():
        case.ask_date(on=TODAY)
    case.ask_hold(TODAY, date(2018, 11, 1))
    assert page(case).count(">模拟<") == 1


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("office", {"道路工程", "学校工程"}),
        ("viewer", {"道路工程", "学校工程"}),
        ("leader", {"道路工程", "学校工程"}),
        ("reporter", {"道路工程"}),
        ("colleague", {"道路工程"}),
        ("lead_reporter", {"道路工程"}),
        ("stranger", set()),
    ],
)
def test_a_reporter_sees_what_the_own_unit_asked_for(case: Case, who: str, sees: set[str]) -> None:
    case.ask_date(on=TODAY)
    make_case("学校工程").ask_hold(TODAY, date(2018, 11, 1))
    html = page(case, who=who)
    assert set(shown(html)) == sees
    assert ("您所在单位填报的项目" in html) is (sees != {"道路工程", "学校工程"})


def test_filters(case: Case) -> None:
    other = make_case("学校工程")
    request = case.ask_date(on=TODAY)
    case.decide_date(request, on=TODAY)
    other.ask_hold(TODAY, date(2018, 11, 1))
    correct(case)

    def found(query: str) -> list[str]:
        return sorted(kinds(page(case, query)))

    assert found("?kind=date&kind=hold") == ["变更时限", "暂停"]
    assert found("?kind=correction") == ["月报更正"]
    assert found("?state=pending") == ["暂停", "月报更正"]
    assert found("?state=approved") == ["变更时限"]
    assert found(f"?unit={case.unit.pk}") == ["变更时限", "月报更正"]
    assert found(f"?unit={other.lead.pk}") == ["暂停"]
    assert found("?q=xxgc") == ["暂停"]
    assert found("?q=道路&state=pending") == ["月报更正"]
    assert found("?q=没有") == []
    assert "没有这一选项" in page(case, "?kind=nothing")


@pytest.mark.parametrize("sort", ["project", "-project", "kind", "requested_on", "-requested_on", "state", "waiting", "-waiting"])
def test_every_order_shows_every_row_once(case: Case, sort: str) -> None:
    case.ask_date(on=date(2018, 10, 8))
    case.ask_hold(TODAY, date(2018, 11, 1))
    correct(case)
    assert sorted(kinds(page(case, f"?sort={sort}"))) == sorted(label for label in RequestKind.labels)


def test_the_tabs_count(case: Case) -> None:
    case.decide_date(case.ask_date(on=TODAY), on=TODAY)
    case.ask_hold(TODAY, date(2018, 11, 1))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(case)))
    assert "全部 2 待审批 1 已办结 1" in words


def test_the_menu_leads_here(case: Case) -> None:
    for who in ("office", "reporter", "viewer"):
        assert f'href="{ADDRESS}"' in text(case.browser(who).get(reverse("projects:unit_list")))


def test_htmx_gets_the_list_only(case: Case) -> None:
    case.ask_date(on=TODAY)
    response = case.browser("office").get(ADDRESS + "?state=pending", headers={"HX-Request": "true", "HX-Target": "results"})
    assert kinds(text(response)) == ["变更时限"]
    assert "<html" not in text(response)


def fill(number: int) -> None:
    for place in range(number):
        case = make_case(f"工程{number}{place}")
        case.ask_date(on=TODAY)
        case.ask_hold(TODAY, date(2018, 11, 1))
        correct(case)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_rows(settings, tmp_path, django_assert_num_queries, number: int) -> None:
    settings.DATA_DIR = tmp_path
    with clock.at(TODAY):
        fill(number)
        client = sign_in(make_user("office"))
        client.get(ADDRESS)
        with django_assert_num_queries(QUERIES):
            assert len(kinds(text(client.get(ADDRESS)))) == 3 * number


# session, account, roles; number of rows, rows, states; responsibilities, owners, units; units to choose from
QUERIES = 10


def test_nobody_is_asked_twice_about_a_request_that_was_taken_back(case: Case) -> None:
    request = case.ask_date(on=TODAY)
    with clock.at(TODAY):
        date_requests.withdraw_date(request=request, version=None, by=case.reporter)
    assert "已撤回" in page(case)
    assert kinds(page(case, "?state=pending")) == []
