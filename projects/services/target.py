"""Targets, the claims of documents about them, and what was reached."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require, save_changes
from projects.choices import AdoptionRule
from projects.models import Document, Target, TargetClaim, TargetReading
from projects.rules import claim as rule
from projects.rules.target import reading_days
from projects.sentences.target import again_words, figure_words, reading_day_words
from projects.services.citation import save_cited


@transaction.atomic
def set_target(*, year: int, indicator: str, unit: str, by: User | None, request_key: UUID | None = None, **values: Any) -> Target:
    """Register a target of a year and return it; its figure comes with claims. Raises NotAllowed, InvalidInput."""
    require(by, "target.edit")
    if earlier := already(Target.objects.all(), request_key):
        return earlier
    target = Target(year=year, indicator=indicator.strip(), unit=unit.strip(), **values)
    if request_key:
        target.request_key = request_key
    checked(target).save()
    return target


@transaction.atomic
def change_target(*, target: Target, version: int | None, by: User, **values: Any) -> Target:
    """Change what describes a target (not its figures). Raises NotAllowed, StaleRecord, InvalidInput."""
    require(by, "target.edit")
    return save_cited(locked(Target.objects.all(), target.pk, version), values)


# What an adoption says when no person decided it.
_BY_NOBODY = {"adopted_by": None, "adopted_on": None, "adoption_reason": ""}


def _adopt(target: Target, claim: TargetClaim, **how: Any) -> None:
    for other in target.claims.select_for_update().filter(adopted=True).exclude(pk=claim.pk):
        save_changes(other, {"adopted": False, "adopted_rule": "", **_BY_NOBODY})
    save_changes(claim, {"adopted": True, **how})


def _adopt_by_rule(target: Target) -> None:
    """Adopt the claim that rules.claim chooses, unless a person has decided."""
    if target.claims.filter(adopted=True, adopted_rule=AdoptionRule.PERSON).exists():
        return
    found = {claim.pk: claim for claim in target.claims.standing().select_related("document")}
    best = rule.adopted([rule.Claim(key=pk, rank=claim.document.rank, dated=claim.document.known_date) for pk, claim in found.items()])
    if best is not None:
        claim = found[best.key]
        _adopt(target, claim, adopted_rule=AdoptionRule.RANK, **_BY_NOBODY)


@transaction.atomic
def register_claim(
    *, target: Target, document: Document, value: Decimal, by: User | None, request_key: UUID | None = None, **values: Any
) -> TargetClaim:
    """Register a document's figure for a target (`bound`, `wording`); the rule then decides which claim is adopted.

    Raises NotAllowed, InvalidInput when the document's figure is already registered: figures never change.
    """
    require(by, "target.edit")
    if earlier := already(TargetClaim.objects.all(), request_key):
        return earlier
    target = Target.objects.select_for_update().get(pk=target.pk)
    claim = TargetClaim(target=target, document=document, value=value, **values)
    if request_key:
        claim.request_key = request_key
    checked(claim).save()
    _adopt_by_rule(target)
    claim.refresh_from_db()
    return claim


# Which claim counted on the page where a person decided: its key and version, or None when none did.
Seen = tuple[int, int] | None


def standing_claim(target: Target) -> TargetClaim | None:
    """Return the claim that counts now."""
    return target.claims.filter(adopted=True).select_related("document", "adopted_by").first()


def seen(claim: TargetClaim | None) -> Seen:
    """Return what a page keeps of the standing claim, to be given back with the decision."""
    return (claim.pk, claim.version) if claim else None


def _locked_for_decision(target_id: int, known: Seen) -> Target:
    """Return the target under a lock; raise StaleRecord (its `current` the claim that now counts) when another one does."""
    target = Target.objects.select_for_update().get(pk=target_id)
    now = standing_claim(target)
    if seen(now) != known:
        raise StaleRecord(now)
    return target


@transaction.atomic
def adopt_claim(*, claim: TargetClaim, reason: str, known: Seen, by: User) -> TargetClaim:
    """Adopt a claim by a person's decision, with the reason.

    `known` is the claim that counted when the person decided (see `seen`): whoever decided in between is shown, not
    overwritten. Raises NotAllowed without `target.adopt`, StaleRecord, InvalidInput, ServiceError for a withdrawn claim.
    """
    require(by, "target.adopt")
    if not reason.strip():
        raise InvalidInput({"adoption_reason": ["请写明采用这一数字的理由。"]})
    target = _locked_for_decision(claim.target_id, known)
    claim = locked(TargetClaim.objects.all(), claim.pk, None)
    if claim.withdrawn_on is not None:
        raise ServiceError("这个数字已被撤回，不能采用。")
    how = {"adopted_rule": AdoptionRule.PERSON, "adopted_by": by, "adopted_on": clock.today(), "adoption_reason": reason.strip()}
    _adopt(target, claim, **how)
    return claim


@transaction.atomic
def adopt_by_rule(*, target: Target, known: Seen, by: User) -> None:
    """Give up a person's decision and let the rule decide again. Raises NotAllowed without `target.adopt`, StaleRecord."""
    require(by, "target.adopt")
    target = _locked_for_decision(target.pk, known)
    for claim in target.claims.filter(adopted=True, adopted_rule=AdoptionRule.PERSON):
        save_changes(claim, {"adopted_rule": AdoptionRule.RANK, **_BY_NOBODY})
    _adopt_by_rule(target)


