"""What is typed and not filed is not everybody's: in the history, and as attachments of a draft, of what was taken back or returned."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from erqi.common import clock
from erqi.common.attachment_views import may_read
from erqi.common.models import Attachment, User
from erqi.tests.uploads import upload
from projects.models import ProgressReport, Project, Unit
from projects.services import report as service
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import MONTH, YEAR, draft, file_month, make_reporter, report_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings, tmp_path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    with clock.at(date(2018, 9, 24)):
        yield


@pytest.fixture
def unit() -> Unit:
    return make_unit("区建设局")


@pytest.fixture
def lead() -> Unit:
    return make_unit("区发改委")


@pytest.fixture
def project(unit: Unit, lead: Unit) -> Project:
    return report_project(unit, "安置房", lead=lead)


@pytest.fixture
def readers(unit: Unit, lead: Unit) -> dict[str, User]:
    return {
        "writer": make_reporter(unit),
        "reviewer": make_reporter(lead, roles=["reviewer"]),
        "office": make_user("office"),
        "viewer": make_user("viewer"),
        "leader": make_user("leader"),
        "stranger": make_reporter(make_unit("别的单位"), roles=["reporter", "reviewer"]),
        # In the unit, but not to report.
        "colleague": make_reporter(unit, roles=["viewer"]),
    }


INSIDE = {"writer", "reviewer", "office"}


def history(client: Client, **query: str) -> str:
    return text(client.get("/history/", {"kind": "progressreport", **query}))


def seeing(readers: dict[str, User], words: str, **query: str) -> set[str]:
    return {name for name, user in readers.items() if words in history(sign_in(user), **query)}


def test_a_draft_is_in_the_history_of_those_who_write_or_review_it(project: Project, readers: dict[str, User]) -> None:
    draft(project, problem="没有想好的话")
    assert seeing(readers, "没有想好的话") == INSIDE
    # Nor is it found by its words, nor among all kinds.
    assert seeing(readers, "没有想好的话", q="没有想好") <= INSIDE
    assert "没有想好的话" not in text(sign_in(readers["viewer"]).get("/history/"))


def test_the_first_filing_does_not_show_the_draft_as_its_old_words(project: Project, readers: dict[str, User]) -> None:
    report = draft(project, progress="没有想好的话")
    service.file_report(
        project=project,
        year=YEAR,
        month=MONTH,
        by=None,
        version=report.version,
        values={"cumulative": Decimal(300), "progress": "主体封顶"},
    )
    assert seeing(readers, "没有想好的话") == INSIDE
    assert seeing(readers, "主体封顶") == set(readers)


def test_edits_after_a_return_wait_for_the_next_filing(project: Project, readers: dict[str, User]) -> None:
    report = file_month(project, 9, 300, progress="主体封顶")
    report = service.return_report(report=report, reason="写详细些", version=report.version, by=None)
    report = service.save_draft(
        project=project,
        year=YEAR,
        month=MONTH,
        by=None,
        version=report.version,
        values={"progress": "改到一半", "cumulative": Decimal(300)},
    )
    assert seeing(readers, "改到一半") == INSIDE
    service.file_report(
        project=project,
        year=YEAR,
        month=MONTH,
        by=None,
        version=report.version,
        values={"cumulative": Decimal(300), "progress": "全部封顶"},
    )
    assert "改到一半" not in history(sign_in(readers["viewer"]))
    # From what was public before to what is now.
    assert seeing(readers, "全部封顶") == set(readers)


@pytest.mark.parametrize("number", [1, 3])
def test_asking_who_may_see_drafts_takes_the_same_queries_for_any_number(number: int, unit: Unit, django_assert_num_queries) -> None:
    for place in range(number):
        draft(report_project(unit, f"工程{place}"), progress=f"草稿{place}")
    client = sign_in(make_reporter(unit))
    client.get("/history/", {"kind": "progressreport"})
    with django_assert_num_queries(QUERIES):
        assert "草稿0" in history(client)


QUERIES = 12


def may(readers: dict[str, User], attachment: Attachment) -> set[str]:
    return {name for name, user in readers.items() if may_read(Attachment.objects.get(pk=attachment.pk), user)}


def test_attachments_follow_the_state_and_the_grid(project: Project, readers: dict[str, User]) -> None:
    report = draft(project)
    (found,) = service.add_evidence(report=report, uploads=[upload()], by=None)
    assert may(readers, found) == INSIDE
    report = file_month(project)
    assert may(readers, found) == set(readers)
    report = service.withdraw_report(report=report, version=report.version, by=None)
    assert may(readers, found) == INSIDE
    report = file_month(project)
    report = service.return_report(report=report, reason="有误", version=report.version, by=None)
    assert may(readers, found) == INSIDE
    # The page does not name what it would not send.
    page = report.get_absolute_url()
    assert found.name not in text(sign_in(readers["viewer"]).get(page))
    assert found.name in text(sign_in(readers["writer"]).get(page))
    report = service.pass_report(report=file_month(project), version=ProgressReport.objects.get(project=project).version, by=None)
    assert may(readers, found) == set(readers)
