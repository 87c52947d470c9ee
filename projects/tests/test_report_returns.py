"""Returned reports: what counts in the meantime, colours within a day, the days after the lock, who returned it, punctuality."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from erqi.common import clock
from erqi.common.errors import ServiceError, StaleRecord
from erqi.common.models import User
from erqi.tests.uploads import upload
from projects.choices import ReportAction, ReportState, WarningLevel
from projects.models import CountedReport, Lifting, ProgressReport, Project, Reminder
from projects.rules.report import Punctuality
from projects.services import report as service
from projects.services.correction import decide_correction, request_correction
from projects.services.period import lock_month, month_of
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import LAST, MONTH, YEAR, district_ledger, make_reporter, report_project, report_values
from projects.tests.warning_builders import levels, make_plan, make_report, warn_ledger

pytestmark = pytest.mark.django_db

GREEN, RED = WarningLevel.GREEN, WarningLevel.RED
DUE, RETURNED_ON = date(2018, 9, 25), date(2018, 9, 26)
DAY = timedelta(days=1)
# The month locks after Sunday 30 September, a working day that year; two working days later it is 9 October.
REFILE_UNTIL = date(2018, 10, 9)


class Office:
    """A project of which September adds most, who reports it and who reviews it."""

    def __init__(self) -> None:
        unit, lead = make_unit("建设局"), make_unit("发改委")
        self.reporter = make_reporter(unit, name="张三")
        self.reviewer = make_reporter(lead, name="李四", roles=["reviewer"])
        self.colleague = make_reporter(lead, name="赵六", roles=["reviewer"])
        self.project: Project = report_project(unit, "安置房", lead=lead)
        make_plan(self.project, amounts=[0, 0, 50, 100, 150, 200, 250, 300, 900, 1000, 1100, 1200])
        make_report(self.project, 8, 300, on=date(2018, 8, 24))
        warn_ledger(district_ledger(), date(2018, 9, 1))

    @property
    def report(self) -> ProgressReport:
        return ProgressReport.objects.get(project=self.project, month=MONTH)

    def file(self, on: date, amount: int = 900, version: int | None = None, **values: Any) -> ProgressReport:
        found = ProgressReport.objects.filter(project=self.project, month=MONTH).first()
        with clock.at(on):
            return service.file_report(
                project=self.project,
                year=YEAR,
                month=MONTH,
                by=self.reporter,
                version=version or (found.version if found else None),
                values=report_values(amount, problem="无", problem_cause="land", **values),
            )

    def give_back(self, on: date, *, by: User | None = None, reason: str = "形象进度太笼统", **more: Any) -> ProgressReport:
        with clock.at(on):
            return service.return_report(
                **{"report": self.report, "reason": reason, "version": self.report.version, "by": by or self.reviewer, **more}
            )

    def withdraw(self, on: date) -> ProgressReport:
        with clock.at(on):
            return service.withdraw_report(report=self.report, version=self.report.version, by=self.reporter)

    def level(self, day: date) -> WarningLevel:
        return levels([self.project], day)[0]

    def amount(self, day: date) -> Decimal | None:
        return CountedReport.objects.on(day).filter(project=self.project).values_list("cumulative", flat=True).first()


@pytest.fixture
def office(settings, tmp_path) -> Office:
    settings.DATA_DIR = tmp_path
    return Office()


class TestReturnedToBeChanged:
    """退回修改: what was filed counts until the report is filed again."""

    def test_the_colour_and_the_figures_stand(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        assert [office.level(day) for day in (RETURNED_ON, LAST, date(2018, 10, 20))] == [GREEN] * 3
        assert office.amount(LAST) == Decimal(900)
        assert office.report.steps.order_by("pk").last().counts is True

    def test_filing_it_again_days_later_leaves_no_mark(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        office.file(RETURNED_ON + 2 * DAY, progress="主体封顶")
        assert office.level(LAST) == GREEN
        assert not Lifting.objects.exists()

    def test_what_is_typed_meanwhile_counts_for_nothing(self, office):
        office.file(DUE)
        report = office.give_back(RETURNED_ON)
        with clock.at(RETURNED_ON):
            service.save_draft(
                project=office.project,
                year=YEAR,
                month=MONTH,
                by=office.reporter,
                version=report.version,
                values={"cumulative": Decimal(90)},
            )
        assert (office.report.cumulative, office.amount(LAST), office.level(LAST)) == (Decimal(90), Decimal(900), GREEN)
        assert service.last_counted(office.project, YEAR, 10).cumulative == Decimal(900)
        page = text(sign_in(office.reporter).get(office.report.get_absolute_url()))
        assert "退回修改，原报数字仍计入" in page
        row = text(sign_in(make_user("viewer")).get(office.project.get_absolute_url()))
        assert "退回修改，原报数字仍计入" in row

    def test_the_lower_figure_that_is_filed_in_the_end_counts_from_then_on(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        office.file(RETURNED_ON + DAY, 400)
        assert [office.level(day) for day in (RETURNED_ON, RETURNED_ON + DAY)] == [GREEN, RED]

    def test_who_filed_is_told_which_form_it_was(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        assert Reminder.objects.get(user=office.reporter).text == "形象进度太笼统（退回修改，原报数字仍计入）"


class TestReturnedAndExcluded:
    """退回，暂不计入: the figures are not trusted, and stop counting at once."""

    def test_the_colour_is_that_of_the_month_before(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON, excluded=True)
        assert [office.level(day) for day in (DUE, RETURNED_ON)] == [GREEN, RED]
        assert office.amount(RETURNED_ON) == Decimal(300)
        assert Reminder.objects.get(user=office.reporter).text.endswith("（数据不可信，暂不计入）")

    def test_within_the_day_it_leaves_no_mark(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON, excluded=True)
        office.file(RETURNED_ON)
        assert office.level(RETURNED_ON) == GREEN
        assert not Lifting.objects.exists()

    def test_overnight_it_has_to_be_lifted(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON, excluded=True)
        office.file(RETURNED_ON + DAY)
        assert office.level(RETURNED_ON + DAY) == RED
        assert Lifting.objects.get().from_level == RED

    @pytest.mark.parametrize(
        ("ticked", "amount", "words", "step"),
        [
            (False, 900, "退回修改，原报数字仍计入", "退回修改（原报数字仍计入）"),
            (True, 300, "数据不可信，暂不计入", "退回（数据不可信，暂不计入）"),
        ],
    )
    def test_from_the_queue(self, office, ticked, amount, words, step):
        office.file(DUE)
        with clock.at(RETURNED_ON):
            browser = sign_in(office.reviewer)
            url = f"/reports/review/?year={YEAR}&month={MONTH}"
            assert "数据不可信，暂不计入" in text(browser.get(url))
            mark = f"{office.report.pk}.{office.report.version}"
            browser.post(url, {"return": mark, "reason": "不实", **({"excluded": "1"} if ticked else {})})
            assert office.amount(RETURNED_ON) == Decimal(amount)
            assert f"<strong>退回原因</strong>：不实（{words}）" in text(browser.get(f"{url}&state=returned"))
            assert f"退回：不实（{words}）" in text(browser.get(url))
            assert step in text(browser.get(office.report.get_absolute_url()))


def test_a_typing_error_that_is_withdrawn_at_once_is_no_red(office):
    """90 for 900, filed after the cut-off, withdrawn and filed again within the minute."""
    day = RETURNED_ON
    office.file(DUE)
    office.withdraw(day)
    office.file(day, 310)
    assert office.level(day) == RED
    office.withdraw(day)
    office.file(day)
    assert office.level(day) == GREEN
    assert not Lifting.objects.exists()


class TestAfterTheLock:
    """What is returned in a month's last days may be filed again for two working days."""

    @pytest.fixture
    def returned(self, office) -> Office:
        office.file(DUE)
        office.give_back(LAST)
        return office

    def test_it_is_filed_again_until_the_second_working_day(self, returned):
        report = returned.file(REFILE_UNTIL, 910)
        assert (report.state, report.first_filed_on, report.filed_on) == (ReportState.FILED, DUE, REFILE_UNTIL)
        assert returned.amount(REFILE_UNTIL) == Decimal(910)

    def test_not_later(self, returned):
        with pytest.raises(ServiceError, match="2018年9月已锁定"):
            returned.file(REFILE_UNTIL + DAY)
        assert returned.amount(REFILE_UNTIL + DAY) == Decimal(900)

    def test_only_what_was_returned(self, office):
        with pytest.raises(ServiceError, match="2018年9月已锁定"):
            office.file(LAST + DAY)

    def test_what_was_filed_in_those_days_is_not_taken_back(self, returned):
        returned.file(REFILE_UNTIL)
        with pytest.raises(ServiceError, match="已锁定"):
            returned.withdraw(REFILE_UNTIL)

    def test_also_where_the_office_locked_early(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        with clock.at(RETURNED_ON + DAY):
            lock_month(year=YEAR, month=MONTH, by=make_user("office"))
        assert office.file(RETURNED_ON + 2 * DAY).state == ReportState.FILED

    def test_evidence_and_pages_follow(self, returned):
        with clock.at(REFILE_UNTIL):
            browser = sign_in(returned.reporter)
            page = text(browser.get(returned.report.get_absolute_url()))
            assert "本月已锁定，退回的月报可在10月9日前（含当日）修改后重报；此后只能填更正单" in page
            assert "存为草稿" in page
            assert "可在10月9日前（含当日）修改后重报" in text(browser.get(f"/reports/monthly/?year={YEAR}&month={MONTH}"))
            assert "月报被退回" in text(browser.get("/todo/"))
            service.add_evidence(report=returned.report, uploads=[upload()], by=returned.reporter)
        with clock.at(REFILE_UNTIL + DAY):
            page = text(browser.get(returned.report.get_absolute_url()))
            assert "存为草稿" not in page
            assert "更正" in page
            # It counts, so nothing is missing.
            assert "缺报" not in text(browser.get("/todo/"))

    def test_before_the_lock_the_page_says_it_too(self, returned):
        with clock.at(LAST):
            page = text(sign_in(returned.reporter).get(returned.report.get_absolute_url()))
        assert "退回的月报可在10月9日前（含当日）修改后重报" in page

    def test_a_slip_puts_right_what_counts(self, returned):
        """Half a change typed into the returned report is nothing that was reported."""
        with clock.at(LAST):
            service.save_draft(
                project=returned.project,
                year=YEAR,
                month=MONTH,
                by=returned.reporter,
                version=returned.report.version,
                values={"next_step": "改了一半"},
            )
        with clock.at(REFILE_UNTIL + DAY):
            values = {"cumulative": Decimal(880)}
            slip = request_correction(
                project=returned.project,
                year=YEAR,
                month=MONTH,
                values=values,
                reason="核减",
                version=returned.report.version,
                by=returned.reporter,
            )
            assert slip.next_step == ""
            decide_correction(correction=slip, approve=True, reason="", version=None, by=make_user("office"))
        assert (returned.report.state, returned.amount(REFILE_UNTIL + DAY)) == (ReportState.PASSED, Decimal(880))


class TestTwoWhoReturn:
    """What somebody else did is not one's own second click."""

    def test_another_reason_of_another_person_is_refused_and_not_lost(self, office):
        report = office.file(DUE)
        office.give_back(RETURNED_ON)
        with pytest.raises(StaleRecord):
            office.give_back(RETURNED_ON, by=office.colleague, reason="数据与现场不符", version=report.version)
        assert office.report.return_reason == "形象进度太笼统"

    @pytest.mark.parametrize("more", [{"reason": "另一个原因"}, {"excluded": True}])
    def test_ones_own_other_word_too(self, office, more):
        report = office.file(DUE)
        office.give_back(RETURNED_ON)
        with pytest.raises(StaleRecord):
            office.give_back(RETURNED_ON, version=report.version, **more)

    def test_the_second_click_is_answered_as_the_first(self, office):
        report = office.file(DUE)
        first = office.give_back(RETURNED_ON)
        assert office.give_back(RETURNED_ON, version=report.version).version == first.version
        assert office.report.steps.filter(action=ReportAction.RETURN).count() == 1

    def test_who_passes_what_another_passed_is_told(self, office):
        report = office.file(DUE)
        with clock.at(RETURNED_ON):
            service.pass_report(report=report, version=report.version, by=office.reviewer)
            with pytest.raises(StaleRecord):
                service.pass_report(report=report, version=report.version, by=office.colleague)


class TestPunctuality:
    """A report is as punctual as the filing that nobody took back."""

    def test_a_report_that_was_withdrawn_is_as_late_as_the_next_filing(self, office):
        office.file(DUE)
        assert office.withdraw(DUE).first_filed_on is None
        report = office.file(date(2018, 9, 29))
        assert report.first_filed_on == date(2018, 9, 29)
        assert month_of(YEAR, MONTH).punctuality(report.first_filed_on, LAST) is Punctuality.LATE

    def test_a_report_that_was_returned_stays_punctual(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        assert office.file(date(2018, 9, 28)).first_filed_on == DUE

    def test_also_when_the_answer_to_the_return_is_withdrawn(self, office):
        office.file(DUE)
        office.give_back(RETURNED_ON)
        office.file(RETURNED_ON)
        office.withdraw(RETURNED_ON)
        assert office.file(RETURNED_ON + DAY).first_filed_on == DUE
