"""Pages that show the warning rules: the version in force, versions, differences, trying out; queries that do not grow."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erqi.common import clock
from projects.choices import Dimension, WarningLevel
from projects.models import Ledger, Rescheduling, WarningPolicy
from projects.rules.policy import Band, Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.services.schedule import start_pass
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_ledger, make_user
from projects.tests.warning_builders import enter_coloured, make_policy, warn_ledger

pytestmark = pytest.mark.django_db
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)
ONE_DAY = timedelta(days=1)
LIST = "/warnings/policy/"
GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def author() -> Client:
    return sign_in(make_user("supervision", name="甲"))


@pytest.fixture
def viewer() -> Client:
    return sign_in(make_user("viewer"))


def warned() -> Ledger:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    return ledger


def page(client: Client, policy: WarningPolicy, name: str = "detail", query: str = "") -> str:
    response = client.get(reverse(f"projects:policy_{name}", args=[policy.pk]) + query)
    assert response.status_code == 200
    return text(response)


def holed() -> dict:
    bands = WARNING_POLICY.rules[Dimension.MILESTONE].bands[:3]
    return replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(bands)})


def test_without_rules_the_page_says_so_and_how_to_begin(author, viewer):
    shown = text(author.get(LIST))
    assert "还没有预警规则" in shown
    assert f'href="{reverse("projects:policy_create")}?base=B"' in shown
    shown = text(viewer.get(LIST))
    assert "在此之前所有项目都显示“未评价”" in shown
    assert reverse("projects:policy_create") not in shown


def test_the_version_in_force_stands_in_full(viewer):
    make_policy(FROM, name="第一版")
    make_policy(DAY + ONE_DAY, STATUS_POLICY, name="第二版")
    shown = text(viewer.get(LIST))
    for words in (
        "第一版</a>，2018年3月1日起执行，拟稿人拟稿、批准人批准",
        "逾期 8 天（含）至逾期 31 天（不含）",
        "计划的 60%（不含）以下",
        "督察通知单下发后参与评价：看距反馈时限的工作日数",
        "不计入颜色",
        "先转黄观察 1 个报送期",
        "一次最长 92 天",
        "书面专报、领导问查",
    ):
        assert words in shown, words
    assert shown.count('class="level level-yellow"') == 7  # the head, and for phones each of the six dimensions


def test_versions_say_their_state_and_who_and_when(viewer):
    make_policy(FROM, name="第一版")
    make_policy(DAY, name="第二版")
    make_policy(DAY + ONE_DAY, name="第三版")
    make_policy(None, name="第四版", state="submitted", submitted_on=DAY, submitted_by_name="丁")
    rows = viewer.get(LIST).context["versions"]
    assert [(row.policy.name, row.state, row.until) for row in rows] == [
        ("第四版", "待审批", None),
        ("第三版", "待生效", None),
        ("第二版", "现行", DAY + ONE_DAY),
        ("第一版", "曾执行", DAY),
    ]
    shown = text(viewer.get(LIST))
    assert "2018年3月1日起，2018年9月28日起由下一版接替" in shown
    assert "丁<span" in shown


def test_a_pass_that_is_not_finished_is_said(viewer):
    enter_coloured(warned(), RED, on=DAY)
    run = start_pass(reason="“第二版”起执行", by=None)
    shown = text(viewer.get(LIST))
    assert "正在重算：“第二版”起执行，已完成 0／1 个项目" in shown
    assert reverse("projects:policy_pass", args=[run.pk]) in shown
    Rescheduling.objects.update(finished_at="2018-09-28T00:00:00Z")
    assert "正在重算" not in text(viewer.get(LIST))


def test_a_draft_shows_what_differs_and_what_keeps_it_from_being_submitted(author, viewer):
    make_policy(FROM, name="第一版")
    draft = make_policy(None, holed(), state="draft", name="第二版", note="放宽")
    shown = page(viewer, draft)
    assert "节点工期·红" in shown
    assert "<del>逾期 31 天（含）以上</del>" in shown
    assert "<ins>不使用</ins>" in shown
    assert "“节点工期”在逾期 31 天以上没有区间" in shown
    assert "请先填写生效日期。" in shown
    assert "生效日期未定；拟稿人" in shown
    assert "policy_simulate" not in shown
    assert "没有差异" in page(viewer, make_policy(DAY + ONE_DAY, name="同样"))
    assert "与现行规则" not in page(viewer, WarningPolicy.objects.get(name="第一版"))


@pytest.mark.parametrize(
    ("state", "role", "names"),
    [
        ("draft", "supervision", ["submit", "edit", "discard"]),
        ("draft", "office", []),
        ("returned", "supervision", ["submit", "edit", "discard"]),
        ("submitted", "supervision", ["approve", "return", "withdraw"]),
        ("submitted", "office", ["approve", "return"]),
        ("submitted", "leader", []),
        ("approved", "supervision", []),
    ],
)
def test_buttons_by_state_and_permission(state, role, names):
    policy = make_policy(DAY + ONE_DAY, state=state)
    shown = page(sign_in(make_user(role)), policy)
    every = ["submit", "edit", "discard", "approve", "return", "withdraw"]
    assert [name for name in every if reverse(f"projects:policy_{name}", args=[policy.pk]) in shown] == names


def test_ones_own_version_is_not_ones_to_approve():
    user = make_user("supervision")
    policy = make_policy(DAY + ONE_DAY, state="submitted", submitted_by=user)
    shown = page(sign_in(user), policy)
    assert "不能批准自己拟定、修改或提交的规则，须由他人批准。" in shown
    assert reverse("projects:policy_approve", args=[policy.pk]) not in shown
    assert reverse("projects:policy_withdraw", args=[policy.pk]) in shown


def test_a_day_that_has_passed_is_said_before_anybody_approves(author):
    assert "生效日期（2018年9月27日）已过，规则不能追溯。" in page(author, make_policy(DAY - ONE_DAY, state="submitted"))


def test_the_reason_of_a_return_is_shown(author):
    assert "退回原因：黄色过宽" in page(author, make_policy(None, state="returned", return_reason="黄色过宽"))


def test_trying_out_counts_and_names(author):
    ledger = warned()
    enter_coloured(ledger, GREEN, "绿项目", on=DAY)
    enter_coloured(ledger, BLUE, "蓝项目", on=DAY)
    enter_coloured(ledger, WarningLevel.PAUSED, "停项目", on=DAY)
    draft = make_policy(None, STATUS_POLICY, state="draft", name="第二版")
    shown = page(author, draft, "simulate")
    assert "<strong>3</strong> 个项目中有 <strong>2</strong> 个会变色<span" in shown
    assert "两版的颜色含义不同（预警色（绿为正常），状态色（绿为完成）），变色不等于加重或减轻。" in shown
    assert "暂停、已销号 1 个不受影响" in shown
    assert "“主体施工”时限2018年9月25日，已逾期 3 天" in shown
    assert "绿项目" in shown
    assert f'href="/warnings/policy/{draft.pk}/simulate/?from=blue&amp;to=yellow"><strong>1</strong>' in shown
    # Levels go by the names that each set of rules gives them.
    assert "■</span>正常推进" in shown
    cell = page(author, draft, "simulate", "?from=blue&to=yellow")
    assert "蓝项目" in cell
    assert "绿项目" not in cell
    assert "列出全部" in cell
    for nonsense in ("?from=blue", "?from=blue&to=blue", "?from=x&to=y"):
        assert "绿项目" in page(author, draft, "simulate", nonsense)


def test_worse_is_said_within_a_family_and_a_long_list_is_folded(author):
    ledger = warned()
    for _ in range(21):
        enter_coloured(ledger, GREEN, on=DAY)
    bands = (Band(GREEN, None, Decimal(-90), low_in=False), Band(YELLOW, Decimal(-90), None))
    draft = make_policy(None, replace(WARNING_POLICY, rules={Dimension.MILESTONE: Rule(bands)}), state="draft")
    shown = page(author, draft, "simulate")
    assert "有 <strong>21</strong> 个会变色，其中 <strong>21</strong> 个加重。" in shown
    assert '<details class="policy-turned" open>' in shown
    part = author.get(reverse("projects:policy_simulate", args=[draft.pk]), headers={"HX-Request": "true"})
    assert '<details class="policy-turned">' in text(part)


def test_trying_out_says_when_it_cannot(author):
    draft = make_policy(None, state="draft")
    assert "没有可以测算的项目" in page(author, draft, "simulate")
    assert "区间有误，不能测算：“节点工期”" in page(author, make_policy(None, holed(), state="draft"), "simulate")


def test_the_same_rules_turn_nothing(author):
    enter_coloured(warned(), RED, on=DAY)
    assert "<strong>1</strong> 个项目都不会变色" in page(author, make_policy(None, state="draft"), "simulate")


def test_trying_out_is_for_those_who_write_and_decide(viewer):
    draft = make_policy(None, state="draft")
    assert viewer.get(reverse("projects:policy_simulate", args=[draft.pk])).status_code == 403
    assert "按今天的数据测算" not in page(viewer, draft)
    assert "按今天的数据测算" in page(sign_in(make_user("office")), draft)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(viewer, number):
    for place in range(number):
        make_policy(FROM + place * ONE_DAY)
        Rescheduling.objects.create(reason="试", on=DAY, total=1)
    viewer.get(LIST)
    with CaptureQueriesContext(connection) as found:
        viewer.get(LIST)
    assert len(found) == 5


@pytest.mark.parametrize("number", [1, 3])
def test_a_version_and_its_trial_ask_the_same_number_of_questions(author, number):
    ledger = warned()
    for _ in range(number):
        enter_coloured(ledger, BLUE, on=DAY)
    draft = make_policy(None, STATUS_POLICY, state="draft")
    counts = []
    for name in ("detail", "simulate"):
        page(author, draft, name)
        with CaptureQueriesContext(connection) as found:
            page(author, draft, name)
        counts.append(len(found))
    assert counts == [6, 18]


def test_a_figure_of_a_policy_is_exact(viewer):
    """A band may end between whole percents."""
    rule = WARNING_POLICY.rules[Dimension.INVESTMENT]
    green, blue, *others = rule.bands
    bands = (replace(green, low=Decimal("99.50")), replace(blue, high=Decimal("99.50")), *others)
    make_policy(FROM, replace(WARNING_POLICY, rules={Dimension.INVESTMENT: Rule(bands)}))
    assert "计划的 99.5%（含）以上" in text(viewer.get(LIST))
