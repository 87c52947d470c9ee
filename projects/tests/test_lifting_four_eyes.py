"""Who does not check a lifting, and evidence that is gone by the time of the confirmation."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.attachments import of, withdraw_attachment
from erqi.common.errors import NotAllowed, ServiceError
from erqi.tests.uploads import upload
from projects.choices import LiftingState, ResponsibilityKind, WarningLevel
from projects.services import lifting as service
from projects.services import milestone as milestone_service
from projects.services import report as report_service
from projects.tests.builders import make_person, make_responsibility, make_unit, make_user
from projects.tests.report_builders import report_values
from projects.tests.test_lifting_services import Case, confirm, story, verify

pytestmark = pytest.mark.django_db
RED = WarningLevel.RED
PROBLEM = {"problem": "图审退回", "problem_cause": "permit"}


@pytest.fixture
def case() -> Case:
    return story()


def test_who_reports_the_project_does_not_check_its_lifting(case: Case) -> None:
    unit = make_unit("区建设局")
    make_responsibility(case.project, unit, ResponsibilityKind.UNDERTAKE)
    both = make_user("inspector", "reporter", name="既报又查")
    make_person(both.name, account=both, posts=[{"unit": unit, "title": "科员"}])
    with pytest.raises(NotAllowed, match="不能核验它的摘牌"):
        verify(case, by=both)
    # Nor who filed a report of it this year and was moved to another desk since.
    moved = make_user("reporter", "inspector", name="调岗")
    desk = make_person(moved.name, account=moved, posts=[{"unit": unit, "title": "科员"}])
    with clock.at(date(2018, 6, 25)):
        report_service.file_report(
            project=case.project, year=2018, month=6, version=None, by=moved, values={**report_values(600), **PROBLEM}
        )
    desk.posts.all().delete()
    with pytest.raises(NotAllowed, match="不能核验它的摘牌"):
        verify(case, by=moved)


def test_an_inspector_who_reports_other_projects_checks_this_one(case: Case) -> None:
    both = make_user("inspector", "reporter")
    make_person(both.name, account=both, posts=[{"unit": make_unit("别的单位"), "title": "科员"}])
    assert verify(case, by=both).state == LiftingState.VERIFIED


def test_evidence_that_was_withdrawn_since_the_check_is_noticed(case: Case) -> None:
    found = verify(case)
    (attachment,) = of(found)
    withdraw_attachment(attachment=attachment, reason="拍错项目", by=case.inspector)
    # What came later is nothing that the inspector looked at.
    with clock.at(date(2018, 7, 5)):
        milestone_service.update_milestone(milestone=case.milestone, text="补照片", by=None, uploads=[upload()])
    with pytest.raises(ServiceError, match="佐证已被撤回"):
        confirm(case)
    assert case.level(date(2018, 7, 5)) == RED
    found.refresh_from_db()
    with clock.at(date(2018, 7, 5)):
        refused = service.reject_lifting(lifting=found, reason="重新核验", version=None, by=case.supervision)
    assert refused.state == LiftingState.REJECTED
