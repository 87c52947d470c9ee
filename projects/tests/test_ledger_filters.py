"""Filters and search of the ledger page: what each leaves, and what happens to values that are wrong."""

from datetime import date

import pytest
from django.http import QueryDict

from projects.choices import Grade, MilestoneKind, Nature, ResponsibilityKind
from projects.filters.ledger import LedgerFilter
from projects.models import LedgerEntry
from projects.tests.builders import (
    make_area,
    make_category,
    make_entry,
    make_ledger,
    make_milestone,
    make_project,
    make_responsibility,
    make_target,
    make_unit,
)

DAY = date(2018, 9, 28)


@pytest.fixture
def ledger(db):
    return make_ledger()


def enter(ledger, name, entry=None, **values):
    return make_entry(ledger, make_project(name, **values), **entry or {})


def filtered(ledger, query, day=DAY):
    return LedgerFilter(QueryDict(query), LedgerEntry.objects.for_ledger(ledger, day, delisted=True), as_of=day, year=ledger.year)


def names(ledger, query, day=DAY):
    return [entry.project.name for entry in filtered(ledger, query, day).qs]


def test_search_takes_names_initials_full_pinyin_codes_and_aliases(ledger):
    enter(ledger, "中物科技园", aliases=["中物园区"])
    enter(ledger, "绿地双塔")
    for text in ("zwkj", "ZWKJ", "zhongwukeji", "中物 科技", "EQ-2018-001", "zwyq", "  中物科技园 "):
        assert names(ledger, f"q={text}") == ["中物科技园"], text
    assert names(ledger, "q=没有这样的项目") == []


def test_search_overlooks_marks_inside_a_name(ledger):
    enter(ledger, "保利·豫见里")
    for text in ("保利豫见里", "保利·豫见里", "保利•豫见里", "保利 豫见里", "“保利”豫见里"):
        assert names(ledger, f"q={text}") == ["保利·豫见里"], text


def test_a_category_or_area_includes_its_parts_at_any_depth(ledger):
    whole = make_category("新型城镇化", code="town")
    part = make_category("安置房", code="homes", parent=whole)
    small = make_category("回迁", code="return", parent=part)
    enter(ledger, "甲", category=whole)
    enter(ledger, "乙", category=part)
    enter(ledger, "丙", category=small)
    enter(ledger, "丁", category=make_category("道路", code="roads"))
    assert names(ledger, "category=town") == ["甲", "乙", "丙"]
    assert names(ledger, "category=homes") == ["乙", "丙"]
    assert names(ledger, "category=return&category=roads") == ["丙", "丁"]
    area = make_area("二七新区", code="new")
    enter(ledger, "戊", area=make_area("健康板块", code="health", parent=area))
    assert names(ledger, "area=new") == ["戊"]


def test_a_unit_is_found_by_any_responsibility_in_force_or_as_owner_or_as_the_one_that_answers(ledger):
    unit, other = make_unit("马寨管委会"), make_unit("区住建局")
    led, helped, owned, past = (enter(ledger, name) for name in ("牵头", "配合", "业主", "从前"))
    make_responsibility(led.project, unit)
    make_responsibility(helped.project, other)
    make_responsibility(helped.project, unit, ResponsibilityKind.COOPERATE)
    owned.project.owner = unit
    owned.project.save()
    make_responsibility(past.project, unit, until=date(2018, 3, 1))
    assert names(ledger, f"unit={unit.pk}") == ["牵头", "配合", "业主"]
    assert names(ledger, f"unit={unit.pk}&unit_as=answering") == ["牵头"]
    assert names(ledger, f"unit={unit.pk}", date(2018, 2, 1)) == ["牵头", "配合", "业主", "从前"]
    assert names(ledger, f"unit={unit.pk}&unit={other.pk}&unit_as=answering") == ["牵头", "配合"]


def test_a_unit_may_be_asked_for_with_those_below_it(ledger):
    whole = make_unit("管委会")
    part = make_unit("筹备组", parent=whole)
    small = make_unit("专班", parent=part)
    for name, unit in (("甲", whole), ("乙", part), ("丙", small), ("丁", make_unit("区住建局"))):
        make_responsibility(enter(ledger, name).project, unit)
    assert names(ledger, f"unit={whole.pk}&unit_as=answering") == ["甲"]
    assert names(ledger, f"unit={whole.pk}&unit_as=within") == ["甲", "乙", "丙"]
    assert names(ledger, f"unit={small.pk}&unit_as=within") == ["丙"]


