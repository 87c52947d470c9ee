"""Attachments of records: all or none, each content once, never changed, read by whom the owner allows."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import InternalError, ProgrammingError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erqi.common import attachment_views, attachments, clock, files
from erqi.common.attachments import attach, for_owners, of, withdraw_attachment
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.files import DOCX, JPEG, PDF
from erqi.common.models import Attachment
from erqi.common.roles import Role
from erqi.common.simulation import simulating
from erqi.tests.uploads import make_attachment, office, opened, pdf, picture, upload
from projects.models import Unit
from projects.tests.builders import make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 3)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def reader(client):
    user = make_user(Role.VIEWER)
    client.force_login(user)
    return user


def kept() -> list[str]:
    return [path.name for path in files.folder().rglob("*") if path.is_file()]


def refusals(owner, *uploads) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        attach(owner=owner, uploads=uploads, by=None)
    assert set(caught.value.fields) == {"uploads"}
    return caught.value.fields["uploads"]


# attaching


def test_files_are_attached_in_their_order_with_who_and_when():
    owner, user = make_unit(), make_user(name="王某")
    with clock.at(DAY):
        photo, plan = attach(owner=owner, uploads=[upload(), upload("方案.pdf", pdf())], by=user)
    assert list(of(owner)) == [photo, plan]
    assert (photo.owner, photo.kind, photo.name, photo.content_type) == (owner, "image", "现场.jpg", JPEG)
    assert (plan.kind, plan.content_type, plan.size) == ("document", PDF, len(pdf()))
    assert (photo.uploaded_on, photo.uploaded_by, photo.uploaded_by_name, photo.simulated) == (DAY, user, "王某", False)
    assert (files.folder() / plan.stored).read_bytes() == pdf()
    assert photo.events.get().pgh_label == "insert"


def test_no_files_are_no_attachments():
    assert attach(owner=make_unit(), uploads=[], by=None) == []


def test_the_system_attaches_and_a_simulation_is_marked():
    owner = make_unit()
    with simulating():
        (made,) = attach(owner=owner, uploads=[ContentFile(pdf(), name="方案.pdf")], by=None)
    made.refresh_from_db()
    assert made.simulated
    assert (made.uploaded_by, made.uploaded_by_name) == (None, "系统")
    assert made.events.get().simulated
    assert not make_attachment(owner).simulated


def test_one_wrong_file_keeps_all_out_and_each_wrong_one_is_named():
    owner = make_unit()
    found = refusals(owner, upload(), upload("病毒.exe", b"MZ"), upload("空.pdf", b""), upload("方案.pdf", pdf()))
    assert found == ["“病毒.exe”不是可以接受的文件。" + files.ACCEPTED, "“空.pdf”是空的，请重新选择。"]
    assert not of(owner)
    assert kept() == []


def test_a_file_that_is_too_large_is_not_even_read():
    large = upload("全景.jpg", b"x")
    large.size, large.file = files.LARGEST + 1, None
    assert refusals(make_unit(), large)[0].startswith("“全景.jpg”有 10.1 MB，每个文件最多 10 MB")


def test_the_same_content_counts_once_for_one_owner():
    owner, other = make_unit(), make_unit()
    one, again = attach(owner=owner, uploads=[upload("甲.pdf", pdf()), upload("照片.jpg"), upload("乙.pdf", pdf())], by=None)
    assert (one.name, again.name) == ("甲.pdf", "照片.jpg")
    assert attach(owner=owner, uploads=[upload("丙.jpg"), upload("丁.pdf", pdf())], by=None) == [again, one]
    assert of(owner).count() == 2
    assert make_attachment(other, "甲.pdf", pdf()) != one
    assert len(kept()) == 2


def test_owners_of_two_kinds_with_one_number_are_told_apart():
    unit = make_unit()
    person = make_person()
    type(person).objects.filter(pk=person.pk).update(id=unit.pk)
    person = type(person).objects.get(pk=unit.pk)
    assert make_attachment(unit) != make_attachment(person)
    assert of(unit).count() == of(person).count() == 1


def test_an_upload_that_was_read_before_is_read_from_its_beginning():
    file = upload("方案.pdf", pdf())
    file.read()
    assert attach(owner=make_unit(), uploads=[file], by=None)[0].size == len(pdf())


def pages(*numbers: int) -> list:
    return [upload(f"{number}.pdf", pdf(b"/N %d" % number)) for number in numbers]


def test_a_record_has_at_most_nine():
    owner = make_unit()
    assert refusals(owner, *pages(*range(10))) == ["一次选了 10 个文件，每条记录最多 9 个附件，请减少后再上传。"]
    attach(owner=owner, uploads=pages(*range(7)), by=None)
    assert refusals(owner, *pages(7, 8, 9)) == ["每条记录最多 9 个附件，现有 7 个，只能再上传 2 个。"]
    attach(owner=owner, uploads=pages(0, 7, 8), by=None)
    assert refusals(owner, *pages(9)) == ["每条记录最多 9 个附件，现有 9 个，请先撤回不需要的附件。"]
    withdraw_attachment(attachment=of(owner)[0], reason="重复", by=None)
    attach(owner=owner, uploads=pages(9), by=None)
    assert of(owner).count() == 9


def test_a_process_that_dies_between_file_and_row_leaves_no_row(monkeypatch):
    owner = make_unit()

    def die(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(attachments, "checked", die)
        with pytest.raises(SystemExit):
            attach(owner=owner, uploads=[upload("方案.pdf", pdf())], by=None)
    assert not of(owner)
    assert len(kept()) == 1
    assert make_attachment(owner, "方案.pdf", pdf()).sha256 in kept()
    assert len(kept()) == 1


def test_a_file_that_cannot_be_written_leaves_no_row(monkeypatch):
    owner = make_unit()
    monkeypatch.setattr(files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "x")))
    with pytest.raises(ServiceError, match="磁盘已满"), transaction.atomic():
        attach(owner=owner, uploads=[upload()], by=None)
    assert not of(owner)


# reading many


@pytest.mark.parametrize("number", [1, 3])
def test_the_attachments_of_many_owners_take_one_query(number):
    owners = [make_unit() for _ in range(number)]
    made = [make_attachment(owner) for owner in owners]
    bare, elsewhere = make_unit(), make_attachment(make_unit())
    for_owners(owners)  # the content type is remembered
    with CaptureQueriesContext(connection) as queries:
        found = for_owners([*owners, bare])
    assert len(queries) == 1
    assert found == {**{owner.pk: [one] for owner, one in zip(owners, made, strict=True)}, bare.pk: []}
    assert elsewhere.owner_id not in found
    assert for_owners([]) == {}


# withdrawing


def test_what_is_withdrawn_stays_in_the_record_with_its_reason():
    owner, user = make_unit(), make_user(name="李某")
    made = make_attachment(owner)
    with clock.at(DAY):
        gone = withdraw_attachment(attachment=made, reason=" 拍错工地 ", by=user)
    assert (gone.withdrawn_on, gone.withdraw_reason, gone.withdrawn_by_name) == (DAY, "拍错工地", "李某")
    assert not of(owner)
    assert for_owners([owner]) == {owner.pk: []}
    assert withdraw_attachment(attachment=made, reason="拍错工地", by=None).withdrawn_by_name == "李某"
    with pytest.raises(ServiceError, match="已经撤回（拍错工地）"):
        withdraw_attachment(attachment=made, reason="另一个原因", by=None)
    assert make_attachment(owner) != made
    assert kept() == [made.sha256]


@pytest.mark.parametrize(("reason", "said"), [("  ", "请写明撤回的原因。"), ("长" * 201, "200")])
def test_a_withdrawal_has_a_reason(reason, said):
    made = make_attachment(make_unit())
    with pytest.raises(InvalidInput) as caught:
        withdraw_attachment(attachment=made, reason=reason, by=None)
    assert said in caught.value.fields["withdraw_reason"][0]


@pytest.mark.parametrize(
    "values",
    [{"name": "别的.jpg"}, {"sha256": "0" * 64}, {"owner_id": 1}, {"simulated": True}, {"uploaded_on": DAY}, {"uploaded_by_name": "别人"}],
)
def test_nothing_of_an_attachment_is_ever_changed(values):
    made = make_attachment(make_unit())
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Attachment.objects.filter(pk=made.pk).update(**values)


def test_no_attachment_is_removed_or_stands_again_after_its_withdrawal():
    made = make_attachment(make_unit())
    rows = Attachment.objects.filter(pk=made.pk)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        rows.delete()
    withdraw_attachment(attachment=made, reason="拍错", by=None)
    for values in ({"withdrawn_on": None, "withdraw_reason": ""}, {"withdraw_reason": "改"}, {"withdrawn_by_name": "改"}):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            rows.update(**values)


def test_the_account_may_go_but_nobody_takes_its_place():
    user, other = make_user(name="王某"), make_user()
    (made,) = attach(owner=make_unit(), uploads=[upload()], by=user)
    rows = Attachment.objects.filter(pk=made.pk)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        rows.update(uploaded_by=other)
    withdraw_attachment(attachment=made, reason="拍错", by=None)
    rows.update(uploaded_by=None)
    made.refresh_from_db()
    assert (made.uploaded_by, made.uploaded_by_name) == (None, "王某")


# the address


def test_a_photo_opens_in_the_browser(client, reader):
    made = make_attachment(make_unit(), "现场 1.png", picture("PNG"))
    answer = client.get(made.get_absolute_url())
    assert answer.status_code == 200
    assert opened(b"".join(answer)).size == (40, 30)
    assert answer["Content-Type"] == JPEG
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''%E7%8E%B0%E5%9C%BA%201.jpg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, max-age=600"
    assert int(answer["Content-Length"]) == made.size


def test_a_pdf_opens_and_an_office_file_is_downloaded(client, reader):
    owner = make_unit()
    answer = client.get(make_attachment(owner, "方案.exe", pdf()).get_absolute_url())
    assert (answer["Content-Type"], answer["Content-Disposition"][:6]) == (PDF, "inline")
    assert answer["Content-Disposition"].endswith(".pdf")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" not in answer["Content-Security-Policy"]
    answer = client.get(make_attachment(owner, 'a"b.docx', office()).get_absolute_url())
    assert answer["Content-Type"] == DOCX
    assert answer["Content-Disposition"] == r'attachment; filename="a\"b.docx"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_thumbnail_is_small_and_only_pictures_have_one(client, reader):
    owner = make_unit()
    photo = make_attachment(owner, content=picture(size=(2000, 1000)))
    answer = client.get(photo.get_absolute_url() + "?small")
    assert (answer["Content-Type"], opened(answer.content).size) == (JPEG, (360, 180))
    assert b"".join(client.get(make_attachment(owner, "方案.pdf", pdf()).get_absolute_url() + "?small")) == pdf()


def test_what_the_browser_has_is_not_sent_again(client, reader):
    url = make_attachment(make_unit()).get_absolute_url()
    full, thumbnail = client.get(url)["ETag"], client.get(url + "?small")["ETag"]
    assert full != thumbnail
    for address, tag, status in [(url, full, 304), (url + "?small", thumbnail, 304), (url, thumbnail, 200), (url + "?small", full, 200)]:
        answer = client.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == status
        assert answer["Cache-Control"] == "private, max-age=600"


def test_strangers_and_those_without_business_data_see_nothing(client):
    url = make_attachment(make_unit()).get_absolute_url()
    assert client.get(url).status_code == 302
    client.force_login(make_user(Role.AUDIT_ADMIN))
    assert client.get(url).status_code == 403


def test_the_owner_decides_and_its_no_looks_like_nothing_there(client, reader, monkeypatch):
    url = make_attachment(make_unit()).get_absolute_url()
    monkeypatch.setitem(attachment_views._deciders, "projects.unit", lambda unit, user: user.pk != reader.pk)
    assert client.get(url).status_code == 404
    other = Client()
    other.force_login(make_user(Role.VIEWER))
    assert other.get(url).status_code == 200


def test_what_is_withdrawn_or_gone_is_not_found(client, reader):
    unit = make_unit()
    made = make_attachment(unit)
    withdraw_attachment(attachment=made, reason="拍错", by=None)
    assert client.get(made.get_absolute_url()).status_code == 404
    made = make_attachment(unit)
    Unit.objects.filter(pk=unit.pk).delete()
    assert client.get(made.get_absolute_url()).status_code == 404
    assert client.get("/attachments/999999999999999999999/").status_code == 404


def test_a_file_that_is_missing_is_not_found_and_logged(client, reader, caplog):
    made = make_attachment(make_unit())
    (files.folder() / made.stored).unlink()
    for address in (made.get_absolute_url(), made.get_absolute_url() + "?small"):
        caplog.clear()
        assert client.get(address).status_code == 404
        assert f"attachment {made.pk} is missing" in caplog.text


# the component


def test_the_list_shows_thumbnails_names_sizes_and_the_simulations_mark():
    owner = make_unit()
    with clock.at(DAY), simulating():
        make_attachment(owner, "<b>现场.jpg")
    make_attachment(owner, "方案.pdf", pdf())
    shown = render_to_string("components/attachments.html", {"attachments": of(owner)})
    assert shown.count("<li") == 2
    assert shown.count('<span class="sim">模拟</span>') == 1
    assert 'alt="&lt;b&gt;现场.jpg"' in shown
    assert "?small" in shown
    assert "i-file-type-pdf" in shown
    assert "系统" in shown
    assert "2018-05-03" in shown
    assert "<b>" not in shown
    assert render_to_string("components/attachments.html", {"attachments": []}).strip() == ""
