"""The pages of documents: facts paragraph by paragraph beside the text, what an upload confirms, and what it refuses."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.choices import MilestoneKind
from projects.models import UnitAlias
from projects.services import document as service
from projects.services import target as target_service
from projects.services.document import LARGEST_TEXT
from projects.tests.builders import (
    make_area,
    make_citation,
    make_claim,
    make_document,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_revision,
    make_target,
    make_unit,
    make_user,
)
from supervision.models import Theme

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend=BACKEND)
    return client


@pytest.fixture
def office(client):
    client.user = make_user("office", name="王主任")
    client.force_login(client.user, backend=BACKEND)
    return client


def page(client, document) -> str:
    response = client.get(reverse("projects:document_detail", args=[document.code]))
    assert response.status_code == 200
    return response.content.decode()


def paragraph_of(html: str, number: int) -> str:
    """Return what the page shows of one paragraph."""
    start = html.index(f'id="p-{number}"')
    return html[start : html.index("</section>", start)]


def store(document, *paragraphs: str) -> None:
    raw = "\n\n".join(paragraphs).encode()
    service.upload_text(document=document, file_name="原文.txt", raw=raw, by=make_user("office"))


class TestDetail:
    def test_a_fact_stands_at_its_paragraph_with_field_phrase_and_link(self, viewer):
        document = make_document("D2", paragraphs="1-20")
        project = make_project("保利·豫见里")
        make_citation(project, "total_investment", document, 14, "总投资30亿元")
        shown = paragraph_of(page(viewer, document), 14)
        assert project.get_absolute_url() in shown
        assert "总投资（万元）" in shown
        assert "“总投资30亿元”" in shown

    def test_every_kind_of_fact_leads_to_the_page_that_shows_it(self, viewer):
        document = make_document("D2")
        unit, project, ledger = make_unit("区新城办"), make_project("甲项目"), make_ledger()
        person = make_person("张超", posts=[{"unit": unit, "title": "主任"}])
        target = make_target("公厕", "座")
        theme = Theme.objects.create(code="air", seq=1, name="大气污染防治")
        facts = {
            make_milestone(project, MilestoneKind.START, due_phrase="3月底前"): project.get_absolute_url(),
            make_responsibility(project, unit): project.get_absolute_url(),
            make_entry(ledger, project): project.get_absolute_url(),
            make_revision(ledger, project_count=165): ledger.get_absolute_url(),
            make_claim(target, 24): reverse("projects:target_detail", args=[2018, target.pk]),
            target_service.record_reading(target=target, on=date(2018, 6, 30), value=3, by=None): reverse(
                "projects:target_detail", args=[2018, target.pk]
            ),
            UnitAlias.objects.create(unit=unit, name="新城办"): unit.get_absolute_url(),
            person.posts.get(): person.get_absolute_url(),
            theme: reverse("supervision:theme_detail", args=["air"]),
        }
        for number, fact in enumerate(facts, 1):
            make_citation(fact, "", document, number, "原文")
        html = page(viewer, document)
        for number, url in enumerate(facts.values(), 1):
            assert f'href="{url}"' in paragraph_of(html, number)

    def test_what_has_no_page_is_named_without_a_link(self, viewer):
        document = make_document("D2")
        make_citation(make_area("侯寨新老镇区"), "", document, 1, "侯寨新老镇区")
        shown = paragraph_of(page(viewer, document), 1)
        assert "片区" in shown
        assert shown.count("href") == 1, "only the paragraph's own number"

    def test_a_fact_that_was_removed_is_said_so(self, viewer):
        document = make_document("D2")
        unit = make_unit("区农工委")
        alias = UnitAlias.objects.create(unit=unit, name="农工委")
        make_citation(alias, "", document, 1, "农工委")
        # Citations forbid the ORM's delete; what removes a row past it must not take the page down.
        UnitAlias.objects.filter(pk=alias.pk)._raw_delete("default")
        assert "已删除" in paragraph_of(page(viewer, document), 1)

    def test_before_the_upload_only_paragraphs_with_facts_are_listed(self, viewer):
        document = make_document("D2")
        make_citation(make_project(), "", document, 3, "甲")
        html = page(viewer, document)
        assert "原文尚未上传" in html
        assert 'id="p-3"' in html
        assert 'id="p-2"' not in html

    def test_the_text_stands_beside_the_facts_with_the_phrases_marked(self, viewer):
        document = make_document("D2", paragraphs="1-3")
        make_citation(make_project(), "", document, 2, "新开工65个项目")
        store(document, "第一段", "力争新开工 65个项目，竣工40个", "第三段")
        html = page(viewer, document)
        assert "力争<mark>新开工 65个项目</mark>，竣工40个" in paragraph_of(html, 2)
        assert "第三段" in paragraph_of(html, 3), "paragraphs without facts are shown too"

    def test_text_and_phrases_are_escaped(self, viewer):
        document = make_document("D2")
        make_citation(make_project("<i>甲</i>"), "", document, 1, "<b>新</b>")
        store(document, "<script>alert(1)</script><b>新</b>")
        html = page(viewer, document)
        assert "<mark>&lt;b&gt;新&lt;/b&gt;</mark>" in html
        assert "<script>alert" not in html
        assert "<i>甲" not in html

    def test_articles_keep_their_heading_byline_and_paragraphs(self, viewer):
        document = service.register_document(
            code="D0",
            title="访谈",
            kind="interviews",
            by=None,
            articles=[
                {"seq": 1, "heading": "导语", "paragraphs": "3"},
                {"seq": 2, "heading": "全面打造", "byline": "常务副主任 张超", "paragraphs": "1-2"},
            ],
        )
        store(document, "一", "二", "三", "四")
        html = page(viewer, document)
        order = [html.index(mark) for mark in ('id="a-1"', 'id="p-3"', 'id="a-2"', 'id="p-1"', 'id="p-2"', 'id="a-rest"', 'id="p-4"')]
        assert order == sorted(order)
        assert "常务副主任 张超" in html

    def test_a_phrase_that_the_text_does_not_have_is_listed_as_a_warning(self, viewer):
        document = make_document("D2", paragraphs="1-3")
        make_citation(make_project("甲项目"), "", document, 1, "甲项目")
        make_citation(make_project("乙项目"), "", document, 2, "不在原文")
        store(document, "甲项目开工", "别的话", "三")
        html = page(viewer, document)
        assert "1 处出处在原文中没有找到" in html
        warning = html[html.index("missing-title") : html.index('id="a-1"')]
        assert "不在原文" in warning
        assert "甲项目" not in warning

    def test_many_facts_of_one_paragraph_fold(self, viewer):
        document = make_document("D2")
        for number in range(9):
            make_citation(make_project(f"项目{number}号"), "", document, 1, "项目")
        html = paragraph_of(page(viewer, document), 1)
        assert "这一段还有 3 条事实" in html
        assert all(f"项目{number}号" in html for number in range(9))

    def test_queries_do_not_grow_with_citations(self, viewer, django_assert_num_queries):
        document = make_document("D2", paragraphs="1-9")
        store(document, *"一二三四五六七八九")

        def cite(number):
            project = make_project()
            target = make_target(f"指标{number}", "个")
            for fact in (
                make_milestone(project, due_phrase="年底前"),
                make_claim(target, 5),
                make_responsibility(project, make_unit()),
                make_unit(),
            ):
                make_citation(fact, "", document, number, "一二三四五六七八九"[number - 1])

        cite(1)
        page(viewer, document)
        # session, account, roles; document, articles, citations, text; one per model of fact
        with django_assert_num_queries(7 + 4):
            page(viewer, document)
        cite(2)
        cite(3)
        with django_assert_num_queries(7 + 4):
            page(viewer, document)


class TestList:
    def test_dates_ranks_and_numbers_of_facts(self, viewer):
        inferred = make_document("D1", rank=1, rank_note="访谈", dated_after=date(2021, 10, 26), date_note="由内容推断")
        make_document("D5", published_on=date(2019, 1, 5))
        make_document("D6")
        project = make_project()
        make_citation(project, "name", inferred, 1, "甲")
        make_citation(project, "content", inferred, 2, "乙")
        html = viewer.get(reverse("projects:document_list")).content.decode()
        row = html[html.index(">D1<") : html.index("</tr>", html.index(">D1<"))]
        for words in ("不早于", "2021年10月26日", "推断", "由内容推断", "访谈"):
            assert words in row
        assert ">1</td>" in row, "one fact"
        assert ">2</td>" in row, "two phrases"
        assert "文件所印" in html
        assert "文件未载" in html[html.index(">D6<") :]

    def test_an_empty_installation_says_so(self, viewer):
        assert "还没有登记文件" in viewer.get(reverse("projects:document_list")).content.decode()

    def test_queries(self, viewer, django_assert_num_queries):
        for number in (1, 3):
            while viewer.get(reverse("projects:document_list")).content.decode().count("data-href") < number:
                make_citation(make_project(), "", make_document())
            with django_assert_num_queries(4):
                viewer.get(reverse("projects:document_list"))


class TestUpload:
    def post(self, client, document, raw: bytes, name="原文.txt"):
        url = reverse("projects:document_upload", args=[document.code])
        return client.post(url, {"file": SimpleUploadedFile(name, raw)})

    def test_the_text_is_stored_and_confirmed(self, office):
        document = make_document("D2")
        make_citation(make_project(), "", document, 2, "新开工")
        response = self.post(office, document, "一\r\n\r\n力争新开工".encode("utf-8-sig"))
        assert response.url == document.get_absolute_url()
        assert "全部出处都在所引段落中找到" in office.get(response.url).content.decode()
        assert document.texts.get().uploaded_by == "王主任"

    def test_gb18030_is_read_and_the_last_text_counts(self, office):
        document = make_document("D2")
        self.post(office, document, "旧的一段".encode())
        self.post(office, document, "新的一段，含生僻字𠮷".encode("gb18030"))
        html = page(office, document)
        assert "新的一段，含生僻字𠮷" in html
        assert "旧的一段" not in html

    def test_the_same_file_twice_is_stored_once(self, office):
        document = make_document("D2")
        for _ in range(2):
            assert self.post(office, document, "一段".encode()).status_code == 302
        assert document.texts.count() == 1

    def test_unconfirmed_citations_are_announced(self, office):
        document = make_document("D2")
        make_citation(make_project(), "", document, 1, "不在原文")
        response = self.post(office, document, "别的话".encode())
        assert "有 1 处出处在所引段落中找不到" in office.get(response.url).content.decode()

    @pytest.mark.parametrize(
        ("raw", "message"),
        [
            (b"", "文件是空的"),
            (b" \n\n\t", "文件是空的"),
            (b"PK\x03\x04\x00\x00", "文件不是纯文本"),
            (b"\xff\xff\xff\xff", "无法识别文件的编码"),
            (b"a" * (LARGEST_TEXT + 1), "文件超过 1 MB"),
            ("只有一段".encode(), "已登记的出处引到第 3 段"),
        ],
    )
    def test_what_is_wrong_with_a_file_is_said_and_nothing_is_stored(self, office, raw, message):
        document = make_document("D2")
        make_citation(make_project(), "", document, 3, "甲")
        response = self.post(office, document, raw)
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not document.texts.exists()

    def test_no_file_at_all(self, office):
        document = make_document("D2")
        response = office.post(reverse("projects:document_upload", args=["D2"]))
        assert response.status_code == 422
        assert "请选择文件" in response.content.decode()
        assert not document.texts.exists()

    def test_only_the_office_may_upload(self, viewer):
        document = make_document("D2")
        assert self.post(viewer, document, "一段".encode()).status_code == 403
        assert "上传原文</a>" not in page(viewer, document)
        assert not document.texts.exists()

    def test_an_unknown_document_is_not_found(self, office):
        assert office.get(reverse("projects:document_detail", args=["nichts"])).status_code == 404
        assert office.get(reverse("projects:document_upload", args=["nichts"])).status_code == 404
