"""The warning rules' way from draft to force: states, permissions, two people at once, the same click twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from uuid import uuid4

import pghistory
import pytest
from django.apps import apps
from django.db import connection

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from projects.choices import Dimension, PolicyState, WarningLevel
from projects.models import PolicyEditor, Rescheduling, WarningPolicy
from projects.rules.policy import Escalation, Policy, Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.services import policy as service
from projects.tests.builders import make_entry, make_ledger, make_user
from projects.tests.warning_builders import make_policy, warn_ledger

pytestmark = pytest.mark.django_db
DAY = date(2018, 9, 28)
ONE_DAY = timedelta(days=1)
_BANDS = WARNING_POLICY.rules[Dimension.MILESTONE].bands
HOLED = replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(_BANDS[:3])})


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def author() -> User:
    return make_user("supervision", name="甲")


@pytest.fixture
def office() -> User:
    return make_user("office", name="乙")


def draft(by: User | None, rules: Policy = WARNING_POLICY, day: date | None = DAY + ONE_DAY, **values) -> WarningPolicy:
    return service.draft_policy(name="第一版", rules=rules, effective_from=day, by=by, **values)


def submitted(by: User | None, **values) -> WarningPolicy:
    return service.submit_policy(policy=draft(by, **values), version=None, by=by)


def approved(by: User, **values) -> WarningPolicy:
    return service.approve_policy(policy=submitted(None, **values), version=None, by=by)


def refused(error: type[Exception], sentence: str, action, policy: WarningPolicy, by: User | None, **more) -> None:
    version, state = policy.version, policy.state
    with pytest.raises(error, match=sentence):
        action(policy=policy, version=more.pop("version", None), by=by, **more)
    policy.refresh_from_db()
    assert (policy.version, policy.state) == (version, state)


def test_a_draft_begins_with_the_default_and_says_whose_it_is(author):
    policy = service.draft_policy(name=" 第一版 ", by=author)
    assert (policy.name, policy.state, policy.effective_from) == ("第一版", PolicyState.DRAFT, None)
    assert (policy.created_by, policy.created_by_name, policy.created_on) == (author, "甲", DAY)
    assert policy.policy == WARNING_POLICY
    assert draft(None, STATUS_POLICY).policy == STATUS_POLICY


def test_one_form_counts_once(author):
    key = uuid4()
    assert draft(author, request_key=key) == draft(author, request_key=key)
    assert WarningPolicy.objects.count() == 1


@pytest.mark.parametrize(
    ("rules", "field", "sentence"),
    [
        (replace(WARNING_POLICY, min_eval_month=13), "min_eval_month", "应在 1 到 12 之间。"),
        (replace(WARNING_POLICY, hold_max_days=0), "hold_max_days", "应在 1 到 366 之间。"),
        (replace(WARNING_POLICY, observation_cycles=-1), "observation_cycles", "应在 0 到 6 之间。"),
        (replace(WARNING_POLICY, labels={WarningLevel.RED: "预警", WarningLevel.YELLOW: "预警"}), "labels", "互不相同"),
        (replace(WARNING_POLICY, labels={WarningLevel.RED: " "}), "labels", "都要有称谓"),
        (replace(WARNING_POLICY, labels={WarningLevel.RED: "特别严重的滞后"}), "labels", "最多 6 个字"),
        (
            replace(WARNING_POLICY, escalations=(Escalation(WarningLevel.RED, 25, WARNING_POLICY.escalations[0].step),)),
            "escalations",
            "应在 0 到 24 之间",
        ),
    ],
)
def test_figures_out_of_bounds_are_refused(author, rules, field, sentence):
    with pytest.raises(InvalidInput) as error:
        draft(author, rules)
    assert sentence in error.value.fields[field][0]
    policy = draft(author)
    with pytest.raises(InvalidInput):
        service.change_policy(policy=policy, version=policy.version, by=author, rules=rules)


def test_who_may_do_what(author, office):
    reporter = make_user("reporter")
    for action, by in [
        (service.change_policy, office),
        (service.submit_policy, office),
        (service.withdraw_policy, office),
        (service.discard_policy, office),
        (service.approve_policy, reporter),
    ]:
        refused(NotAllowed, "没有进行此项操作的权限", action, submitted(None), by)
    refused(NotAllowed, "没有进行此项操作的权限", service.return_policy, submitted(None), reporter, reason="改")
    with pytest.raises(NotAllowed):
        draft(office)


def test_a_draft_is_changed_by_anybody_who_drafts_rules(author):
    policy = draft(author)
    other = make_user("supervision")
    changed = service.change_policy(policy=policy, version=policy.version, by=other, rules=STATUS_POLICY, name=" 第二版 ")
    assert (changed.policy, changed.name, changed.version, changed.created_by_name) == (STATUS_POLICY, "第二版", 2, "甲")
    with pytest.raises(StaleRecord):
        service.change_policy(policy=policy, version=1, by=author, name="第三版")
    assert service.change_policy(policy=policy, version=2, by=author, name="第二版").version == 2


def test_faulty_bands_may_be_kept_but_not_submitted(author):
    policy = draft(author, HOLED)
    with pytest.raises(InvalidInput) as error:
        service.submit_policy(policy=policy, version=policy.version, by=author)
    [sentence] = error.value.fields[None]
    assert sentence.startswith("“节点工期”在逾期 31 天以上没有区间")


@pytest.mark.parametrize(
    ("day", "sentence"), [(None, "请先填写生效日期。"), (DAY - ONE_DAY, "规则不能追溯"), (DAY + ONE_DAY, "已有“预警规则2018-09-29”生效")]
)
def test_a_version_needs_a_day_of_its_own_to_come(author, day, sentence):
    make_policy(DAY + ONE_DAY)
    policy = draft(author, day=day)
    with pytest.raises(InvalidInput) as error:
        service.submit_policy(policy=policy, version=policy.version, by=author)
    assert sentence in error.value.fields["effective_from"][0]


def test_today_is_early_enough(author):
    assert submitted(author, day=DAY).state == PolicyState.SUBMITTED


def test_what_is_submitted_is_nobodys_to_change_until_it_is_taken_back(author):
    policy = submitted(author)
    assert (policy.submitted_by, policy.submitted_by_name, policy.submitted_on) == (author, "甲", DAY)
    refused(ServiceError, "由甲提交，正在等待审批", service.change_policy, policy, author, name="改")
    refused(ServiceError, "由甲提交，正在等待审批", service.discard_policy, policy, author)
    assert service.submit_policy(policy=policy, version=1, by=author).version == policy.version
    refused(ServiceError, "由甲提交", service.submit_policy, policy, make_user("supervision"))
    policy = service.withdraw_policy(policy=policy, version=policy.version, by=author)
    assert policy.state == PolicyState.DRAFT
    refused(ServiceError, "现为“草稿”，须先提交", service.withdraw_policy, policy, author)


def test_a_return_says_why_until_it_is_submitted_again(author, office):
    policy = submitted(author)
    refused(InvalidInput, "请写明退回的原因", service.return_policy, policy, office, reason=" ")
    policy = service.return_policy(policy=policy, reason=" 黄色过宽 ", version=policy.version, by=office)
    assert (policy.state, policy.return_reason) == (PolicyState.RETURNED, "黄色过宽")
    refused(ServiceError, "须先提交", service.return_policy, policy, office, reason="再改")
    service.change_policy(policy=policy, version=policy.version, by=author, note="已改")
    assert service.submit_policy(policy=policy, version=None, by=author).return_reason == ""


def test_an_approval_is_another_persons_and_begins_a_pass(author, office):
    ledger = make_ledger()
    warn_ledger(ledger, date(2018, 3, 1))
    make_entry(ledger)
    policy = submitted(author)
    refused(NotAllowed, "须由他人批准", service.approve_policy, policy, author)
    policy = service.approve_policy(policy=policy, version=policy.version, by=office)
    assert (policy.state, policy.approved_on, policy.approved_by, policy.approved_by_name) == (PolicyState.APPROVED, DAY, office, "乙")
    run = Rescheduling.objects.get()
    assert (run.policy, run.total, run.reason, run.started_by_name) == (policy, 1, "“第一版”2018年9月29日起执行", "乙")
    assert service.approve_policy(policy=policy, version=policy.version - 1, by=office) == policy
    assert Rescheduling.objects.count() == 1


def test_whoever_rewrote_and_submitted_it_does_not_approve_it_either(author):
    """Otherwise one person could bring any rules into force by way of somebody else's draft."""
    other = make_user("supervision")
    policy = draft(author)
    service.change_policy(policy=policy, version=policy.version, by=other, rules=STATUS_POLICY)
    policy = service.submit_policy(policy=policy, version=None, by=other)
    refused(NotAllowed, "须由他人批准", service.approve_policy, policy, other)
    refused(NotAllowed, "须由他人批准", service.approve_policy, policy, author)


