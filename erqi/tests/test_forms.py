"""Form fields: amounts, days, years, lists and names as officials type them."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from erqi.common.forms import (
    LARGEST_MONEY,
    DayField,
    EditForm,
    LinesField,
    MoneyField,
    NumberField,
    WholeNumberField,
    YearField,
    parse_money,
    parse_typed_day,
)
from erqi.common.numbers import money, plain


def refusal(call, *arguments) -> str:
    with pytest.raises(ValidationError) as caught:
        call(*arguments)
    return "".join(caught.value.messages)


@pytest.mark.parametrize(
    ("typed", "wan"),
    [
        ("79.3亿", "793000"),
        ("79.3亿元", "793000"),
        ("793000", "793000"),
        ("793,000", "793000"),
        ("12,345.67万元", "12345.67"),
        ("７９．３亿元", "793000"),
        ("１２，３４５．６７万", "12345.67"),
        (" 79.3 亿 ", "793000"),
        ("0", "0"),
        ("5000元", "0.5"),
        ("1元", "0.0001"),
        ("1.23456789亿", "12345.6789"),
        ("007", "7"),
        ("+3万", "3"),
        ("10000亿", "100000000"),
    ],
)
def test_money_is_read_in_every_unit(typed: str, wan: str) -> None:
    assert parse_money(typed) == Decimal(wan)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-5", "不能为负数"),
        ("－79.3亿", "不能为负数"),
        ("−1", "不能为负数"),
        ("0.00001", "最多精确到 1 元"),
        ("0.5元", "最多精确到 1 元"),
        ("1.234567891亿", "最多精确到 1 元"),
        ("约79.3亿", "无法识别“约79.3亿”"),
        ("79.3亿左右", "无法识别"),
        ("5千万", "无法识别"),
        ("12,34", "无法识别"),
        ("1,2345万", "无法识别"),
        ("1.2.3", "无法识别"),
        ("1e9", "无法识别"),
        ("NaN", "无法识别"),
        ("Infinity", "无法识别"),
        ("亿", "无法识别"),
        ("٣", "无法识别"),
        ("七十九亿", "无法识别"),
        ("10000.1亿", "超过 1 万亿元"),
        ("9" * 59, "位数过多"),
        ("<script>", "无法识别"),
    ],
)
def test_money_refuses_with_a_sentence(typed: str, words: str) -> None:
    assert words in refusal(parse_money, typed)


amounts = st.decimals(min_value=0, max_value=LARGEST_MONEY, places=4, allow_nan=False, allow_infinity=False)


@given(amounts)
@example(Decimal("0"))
@example(Decimal("9999.9999"))
@example(Decimal("10000"))
@example(LARGEST_MONEY)
def test_money_survives_being_shown_and_typed_again(wan: Decimal) -> None:
    assert parse_money(money(wan)) == wan
    assert parse_money(plain(wan)) == wan
    field = MoneyField()
    assert field.clean(field.prepare_value(wan)) == wan


@given(st.text(max_size=60))
def test_money_never_fails_otherwise_than_with_a_sentence(typed: str) -> None:
    try:
        value = parse_money(typed)
    except ValidationError:
        return
    assert isinstance(value, Decimal)
    assert 0 <= value <= LARGEST_MONEY
    assert value == value.quantize(Decimal("0.0001"))


@pytest.mark.parametrize(
    "typed",
    [
        "2018-03-31",
        "2018-3-31",
        "2018.3.31",
        "2018/3/31",
        "2018年3月31日",
        "2018年3月31号",
        "２０１８．３．３１",
        "20180331",
        " 2018 年 3 月 31 日 ",
    ],
)
def test_a_day_is_read_as_it_is_written(typed: str) -> None:
    assert parse_typed_day(typed) == date(2018, 3, 31)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2018-02-30", "没有2018年2月30日这一天"),
        ("2018.13.1", "没有2018年13月1日这一天"),
        ("3月31日", "无法识别日期“3月31日”"),
        ("明天", "无法识别日期“明天”"),
        ("0018-03-31", "年份 18 不合理"),
        ("2018-3", "无法识别"),
    ],
)
def test_a_wrong_day_is_refused_with_a_sentence(typed: str, words: str) -> None:
    assert words in refusal(parse_typed_day, typed)


@given(st.text(max_size=30))
def test_a_day_never_fails_otherwise_than_with_a_sentence(typed: str) -> None:
    with suppress(ValidationError):
        assert isinstance(parse_typed_day(typed), date)


class Sample(EditForm):
    amount = MoneyField(required=False)
    on = DayField(required=False)
    year = YearField(required=False)
    size = NumberField(required=False)
    count = WholeNumberField(least=1, most=99, required=False)
    names = LinesField(longest=5, required=False)


def sample(**data: str) -> Sample:
    query = QueryDict(mutable=True)
    query.update(data)
    return Sample(query)


def test_fields_of_a_form_give_exact_values() -> None:
    form = sample(amount="79.3亿", on="2018.3.31", year="２０１８年", size="1,200.5", count="3", names="甲\r\n\r\n 乙 \r\n甲")
    assert form.is_valid(), form.errors
    assert form.values == {
        "amount": Decimal("793000"),
        "on": date(2018, 3, 31),
        "year": 2018,
        "size": Decimal("1200.5"),
        "count": 3,
        "names": ["甲", "乙"],
    }


def test_empty_fields_give_nothing() -> None:
    form = sample()
    assert form.is_valid()
    assert form.values == {"amount": None, "on": None, "year": None, "size": None, "count": None, "names": []}


def test_wrong_values_stay_in_the_form_with_their_sentences() -> None:
    form = sample(amount="很多", on="2018-02-30", year="1066", size="-1", count="100", names="甲\n一二三四五六")
    assert not form.is_valid()
    assert form.errors["year"] == ["应在 1949 到 2100 之间。"]
    assert form.errors["size"] == ["不能为负数。"]
    assert form.errors["count"] == ["应在 1 到 99 之间。"]
    assert "每行最多 5 个字" in form.errors["names"][0]
    assert 'value="很多"' in str(form["amount"])
    # A date input would show nothing for what is no date.
    assert 'type="text"' in str(form["on"])
    assert 'value="2018-02-30"' in str(form["on"])


def test_what_was_typed_is_escaped() -> None:
    form = sample(amount='"><script>alert(1)</script>')
    assert not form.is_valid()
    assert "<script>" not in str(form["amount"])
    assert "<script>" not in str(form["amount"].errors)


def test_a_null_byte_is_refused_not_passed_on() -> None:
    form = sample(amount="1\x00", names="甲\x00")
    assert set(form.errors) == {"amount", "names"}


def test_choosing_theirs_takes_what_the_page_showed() -> None:
    form = sample(amount="1", size="5", **{"initial-amount": "2", "choose-amount": "theirs", "initial-size": "6", "choose-size": "mine"})
    assert form.is_valid()
    assert form.values["amount"] == 2
    assert form.values["size"] == 5


def test_an_edited_record_needs_the_version_that_the_person_saw() -> None:
    class Record:
        version = 3

    for version, good in [("3", True), ("", False), ("x", False)]:
        query = QueryDict(mutable=True)
        query["version"] = version
        form = Sample(query, record=Record())
        assert form.is_valid() is good
    assert isinstance(form.fields["version"].widget, forms.HiddenInput)


@pytest.mark.parametrize(("typed", "wan"), [("1元", "0.0001"), ("10000元", "1"), ("793000元", "79.3"), ("1234567890元", "123456.789")])
def test_amounts_in_yuan_fit_the_column(typed, wan):
    from projects.models import Project

    value = parse_money(typed)
    assert value == Decimal(wan)
    Project._meta.get_field("total_investment").run_validators(value)
