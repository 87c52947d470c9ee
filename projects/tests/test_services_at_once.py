"""Two at the same moment, and one who has to wait: what was read before a wait is read again after it."""

from collections.abc import Callable
from datetime import date
from threading import Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.choices import WarningLevel
from projects.models import LevelOverride, Milestone, ProgressReport, Project
from projects.services import date_request as date_requests
from projects.services import milestone as milestones
from projects.services import override as overrides
from projects.services import report as reports
from projects.services.period import lock_month
from projects.tests.builders import make_unit, make_user
from projects.tests.concurrency import at_once
from projects.tests.report_builders import MONTH, YEAR, make_reporter, report_project, report_values
from projects.tests.request_case import Case, make_case
from projects.tests.warning_builders import levels

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2018, 6, 1)


class Waiting:
    """Something that is done in a thread of its own, and waits for a lock that the test holds."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action, self.result = action, None
        self.thread = Thread(target=self._run)
        self.thread.start()
        self._until_it_waits()

    def _run(self) -> None:
        try:
            self.result = self.action()
        except ServiceError as error:
            self.result = error
        finally:
            connections.close_all()

    @staticmethod
    def _until_it_waits() -> None:
        deadline = monotonic() + 20
        while monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
            sleep(0.02)
        raise AssertionError("nothing waits")

    def finish(self) -> Any:
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()
        return self.result


def hold(project: Project) -> None:
    """Lock the project, as something else does that is not done yet."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def test_one_form_that_sets_a_level_twice_at_the_same_moment_sets_it_once() -> None:
    case, key = make_case(), uuid4()
    values = {"level": WarningLevel.YELLOW, "until": date(2018, 6, 20), "reason": "现场进度与上报不符", "request_key": key}

    def act() -> LevelOverride:
        with clock.at(TODAY):
            return overrides.set_level(project=case.project, year=2018, by=None, **values)

    results = at_once(act, act)
    assert {getattr(one, "pk", one) for one in results} == {LevelOverride.objects.get().pk}
    assert levels([case.project], TODAY) == [WarningLevel.YELLOW]


def _change(case: Case) -> Any:
    return milestones.change_milestone(milestone=case.milestone, version=None, by=case.office, name="主体封顶")


def _move(case: Case) -> Any:
    values = {"to": date(2018, 9, 1), "cause": "land", "reason": "土地"}
    return milestones.move_milestone(milestone=case.milestone, version=None, by=case.office, **values)


def _complete(case: Case) -> Any:
    return milestones.complete_milestone(milestone=case.milestone, done_on=TODAY, version=None, by=case.office)


def _reopen(case: Case) -> Any:
    return milestones.reopen_milestone(milestone=case.milestone, version=None, by=case.office, text="误登")


def _say(case: Case) -> Any:
    return milestones.update_milestone(milestone=case.milestone, text="已封顶", by=case.reporter)


def _ask(case: Case) -> Any:
    return case.ask_date(on=TODAY)


def _decide(case: Case) -> Any:
    return case.decide_date(case.milestone.date_requests.get(), on=TODAY)


def _take_back(case: Case) -> Any:
    return date_requests.withdraw_date(request=case.milestone.date_requests.get(), version=None, by=case.reporter)


@pytest.mark.parametrize("act", [_change, _move, _complete, _reopen, _say, _ask, _decide, _take_back])
def test_what_concerns_a_milestone_waits_for_its_project_and_holds_nothing_meanwhile(act: Callable[[Case], Any]) -> None:
    """The project comes first: else a closing, a start of warnings or a pass would read a milestone that is being changed."""
    case = make_case()
    with clock.at(TODAY):
        if act in (_decide, _take_back):
            case.ask_date(on=TODAY)
        if act is _reopen:
            _complete(case)

    def later() -> Any:
        with clock.at(TODAY):
            return act(case)

    with transaction.atomic():
        hold(case.project)
        waiting = Waiting(later)
        try:
            Milestone.objects.select_for_update(nowait=True).get(pk=case.milestone.pk)
        except DatabaseError:
            pytest.fail("the milestone is locked before its project")
    assert not isinstance(waiting.finish(), ServiceError)


@pytest.mark.parametrize("what", ["save", "file", "evidence"])
def test_a_month_that_is_locked_while_a_report_waits_is_locked_for_it(what: str, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    unit = make_unit()
    reporter, project, office = make_reporter(unit), report_project(unit), make_user("office")
    day = date(2018, 9, 24)
    of = {"project": project, "year": YEAR, "month": MONTH, "by": reporter}
    with clock.at(day):
        report = reports.save_draft(**of, version=None, values=report_values())

    def act() -> Any:
        with clock.at(day):
            if what == "evidence":
                return reports.add_evidence(report=report, uploads=[], by=reporter)
            write = reports.file_report if what == "file" else reports.save_draft
            return write(**of, version=report.version, values=report_values(400))

    with transaction.atomic(), clock.at(day):
        hold(project)
        waiting = Waiting(act)
        lock_month(year=YEAR, month=MONTH, by=office)
    result = waiting.finish()
    assert isinstance(result, ServiceError)
    assert "2018年9月已锁定" in str(result)
    assert ProgressReport.objects.get().version == report.version
