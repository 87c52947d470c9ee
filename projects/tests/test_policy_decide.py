"""Deciding on the warning rules in the browser, the pass that follows, and the start of colours in a ledger."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from erqi.common import clock
from erqi.common.models import User
from projects.choices import Dimension, PolicyState, WarningLevel
from projects.models import Ledger, Project, Rescheduling, WarningPolicy
from projects.rules.policy import Policy, Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.services import policy as service
from projects.services.schedule import start_pass
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_ledger, make_user
from projects.tests.warning_builders import enter_coloured, levels, make_policy, warn_ledger

pytestmark = pytest.mark.django_db
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)
ONE_DAY = timedelta(days=1)
BLUE, YELLOW, RED = WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def author() -> Client:
    return sign_in(make_user("supervision", name="甲"))


@pytest.fixture
def office() -> Client:
    return sign_in(make_user("office", name="乙"))


def at(policy: WarningPolicy, name: str) -> str:
    return reverse(f"projects:policy_{name}", args=[policy.pk])


def draft(rules: Policy = WARNING_POLICY, day: date | None = DAY + ONE_DAY, by: User | None = None) -> WarningPolicy:
    return service.draft_policy(name="第二版", rules=rules, effective_from=day, by=by)


def submitted() -> WarningPolicy:
    return service.submit_policy(policy=draft(), version=None, by=None)


def warned() -> Ledger:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    return ledger


def do(client: Client, policy: WarningPolicy, action: str, /, **changes):
    """Open the page of an action, fill it in and send it."""
    return client.post(at(policy, action), fill(client, at(policy, action), **changes))


def test_submitting_says_every_fault_before_and_after_the_click(author):
    bands = WARNING_POLICY.rules[Dimension.MILESTONE].bands[:3]
    policy = draft(replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(bands)}), day=None)
    shown = text(author.get(at(policy, "submit")))
    assert "“节点工期”在逾期 31 天以上没有区间" in shown
    assert "请先填写生效日期。" in shown
    response = do(author, policy, "submit")
    assert response.status_code == 422
    assert WarningPolicy.objects.get().state == PolicyState.DRAFT


def test_from_draft_to_force(author, office):
    enter_coloured(warned(), BLUE, "蓝项目", on=DAY)
    policy = draft(STATUS_POLICY, day=DAY)
    response = do(author, policy, "submit")
    assert "由拟稿人、提交人以外的人审批" in said(author, response)
    assert "不能批准自己拟定、修改或提交的规则" in text(author.get(at(policy, "approve")))
    shown = text(office.get(at(policy, "approve")))
    assert "节点工期·绿" in shown  # what differs from the rules in force
    response = do(office, policy, "approve")
    run = Rescheduling.objects.get()
    assert response.url == reverse("projects:policy_pass", args=[run.pk])
    assert said(office, response) == "“第二版”已批准，2018年9月28日起执行。"
    again = office.post(response.url)
    assert (again.status_code, again.url) == (302, response.url)
    finished = text(office.get(response.url))
    assert "已完成：1 个项目的颜色已重算" in finished
    assert 'href="/warnings/"' in finished
    assert levels([Project.objects.get()], DAY) == [YELLOW]


def test_a_second_click_counts_once(author, office):
    policy = draft()
    data = fill(author, at(policy, "submit"))
    assert [author.post(at(policy, "submit"), data).status_code for _ in range(2)] == [302, 302]
    data = fill(office, at(policy, "approve"))
    assert [office.post(at(policy, "approve"), data).status_code for _ in range(2)] == [302, 302]
    assert Rescheduling.objects.count() == 1


def test_the_slower_approver_reads_who_was_faster(office):
    policy = submitted()
    slower = sign_in(make_user("office", name="丙"))
    data = fill(slower, at(policy, "approve"))
    do(office, policy, "approve")
    response = slower.post(at(policy, "approve"), data)
    assert response.status_code == 409
    assert "这版规则已由乙于2018年9月28日批准，不能再改动" in text(response)


def test_what_was_rewritten_meanwhile_is_not_approved_unseen(author, office):
    policy = submitted()
    data = fill(office, at(policy, "approve"))
    service.withdraw_policy(policy=policy, version=None, by=None)
    do(author, policy, "edit", D1_red_low="40", D1_yellow_high="40")
    do(author, policy, "submit")
    response = office.post(at(policy, "approve"), data)
    assert response.status_code == 409
    shown = text(response)
    assert "保存前，这条记录已被他人修改" in shown
    assert "{&#x27;" not in shown  # the column of rules is no text for people
    assert WarningPolicy.objects.get().state == PolicyState.SUBMITTED
    # The page shows the version as it is now; approving that is another matter.
    assert office.post(at(policy, "approve"), fields(response)).status_code == 302


def test_a_return_needs_a_reason_and_reaches_the_author(author, office):
    policy = submitted()
    assert "请写明退回的原因" in text(do(office, policy, "return"))
    response = do(office, policy, "return", return_reason="黄色过宽")
    assert response.status_code == 302
    assert "退回原因：黄色过宽" in text(author.get(at(policy, "detail")))


def test_withdrawing_and_discarding(author):
    policy = submitted()
    assert "已撤回为草稿" in said(author, do(author, policy, "withdraw"))
    data = fill(author, at(policy, "discard"))
    response = author.post(at(policy, "discard"), data)
    assert (response.url, said(author, response)) == (reverse("projects:policy_list"), "草稿“第二版”已删除。")
    assert author.post(at(policy, "discard"), data).url == reverse("projects:policy_list")
    assert author.get(at(policy, "discard")).status_code == 404


@pytest.mark.parametrize("name", ["submit", "withdraw", "discard", "approve", "return"])
def test_what_cannot_be_done_now_is_said_and_has_no_button(name):
    policy = make_policy(FROM)
    client = sign_in(make_user("supervision"))
    shown = text(client.get(at(policy, name)))
    assert "批准，不能再改动。要调整请另拟一版。" in shown
    assert 'class="btn btn-primary">' not in shown


# Passes and the start of colours


def test_a_pass_is_carried_on_by_those_who_may_and_watched_by_others(office):
    enter_coloured(warned(), RED, on=DAY)
    run = start_pass(reason="试", by=None)
    address = reverse("projects:policy_pass", args=[run.pk])
    viewer = sign_in(make_user("viewer"))
    assert 'hx-trigger="load delay:3s"' in text(viewer.get(address))
    assert "继续</button>" not in text(viewer.get(address))
    assert viewer.post(address).status_code == 403
    assert 'hx-trigger="load delay:50ms"' in text(office.get(address))
    response = office.post(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "hx-trigger" not in text(response).partition('id="pass"')[2].partition(">")[0]
    assert "查看四色预警" in text(response)


def test_a_ledger_gets_colours_from_its_page(office):
    ledger = make_ledger()
    start = reverse("projects:warning_start", args=[ledger.code])
    assert start in text(office.get("/ledgers/2018/"))
    assert start not in text(sign_in(make_user("reporter")).get("/ledgers/2018/"))
    assert "还没有生效的预警规则" in text(office.get(start))
    make_policy(FROM, name="第一版")
    enter_coloured(ledger, RED, on=DAY)
    shown = text(office.get(start))
    assert "的 1 个项目启用四色预警，执行" in shown
    data = fill(office, start)
    response = office.post(start, data)
    assert response.url == reverse("projects:policy_pass", args=[Rescheduling.objects.get().pk])
    assert said(office, response) == "“二七区2018年重点项目台账”自2018年9月28日起启用预警。"
    assert office.post(start, data).url == ledger.get_absolute_url()
    shown = text(office.get("/ledgers/2018/"))
    assert "预警自2018年9月28日起。" in shown
    assert start not in shown
    assert "自2018年9月28日起已启用预警，无需再办" in text(office.get(start))


def test_past_years_and_other_ledgers_get_no_colours(office):
    make_policy(FROM)
    for ledger, sentence in [
        (make_ledger("2017", 2017), "往年的台账只供查阅"),
        (make_ledger("area", level="area"), "只有区级重点项目台账"),
    ]:
        assert "启用预警" not in text(office.get(ledger.get_absolute_url()))
        assert sentence in text(office.get(reverse("projects:warning_start", args=[ledger.code])))
