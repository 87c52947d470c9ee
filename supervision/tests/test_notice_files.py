"""Attachments of a draft: what was wrong is withdrawn with a reason, by its writers, until it is submitted."""

import pytest
from django.urls import reverse

from erqi.common.attachments import of
from erqi.tests.uploads import picture, upload
from projects.tests.browsing import sign_in, text
from supervision.services import notice as office
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.FIXED_TODAY, settings.DATA_DIR = DAY, tmp_path


def test_a_wrong_file_is_withdrawn_from_a_draft():
    cast = Cast()
    notice = cast.draft(uploads=[upload("错.jpg"), upload("对.jpg", picture(colour="blue"))])
    wrong = of(notice).get(name="错.jpg")
    browser = sign_in(cast.writer)
    address = reverse("supervision:file_withdraw", args=[wrong.pk])
    assert address in browser.get(notice.get_absolute_url()).content.decode()
    assert browser.post(address, {}).status_code == 422
    for _ in range(2):
        answer = browser.post(address, {"withdraw_reason": "传错了", "request_key": "7d0b2a52-2f0b-4c1a-9d7e-0e6f2c1f7a11"})
        assert answer.status_code == 302
        assert answer.url == notice.get_absolute_url()
    assert [one.name for one in of(notice)] == ["对.jpg"]
    assert [act.text for act in notice.acts.filter(action="edit")] == ["撤回附件“错.jpg”：传错了"]


def test_not_once_it_was_submitted_and_by_its_writers_alone():
    cast = Cast()
    notice = cast.draft(uploads=[upload("一.jpg")])
    own = reverse("supervision:file_withdraw", args=[of(notice).get().pk])
    browser = sign_in(cast.writer)
    assert "督察办、督察员" in text(sign_in(cast.leader).get(own)), "who signs notices does not write them"
    assert sign_in(cast.reporter).get(own).status_code == 404
    office.submit_notice(notice=notice, version=None, by=cast.writer)
    assert "已送审" in text(browser.get(own))
    assert browser.post(own, {"withdraw_reason": "传错了"}).status_code in {409, 422}
    assert of(notice).count() == 1
    assert own not in browser.get(notice.get_absolute_url()).content.decode()