def test_a_unit_with_targets_can_be_asked_for_though_it_answers_for_nothing(ledger):
    unit = make_unit("管委会")
    make_target("重点项目数", "个", scope=unit)
    enter(ledger, "甲")
    found = filtered(ledger, f"unit={unit.pk}&unit_as=within")
    assert (list(found.qs), found.problems) == ([], [])


def test_a_project_is_found_with_what_is_bundled_in_it(ledger):
    whole = enter(ledger, "学校", bundle_count=35).project
    inner = enter(ledger, "六所", bundle_count=6, bundle_of=whole).project
    enter(ledger, "81中", bundle_of=inner)
    alone = enter(ledger, "公园").project
    assert names(ledger, f"bundle={whole.code}") == ["学校", "六所", "81中"]
    assert names(ledger, f"bundle={inner.code}") == ["六所", "81中"]
    assert names(ledger, f"bundle={alone.code}") == ["公园"]
    assert filtered(ledger, f"bundle={whole.code}").summary() == "项目及打捆所含：学校"
    unknown = filtered(ledger, "bundle=EQ-1")
    assert unknown.qs.count() == 4
    assert unknown.problems == ["没有编号为“EQ-1”的项目，已忽略。"]


def test_what_had_to_be_done_by_the_day_whether_done_or_not(ledger):
    for name, due, done in (
        ("完成", DAY, DAY),
        ("未完成", date(2018, 5, 1), None),
        ("明天", date(2018, 9, 29), None),
        ("无时限", None, date(2018, 5, 1)),
    ):
        make_milestone(enter(ledger, name).project, MilestoneKind.START, name="开工", due_on=due, done_on=done)
    assert names(ledger, "due=reached&node=start") == ["完成", "未完成"]
    assert names(ledger, "due=reached&node=start&achieved=start") == ["完成"]
    assert names(ledger, "due=reached&node=completion") == []


def test_choices_of_one_filter_add_up_and_filters_narrow_down(ledger):
    enter(ledger, "甲", {"nature": Nature.NEW}, grade=Grade.CITY)
    enter(ledger, "乙", {"nature": Nature.CONTINUED}, grade=Grade.CITY)
    enter(ledger, "丙", {"nature": Nature.NEW})
    enter(ledger, "丁")
    assert names(ledger, "nature=new&nature=continued") == ["甲", "乙", "丙"]
    assert names(ledger, "nature=new&grade=city") == ["甲"]
    assert names(ledger, "nature=none") == ["丁"]
    assert names(ledger, "grade=none&nature=new&nature=none") == ["丙", "丁"]


def test_stage_follows_milestones_as_of_the_day(ledger):
    entry = enter(ledger, "甲")
    enter(ledger, "乙")
    milestone = make_milestone(entry.project, MilestoneKind.START, due_phrase="3月底前")
    milestone.done_on = date(2018, 4, 2)
    milestone.save()
    assert names(ledger, "stage=4") == ["甲"]
    assert names(ledger, "stage=none") == ["乙"]
    assert names(ledger, "stage=4", date(2018, 4, 1)) == []
    assert names(ledger, "stage=4&stage=none", date(2018, 4, 1)) == ["甲", "乙"]


def test_flags(ledger):
    bundle = enter(ledger, "打捆", bundle_count=158)
    enter(ledger, "内", bundle_of=bundle.project)
    enter(ledger, "出彩", highlight=True)
    enter(ledger, "观摩", tour=True)
    enter(ledger, "一批", batch="第三期")
    expected = {"bundle": "打捆", "member": "内", "highlight": "出彩", "tour": "观摩", "batch": "一批"}
    for flag, name in expected.items():
        assert names(ledger, f"flag={flag}") == [name]
    assert names(ledger, "flag=highlight&flag=tour") == ["出彩", "观摩"]


def test_the_range_of_investment_is_in_yi_and_includes_its_ends(ledger):
    enter(ledger, "小", total_investment=9999)
    enter(ledger, "一亿", total_investment=10000)
    enter(ledger, "两亿", total_investment=20000)
    enter(ledger, "无数")
    assert names(ledger, "min=1") == ["一亿", "两亿"]
    assert names(ledger, "min=1&max=1.5") == ["一亿"]
    assert names(ledger, "max=0.9999") == ["小"]
    crossed = filtered(ledger, "min=2&max=1")
    assert crossed.qs.count() == 4
    assert crossed.problems == ["总投资的下限 2 亿元高于上限 1 亿元，两者均已忽略。"]


def test_what_is_missing_can_be_asked_for(ledger):
    full = enter(ledger, "全", {"nature": Nature.NEW, "annual_plan": 1, "annual_goal": "开工"}, total_investment=1)
    make_milestone(full.project, due_phrase="9月底前")
    make_responsibility(full.project, make_unit())
    enter(ledger, "缺")
    for code in ("total_investment", "annual_plan", "nature", "annual_goal", "answering", "next_due"):
        assert names(ledger, f"blank={code}") == ["缺"], code


