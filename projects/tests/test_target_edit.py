"""Registering targets and figures, and deciding which figure counts: also when two people do so at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from erqi.common import clock
from projects.choices import AdoptionRule
from projects.models import Citation, Target, TargetReading
from projects.services import document as document_service
from projects.tests.builders import make_claim, make_document, make_project, make_target, make_unit, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_date(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2018, 9, 28))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def office():
    client = signed_in(user := make_user("office", name="王主任"))
    client.user = user
    return client


@pytest.fixture
def disputed():
    """A target of which three documents say 60, 65 and 70; the rule adopts 65."""
    target = make_target("新开工项目", "个")
    for code, value, rank in (("D0", 60, 1), ("D2", 65, 3), ("D9", 70, 2)):
        make_claim(target, value, make_document(code, rank=rank))
    return target


def address(name: str, target: Target, **more) -> str:
    return reverse(f"projects:{name}", kwargs={"year": target.year, "pk": target.pk, **more})


def filled(client, url: str, **values) -> dict:
    """Return what the browser would send: what the form holds when opened, with the values typed."""
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data |= {f"initial-{name}": form[name].value() for name in form.fields if form.fields[name].show_hidden_initial}
    return {name: "" if value is None else value for name, value in {**data, **values}.items()}


def adopted(target: Target):
    return target.claims.select_related("document").get(adopted=True)


class TestTarget:
    def test_create_then_change(self, office):
        unit, project = make_unit("区农工委"), make_project("侯寨森林公园")
        url = reverse("projects:target_create", args=[2018])
        data = filled(office, url, indicator="新建公园", unit="个", measure="level", responsible="区农工委", project=project.code)
        response = office.post(url, data)
        target = Target.objects.get()
        assert response.url == address("target_detail", target)
        assert (target.year, target.responsible, target.project, target.scope) == (2018, unit, project, None)
        url = address("target_edit", target)
        assert office.post(url, filled(office, url, indicator="新建公园数")).status_code == 302
        target.refresh_from_db()
        assert (target.indicator, target.responsible, target.version) == ("新建公园数", unit, 2)

    def test_a_repeated_submit_counts_once(self, office):
        url = reverse("projects:target_create", args=[2018])
        data = filled(office, url, indicator="新建公园", unit="个", measure="level")
        assert [office.post(url, data).status_code for _ in range(2)] == [302, 302]
        assert Target.objects.count() == 1

    def test_the_same_indicator_twice_is_refused_in_words(self, office, disputed):
        url = reverse("projects:target_create", args=[2018])
        response = office.post(url, filled(office, url, indicator="新开工项目", unit="个", measure="level"))
        assert response.status_code == 422
        assert "该年度、该范围已有同名指标" in response.content.decode()

    def test_another_persons_change_is_shown_and_not_overwritten(self, office, disputed):
        url = address("target_edit", disputed)
        mine = filled(office, url, indicator="新开工项目数")
        colleague = signed_in(make_user("office", name="李副主任"))
        colleague.post(url, filled(colleague, url, indicator="开工项目"))
        response = office.post(url, mine)
        assert response.status_code == 409
        html = response.content.decode()
        assert "李副主任" in html
        assert "开工项目" in html
        disputed.refresh_from_db()
        assert disputed.indicator == "开工项目"

    @pytest.mark.parametrize("role", ["viewer", "leader", "supervision"])
    def test_only_the_office_may(self, role, disputed):
        client = signed_in(make_user(role))
        claim = disputed.claims.first()
        for url in (
            reverse("projects:target_create", args=[2018]),
            address("target_edit", disputed),
            address("claim_create", disputed),
            address("reading_create", disputed),
            address("claim_adopt", disputed, claim=claim.pk),
            address("target_adopt_by_rule", disputed),
        ):
            assert client.get(url).status_code == 403
            assert client.post(url, {}).status_code == 403


class TestClaim:
    def figure(self, **values):
        return {"value": "480", "bound": "above", "wording": "strive", "paragraph": "3", "as_printed": "力争年度投资480亿元以上", **values}

    def test_a_claim_comes_with_its_source(self, office):
        target, document = make_target("年度投资"), make_document("D2")
        url = address("claim_create", target)
        response = office.post(url, filled(office, url, document=document.pk, **self.figure()))
        assert response.status_code == 302
        claim = adopted(target)
        assert (claim.value, claim.bound, claim.wording, claim.adopted_rule) == (480, "above", "strive", AdoptionRule.RANK)
        cited = Citation.objects.of_facts([claim])
        assert {(item.field, item.paragraph) for item in cited} == {("value", 3), ("bound", 3), ("wording", 3)}

    def test_full_width_digits_are_taken(self, office):
        target, document = make_target("年度投资"), make_document("D2")
        url = address("claim_create", target)
        office.post(url, filled(office, url, document=document.pk, **self.figure(value="４８０．５")))
        assert adopted(target).value == Decimal("480.5")

    def test_nothing_is_kept_when_the_words_are_not_in_the_paragraph(self, office):
        target, document = make_target("年度投资"), make_document("D2")
        document_service.upload_text(document=document, file_name="D2.txt", raw="一\n\n二\n\n年度投资480亿元以上".encode(), by=office.user)
        url = address("claim_create", target)
        response = office.post(url, filled(office, url, document=document.pk, **self.figure(as_printed="480亿元左右")))
        assert response.status_code == 422
        assert "第 3 段中没有“480亿元左右”" in response.content.decode()
        assert not target.claims.exists()

    def test_a_paragraph_of_no_article_is_refused(self, office):
        target, document = make_target("年度投资"), make_document("D2", paragraphs="1-2")
        url = address("claim_create", target)
        response = office.post(url, filled(office, url, document=document.pk, **self.figure()))
        assert response.status_code == 422
        assert "第 3 段" in response.content.decode()
        assert not target.claims.exists()

    def test_a_second_figure_of_one_document_is_refused(self, office, disputed):
        document = disputed.claims.get(document__code="D2").document
        url = address("claim_create", disputed)
        response = office.post(url, filled(office, url, document=document.pk, **self.figure(value="66")))
        assert response.status_code == 422
        assert "该文件对这项目标的数字已经登记" in response.content.decode()

    def test_a_repeated_submit_counts_once(self, office):
        target, document = make_target("年度投资"), make_document("D2")
        url = address("claim_create", target)
        data = filled(office, url, document=document.pk, **self.figure())
        assert [office.post(url, data).status_code for _ in range(2)] == [302, 302]
        assert target.claims.count() == 1
        assert Citation.objects.of_facts(target.claims.all()).count() == 3


class TestAdoption:
    def adopt(self, client, target, code, reason="会后核定"):
        claim = target.claims.get(document__code=code)
        url = address("claim_adopt", target, claim=claim.pk)
        return url, filled(client, url, reason=reason)

    def test_a_person_adopts_with_a_reason(self, office, disputed):
        url, data = self.adopt(office, disputed, "D0")
        assert office.post(url, data).status_code == 302
        claim = adopted(disputed)
        assert (claim.document.code, claim.adopted_rule, claim.adopted_by) == ("D0", AdoptionRule.PERSON, office.user)
        assert (claim.adoption_reason, claim.adopted_on) == ("会后核定", date(2018, 9, 28))

    def test_without_a_reason_nothing_changes(self, office, disputed):
        url, data = self.adopt(office, disputed, "D0", reason="  ")
        response = office.post(url, data)
        assert response.status_code == 422
        assert "请写明采用这一数字的理由" in response.content.decode()
        assert adopted(disputed).document.code == "D2"

    def test_a_later_document_does_not_push_a_persons_decision_aside(self, office, disputed):
        url, data = self.adopt(office, disputed, "D0")
        office.post(url, data)
        make_claim(disputed, 80, make_document(rank=9))
        assert adopted(disputed).document.code == "D0"

    def test_back_to_the_rule(self, office, disputed):
        url, data = self.adopt(office, disputed, "D0")
        office.post(url, data)
        url = address("target_adopt_by_rule", disputed)
        data = filled(office, url)
        assert [office.post(url, data).status_code for _ in range(2)] == [302, 302]
        claim = adopted(disputed)
        assert (claim.document.code, claim.adopted_rule, claim.adopted_by) == ("D2", AdoptionRule.RANK, None)
        assert "无需恢复" in office.get(url).content.decode()

    def test_a_decision_made_in_between_is_shown_and_typed_words_are_kept(self, office, disputed):
        url, data = self.adopt(office, disputed, "D0", reason="以访谈为准")
        colleague = signed_in(make_user("office", name="李副主任"))
        colleague.post(*self.adopt(colleague, disputed, "D9", reason="以纪要为准"))
        response = office.post(url, data)
        html = response.content.decode()
        assert response.status_code == 409
        assert "李副主任 已改为采用 D9 的 70个（理由：以纪要为准）" in html
        assert "以访谈为准" in html
        assert adopted(disputed).document.code == "D9"
        again = {name: response.context["form"].data[name] for name in data}
        assert office.post(url, again).status_code == 302, "now decided in knowledge of the other decision"
        assert adopted(disputed).document.code == "D0"

    def test_a_repeated_submit_counts_once(self, office, disputed):
        before = disputed.claims.get(document__code="D0").version
        url, data = self.adopt(office, disputed, "D0")
        assert [office.post(url, data).status_code for _ in range(2)] == [302, 302]
        assert adopted(disputed).version == before + 1

    def test_a_claim_of_another_target_is_not_found(self, office, disputed):
        other = make_claim(make_target("别的", "个"), 1)
        assert office.get(address("claim_adopt", disputed, claim=other.pk)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_counts_and_the_other_is_told():
    target = make_target("新开工项目", "个")
    for code, value, rank in (("D0", 60, 1), ("D2", 65, 3), ("D9", 70, 2)):
        make_claim(target, value, make_document(code, rank=rank))
    start = Barrier(2)
    prepared = []
    for code in ("D0", "D9"):
        client = signed_in(make_user("office"))
        url = address("claim_adopt", target, claim=target.claims.get(document__code=code).pk)
        prepared.append((client, url, filled(client, url, reason=f"以{code}为准")))

    def decide(client, url, data):
        try:
            start.wait(timeout=20)
            return client.post(url, data).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = [job.result() for job in [pool.submit(decide, *each) for each in prepared]]
    assert sorted(results) == [302, 409]
    claim = adopted(target)
    assert claim.document.code == ("D0", "D9")[results.index(302)]
    assert claim.adoption_reason == f"以{claim.document.code}为准"


class TestReading:
    def test_a_result_is_registered_with_its_person(self, office, disputed):
        url = address("reading_create", disputed)
        data = filled(office, url, on="2018年6月30日", value="30", note="上半年")
        assert [office.post(url, data).status_code for _ in range(2)] == [302, 302]
        reading = TargetReading.objects.get()
        assert (reading.on, reading.value, reading.recorded_by) == (date(2018, 6, 30), 30, "王主任")
        assert "46.2%" in office.get(address("target_detail", disputed)).content.decode()

    def test_from_a_document_it_carries_its_source(self, office, disputed):
        document = make_document("D8")
        url = address("reading_create", disputed)
        office.post(url, filled(office, url, value="30", document=document.pk, paragraph="5", as_printed="新开工30个"))
        citation = Citation.objects.of_facts([TargetReading.objects.get()]).get()
        assert (citation.document, citation.paragraph, citation.field) == (document, 5, "value")

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"on": "2018-10-01"}, "截止日期不能晚于业务日期"),
            ({"on": "2018-02-30"}, "没有2018年2月30日这一天"),
            ({"value": "三十"}, "无法识别“三十”"),
            ({"as_printed": "新开工30个"}, "来源文件、段落和原文表述须一并填写"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_kept(self, office, disputed, values, message):
        url = address("reading_create", disputed)
        response = office.post(url, filled(office, url, **{"value": "30", **values}))
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not TargetReading.objects.exists()


def test_services_refuse_whoever_lost_the_permission_meanwhile(office, disputed):
    claim = disputed.claims.get(document__code="D0")
    url = address("claim_adopt", disputed, claim=claim.pk)
    data = filled(office, url, reason="会后核定")
    office.user.grants.all().delete()
    make_viewer = office.user.grants.model(user=office.user, role="viewer")
    make_viewer.save()
    response = office.post(url, data)
    assert response.status_code == 403
    assert "会后核定" in response.content.decode()
    assert adopted(disputed).document.code == "D2"
