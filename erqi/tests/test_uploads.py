"""Uploading with a form: the field, what the editing page says when files are lost, and requests that are too large."""

from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils.datastructures import MultiValueDict

from erqi.common import files
from erqi.common.attachments import attach, of
from erqi.common.editing import EditView
from erqi.common.errors import InvalidInput, StaleRecord
from erqi.common.forms import EditForm, column
from erqi.common.roles import Role
from erqi.common.upload_field import UploadsField
from erqi.tests.uploads import pdf, upload
from projects.models import Unit
from projects.services import unit as units
from projects.tests.builders import make_unit, make_user

AGAIN = "请重新选择附件"


class UnitForm(EditForm):
    """A short form with files."""

    short_name = column(Unit, "short_name")
    uploads = UploadsField(label="现场照片")


class UnitPage(EditView):
    """Changes a unit and attaches what was sent; `refused` is raised instead of saving."""

    permission = "reference.edit"
    form_class = UnitForm
    page_title = "修改单位"
    refused: Exception | None = None

    def get_record(self):
        return Unit.objects.get(pk=self.kwargs["pk"])

    def save(self, values, version, request_key):
        if self.refused:
            raise self.refused
        uploads = values.pop("uploads")
        unit = units.save_unit(unit=self.get_record(), by=self.request.user)
        attach(owner=unit, uploads=uploads, by=self.request.user)
        return unit


# the field


def cleaned(*chosen, **options):
    form = type("Form", (EditForm,), {"uploads": UploadsField(**options)})({}, files=MultiValueDict({"uploads": list(chosen)}))
    form.is_valid()
    return form


def test_the_field_gives_the_list_of_files():
    one, two = upload(), upload("方案.pdf", pdf())
    form = cleaned(one, two)
    assert form.is_multipart()
    assert form.cleaned_data["uploads"] == [one, two]
    assert cleaned().cleaned_data["uploads"] == []
    shown = str(form["uploads"])
    for part in ('type="file"', " multiple", 'accept="image/jpeg,', ".docx"):
        assert part in shown
    assert "capture" not in shown


def test_the_field_says_what_is_too_many_too_large_and_missing():
    large = upload("全景.jpg")
    large.size = files.LARGEST + 1
    assert cleaned(required=True).errors["uploads"] == ["请选择照片或文件。"]
    assert cleaned(*[upload() for _ in range(10)]).errors["uploads"] == ["选了 10 个文件，最多 9 个，请减少后再上传。"]
    assert cleaned(upload(), upload(), most=1).errors["uploads"] == ["选了 2 个文件，最多 1 个，请减少后再上传。"]
    assert cleaned(large, SimpleUploadedFile("空.pdf", b"")).errors["uploads"] == [
        "“全景.jpg”有 10.1 MB，每个文件最多 10 MB，请压缩后再上传。",
        "“空.pdf”是空的，请重新选择。",
    ]


# the editing page


@pytest.fixture
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def page(db, place):
    """Return a function that asks the page of a unit, and says what it answered."""
    user, unit = make_user(Role.OFFICE), make_unit("住建局")

    def ask(data=None, refused=None, by=user):
        request = RequestFactory().get("/x/") if data is None else RequestFactory().post("/x/", {"version": unit.version, **data})
        request.user, request.session, request.htmx = by, {}, False
        request._messages = CookieStorage(request)
        answer = UnitPage.as_view(refused=refused)(request, pk=unit.pk)
        if hasattr(answer, "render"):
            answer.render()
        return answer

    return SimpleNamespace(ask=ask, unit=unit, user=user)


def shown(answer) -> str:
    return answer.content.decode()


def test_a_form_with_files_is_sent_as_such_and_others_are_not(page, client):
    assert 'enctype="multipart/form-data"' in shown(page.ask())
    client.force_login(page.user)
    plain = client.get("/projects/new/").content.decode()
    assert "<form" in plain
    assert "multipart" not in plain


def test_files_are_attached_with_the_form(page):
    assert page.ask({"short_name": "住建", "uploads": [upload(), upload("方案.pdf", pdf())]}).status_code == 302
    assert [(found.name, found.uploaded_by) for found in of(page.unit)] == [("现场.jpg", page.user), ("方案.pdf", page.user)]


@pytest.mark.parametrize("refused", [InvalidInput({"short_name": ["这个简称已被占用。"]}), InvalidInput({"uploads": ["“x”不行。"]})])
def test_a_form_that_comes_back_asks_for_its_files_again(page, refused):
    answer = page.ask({"short_name": "住建", "uploads": [upload()]}, refused)
    assert answer.status_code == 422
    errors = answer.context_data["form"].errors
    assert errors["uploads"][-1].startswith(AGAIN)
    assert str(refused).rstrip("。") in shown(answer)


def test_a_form_that_comes_back_without_files_asks_for_none(page):
    answer = page.ask({"short_name": "住建"}, InvalidInput({"short_name": ["这个简称已被占用。"]}))
    assert answer.status_code == 422
    assert AGAIN not in shown(answer)


def test_a_wrong_file_is_named_on_the_page(page):
    answer = page.ask({"short_name": "住建", "uploads": [upload("病毒.exe", b"MZ")]})
    assert answer.status_code == 422
    assert "“病毒.exe”不是可以接受的文件" in shown(answer)
    assert not of(page.unit)


def test_files_are_asked_for_again_when_the_permission_is_gone(page):
    answer = page.ask({"short_name": "住建", "uploads": [upload()]}, by=make_user(Role.VIEWER))
    assert answer.status_code == 403
    assert AGAIN in shown(answer)


def test_somebody_who_did_the_same_has_not_sent_these_files(page):
    current = page.unit
    stale = StaleRecord(current)
    same = {"short_name": current.short_name}
    assert page.ask(same, stale).status_code == 302
    answer = page.ask({**same, "uploads": [upload()]}, stale)
    assert answer.status_code == 409
    assert AGAIN in shown(answer)


# large requests


@pytest.fixture
def limits(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    settings.LARGEST_REQUEST = 50_000


def send(client: Client, size: int):
    return client.post("/accounts/login/", {"file": SimpleUploadedFile("x.bin", bytes(size))})


@pytest.mark.django_db
def test_a_request_that_is_too_large_is_refused_in_one_sentence(client, limits):
    client.force_login(make_user(Role.REPORTER))
    assert send(client, 49_000).status_code != 413
    answer = send(client, 51_000)
    assert answer.status_code == 413
    assert "本次提交共 49.9 KB，最多 48.8 KB，没有保存；请减少或压缩附件后再提交" in answer.content.decode().replace("\xa0", " ")


@pytest.mark.django_db
def test_strangers_may_send_no_more_than_a_form(client, limits):
    assert send(client, 1000).status_code == 200
    assert send(client, 3000).status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "left"), [(60_000, 0), (500_000, 350_000)])
def test_what_is_too_large_is_read_past_but_not_without_end(client, limits, monkeypatch, sent, left):
    """A browser that is still sending would miss the answer; a hostile one is hung up on."""
    seen = []
    client.force_login(make_user(Role.REPORTER))
    monkeypatch.setattr("erqi.common.request_size.render", lambda request, *_, **__: seen.append(request) or _answer())
    send(client, sent)
    assert len(seen[0].read()) == pytest.approx(left, abs=1000)


def _answer():
    from django.http import HttpResponse

    return HttpResponse(status=413)
