"""How services write: under a row lock, checked whole, with the version that the person saw, once per submitted form."""

from functools import reduce
from operator import and_
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from erqi.common.bulk import is_bulk, remembered
from erqi.common.errors import InvalidInput, NotAllowed, StaleRecord
from erqi.common.models import NumberSeries, Record, User

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=models.Model)


def read_anew(by: User) -> User | None:
    """Return the account as it is now, so that a permission withdrawn while a form was open counts; None for one that is gone."""
    return remembered(("account", by.pk), lambda: User.objects.filter(pk=by.pk).first())


def require(by: User | None, permission: str) -> None:
    """Raise NotAllowed unless the account has the permission now. `None` is the system itself (seeds and commands)."""
    if by is None:
        return
    fresh = read_anew(by)
    if fresh is None or not fresh.can(permission):
        raise NotAllowed("您没有进行此项操作的权限（或权限刚被收回）。如需办理，请联系安全管理员。")


def checked(instance: M) -> M:
    """Return the instance after validation; raise InvalidInput with the messages by field otherwise.

    As Django's `full_clean`, but without asking the database whether related records exist that were just read from it, and
    with all conditions of the model's constraints in one query: services validate every write, and most writes are right.
    """
    related = [field for field in instance._meta.concrete_fields if field.is_relation]
    # Within erqi.common.bulk what is asked of the database is left to its own constraints.
    bulk = is_bulk()
    read = {field.name for field in related if bulk or (field.is_cached(instance) and getattr(instance, field.attname) is not None)}
    try:
        instance.clean_fields(exclude=read)
        instance.clean()
        if not bulk:
            instance.validate_unique()
            _check_constraints(instance)
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        raise InvalidInput({None if field == NON_FIELD_ERRORS else field: texts for field, texts in fields.items()}) from None
    return instance


def _check_constraints(instance: models.Model) -> None:
    """Raise ValidationError for a constraint that the instance breaks."""
    constraints = instance._meta.constraints
    conditions = [constraint.condition for constraint in constraints if isinstance(constraint, models.CheckConstraint)]
    hold = not conditions or reduce(and_, conditions).check(instance._get_field_expression_map(meta=instance._meta))
    try:
        for constraint in constraints:
            if not isinstance(constraint, models.CheckConstraint):
                constraint.validate(type(instance), instance)
    except ValidationError:
        hold = False
    if not hold:
        # Django names the fields and the sentence of each.
        instance.validate_constraints()


def locked(queryset: models.QuerySet[R], pk: int, version: int | None) -> R:
    """Return the record under a row lock; raise StaleRecord when its version is not the one the person saw.

    `version=None` is for the system's own writers, which read and write in one transaction.
    """
    record = queryset.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and record.version != version:
        raise StaleRecord(record)
    return record


def changed(record: Record, values: dict[str, Any]) -> bool:
    """Set the values on the record and say whether any of them differs from before."""
    before = {name: getattr(record, name) for name in values}
    for name, value in values.items():
        setattr(record, name, value)
    return any(getattr(record, name) != before[name] for name in values)


def save_changes(record: R, values: dict[str, Any]) -> R:
    """Set, check and save the values with the next version; a record that did not change is not written at all."""
    if changed(record, values):
        record.version += 1
        checked(record).save()
    return record


def already(queryset: models.QuerySet[M], request_key: UUID | None) -> M | None:
    """Return the record (with a column `request_key`) that an earlier submit of the same form made, if any."""
    return queryset.filter(request_key=request_key).first() if request_key else None


@transaction.atomic
def next_number(key: str) -> int:
    """Return the next number of a series, starting at 1. The series stays locked until the transaction ends."""
    NumberSeries.objects.get_or_create(key=key)
    series = NumberSeries.objects.select_for_update().get(key=key)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last
