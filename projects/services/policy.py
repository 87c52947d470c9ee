"""The warning rules: drafted, submitted, approved by somebody else, in force from a day on (domain.md §1.1: configuration, versioned).

draft ⇄ submitted → approved; submitted → returned → submitted. What is approved never changes; other rules are another version.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import already, checked, require, save_changes
from projects.choices import LEVELS, PolicyState, ReminderKind
from projects.models import PolicyEditor, WarningPolicy
from projects.rules.policy import LIMITS, MOST_CYCLES, Policy, faults, to_data
from projects.rules.presets import WARNING_POLICY
from projects.sentences.policy import fault_sentence
from projects.services.addressees import accounts_with
from projects.services.decision import name_of
from projects.services.reminder import notify
from projects.services.schedule import start_pass

EDITABLE = (PolicyState.DRAFT, PolicyState.RETURNED)
LONGEST_LABEL = 6
OWN_POLICY = "不能批准自己拟定、修改或提交的规则，须由他人批准。"


@transaction.atomic
def draft_policy(
    *,
    name: str,
    by: User | None,
    rules: Policy | None = None,
    note: str = "",
    effective_from: date | None = None,
    request_key: UUID | None = None,
) -> WarningPolicy:
    """Begin a version of the rules, by default with the preset of family B, and return it as a draft.

    Raises NotAllowed without `policy.edit`, InvalidInput (no name, figures out of bounds).
    """
    require(by, "policy.edit")
    if earlier := already(WarningPolicy.objects.all(), request_key):
        return earlier
    policy = WarningPolicy(
        name=name.strip(),
        rules=to_data(sensible(rules or WARNING_POLICY)),
        note=note.strip(),
        effective_from=effective_from,
        created_on=clock.today(),
        created_by=by,
        created_by_name=name_of(by),
    )
    if request_key:
        policy.request_key = request_key
    checked(policy).save()
    return policy


@transaction.atomic
def change_policy(*, policy: WarningPolicy, version: int | None, by: User | None, **values: Any) -> WarningPolicy:
    """Change a draft or a returned version (name, rules as Policy, note, effective_from). Faulty bands may be kept in a draft.

    Raises NotAllowed without `policy.edit`, ServiceError in another state, StaleRecord, InvalidInput.
    """
    require(by, "policy.edit")
    row = _taken(policy, version, EDITABLE)
    if "rules" in values:
        values["rules"] = to_data(sensible(values["rules"]))
    before = row.version
    row = save_changes(row, {name: value.strip() if isinstance(value, str) else value for name, value in values.items()})
    if by is not None and row.version != before:
        PolicyEditor.objects.get_or_create(policy=row, account=by)
    return row


@transaction.atomic
def submit_policy(*, policy: WarningPolicy, version: int | None, by: User | None) -> WarningPolicy:
    """Submit a draft for approval; from then on nobody changes it. The same submission sent twice counts once.

    Raises NotAllowed without `policy.edit`, ServiceError in another state, StaleRecord, InvalidInput with a sentence for each fault of
    the bands and for a day of effect that is missing, past, or taken by another version.
    """
    require(by, "policy.edit")
    on = clock.today()
    row = _taken(policy, None, (*EDITABLE, PolicyState.SUBMITTED))
    if row.state == PolicyState.SUBMITTED:
        if by is not None and row.submitted_by_id == by.pk:
            return row
        raise ServiceError(refusal_of(row, EDITABLE))
    _refuse_stale(row, version)
    if wrong := unfit(row, on):
        raise InvalidInput(wrong)
    return save_changes(
        row,
        {
            "state": PolicyState.SUBMITTED,
            "submitted_on": on,
            "submitted_by": by,
            "submitted_by_name": name_of(by),
            "return_reason": "",
        },
    )


@transaction.atomic
def withdraw_policy(*, policy: WarningPolicy, version: int | None, by: User | None) -> WarningPolicy:
    """Take a submitted version back to change it. Raises NotAllowed without `policy.edit`, ServiceError in another state, StaleRecord."""
    require(by, "policy.edit")
    return save_changes(_taken(policy, version, [PolicyState.SUBMITTED]), {"state": PolicyState.DRAFT})


@transaction.atomic
def return_policy(*, policy: WarningPolicy, reason: str, version: int | None, by: User | None) -> WarningPolicy:
    """Return a submitted version to its author with the reason.

    Raises NotAllowed without `policy.approve`, ServiceError in another state, StaleRecord, InvalidInput without a reason.
    """
    require(by, "policy.approve")
    row = _taken(policy, version, [PolicyState.SUBMITTED])
    if not reason.strip():
        raise InvalidInput({"return_reason": ["请写明退回的原因，以便修改。"]})
    row = save_changes(row, {"state": PolicyState.RETURNED, "return_reason": reason.strip()})
    _tell(row, "被退回", f"退回原因：{row.return_reason}", ("policy.edit",), by)
    return row


@transaction.atomic
def approve_policy(*, policy: WarningPolicy, version: int | None, by: User | None) -> WarningPolicy:
    """Approve a submitted version, begin the pass that computes all colours by it, and return it. Approved by the same person twice,
    it counts once.

    Rules for a later day are computed beforehand: schedules carry a row of their own for them. Raises NotAllowed without
    `policy.approve` and for whoever drafted, changed or submitted it, ServiceError (state, also when somebody else was faster; a
    day of effect that has passed meanwhile or was taken), StaleRecord when it was changed since the person saw it.
    """
    require(by, "policy.approve")
    on = clock.today()
    # Approvals come one after the other: no two versions take the same day.
    list(WarningPolicy.objects.filter(state=PolicyState.SUBMITTED).order_by("pk").select_for_update().values_list("pk"))
    row = _taken(policy, None, [PolicyState.SUBMITTED, PolicyState.APPROVED])
    if row.state == PolicyState.APPROVED:
        if by is not None and row.approved_by_id == by.pk:
            return row
        raise ServiceError(refusal_of(row, [PolicyState.SUBMITTED]))
    _refuse_stale(row, version)
    if by is not None and is_own(row, by):
        raise NotAllowed(OWN_POLICY)
    if late := unfit_day(row, on):
        raise ServiceError(f"{late}现在不能批准，请退回修改。")
    row = save_changes(row, {"state": PolicyState.APPROVED, "approved_on": on, "approved_by": by, "approved_by_name": name_of(by)})
    start_pass(reason=f"“{row.name}”{chinese_day(row.effective_from)}起执行", by=by, policy=row)
    _tell(row, "已批准", f"{row.approved_by_name}批准，{chinese_day(row.effective_from)}起执行。", ("policy.edit", "warning.start"), by)
    return row


def is_own(policy: WarningPolicy, user: User) -> bool:
    """Say whether the person had a hand in the version (drafted, changed or submitted it), and so cannot approve it."""
    return user.pk in (policy.created_by_id, policy.submitted_by_id) or policy.editors.filter(account=user).exists()


def _tell(row: WarningPolicy, what: str, text: str, permissions: Iterable[str], by: User | None) -> None:
    """Tell those who have one of the permissions what became of a version; not whoever did it."""
    people = {user.pk: user for code in permissions for user in accounts_with(code)}
    notify(
        users=[user for user in people.values() if by is None or user.pk != by.pk],
        kind=ReminderKind.DECIDED,
        key=f"policy/{row.pk}/{row.version}",
        title=f"预警规则“{row.name}”{what}",
        text=text,
        url=row.get_absolute_url(),
    )


@transaction.atomic
def discard_policy(*, policy: WarningPolicy, version: int | None, by: User | None) -> None:
    """Discard a version that is not submitted; the history keeps it. Discarded twice, it counts once.

    Raises NotAllowed without `policy.edit`, ServiceError for one that is submitted or approved, StaleRecord.
    """
    require(by, "policy.edit")
    if WarningPolicy.objects.filter(pk=policy.pk).exists():
        _taken(policy, version, EDITABLE).delete()


def unfit(policy: WarningPolicy, on: date) -> dict[str | None, list[str]]:
    """Return why a version cannot be submitted on the day, by field (None: as a whole); empty when it can."""
    wrong: dict[str | None, list[str]] = {}
    found = policy.policy
    if sentences := [fault_sentence(found, fault) for fault in faults(found)]:
        wrong[None] = sentences
    if policy.effective_from is None:
        wrong["effective_from"] = ["请先填写生效日期。"]
    elif late := unfit_day(policy, on):
        wrong["effective_from"] = [f"{late}请修改生效日期。"]
    return wrong


def unfit_day(policy: WarningPolicy, on: date) -> str:
    """Return why the version cannot come into force on its day, an empty text when it can."""
    day = policy.effective_from
    if day is None:
        return "没有填写生效日期。"
    if day < on:
        return f"生效日期（{chinese_day(day)}）已过，规则不能追溯。"
    other = WarningPolicy.objects.approved().filter(effective_from=day).exclude(pk=policy.pk).first()
    return f"{chinese_day(day)}已有“{other.name}”生效。" if other is not None else ""


def refusal_of(policy: WarningPolicy, states: Iterable[str]) -> str:
    """Return why nothing can be done to a version from its state, an empty text when it is in one of the states."""
    if policy.state in states:
        return ""
    if policy.state == PolicyState.APPROVED:
        who = f"由{policy.approved_by_name}" if policy.approved_by_name else ""
        return f"这版规则已{who}于{chinese_day(policy.approved_on)}批准，不能再改动。要调整请另拟一版。"
    if policy.state == PolicyState.SUBMITTED:
        return f"这版规则已由{policy.submitted_by_name}提交，正在等待审批。要修改请先撤回。"
    return f"这版规则现为“{policy.get_state_display()}”，须先提交。"


def _taken(policy: WarningPolicy, version: int | None, states: Iterable[str]) -> WarningPolicy:
    """Return the version under a row lock; raise ServiceError from another state, StaleRecord when it is not as the person saw it."""
    row = WarningPolicy.objects.select_for_update(of=("self",)).filter(pk=policy.pk).first()
    if row is None:
        raise ServiceError("这份草稿已被删除。")
    if refusal := refusal_of(row, states):
        raise ServiceError(refusal)
    _refuse_stale(row, version)
    return row


def _refuse_stale(row: WarningPolicy, version: int | None) -> None:
    if version is not None and row.version != version:
        raise StaleRecord(row)


def sensible(policy: Policy) -> Policy:
    """Return the policy; raise InvalidInput for figures out of bounds and for levels without a name of their own."""
    wrong: dict[str | None, list[str]] = {}
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(policy, name) <= most:
            wrong[name] = [f"应在 {least} 到 {most} 之间。"]
    names = [policy.label(level).strip() for level in LEVELS]
    if not all(names) or max(map(len, names)) > LONGEST_LABEL or len(set(names)) < len(names):
        wrong["labels"] = [f"四个状态都要有称谓，互不相同，每个最多 {LONGEST_LABEL} 个字。"]
    if any(not 0 <= item.times <= MOST_CYCLES for item in policy.escalations):
        wrong["escalations"] = [f"连续报送期数应在 0 到 {MOST_CYCLES} 之间。"]
    if wrong:
        raise InvalidInput(wrong)
    return policy