def test_whoever_changed_it_does_not_approve_it_though_another_submitted_it(author, office):
    other, idle = make_user("supervision"), make_user("supervision")
    policy = draft(author)
    policy = service.change_policy(policy=policy, version=policy.version, by=other, rules=STATUS_POLICY)
    # Saved without a change: no hand in it.
    policy = service.change_policy(policy=policy, version=policy.version, by=idle, rules=STATUS_POLICY)
    policy = service.submit_policy(policy=policy, version=policy.version, by=author)
    refused(NotAllowed, "须由他人批准", service.approve_policy, policy, other)
    assert not WarningPolicy.objects.awaiting().not_by(other).exists()
    assert WarningPolicy.objects.awaiting().not_by(idle).exists()
    # Also when it was returned and written anew since.
    policy = service.return_policy(policy=policy, reason="再想想", version=policy.version, by=office)
    policy = service.change_policy(policy=policy, version=policy.version, by=author, rules=WARNING_POLICY)
    policy = service.submit_policy(policy=policy, version=policy.version, by=author)
    refused(NotAllowed, "须由他人批准", service.approve_policy, policy, other)
    assert service.approve_policy(policy=policy, version=policy.version, by=idle).state == PolicyState.APPROVED


def test_who_changed_open_versions_before_is_filled_in_from_the_history(author):
    other = make_user("supervision")
    policy = draft(author)
    with pghistory.context(user=other.pk, name=other.name):
        service.change_policy(policy=policy, version=policy.version, by=None, rules=STATUS_POLICY)
    import_module("projects.migrations.0008_fill_policy_editor").fill(apps, None)
    assert list(PolicyEditor.objects.values_list("policy", "account")) == [(policy.pk, other.pk)]


