"""A year that is over: what is corrected, made up for or recorded afterwards takes effect on its 31 December, with the day beside it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from erqi.common import clock
from erqi.common.errors import ServiceError
from erqi.tests.uploads import upload
from projects.choices import LiftingState, ReportAction, WarningLevel
from projects.models import CountedReport, InvestmentPlan, LedgerEntry, Lifting, Milestone, ProgressReport, Project, WarningSchedule
from projects.services import date_request as date_requests
from projects.services import override as overrides
from projects.services import report as reports
from projects.services.correction import decide_correction, request_correction
from projects.services.lifting import confirm_lifting, verify_lifting
from projects.services.milestone import complete_milestone, move_milestone
from projects.services.period import unlock_month
from projects.services.plan import set_plan
from projects.services.schedule import refresh_many
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import district_ledger, make_reporter, report_project, report_values
from projects.tests.warning_builders import levels, make_hold, make_plan, make_policy, make_report, open_lifting, set_level, warn_ledger
from projects.views.project_colour import read_colour
from projects.views.project_reports import reports_context

pytestmark = pytest.mark.django_db

GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
YEAR_END = date(2018, 12, 31)
ASKED, DECIDED, LATER = date(2019, 1, 3), date(2019, 1, 4), date(2019, 1, 10)
DAY = timedelta(days=1)


class Year:
    """A project with 100 万元 a month, reported in time until November, and those around it."""

    def __init__(self) -> None:
        unit = make_unit("建设局")
        self.reporter, self.office = make_reporter(unit, name="张三"), make_user("office", name="项目办")
        self.project: Project = report_project(unit, "安置房")
        make_plan(self.project)
        make_report(self.project, 11, 1100, on=date(2018, 11, 24))
        warn_ledger(district_ledger(), date(2018, 12, 1))

    def file(self, amount: int, on: date) -> ProgressReport:
        with clock.at(on):
            return reports.file_report(
                project=self.project,
                year=2018,
                month=12,
                by=self.reporter,
                version=self.version,
                values=report_values(amount, progress="核减"),
            )

    @property
    def version(self) -> int | None:
        found = self.project.reports.filter(month=12).first()
        return found.version if found else None

    def correct(self, amount: int, month: int = 12, on: date = ASKED, decided_on: date = DECIDED) -> Any:
        found = self.project.reports.filter(month=month).first()
        with clock.at(on):
            slip = request_correction(
                project=self.project,
                year=2018,
                month=month,
                values={"cumulative": Decimal(amount)},
                reason="年终核对",
                version=found.version if found else None,
                by=self.reporter,
            )
        with clock.at(decided_on):
            return decide_correction(correction=slip, approve=True, reason="", version=None, by=self.office)

    def level(self, day: date = YEAR_END) -> WarningLevel:
        return levels([self.project], day)[0]

    def amount(self, day: date = YEAR_END) -> Decimal | None:
        rows = CountedReport.objects.of_year(2018).on(day).filter(project=self.project)
        return rows.values_list("cumulative", flat=True).first()


@pytest.fixture
def year(settings, tmp_path) -> Year:
    settings.DATA_DIR = tmp_path
    return Year()


def row_of_december(year: Year) -> Any:
    entries = list(year.project.entries.select_related("ledger"))
    context = reports_context(year.project, entries, clock.today(), "2018")
    assert context["report_day"] == YEAR_END
    return next(row for row in context["report_rows"] if row.month.month == 12)


class TestDecemberIsCorrected:
    """600 filed on the 20th by mistake, 1200 corrected in January."""

    @pytest.fixture
    def corrected(self, year) -> Year:
        year.file(600, date(2018, 12, 20))
        year.correct(1200)
        return year

    def test_the_step_takes_effect_on_the_last_day_and_keeps_its_own(self, corrected):
        step = corrected.project.reports.get(month=12).steps.order_by("pk").last()
        assert (step.action, step.valid_from, step.recorded_on, step.taken_on) == (ReportAction.CORRECT, YEAR_END, DECIDED, DECIDED)
        assert (corrected.amount(), corrected.amount(YEAR_END - DAY)) == (Decimal(1200), Decimal(600))

    def test_every_page_of_the_year_shows_it(self, corrected):
        with clock.at(LATER):
            row = row_of_december(corrected)
            assert (row.cumulative, row.note) == (Decimal(1200), "2019年1月4日更正，按2018年12月31日计入")
            browser = sign_in(corrected.office)
            url = corrected.project.get_absolute_url()
            assert "2019年1月4日更正，按2018年12月31日计入" in text(browser.get(f"{url}?year=2018"))
            assert "2019年1月4日更正，按2018年12月31日计入" in text(browser.get(f"/reports/{corrected.project.code}/2018/12/"))
            slip = corrected.project.reports.get(month=12).corrections.get()
            assert "2019年1月4日更正，年度已结束，按2018年12月31日计入" in text(browser.get(slip.get_absolute_url()))

    def test_the_colour_waits_for_people_as_in_the_year(self, corrected):
        """What was red overnight is left by a lifting; the figures of the last day say that it may be."""
        assert corrected.level() == RED
        lifting = open_lifting(corrected.project)
        assert (lifting.from_level, lifting.to_level, lifting.proposed_on) == (RED, GREEN, YEAR_END)
        with clock.at(LATER):
            lifting = verify_lifting(lifting=lifting, note="核对", version=None, by=make_user("inspector"), uploads=[upload()])
            lifting = confirm_lifting(lifting=lifting, version=None, by=make_user("supervision"))
            assert lifting.state == LiftingState.CONFIRMED
            # Red goes by way of yellow: that is the year's last colour.
            assert corrected.level() == YELLOW
            entry = LedgerEntry.objects.select_related("ledger").get(project=corrected.project)
            assert read_colour(corrected.project, entry, clock.today()).level == YELLOW
            assert read_colour(corrected.project, entry, clock.today()).open_lifting is None

    def test_a_worse_figure_counts_at_once(self, year):
        year.file(1200, date(2018, 12, 20))
        assert year.level() == GREEN
        year.correct(700)
        assert (year.level(), year.level(YEAR_END - DAY)) == (RED, GREEN)

    def test_an_earlier_month_that_is_corrected_changes_its_own_figure(self, year):
        year.file(1200, date(2018, 12, 20))
        year.correct(1000, month=11)
        assert year.amount() == Decimal(1200)
        step = year.project.reports.get(month=11).steps.on(YEAR_END).get()
        assert (step.cumulative, step.recorded_on) == (Decimal(1000), DECIDED)

    def test_two_corrections_of_two_days(self, corrected):
        corrected.correct(1150, on=date(2019, 2, 1), decided_on=date(2019, 2, 2))
        assert corrected.amount() == Decimal(1150)
        steps = corrected.project.reports.get(month=12).steps.order_by("pk")
        assert [step.recorded_on for step in steps] == [None, DECIDED, date(2019, 2, 2)]


class TestDecemberIsMadeUpFor:
    def test_by_a_slip(self, year):
        assert year.level() == BLUE
        year.correct(1200)
        assert (year.amount(), year.level()) == (Decimal(1200), GREEN)
        with clock.at(LATER):
            assert (row_of_december(year).cumulative, row_of_december(year).punctuality) == (Decimal(1200), "迟报")

    def test_in_a_month_that_is_opened_again(self, year):
        with clock.at(ASKED):
            unlock_month(year=2018, month=12, until=LATER, note="补报", by=year.office)
        report = year.file(1200, DECIDED)
        assert (report.filed_on, report.first_filed_on) == (DECIDED, DECIDED)
        assert year.amount() == Decimal(1200)
        with clock.at(LATER):
            row = row_of_december(year)
            assert (row.cumulative, row.note, row.punctuality) == (Decimal(1200), "2019年1月4日报送，按2018年12月31日计入", "迟报")
            assert year.project.name in text(sign_in(year.reporter).get("/reports/monthly/?year=2018&month=12"))


class TestSchedule:
    def test_a_past_year_is_computed_as_of_its_last_day(self, year):
        with clock.at(LATER):
            assert refresh_many([year.project.pk], 2018) == 0
        year.correct(1200)
        rows = WarningSchedule.objects.of_year(2018).filter(project=year.project)
        assert max(row.valid_from for row in rows) == YEAR_END
        with clock.at(LATER):
            assert refresh_many([year.project.pk], 2018) == 0

    def test_rules_of_the_next_year_are_nothing_to_it(self, year):
        make_policy(date(2019, 1, 5))
        with clock.at(LATER):
            assert refresh_many([year.project.pk], 2018) == 0
        assert not WarningSchedule.objects.of_year(2018).filter(valid_from__gt=YEAR_END).exists()

    def test_the_plan_is_put_right_on_the_last_day_too(self, year):
        with clock.at(LATER):
            set_plan(
                project=year.project,
                year=2018,
                cumulative=[Decimal(100 * month) for month in range(1, 12)] + [Decimal(1110)],
                by=year.office,
                reason="年终调整",
            )
        plan = InvestmentPlan.objects.on(YEAR_END).get(project=year.project, year=2018)
        assert (plan.month_12, plan.valid_from) == (Decimal(1110), YEAR_END)

    def test_a_level_is_not_set_in_a_year_that_is_over(self, year):
        with clock.at(LATER), pytest.raises(ServiceError, match="2018年度已结束"):
            overrides.set_level(project=year.project, year=2018, level=RED, until=LATER + DAY, reason="x", by=None)

    def test_a_level_that_is_ended_afterwards_held_on_the_last_day(self, year):
        year.file(1200, date(2018, 12, 20))
        override = set_level(year.project, YELLOW, date(2018, 12, 22), LATER)
        with clock.at(ASKED):
            overrides.end_override(override=override, reason="已核实", version=None, by=None)
        assert year.level() == YELLOW

    def test_a_pause_of_the_next_year_is_nothing_to_it(self, year):
        before = WarningSchedule.objects.of_year(2018).count()
        make_hold(year.project, LATER, LATER + 20 * DAY)
        assert WarningSchedule.objects.of_year(2018).count() == before


class TestMilestones:
    """What is moved or decided after the year is the next one's; what was done in the year counts, whenever it became known."""

    @pytest.fixture
    def late(self, year) -> Milestone:
        year.file(1200, date(2018, 12, 20))
        with clock.at(date(2018, 12, 20)):
            milestone = make_milestone(year.project, "topping", due_on=date(2018, 12, 10), name="封顶")
            refresh_many([year.project.pk], 2018)
        assert year.level() == YELLOW
        return milestone

    def test_a_date_moved_in_january_leaves_the_year_alone(self, year, late):
        with clock.at(LATER):
            move_milestone(milestone=late, to=date(2019, 3, 1), cause="land", reason="x", version=None, by=year.office)
        assert year.level() == YELLOW
        assert not Lifting.objects.exists()

    def test_a_request_decided_in_january_waited_on_the_last_day(self, year):
        year.file(1200, date(2018, 12, 20))
        with clock.at(date(2018, 12, 20)):
            milestone = make_milestone(year.project, "topping", due_on=date(2018, 12, 19), name="封顶")
            request = date_requests.request_date(milestone=milestone, to=date(2019, 3, 1), cause="land", reason="x", by=year.reporter)
        before = year.level()
        for approve, day in ((False, ASKED), (True, DECIDED)):
            with clock.at(day):
                if not approve:
                    date_requests.decide_date(request=request, approve=False, reason="不足", version=None, by=year.office)
                else:
                    request = date_requests.request_date(
                        milestone=milestone, to=date(2019, 4, 1), cause="land", reason="x", by=year.reporter
                    )
                    date_requests.decide_date(request=request, approve=True, reason="", version=None, by=year.office)
            assert year.level() == before

    def test_what_was_done_in_december_and_recorded_in_january_counts(self, year, late):
        with clock.at(LATER):
            complete_milestone(milestone=late, done_on=date(2018, 12, 28), version=None, by=year.office)
        assert open_lifting(year.project).to_level == GREEN

    def test_what_was_done_in_january_was_not_done_in_the_year(self, year, late):
        with clock.at(LATER):
            complete_milestone(milestone=late, done_on=ASKED, version=None, by=year.office)
        assert open_lifting(year.project) is None
