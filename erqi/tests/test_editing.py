"""The editing base where it needs no app: words for values, a service called again, messages said once.

What people see of it (differences, repeated submits, withdrawn permissions) is tested on the forms: projects/tests/test_edit_conflict.py.
"""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import IntegrityError
from django.test import RequestFactory

from erqi.common.editing import in_words, same, submit, tell
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.forms import MoneyField


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (None, None, ""),
        (None, "", ""),
        (None, [], ""),
        (None, True, "是"),
        (None, False, "否"),
        (None, 0, "0"),
        (None, date(2018, 3, 31), "2018年3月31日"),
        (None, ["甲", "乙"], "甲、乙"),
        (None, Decimal("1200.5000"), "1,200.5"),
        (MoneyField(), Decimal("793000.0000"), "79.3亿元"),
        (MoneyField(), Decimal(0), "0万元"),
        (forms.ChoiceField(choices=[("city", "市重点")]), "city", "市重点"),
        (forms.ChoiceField(choices=[("city", "市重点")]), "old", "old"),
    ],
)
def test_values_are_shown_in_words(field: forms.Field | None, value: object, words: str) -> None:
    assert in_words(field, value) == words


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (None, "", True),
        ("", [], True),
        (Decimal("1.0"), Decimal(1), True),
        (False, None, False),
        (0, None, False),
        ("甲", "乙", False),
        ([], ["甲"], False),
    ],
)
def test_nothing_typed_and_nothing_stored_are_the_same(one: object, other: object, equal: bool) -> None:
    assert same(one, other) is equal


class Service:
    """Fails with the errors given, one a call, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "record"


@pytest.mark.parametrize("error", [InvalidInput({None: ["已有"]}), IntegrityError()])
def test_a_twin_that_is_just_being_written_is_found_by_asking_again(error: Exception) -> None:
    service = Service(error)
    assert submit(service) == "record"
    assert service.calls == 2


def test_a_wrong_value_is_refused_again() -> None:
    service = Service(InvalidInput({"a": ["x"]}), InvalidInput({"a": ["x"]}))
    with pytest.raises(InvalidInput):
        submit(service)


@pytest.mark.parametrize("error", [NotAllowed("x"), StaleRecord(None), ServiceError("x")])
def test_other_refusals_are_final(error: Exception) -> None:
    service = Service(error)
    with pytest.raises(type(error)):
        submit(service)
    assert service.calls == 1


def test_a_sentence_waits_for_the_next_page_once() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)
    for sentence in ("已保存。", "已保存。", "已锁定。"):
        tell(request, sentence)
    assert [str(message) for message in get_messages(request)] == ["已保存。", "已锁定。"]
