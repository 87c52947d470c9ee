"""A file that was sent along by mistake is taken back: by who sent it until somebody goes on, by who keeps the record at any time."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.attachments import of
from erqi.common.errors import InvalidInput, NotAllowed
from erqi.common.models import Attachment
from erqi.tests.uploads import make_attachment, picture, upload
from projects.models import Reminder
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_project
from supervision.choices import IssueAction
from supervision.models import ItemEvidence
from supervision.services import inspection as inspections
from supervision.services import issue_handling as handling
from supervision.services import item_closing as closings
from supervision.services import item_work as work
from supervision.services import notice as office
from supervision.services import notice_unit as units
from supervision.services.file_withdraw import withdraw_file
from supervision.tests import issue_case, notice_case
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db
TOMORROW = date(2018, 6, 5)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.FIXED_TODAY, settings.DATA_DIR = DAY, tmp_path


def address(attachment: Attachment) -> str:
    return reverse("supervision:file_withdraw", args=[attachment.pk])


def page(user, record, query: str = "") -> str:
    return sign_in(user).get(f"{record.get_absolute_url()}{query}").content.decode()


def the_file() -> Attachment:
    return Attachment.objects.get(name="错.jpg")


def of_an_issue():
    cast = issue_case.Cast()
    issue = cast.reported(uploads=[upload("错.jpg")])
    return issue, cast.reporter, cast.stranger, cast.office, lambda: cast.take(issue, IssueAction.ACCEPT, cast.office)


def of_a_reply_to_an_issue():
    cast = issue_case.Cast()
    issue = handling.reply_issue(issue=cast.handling(), text="已迁改", uploads=[upload("错.jpg")], version=None, by=cast.reporter)
    return issue, cast.reporter, cast.stranger, cast.office, lambda: cast.take(issue, IssueAction.VERIFY, cast.inspector)


def of_progress_of_an_item():
    case = make_case()
    item = work.report_progress(item=case.item(), text="拆除过半", uploads=[upload("错.jpg")], version=None, by=case.reporter)
    return item, case.reporter, case.stranger, case.supervision, lambda: case.apply(item)


def of_an_inspection():
    case = make_case()
    found = case.inspect(uploads=[upload("错.jpg")], verdict="mostly", untrue="")
    return (
        *(found, case.inspector, case.other_inspector, case.supervision),
        lambda: inspections.accept_conclusion(inspection=found, version=None, by=case.reporter),
    )


def of_a_reply_to_a_notice():
    cast = notice_case.Cast()
    notice = units.reply_notice(notice=cast.signed(), text="已办", uploads=[upload("错.jpg")], version=None, by=cast.reporter)
    return (
        *(notice, cast.reporter, cast.inspector, cast.second),
        lambda: units.pass_reply(notice=notice, text="已核实", version=None, by=cast.inspector),
    )


FAMILIES = [of_an_issue, of_a_reply_to_an_issue, of_progress_of_an_item, of_an_inspection, of_a_reply_to_a_notice]


@pytest.mark.parametrize("family", FAMILIES)
def test_who_sent_a_file_takes_it_back_until_somebody_goes_on(family):
    record, sender, stranger, _, _ = family()
    wrong = the_file()
    assert address(wrong) in page(sender, record)
    assert address(wrong) not in page(stranger, record)
    with pytest.raises(NotAllowed, match="由上传人撤回"):
        withdraw_file(attachment=wrong, reason="传错", by=stranger)
    with pytest.raises(InvalidInput):
        withdraw_file(attachment=wrong, reason=" ", by=sender)
    browser = sign_in(sender)
    assert "错.jpg" in text(browser.get(address(wrong)))
    for _ in range(2):
        answer = browser.post(address(wrong), {"withdraw_reason": "传了别的工地"})
        assert (answer.status_code, answer.url) == (302, record.get_absolute_url())
    assert browser.get(wrong.get_absolute_url()).status_code == 404
    shown = page(sender, record)
    assert f"已由{sender.name}于" in shown
    assert "传了别的工地" in shown
    assert wrong.get_absolute_url() not in shown


@pytest.mark.parametrize("family", FAMILIES)
def test_once_somebody_went_on_who_keeps_the_record_does(family):
    record, sender, _, keeper, go_on = family()
    wrong = the_file()
    go_on()
    assert address(wrong) not in page(sender, record)
    assert "已有后续办理" in text(sign_in(sender).get(address(wrong)))
    with pytest.raises(NotAllowed, match="已有后续办理"):
        withdraw_file(attachment=wrong, reason="传错", by=sender)
    assert address(wrong) in page(keeper, record)
    for _ in range(2):
        withdraw_file(attachment=wrong, reason="含个人信息", by=keeper)
    assert "含个人信息" in page(sender, record)
    told = Reminder.objects.get(user=sender, title__contains="已被撤回")
    assert "含个人信息" in told.text
    assert told.url == record.get_absolute_url()


def test_a_past_day_shows_what_was_there():
    record, sender, *_ = of_progress_of_an_item()
    wrong = the_file()
    with clock.at(TOMORROW):
        withdraw_file(attachment=wrong, reason="传错", by=sender)
        before, after = page(sender, record, "?as_of=2018-06-04"), page(sender, record)
    assert ("错.jpg" in before, "传错" in before, address(wrong) in before) == (True, False, False)
    assert "传错" in after


def test_what_an_application_rests_on_stays_while_it_stands():
    case = make_case()
    item = case.apply(case.item())
    before = of(ItemEvidence.objects.get(side="before")).get()
    for who in (case.reporter, case.supervision):
        assert address(before) not in page(who, item)
        with pytest.raises(NotAllowed, match="请先撤回（退回）销号申请"):
            withdraw_file(attachment=before, reason="传错", by=who)
    closings.withdraw_closing(item=item, version=None, by=case.reporter)
    # Taking the application back is a step after it.
    withdraw_file(attachment=before, reason="传错", by=case.supervision)
    assert not of(ItemEvidence.objects.get(side="before"))


def test_one_of_several_pictures_of_a_side_can_go():
    case = make_case()
    item = case.apply(case.item(), before=[upload("前.jpg", picture(colour="red")), upload("前二.jpg", picture(colour="blue"))])
    evidence = ItemEvidence.objects.get(side="before")
    first, second = of(evidence)
    withdraw_file(attachment=first, reason="传错", by=case.reporter)
    with pytest.raises(NotAllowed, match="只有这一个文件"):
        withdraw_file(attachment=second, reason="传错", by=case.reporter)
    assert "已由" in page(case.reporter, item)


def test_what_was_taken_from_a_draft_is_its_writers_alone():
    cast = notice_case.Cast()
    notice = cast.draft(uploads=[upload("错.jpg")])
    withdraw_file(attachment=the_file(), reason="密件", by=cast.writer)
    office.submit_notice(notice=notice, version=None, by=cast.writer)
    office.approve_notice(notice=notice, version=None, by=cast.leader)
    office.issue_notice(notice=notice, version=None, by=cast.writer)
    assert "密件" in page(cast.writer, notice)
    assert "密件" not in page(cast.reporter, notice)


def test_a_file_of_another_kind_of_record_has_no_such_page():
    user = make_case().supervision
    assert sign_in(user).get(address(make_attachment(make_project("别的")))).status_code == 404
