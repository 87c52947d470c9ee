"""Writing the warning rules in the browser: drafting, the editor and its checks, deciding, two people, the start of colours."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erqi.common import clock
from erqi.common.models import User
from projects.choices import Basis, Curve, Dimension, EscalationStep, WarningLevel
from projects.forms.policy import PolicyForm, bands_of, flat, policy_of
from projects.models import WarningPolicy
from projects.rules.policy import Band, Policy, faults
from projects.rules.presets import PRESETS, STATUS_POLICY, WARNING_POLICY
from projects.services import policy as service
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_user
from projects.tests.warning_builders import make_policy

pytestmark = pytest.mark.django_db
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)
ONE_DAY = timedelta(days=1)
GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
NEW = "/warnings/policy/new/"


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def user() -> User:
    return make_user("supervision", name="甲")


@pytest.fixture
def author(user: User) -> Client:
    return sign_in(user)


@pytest.fixture
def office() -> Client:
    return sign_in(make_user("office", name="乙"))


def at(policy: WarningPolicy, name: str) -> str:
    return reverse(f"projects:policy_{name}", args=[policy.pk])


def draft(rules: Policy = WARNING_POLICY, day: date | None = DAY + ONE_DAY, by: User | None = None) -> WarningPolicy:
    return service.draft_policy(name="第二版", rules=rules, effective_from=day, by=by)


def submitted(**values) -> WarningPolicy:
    return service.submit_policy(policy=draft(**values), version=None, by=None)


def do(client: Client, policy: WarningPolicy, action: str, /, **changes):
    """Open the page of an action, fill it in and send it."""
    return client.post(at(policy, action), fill(client, at(policy, action), **changes))


# Drafting


def test_a_draft_begins_with_a_preset_or_with_the_rules_in_force(author):
    assert fields(author.get(f"{NEW}?base=A"))["base"] == "A"
    assert fields(author.get(NEW))["base"] == "B"
    response = author.post(NEW, fill(author, NEW, name="第一版", base="A"))
    first = WarningPolicy.objects.get()
    assert (response.status_code, response.url) == (302, at(first, "edit"))
    assert "已建立草稿“第一版”" in said(author, response)
    assert (first.policy, first.created_by_name) == (STATUS_POLICY, "甲")
    assert "现行规则" not in text(author.get(NEW))
    strict = replace(WARNING_POLICY, min_eval_month=5)
    make_policy(FROM, strict)
    data = fill(author, NEW, name="第三版", effective_from="2018年10月8日", note="照旧")
    assert data["base"] == "in_force"
    author.post(NEW, data)
    third = WarningPolicy.objects.get(name="第三版")
    assert (third.policy, third.effective_from, third.note) == (strict, date(2018, 10, 8), "照旧")


def test_a_draft_needs_a_name(author):
    response = author.post(NEW, fill(author, NEW, name=""))
    assert (response.status_code, WarningPolicy.objects.count()) == (422, 0)


# The editor


@pytest.mark.parametrize("preset", list(PRESETS.values()), ids=list(PRESETS))
def test_the_editor_gives_back_what_it_was_given(preset):
    assert policy_of(flat(preset), preset.family) == preset
    assert set(flat(preset)) <= set(PolicyForm.base_fields)


@pytest.mark.parametrize("preset", list(PRESETS.values()), ids=list(PRESETS))
def test_saving_without_a_change_changes_nothing(author, preset):
    policy = draft(preset)
    assert do(author, policy, "edit").status_code == 302
    policy.refresh_from_db()
    assert (policy.version, policy.policy) == (1, preset)


def test_every_figure_can_be_changed(author):
    policy = draft()
    response = do(
        author,
        policy,
        "edit",
        name="新名",
        effective_from="2018.10.8",
        note="放宽",
        basis="gap",
        curve="linear_days",
        min_eval_month="4",
        label_red="红牌",
        observation_cycles="2",
        manual_max_days="20",
        hold_max_days="60",
        D1_blue_low="－10",
        D1_green_high="-10",
        D1_blue_low_in=None,
        D1_green_high_in="on",
        D2_green_low="",
        D2_green_low_in=None,
        D2_green_high="0",
        D2_green_high_in="on",
        D2_blue_low="0",
        D2_blue_low_in=None,
        D2_blue_high="７.5",
        D2_yellow_low="7.5",
        D2_yellow_high="30",
        D2_red_low="30",
        D2_red_low_in="on",
        D2_red_high="",
        D4_counts=None,
        D6_counts="on",
        D3_blue_used=None,
        D3_green_high="1",
        step_inquiry_level="",
        step_interview_times="3",
    )
    policy.refresh_from_db()
    assert said(author, response) == "草稿已保存。"
    assert (policy.name, policy.effective_from, policy.note, policy.version) == ("新名", date(2018, 10, 8), "放宽", 2)
    rules = policy.policy
    assert (rules.basis, rules.curve, rules.min_eval_month) == (Basis.GAP, Curve.LINEAR_DAYS, 4)
    assert (rules.observation_cycles, rules.manual_max_days, rules.hold_max_days) == (2, 20, 60)
    assert rules.label(RED) == "红牌"
    assert rules.rules[Dimension.MILESTONE].bands[:2] == (
        Band(GREEN, None, Decimal(-10), low_in=False, high_in=True),
        Band(BLUE, Decimal(-10), Decimal(8), low_in=False),
    )
    assert rules.rules[Dimension.INVESTMENT].level(Decimal("7.49")) == BLUE
    assert rules.rules[Dimension.INVESTMENT].level(Decimal("7.5")) == YELLOW
    assert [band.level for band in rules.rules[Dimension.START].bands] == [GREEN, YELLOW, RED]
    assert (rules.rules[Dimension.ISSUE].counts, rules.rules[Dimension.REPORTING].counts) == (False, True)
    assert {item.step: item.times for item in rules.escalations}[EscalationStep.INTERVIEW] == 3
    assert EscalationStep.INQUIRY not in {item.step for item in rules.escalations}
    assert faults(rules) == []


def test_faults_may_be_kept_and_are_said_below_their_dimension(author):
    policy = draft()
    response = do(author, policy, "edit", D1_yellow_low="10", D2_red_used=None)
    assert said(author, response) == "草稿已保存；还有 2 处区间须改正，才能提交。"
    shown = text(author.get(at(policy, "edit")))
    first, second = shown.split('id="dimension-D2"')
    assert "“节点工期”在逾期 8 天至逾期 10 天之间没有状态：“提醒”和“预警”之间有缺口" in first
    assert "“投资进度”在计划的 60%以下没有区间" in second


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("D1_yellow_low", "八天", "“节点工期·黄：下限”无法识别“八天”。请只写数字；提前写负数；不限请留空。"),
        ("D1_yellow_low", "8.5", "“节点工期·黄：下限”“8.5”应为整数。"),
        ("D2_blue_low", "80.125", "“投资进度·蓝：下限”“80.125”小数位数过多"),
        ("D1_yellow_low", "--8", "无法识别"),
    ],
)
def test_what_is_no_figure_is_refused_where_it_was_typed(author, field, typed, sentence):
    policy = draft()
    response = do(author, policy, "edit", **{field: typed})
    assert response.status_code == 422
    assert sentence in text(response)
    assert fields(response)[field] == typed
    policy.refresh_from_db()
    assert policy.version == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"min_eval_month": "13"}, "应在 1 到 12 之间。"),
        ({"label_red": "预警"}, "互不相同"),
        ({"step_urge_times": "25"}, "应在 0 到 24 之间。"),
        ({"name": " "}, "这个字段是必填项"),
    ],
)
def test_other_figures_out_of_bounds(author, changes, sentence):
    response = do(author, draft(), "edit", **changes)
    assert response.status_code == 422
    assert sentence in text(response)


def test_a_check_shows_words_and_faults_and_saves_nothing(author):
    policy = draft()
    response = do(author, policy, "edit", check="1", D1_yellow_low="10", name="", D4_red_low="abc")
    assert response.status_code == 200
    shown = text(response)
    assert "逾期 10 天（含）至逾期 31 天（不含）" in shown
    assert "“提醒”和“预警”之间有缺口" in shown
    assert "“问题办理·红：下限”无法识别“abc”" in shown
    assert "这个字段是必填项" in shown
    assert fields(response)["D1_yellow_low"] == "10"
    policy.refresh_from_db()
    assert policy.version == 1


def test_the_words_of_a_check_go_by_the_basis_that_was_chosen(author):
    response = do(author, draft(), "edit", check="1", basis="gap")
    assert "落后 80 个百分点（含）至落后 100 个百分点（不含）" in text(response)
    assert "“投资进度”的状态没有按轻重依次排列" in text(response)


def test_an_end_that_lies_nowhere_is_not_included():
    values = {**flat(WARNING_POLICY), "D1_red_high_in": True}
    assert bands_of(values, Dimension.MILESTONE) == WARNING_POLICY.rules[Dimension.MILESTONE].bands


def test_the_editor_is_closed_once_it_is_submitted(author):
    shown = text(author.get(at(submitted(), "edit")))
    assert "正在等待审批。要修改请先撤回。" in shown
    assert "保存草稿</button>" not in shown


def test_the_editor_asks_few_questions(author):
    policy = draft()
    author.get(at(policy, "edit"))
    with CaptureQueriesContext(connection) as found:
        author.get(at(policy, "edit"))
    assert len(found) == 4


# Two people


def test_two_people_at_one_draft_are_told_figure_by_figure(author):
    policy = draft()
    other = sign_in(make_user("supervision", name="丙"))
    mine = fill(author, at(policy, "edit"), D1_yellow_low="9", D1_blue_high="9", note="我的")
    do(other, policy, "edit", D1_yellow_low="10", D1_blue_high="10", D6_counts="on")
    response = author.post(at(policy, "edit"), mine)
    assert response.status_code == 409
    rows = {row["name"]: (row["label"], row["mine"], row["theirs"], row["changed_by"]) for row in response.context["conflicts"]}
    assert rows == {
        "D1_yellow_low": ("节点工期·黄：下限", "9", "10", "丙"),
        "D1_blue_high": ("节点工期·蓝：上限", "9", "10", "丙"),
        "D6_counts": ("报送计入颜色", "否", "是", "丙"),
    }
    assert "本表单以外的改动" not in text(response)
    again = {**fields(response), "choose-D1_yellow_low": "mine", "choose-D1_blue_high": "mine", "choose-D6_counts": "theirs"}
    assert author.post(at(policy, "edit"), again).status_code == 302
    policy.refresh_from_db()
    assert policy.note == "我的"
    assert policy.policy.rules[Dimension.MILESTONE].bands[2].low == Decimal(9)
    assert policy.policy.rules[Dimension.REPORTING].counts is True


def test_what_was_submitted_meanwhile_keeps_what_was_typed(author):
    policy = draft()
    mine = fill(author, at(policy, "edit"), note="打了很久")
    service.submit_policy(policy=policy, version=None, by=make_user("supervision", name="丙"))
    response = author.post(at(policy, "edit"), mine)
    assert response.status_code == 409
    assert "已由丙提交，正在等待审批" in text(response)
    assert "打了很久" in text(response)


# The history


def test_the_history_says_rules_in_words(author):
    policy = draft()
    do(author, policy, "edit", D1_red_low="40", D1_yellow_high="40", manual_max_days="20")
    shown = text(author.get("/history/"))
    assert "<del>逾期 8 天（含）至逾期 31 天（不含）</del>" in shown
    assert "<ins>逾期 8 天（含）至逾期 40 天（不含）</ins>" in shown
    assert "<del>一次最长 30 天</del>" in shown
    assert "逾期 31 天（含）以上为告警（计入颜色）" in shown
    assert "monthly_plan" not in shown