@transaction.atomic
def withdraw_claim(*, claim: TargetClaim, reason: str, version: int | None, by: User) -> TargetClaim:
    """Withdraw a figure that was registered wrongly; the rule then decides among the others. It can be registered anew.

    Raises NotAllowed without `target.edit`, StaleRecord, InvalidInput without a reason, ServiceError when already withdrawn.
    """
    require(by, "target.edit")
    if not reason.strip():
        raise InvalidInput({"withdraw_reason": ["请写明撤回的原因。"]})
    target = Target.objects.select_for_update().get(pk=claim.target_id)
    claim = locked(TargetClaim.objects.all(), claim.pk, version)
    if claim.withdrawn_on is not None:
        raise ServiceError("这个数字已经撤回。")
    not_adopted = {"adopted": False, "adopted_rule": "", **_BY_NOBODY}
    save_changes(claim, {"withdrawn_on": clock.today(), "withdraw_reason": reason.strip(), **not_adopted})
    _adopt_by_rule(target)
    return claim


class DayTaken(InvalidInput):
    """The day has another result already, and nobody confirmed yet that this one takes its place: the question, and that result."""

    def __init__(self, sentence: str, reading: TargetReading) -> None:
        self.reading = reading
        super().__init__({"on": [sentence]})


@transaction.atomic
def record_reading(
    *,
    target: Target,
    on: date,
    value: Decimal,
    by: User | None,
    request_key: UUID | None = None,
    confirmed: int | None = None,
    **values: Any,
) -> TargetReading:
    """Append what was reached by a date (`bound`, `note`) and return it; the same result registered again is the one that stands.

    Raises NotAllowed, InvalidInput for a day to come or outside the target's year (rules.target.reading_days), DayTaken when a person
    registers another result of a day than the one (its key) `confirmed`, ServiceError when what this form made was withdrawn.
    """
    require(by, "target.edit")
    first, last = reading_days(target.year)
    if not first <= on <= last:
        raise InvalidInput({"on": [reading_day_words(target.year, last)]})
    if on > clock.today() and by is not None:
        raise InvalidInput({"on": ["截止日期不能晚于业务日期。"]})
    target = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if earlier := already(TargetReading.objects.all(), request_key):
        if earlier.withdrawn_on is not None:
            raise ServiceError("这张表单登记的数字已经撤回。要再登记，请重新打开登记页。")
        return earlier
    known = [one for one in target.readings.filter(on=on, withdrawn_on=None).order_by("-pk") if by is not None]
    figure = {"value": value, "bound": values.get("bound", ""), "note": values.get("note", "")}
    if known and all(getattr(known[0], name) == given for name, given in figure.items()):
        # Sent from a form that was opened again (the Back button): the day has this result already.
        return known[0]
    if known and known[0].pk != confirmed:
        words = [figure_words(one.value, target.unit, one.get_bound_display()) for one in (known[0], TargetReading(**figure))]
        raise DayTaken(again_words(on, *words), known[0])
    reading = TargetReading(target=target, on=on, value=value, recorded_by=str(by) if by else "", **values)
    if request_key:
        reading.request_key = request_key
    checked(reading).save()
    return reading


@transaction.atomic
def withdraw_reading(*, reading: TargetReading, reason: str, by: User) -> TargetReading:
    """Withdraw a result that was registered wrongly: from this business day on it does not count; it stays in the record with the reason.

    The same withdrawal sent twice counts once. Raises NotAllowed without `target.edit`, InvalidInput without a reason, ServiceError when
    it was withdrawn for another one.
    """
    require(by, "target.edit")
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"withdraw_reason": ["请写明撤回的原因。"]})
    reading = TargetReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    if reading.withdrawn_on is not None:
        if reading.withdraw_reason == reason:
            return reading
        raise ServiceError(f"这个数字已经撤回（{reading.withdraw_reason}），无需再办。")
    reading.withdrawn_on, reading.withdraw_reason, reading.withdrawn_by_name = clock.today(), reason, str(by)
    checked(reading).save(update_fields=["withdrawn_on", "withdraw_reason", "withdrawn_by_name"])
    return reading