def test_the_day_of_effect_is_looked_at_again_when_it_is_approved(author, office):
    policy = submitted(author, day=DAY)
    with clock.at(DAY + ONE_DAY):
        refused(ServiceError, "生效日期（2018年9月28日）已过", service.approve_policy, policy, office)
    make_policy(DAY)
    refused(ServiceError, "已有“预警规则2018-09-28”生效", service.approve_policy, policy, office)


def test_what_was_changed_since_it_was_seen_is_not_approved(author, office):
    policy = submitted(author)
    seen = policy.version
    service.withdraw_policy(policy=policy, version=seen, by=author)
    service.submit_policy(policy=policy, version=None, by=author)
    policy.refresh_from_db()
    refused(StaleRecord, "已被他人修改", service.approve_policy, policy, office, version=seen)
    refused(StaleRecord, "已被他人修改", service.return_policy, policy, office, version=seen, reason="改")
    service.withdraw_policy(policy=policy, version=None, by=author)
    refused(ServiceError, "须先提交", service.approve_policy, WarningPolicy.objects.get(), office, version=seen)


def test_what_is_approved_is_finished(author, office):
    policy = approved(office)
    for action, more in [
        (service.change_policy, {"name": "改"}),
        (service.submit_policy, {}),
        (service.withdraw_policy, {}),
        (service.discard_policy, {}),
    ]:
        refused(ServiceError, "由乙于2018年9月28日批准，不能再改动", action, policy, author, **more)
    refused(ServiceError, "批准，不能再改动", service.return_policy, policy, office, reason="改")
    refused(ServiceError, "由乙于2018年9月28日批准", service.approve_policy, policy, make_user("office"))


def test_a_draft_is_discarded_once(author):
    policy = draft(author)
    with pytest.raises(StaleRecord):
        service.discard_policy(policy=policy, version=7, by=author)
    service.discard_policy(policy=policy, version=policy.version, by=author)
    assert not WarningPolicy.objects.exists()
    service.discard_policy(policy=policy, version=policy.version, by=author)
    with pytest.raises(ServiceError, match="已被删除"):
        service.change_policy(policy=policy, version=1, by=author, name="改")
    returned = service.return_policy(policy=submitted(None), reason="改", version=None, by=None)
    service.discard_policy(policy=returned, version=None, by=author)
    assert not WarningPolicy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_at_once_one_wins_and_the_other_reads_a_sentence():
    policy = submitted(None)
    people = [make_user("office", name="乙"), make_user("office", name="丙")]

    def approve(by: User) -> str:
        try:
            with clock.at(DAY):
                service.approve_policy(policy=policy, version=policy.version, by=by)
                return "批准"
        except ServiceError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = sorted(pool.map(approve, people), key=len)
    winner = WarningPolicy.objects.get().approved_by_name
    assert (one, other) == ("批准", f"这版规则已由{winner}于2018年9月28日批准，不能再改动。要调整请另拟一版。")
    assert Rescheduling.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_for_one_day_one_is_approved():
    policies = [submitted(None), submitted(None)]
    by = make_user("office")

    def approve(policy: WarningPolicy) -> str:
        try:
            with clock.at(DAY):
                return service.approve_policy(policy=policy, version=policy.version, by=by).state
        except ServiceError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(approve, policies)) == {"approved", "2018年9月29日已有“第一版”生效。现在不能批准，请退回修改。"}
    assert WarningPolicy.objects.approved().count() == 1
