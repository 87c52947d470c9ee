"""Mechanisms: printed text or none, and the supervision office's own wording."""

import pytest
from django.test import Client
from django.urls import reverse

from projects.tests.builders import make_citation, make_document, make_unit, make_user
from supervision.choices import MechanismKind
from supervision.services.mechanism import add_mechanism

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(role: str, name: str = "") -> Client:
    client = Client()
    client.force_login(make_user(role, name=name), backend=BACKEND)
    return client


@pytest.fixture
def viewer():
    return signed_in("viewer")


def listed(client, **query) -> str:
    response = client.get(reverse("supervision:mechanism_list"), query)
    assert response.status_code == 200
    return response.content.decode()


def page(client, mechanism) -> str:
    response = client.get(mechanism.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def unexplained():
    mechanism = add_mechanism(code="three-four-five", name="三定四推五落实", kind=MechanismKind.WORKING, by=None)
    make_citation(mechanism, "", make_document("D2"), 13, "三定四推五落实")
    return mechanism


@pytest.fixture
def explained():
    unit = make_unit("区发展和改革委员会")
    mechanism = add_mechanism(code="service-day", name="项目服务日", kind=MechanismKind.WORKING, unit=unit, text="每周五；送服务", by=None)
    make_citation(mechanism, "text", make_document("D1"), 30, "每周五“项目服务日”")
    return mechanism


def test_what_no_document_explains_is_not_explained(viewer, unexplained):
    assert "文件未载其内容" in listed(viewer)
    html = page(viewer, unexplained)
    assert "文件未载其内容" in html
    assert "平台不代为解释" in html
    assert "“三定四推五落实”" in html
    assert "#p-13" in html


def test_printed_text_is_shown_as_printed(viewer, explained):
    html = page(viewer, explained)
    assert "每周五；送服务" in html
    assert "以上是文件所印的字句" in html
    assert explained.unit.get_absolute_url() in html


def test_list_by_kind_and_search(viewer, unexplained, explained):
    add_mechanism(code="covert", name="暗访调查", kind=MechanismKind.METHOD, by=None)
    html = listed(viewer)
    assert html.index("督察方式") < html.index("暗访调查") < html.index("三定四推五落实")
    for text in ("xmfwr", "送服务", "发展和改革", "项目 服务"):
        html = listed(viewer, q=text)
        assert "项目服务日" in html, text
        assert "暗访调查" not in html, text
    assert "没有找到这样的机制" in listed(viewer, q="zzz")


def test_nothing_there(viewer):
    assert "还没有登记工作机制" in listed(viewer)
    assert viewer.get(reverse("supervision:mechanism_detail", args=["x"])).status_code == 404


def test_queries_do_not_grow_with_rows(viewer, django_assert_num_queries, explained):
    listed(viewer)
    for number in (2, 3):
        with django_assert_num_queries(5):
            listed(viewer)
        more = add_mechanism(code=f"m{number}", name=f"机制{number}", kind=MechanismKind.FORM, unit=make_unit(), by=None)
        make_citation(more)
    with django_assert_num_queries(5):
        listed(viewer)


class TestEdit:
    def open(self, client, mechanism, **values):
        url = reverse("supervision:mechanism_edit", args=[mechanism.code])
        form = client.get(url).context["form"]
        data = {name: form[name].value() for name in form.fields}
        return url, {**data, "initial-text": form["text"].value(), **values}

    def test_the_supervision_office_writes_the_text(self, unexplained):
        client = signed_in("supervision")
        url, data = self.open(client, unexplained, text="三定：<定人>")
        assert client.post(url, data).url == unexplained.get_absolute_url()
        html = page(client, unexplained)
        assert "三定：&lt;定人&gt;" in html
        assert "督察办编写修改，不全是文件原文" in html

    def test_a_cleared_text_does_not_pretend_that_documents_are_silent(self, explained):
        client = signed_in("supervision")
        client.post(*self.open(client, explained, text=""))
        html = page(client, explained)
        assert "文件未载其内容" not in html
        assert "文字已被清空" in html

    def test_another_persons_text_is_shown_and_not_overwritten(self, unexplained):
        first, second = signed_in("supervision", "甲督察"), signed_in("supervision", "乙督察")
        url, mine = self.open(first, unexplained, text="我写的")
        second.post(*self.open(second, unexplained, text="别人写的"))
        response = first.post(url, mine)
        html = response.content.decode()
        assert response.status_code == 409
        assert "乙督察" in html
        assert "别人写的" in html
        assert "我写的" in html
        unexplained.refresh_from_db()
        assert unexplained.text == "别人写的"

    @pytest.mark.parametrize("role", ["viewer", "office", "leader"])
    def test_nobody_else_may(self, unexplained, role):
        client = signed_in(role)
        url = reverse("supervision:mechanism_edit", args=[unexplained.code])
        assert client.get(url).status_code == 403
        assert client.post(url, {"text": "x", "version": 1}).status_code == 403
        assert "编辑内容" not in page(client, unexplained)
        unexplained.refresh_from_db()
        assert unexplained.text == ""
