"""An odd amount is asked about once before it is filed: in a row of the grid, on a report's page, among all rows together."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erqi.common import clock
from projects.choices import ReportState
from projects.models import Project, Unit
from projects.rules.report_doubt import DoubtKind, doubts
from projects.sentences.report_doubt import question
from projects.services.report import file_report, file_unchanged
from projects.services.report_doubt import Unconfirmed
from projects.tests.browsing import text
from projects.tests.builders import make_unit
from projects.tests.report_builders import AUGUST, MONTH, YEAR, draft, file_month, make_reporter, report_project, report_values
from projects.tests.report_sending import PAGE, opened, report_of, reporter, retarget, send

LESS, OVER_YEAR, LEAP = DoubtKind.LESS, DoubtKind.OVER_YEAR, DoubtKind.LEAP
D = Decimal


class TestWhatIsOdd:
    @pytest.mark.parametrize(
        ("month", "amount", "earlier", "annual", "kinds"),
        [
            # Below the month before, by however little; equal is nothing odd.
            (9, "799.9999", (8, 800), 1200, [LESS]),
            (9, "800", (8, 800), 1200, []),
            # Beyond the year's plan, once: who passed it before is not asked again.
            (9, "1200", (8, 1000), 1200, []),
            (9, "1200.0001", (8, 1000), 1200, [OVER_YEAR]),
            (9, "1400", (8, 1300), 1200, []),
            # More than three times what a month usually adds: the greater of the average so far and the twelfth of the plan.
            (9, "1100", (8, 800), 1200, []),
            (9, "1100.0001", (8, 800), 1200, [LEAP]),
            (9, "500", (8, 200), 1200, []),
            (9, "500.0001", (8, 200), 1200, [LEAP]),
            # A month that was left out may add as much as two.
            (9, "800", (7, 200), 1200, []),
            (9, "8000", (8, 800), 1200, [OVER_YEAR, LEAP]),
            # Nothing to go by, nothing odd.
            (9, "8000", None, None, []),
            (9, "8000", (8, 0), None, []),
            (9, "275", (8, 200), None, []),
            (9, "276", (8, 200), None, [LEAP]),
            (1, "301", None, 1200, [LEAP]),
            (5, "0", None, 1200, []),
        ],
    )
    def test_bounds(self, month, amount, earlier, annual, kinds):
        at, before = earlier or (None, None)
        found = doubts(month, D(amount), at, None if before is None else D(before), None if annual is None else D(annual))
        # 1200 a year is 100 a month; 200 by August is 25 a month.
        assert [one.kind for one in found] == kinds

    @given(st.integers(2, 12), *(st.integers(1, 10**6).map(Decimal) for _ in range(3)))
    def test_the_same_as_last_month_is_never_odd_and_less_always_is(self, month, amount, earlier, annual):
        kinds = {one.kind for one in doubts(month, amount, month - 1, earlier, annual)}
        assert (LESS in kinds) == (amount < earlier)
        assert not doubts(month, earlier, month - 1, earlier, annual)

    def test_the_question_compares_in_one_unit(self):
        found = doubts(9, D(9000), 8, D(46972), D(60000))
        assert question(D(9000), found, 8) == "本年累计 9,000 万元比8月的 46,972 万元少 37,972 万元，确认按此报送？"
        found = doubts(9, D(469720), 8, D(46972), D(60000))
        assert question(D(469720), found, 8) == (
            "本年累计 469,720 万元超过年度计划 60,000 万元，比8月多 422,748 万元，为平常（5,872 万元）的 72 倍，确认按此报送？"
        )


@pytest.fixture
def unit() -> Unit:
    return make_unit("区建设局")


@pytest.fixture
def project(unit: Unit) -> Project:
    found = report_project(unit, "安置房")
    file_month(found, 8, 800, on=AUGUST)
    return found


@pytest.fixture
def _today() -> Iterator[None]:
    with clock.at(date(2018, 9, 24)):
        yield


ASKED = "本年累计 90 万元比8月的 800 万元少 710 万元，确认按此报送？"


@pytest.mark.django_db
@pytest.mark.usefixtures("_today")
class TestFiling:
    def test_the_service_asks_a_person_until_this_very_amount_is_confirmed(self, unit, project):
        of = {"project": project, "year": YEAR, "month": MONTH, "version": None, "by": make_reporter(unit)}
        for confirmed in (None, D(80)):
            with pytest.raises(Unconfirmed, match=ASKED):
                file_report(**of, values=report_values(90), confirmed=confirmed)
        assert report_of(project) is None
        assert file_report(**of, values=report_values(90), confirmed=D(90)).state == ReportState.FILED

    def test_no_change_asks_nothing(self, unit, project):
        made = file_unchanged(project=project, year=YEAR, month=MONTH, version=None, by=make_reporter(unit))
        assert made.cumulative == 800

    def test_a_row_keeps_the_draft_and_asks_in_its_place(self, unit, project):
        client = reporter(unit)
        data = opened(client, project, cumulative="90", progress="核减")
        response = send(client, project, data, "file")
        assert (response.status_code, retarget(response)) == (422, f"#row-{project.code}")
        html = text(response)
        assert ASKED in html
        assert 'name="confirmed" value="90"' in html
        assert re.search(r'name="action" value="confirm"[^>]*>确认报送<', html)
        assert (report_of(project).state, report_of(project).cumulative) == (ReportState.DRAFT, 90)
        # The same button again is a second click, not an answer; another amount is another question.
        again = {**data, "version": "1", "confirmed": "90"}
        assert send(client, project, again, "file").status_code == 422
        assert "本年累计 80 万元" in text(send(client, project, {**again, "cumulative": "80"}, "confirm"))
        assert report_of(project).state == ReportState.DRAFT
        answer = send(client, project, {**again, "version": "2"}, "confirm")
        assert (answer.status_code, report_of(project).state, report_of(project).cumulative) == (200, ReportState.FILED, 90)

    def test_a_row_without_script_asks_too(self, unit, project):
        client = reporter(unit)
        data = opened(client, project, cumulative="90", progress="核减")
        html = text(send(client, project, data, "file", htmx=False))
        assert ASKED in html
        answer = send(client, project, {**data, "version": "1", "confirmed": "90"}, "confirm", htmx=False)
        assert (answer.status_code, report_of(project).state) == (302, ReportState.FILED)

    def test_a_reports_page_asks_beside_its_buttons(self, unit, project):
        client = reporter(unit)
        address = f"/reports/{project.code}/{YEAR}/{MONTH}/"
        data = {"cumulative": "90", "progress": "核减"}
        html = text(client.post(address, {**data, "action": "file"}))
        assert "还没有报送：请核对累计完成投资" in html
        assert ASKED in html
        assert re.search(r'name="action" value="confirm">确认报送<', html)
        assert report_of(project) is None
        client.post(address, {**data, "action": "confirm", "confirmed": "90"})
        assert report_of(project).state == ReportState.FILED

    def test_all_rows_together_name_those_that_await_a_yes(self, unit, project):
        plain = report_project(unit, "学校")
        file_month(plain, 8, 800, on=AUGUST)
        versions = [f"{one.code}:{draft(one, amount).version}" for one, amount in ((project, 90), (plain, 850))]
        response = reporter(unit).post(PAGE, {"year": YEAR, "month": MONTH, "row": versions})
        html = text(response)
        assert "已报送 1 个项目，有 1 个须确认数字后报送（安置房）。" in html
        assert ASKED in html
        assert html.count('value="confirm"') == 1
        assert (report_of(project).state, report_of(plain).state) == (ReportState.DRAFT, ReportState.FILED)
