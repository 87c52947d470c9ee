"""The pages of targets: what documents say side by side, what is adopted and why, what was reached, in how many queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.choices import Bound, Measure, Wording
from projects.services import target as service
from projects.tests.builders import (
    make_citation,
    make_claim,
    make_document,
    make_project,
    make_target,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(client, year=2018, **query) -> str:
    response = client.get(reverse("projects:target_list", args=[year]), query)
    assert response.status_code == 200
    return response.content.decode()


def detail(client, target, **query) -> str:
    response = client.get(reverse("projects:target_detail", args=[target.year, target.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def interview():
    return make_document("D0", rank=1, rank_note="单位负责人访谈", dated_after=date(2018, 1, 13))


@pytest.fixture
def meeting():
    return make_document("D2", rank=3, rank_note="全区动员大会报道", dated_after=date(2018, 2, 24))


@pytest.fixture
def new_starts(interview, meeting):
    """新开工项目: 60 in the interview, 65 at the meeting."""
    target = make_target("新开工项目", "个")
    for value, document, paragraph in ((60, interview, 10), (65, meeting, 17)):
        claim = make_claim(target, value, document, wording=Wording.STRIVE)
        make_citation(claim, "value", document, paragraph, f"新开工{value}个项目")
    return target


class TestList:
    def test_both_figures_stand_side_by_side_with_document_date_and_rank(self, viewer, new_starts):
        html = listed(viewer)
        assert "各文件数字不一致" in html
        for words in ("65个", "60个", "“新开工65个项目”", "“新开工60个项目”", "不早于2018年1月13日", "不早于2018年2月24日"):
            assert words in html
        assert "层级3，全区动员大会报道" in html
        assert f'{reverse("projects:document_detail", args=["D2"])}#p-17"' in html
        assert f'{reverse("projects:document_detail", args=["D0"])}#p-10"' in html

    def test_the_adopted_figure_names_its_rule_and_why(self, viewer, new_starts):
        html = listed(viewer)
        assert "会议层级高者优先，同级取时间较近者" in html
        assert "D2（层级3）高于D0（层级1）" in html

    def test_agreeing_documents_are_no_conflict(self, viewer, interview, meeting):
        target = make_target("竣工投产项目", "个")
        for document in (interview, meeting):
            make_claim(target, 40, document, wording=Wording.STRIVE)
        html = listed(viewer)
        assert "D0、D2 一致" in html
        assert "不一致（" not in html
        assert listed(viewer, conflict="on").count("竣工投产项目") == 0

    def test_the_same_figure_worded_differently_is_said_so(self, viewer, interview, meeting):
        target = make_target("新开工安置房项目", "个")
        make_claim(target, 12, interview, wording=Wording.ENSURE)
        make_claim(target, 12, meeting, wording=Wording.STRIVE)
        assert "数字一致，措辞不同：D0 确保，D2 力争" in listed(viewer)

    def test_the_district_comes_first_then_each_unit(self, viewer):
        unit = make_unit("二七新区管委会")
        make_target("承担项目", "个", scope=unit)
        make_target("年度投资", "亿元")
        html = listed(viewer)
        assert html.index("全区") < html.index("年度投资") < html.index('scope="rowgroup">二七新区管委会') < html.index("承担项目")

    def test_filters_narrow_by_text_pinyin_unit_and_conflict(self, viewer, new_starts):
        unit = make_unit("区农工委")
        make_target("谋划生态项目", "个", responsible=unit)
        assert "谋划生态项目" not in listed(viewer, q="新开工")
        assert "谋划生态项目" in listed(viewer, q="mhst")
        assert "谋划生态项目" in listed(viewer, q="ngw")
        assert "新开工项目" not in listed(viewer, unit=unit.pk)
        assert "谋划生态项目" not in listed(viewer, unit="none")
        assert "谋划生态项目" not in listed(viewer, conflict="on")
        assert "没有符合条件的目标" in listed(viewer, q="不存在的指标")
        assert "谋划生态项目" in listed(viewer, unit="abc"), "an unknown unit filters nothing"

    def test_results_are_shown_with_their_share_of_the_target(self, viewer):
        target = make_target("造林面积", "亩")
        make_claim(target, 200, bound=Bound.ABOVE)
        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(50), by=None)
        service.record_reading(target=target, on=date(2018, 8, 31), value=Decimal(150), by=None)
        html = listed(viewer, as_of="2018-09-28")
        assert "150亩" in html
        assert "75.0%" in html
        assert "50亩" in html, "earlier results stay in sight"
        html = listed(viewer, as_of="2018-07-01")
        assert "25.0%" in html
        assert "（晚于所查日期）" in html

    def test_growth_is_not_divided(self, viewer):
        target = make_target("一般公共预算收入增长", "%", measure=Measure.GROWTH)
        make_claim(target, 6, bound=Bound.ABOVE)
        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(3), by=None)
        html = listed(viewer, as_of="2018-09-28")
        assert "50.0%" not in html
        assert "3%" in html

    def test_a_result_without_a_target_figure_says_so(self, viewer):
        make_target("表彰企业", "家")
        assert "文件未载目标数" in listed(viewer)

    def test_a_year_without_targets_says_so(self, viewer):
        assert "还没有目标" in listed(viewer, 2031)

    def test_a_malformed_date_is_not_guessed(self, viewer, new_starts):
        assert "无法识别" in listed(viewer, as_of="2018-13-01")

    def test_names_are_escaped(self, viewer):
        make_target("<script>x</script>", "个")
        html = listed(viewer)
        assert "<script>x" not in html
        assert "&lt;script&gt;x" in html

    def test_queries_do_not_grow_with_rows(self, viewer, django_assert_num_queries, interview, meeting):
        def add(number):
            target = make_target(f"指标{number}", "个", responsible=make_unit(), project=make_project(), scope=make_unit())
            make_citation(target, "indicator", interview)
            for value, document in ((60, interview), (65, meeting)):
                make_citation(make_claim(target, value, document), "value", document)
            service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(1), by=None)

        add(1)
        listed(viewer)
        with django_assert_num_queries(8):
            listed(viewer)
        add(2)
        add(3)
        with django_assert_num_queries(8):
            listed(viewer)


def test_the_current_year_is_the_business_dates_or_else_the_latest(viewer, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2018, 9, 28))
    current = reverse("projects:target_current")
    assert viewer.get(current).url == reverse("projects:target_list", args=[2018]), "empty installation"
    make_target("甲", year=2017)
    assert viewer.get(current).url == reverse("projects:target_list", args=[2017])
    make_target("乙", year=2018)
    make_target("丙", year=2022)
    assert viewer.get(current).url == reverse("projects:target_list", args=[2018])


class TestDetail:
    def test_history_of_adoption(self, viewer, new_starts, monkeypatch):
        monkeypatch.setattr(clock, "today", lambda: date(2018, 9, 28))
        office = make_user("office", name="王主任")
        claim = new_starts.claims.get(document__code="D0")
        service.adopt_claim(claim=claim, reason="以访谈后核定的数为准", known=service.seen(service.standing_claim(claim.target)), by=office)
        html = detail(viewer, new_starts)
        assert "人工采用（王主任，2018-09-28）：以访谈后核定的数为准" in html
        history = html[html.index("采用经过") :]
        assert history.index("采用 D0 的 60个") < history.index("按规则采用 D2 的 65个")
        assert "理由：以访谈后核定的数为准" in history
        assert "改为采用这个数字" not in html, "a viewer is offered no decision"

    def test_returning_to_the_rule_is_a_step_of_its_own(self, viewer, new_starts):
        office = make_user("office")
        claim = new_starts.claims.get(document__code="D2")
        service.adopt_claim(claim=claim, reason="核定", known=service.seen(service.standing_claim(new_starts)), by=office)
        service.adopt_by_rule(target=new_starts, known=service.seen(service.standing_claim(new_starts)), by=office)
        html = detail(viewer, new_starts)
        history = html[html.index("采用经过") :]
        assert history.count("按规则采用 D2") == 2
        assert history.count("理由：核定") == 1

    def test_a_changed_rank_is_not_explained_away(self, viewer, new_starts, interview):
        interview.rank = 9
        interview.save()
        assert "登记之后文件的层级或日期有变动" in detail(viewer, new_starts)

    def test_the_later_document_wins_within_a_rank(self, viewer):
        target = make_target("公厕", "座")
        make_claim(target, 24, make_document("A1", rank=2, dated_after=date(2018, 1, 1)))
        make_claim(target, 30, make_document("A2", rank=2, published_on=date(2018, 3, 1)))
        html = detail(viewer, target)
        assert "A2 与同层级文件相比时间较近" in html
        assert "2018年3月1日" in html

    def test_the_year_is_part_of_the_address(self, viewer, new_starts):
        assert viewer.get(reverse("projects:target_detail", args=[2017, new_starts.pk])).status_code == 404

    def test_only_who_may_look_sees_targets(self, client, new_starts):
        client.force_login(make_user("system_admin"), backend="django.contrib.auth.backends.ModelBackend")
        for name, args in (("target_current", []), ("target_list", [2018]), ("target_detail", [2018, new_starts.pk])):
            assert client.get(reverse(f"projects:{name}", args=args)).status_code == 403

    def test_queries(self, viewer, django_assert_num_queries, new_starts):
        detail(viewer, new_starts)
        with django_assert_num_queries(9):
            detail(viewer, new_starts)
        make_claim(new_starts, 70, make_document(rank=1))
        service.record_reading(target=new_starts, on=date(2018, 6, 30), value=Decimal(1), by=None)
        with django_assert_num_queries(9):
            detail(viewer, new_starts)