def test_entries_are_listed_and_delisted_as_of_the_day(ledger):
    enter(ledger, "始终")
    enter(ledger, "增补", {"listed_on": date(2018, 5, 1)})
    enter(ledger, "退出", {"delisted_on": date(2018, 6, 30), "delist_reason": "业主放弃"})
    assert names(ledger, "", date(2018, 4, 30)) == ["始终", "退出"]
    assert names(ledger, "", date(2018, 5, 1)) == ["始终", "增补", "退出"]
    assert names(ledger, "", date(2018, 6, 29)) == ["始终", "增补", "退出"]
    assert names(ledger, "", date(2018, 6, 30)) == ["始终", "增补"]
    assert names(ledger, "listed=all", date(2018, 6, 30)) == ["始终", "增补", "退出"]
    assert names(ledger, "listed=all", date(2018, 4, 30)) == ["始终", "退出"]
    assert names(ledger, "listed=gone", date(2018, 6, 30)) == ["退出"]
    assert names(ledger, "listed=gone", date(2018, 6, 29)) == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("category=nothing", "筛选“类别”的值“nothing”无效（没有这一选项），已忽略。"),
        ("nature=new' OR 1=1", "筛选“性质”的值“new' OR 1=1”无效（没有这一选项），已忽略。"),
        ("unit=99999999999999999999999", "筛选“单位”的值“99999999999999999999”无效（没有这一选项），已忽略。"),
        ("stage=9", "筛选“阶段”的值“9”无效（没有这一选项），已忽略。"),
        ("listed=yes", "筛选“退出的项目”的值“yes”无效（没有这一选项），已忽略。"),
        ("min=-1", "筛选“总投资不低于”的值“-1”无效（确保该值大于或等于0），已忽略。"),
        ("min=1e999", "筛选“总投资不低于”的值“1e999”无效"),
        ("max=NaN", "筛选“总投资不高于”的值“NaN”无效（输入一个数字），已忽略。"),
        ("q=%00", "筛选“搜索”的值“”无效"),
        ("q=" + "长" * 101, "筛选“搜索”的值“长长长长长长长长长长长长长长长长长长长长”无效"),
    ],
)
def test_a_wrong_value_is_ignored_with_a_sentence(ledger, query, problem):
    enter(ledger, "甲")
    found = filtered(ledger, query)
    assert [entry.project.name for entry in found.qs] == ["甲"]
    assert len(found.problems) == 1
    assert found.problems[0].startswith(problem)
    assert not found.is_active


def test_right_values_beside_wrong_ones_count(ledger):
    enter(ledger, "甲", {"nature": Nature.NEW})
    enter(ledger, "乙")
    found = filtered(ledger, "nature=new&nature=old&min=x")
    assert [entry.project.name for entry in found.qs] == ["甲"]
    assert len(found.problems) == 2
    assert found.summary() == "性质：新开工"


class TestDeadlines:
    """A leader's first questions: what has to start by the end of March, and what is behind?"""

    @pytest.fixture(autouse=True)
    def projects(self, ledger):
        for name, kind, phrase, done in (
            ("三月开工", "start", "3月底前", None),
            ("三月开工已开", "start", "3月底前", date(2018, 3, 20)),
            ("三月竣工", "completion", "3月底前", None),
            ("十月开工", "start", "10月15日", None),
            ("尽快开工", "start", "尽快", None),
        ):
            entry = enter(ledger, name)
            make_milestone(entry.project, kind=kind, due_phrase=phrase, done_on=done)

    def test_what_has_to_start_by_the_end_of_a_month(self, ledger):
        assert names(ledger, "node=start&due=3") == ["三月开工", "三月开工已开"]
        assert names(ledger, "due=3") == ["三月开工", "三月开工已开", "三月竣工"]
        assert names(ledger, "node=completion") == ["三月竣工"]

    def test_what_is_behind_on_the_day(self, ledger):
        assert names(ledger, "due=late") == ["三月开工", "三月竣工"]
        assert names(ledger, "due=late&node=start") == ["三月开工"]
        assert names(ledger, "due=late", day=date(2018, 3, 31)) == []
        assert names(ledger, "due=late", day=date(2018, 4, 1)) == ["三月开工", "三月竣工"]

    def test_what_falls_due_soon(self, ledger):
        assert names(ledger, "due=soon") == ["十月开工"]
        assert names(ledger, "due=soon", day=date(2018, 10, 16)) == []
