"""erqi.common.conditions: what it says of every constraint of the product is what the database says."""

import itertools
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import (
    BooleanField,
    CheckConstraint,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    Field,
    ForeignKey,
    IntegerField,
    Q,
    Value,
)
from django.db.models.functions import Length
from django.utils import timezone

from erqi.common.conditions import Unknowable, holds, values_of

DRAWN = 25
MODELS = [model for model in apps.get_models() if any(getattr(one, "condition", None) for one in model._meta.constraints)]
OWN = [model for model in MODELS if model._meta.app_label in {"common", "projects", "supervision"}]
DAY = date(2018, 6, 30)


def drawn(field: Field, chance: random.Random) -> object:
    """Return a value that the column may hold, few enough for two of them to be the same."""
    if chance.random() < 0.3:
        return None
    if field.choices:
        return chance.choice([value for value, _ in field.flatchoices])
    if isinstance(field, BooleanField):
        return chance.random() < 0.5
    if isinstance(field, DateTimeField):
        return timezone.now() + timedelta(days=chance.randrange(3))
    if isinstance(field, DateField):
        return DAY + timedelta(days=chance.randrange(3))
    if isinstance(field, DecimalField):
        return Decimal(chance.randrange(-1, 3))
    if isinstance(field, IntegerField | ForeignKey):
        return chance.choice([-1, 0, 1, 2, 12, 13, 2018])
    return chance.choice(["", "文字"])


def conditions_of(model) -> list[Q]:
    return [one.condition for one in model._meta.constraints if getattr(one, "condition", None) is not None]


def test_there_are_constraints():
    assert sum(len(conditions_of(model)) for model in OWN) > 70


@pytest.mark.parametrize("model", OWN, ids=lambda model: model.__name__)
def test_every_condition_is_worked_out_as_the_database_does(db, model):
    chance, said = random.Random(model.__name__), set()  # noqa: S311 - the same at every run
    for _ in range(DRAWN):
        record = model()
        for field in model._meta.concrete_fields:
            if field.get_internal_type() not in {"JSONField", "UUIDField"}:
                setattr(record, field.attname, drawn(field, chance))
        values, columns = values_of(record), record._get_field_expression_map(meta=model._meta)
        for number, condition in enumerate(conditions_of(model)):
            found = holds(condition, values)
            assert (found is not False) == condition.check(columns), (condition, values)
            assert (found is not True) == (~condition).check(columns), (condition, values)
            said.add((number, found))
    assert len({found for _, found in said}) > 1


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("connector", [Q.AND, Q.OR])
def test_what_is_missing_decides_as_in_sql(db, connector, negated):
    for left, right in itertools.product([1, 2, None], repeat=2):
        condition = Q(("a", 1), ("b", 1), _connector=connector, _negated=negated)
        columns = {"a": Value(left, IntegerField()), "b": Value(right, IntegerField())}
        assert (holds(condition, {"a": left, "b": right}) is not False) == condition.check(columns)


@pytest.mark.parametrize(
    "condition",
    [
        Q(text__gte="b"),
        Q(text__startswith="b"),
        Q(text=1),
        Q(number="1"),
        Q(number__in=[]),
        Q(number__in=[1, None]),
        Q(number__gt=F("text")),
        Q(number=F("another")),
        Q(number=F("number") + 1),
        Q(another=1),
        Q(number__gt=DAY),
        Q(Length(F("text"))),
        Q(number=1) ^ Q(text=""),
    ],
)
def test_what_is_left_to_the_database(condition):
    with pytest.raises(Unknowable):
        holds(condition, {"text": "a", "number": 1})


def test_conditions_of_checks_are_those_of_the_constraints():
    assert all(isinstance(one.condition, Q) for model in OWN for one in model._meta.constraints if isinstance(one, CheckConstraint))
