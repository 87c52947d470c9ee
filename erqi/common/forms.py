"""Form fields for what officials type: amounts with units, dates as they are written, names of records; and the form's base.

Every field takes full-width digits and marks, and refuses in one sentence that says what was expected.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join

from erqi.common.dates import parse_day
from erqi.common.numbers import WAN_PER_YI, plain

_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?(.*)", re.ASCII)
_MONEY_UNITS = {
    "": Decimal(1),
    "万": Decimal(1),
    "万元": Decimal(1),
    "亿": WAN_PER_YI,
    "亿元": WAN_PER_YI,
    "元": Decimal("0.0001"),
}
# One 万亿元: more than any project of a district costs; an amount above it was typed in 元 without its unit.
LARGEST_MONEY = Decimal(10) ** 8
_DAY = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEARS = range(1900, 2201)


def half_width(text: str) -> str:
    """Return the text with half-width digits and marks and without any spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def parse_number(text: str, units: dict[str, Decimal], places: int, expected: str) -> Decimal:
    """Return the number in the text times its unit, exactly.

    Takes the units allowed after the number and the decimals that may remain. Raises ValidationError: `expected` ends the
    sentence about a text that is no number.
    """
    typed = text.strip()[:40]
    flat = half_width(text).replace("−", "-").replace("－", "-")
    if re.match(r"-\d", flat):
        raise ValidationError("不能为负数。", code="negative")
    found = _NUMBER.fullmatch(flat.removeprefix("+"))
    if found is None or found[3] not in units:
        raise ValidationError(f"无法识别“{typed}”。{expected}", code="invalid")
    whole, decimals, unit = found[1].replace(",", ""), found[2] or "", found[3]
    if len(whole) + len(decimals) > 24:
        raise ValidationError(f"“{typed}”位数过多，请核对。", code="digits")
    value = Decimal(f"{whole}.{decimals or 0}") * units[unit]
    exact = value.quantize(Decimal(1).scaleb(-places))
    if value != exact:
        raise ValidationError(f"“{typed}”小数位数过多：最多保留 {places} 位小数。", code="decimals")
    # Written with its decimals and no more: 1元 is 0.0001万元, and a fifth decimal, though 0, would be refused by the column.
    return exact


def parse_money(text: str) -> Decimal:
    """Return the amount in 万元: 79.3亿, 79.3亿元, 793000, 12,345.67万元, 5000元; without a unit it is 万元.

    Raises ValidationError for a negative amount, one finer than 1 元, one above 1 万亿元, or a text that is no amount.
    """
    try:
        value = parse_number(text, _MONEY_UNITS, 4, "请写数字，可带单位，如 793000、79.3亿元、12,345.67万元；不写单位按万元计。")
    except ValidationError as error:
        if error.code == "negative":
            raise ValidationError("金额不能为负数。", code="negative") from None
        if error.code == "decimals":
            raise ValidationError(f"“{text.strip()[:40]}”过细：金额最多精确到 1 元（0.0001 万元）。", code="decimals") from None
        raise
    if value > LARGEST_MONEY:
        raise ValidationError("金额超过 1 万亿元，请核对单位（不写单位按万元计）。", code="large")
    return value


def parse_typed_day(text: str) -> date:
    """Return the day in the text: 2018-3-31, 2018.3.31, 2018/3/31, 2018年3月31日, 20180331.

    Raises ValidationError for a day that the calendar does not have, or a text that is no date.
    """
    found = _DAY.fullmatch(half_width(text).replace("。", "."))
    if found is None:
        raise ValidationError(f"无法识别日期“{text.strip()[:40]}”。请写作 2018-3-31、2018.3.31 或 2018年3月31日。", code="invalid")
    year, month, day = (int(part) for part in found.groups() if part)
    if year not in _YEARS:
        raise ValidationError(f"年份 {year} 不合理，请核对。", code="year")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(f"没有{year}年{month}月{day}日这一天，请核对。", code="invalid") from None


class NumberField(forms.CharField):
    """A number of at least 0, with at most `places` decimals; thousands may be separated by commas."""

    widget = forms.TextInput
    places = 4

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 60)
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "num"})
        self.widget.attrs.pop("maxlength", None)  # a text cut off by the browser would be another amount

    def parse(self, text: str) -> Decimal | int:
        return parse_number(text, {"": Decimal(1)}, self.places, "请只写数字，如 1200 或 35.6。")

    def clean(self, value: Any) -> Any:
        """Return the number, or None for an empty text."""
        text = super().clean(value)
        return self.parse(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return plain(Decimal(value)) if isinstance(value, Decimal | int) else value


class MoneyField(NumberField):
    """An amount, typed in any of 元, 万元 and 亿元, kept as a Decimal of 万元."""

    hint = "单位：万元"

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "不写单位按万元计；也可写 79.3亿元")
        super().__init__(**options)

    def parse(self, text: str) -> Decimal:
        return parse_money(text)


class WholeNumberField(NumberField):
    """A whole number between two bounds."""

    places = 0

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**options)
        self.widget.attrs["inputmode"] = "numeric"

    def parse(self, text: str) -> int:
        value = int(parse_number(text, {"": Decimal(1)}, 0, "请写整数。"))
        if not self.least <= value <= self.most:
            raise ValidationError(f"应在 {self.least} 到 {self.most} 之间。", code="range")
        return value

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class YearField(WholeNumberField):
    """A year, typed as 2018 or 2018年."""

    def __init__(self, *, least: int = 1949, most: int = 2100, **options: Any) -> None:
        super().__init__(least=least, most=most, **options)

        self.widget.attrs.pop("class", None)  # a year is a name: it stands left, as in a table

    def parse(self, text: str) -> int:
        return super().parse(half_width(text).removesuffix("年度").removesuffix("年"))


class DayInput(forms.DateInput):
    """The browser's own date input; a typed text that is no date keeps a text input, which would else be shown empty."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"] or ""
        if shown and not (len(shown) == 10 and parse_day(shown)):
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day, chosen or typed as officials write it."""

    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        return value if isinstance(value, date) else parse_typed_day(str(value))


class LinesField(forms.CharField):
    """A list of short texts, one a line; blank and repeated lines are left out."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**options)

    def clean(self, value: Any) -> list[str]:
        """Return the lines; raise ValidationError naming the first that is too long."""
        lines = list(dict.fromkeys(filter(None, (line.strip() for line in super().clean(value).splitlines()))))
        for line in lines:
            if len(line) > self.longest:
                raise ValidationError(f"“{line[:20]}…”有 {len(line)} 个字，每行最多 {self.longest} 个字。", code="long")
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class Lookup(Protocol):
    """How a LookupField finds records; each app writes one per kind of record."""

    def suggestions(self) -> Iterable[tuple[str, str]]:
        """Return what the list below the input offers: text and explanation."""

    def label(self, record: Any) -> str:
        """Return the text that finds this record and no other."""

    def find(self, text: str) -> Any:
        """Return the record; raise ValidationError when there is none or more than one of that name."""


class SuggestInput(forms.TextInput):
    """A text input with the browser's own list of suggestions; works without script and with any number of them."""

    lookup: Lookup

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
        attrs = {**(attrs or {}), "autocomplete": "off"}
        listed = f"{attrs.get('id', name)}_list"
        options = format_html_join("", '<option value="{}">{}</option>', self.lookup.suggestions())
        field = super().render(name, value, {**attrs, "list": listed}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


class LookupField(forms.CharField):
    """One record among hundreds, typed by name, short name or alias, with suggestions."""

    widget = SuggestInput

    def __init__(self, *, lookup: Lookup, **options: Any) -> None:
        self.lookup = lookup
        options.setdefault("max_length", 120)
        super().__init__(**options)
        self.widget.lookup = lookup

    def clean(self, value: Any) -> Any:
        """Return the record, or None for an empty text."""
        text = super().clean(value)
        return self.lookup.find(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return self.lookup.label(value) if isinstance(value, models.Model) else value


def column(model: type[models.Model], name: str, *, empty: str = "（未定）", **options: Any) -> forms.Field:
    """Return the form field of a model's column (label, length, choices); `empty` is what choosing nothing is called."""
    source = model._meta.get_field(name)
    options.setdefault("label", source.verbose_name)
    field = source.formfield(**options)
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = empty
    elif isinstance(field, forms.ChoiceField):
        field.choices = [("", "请选择" if field.required else empty), *(pair for pair in field.choices if pair[0] != "")]
    return field


class EditForm(forms.Form):
    """Base of the forms of erqi.common.editing: carries the version that the person saw and the key of this very form.

    `record` is what is edited, None for something new; `initial` is what the fields show first. The fields in `standing`
    (those whose first value is the record's own) also send it back, so that another person's change can be told from one's
    own; where a page has shown both (components/conflict_table.html), `choose-<field>` says which one to take.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    request_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    # (legend, names) in order; fields named nowhere stand first, without a legend.
    sections: ClassVar[list[tuple[str, list[str]]]] = []
    wide: ClassVar[set[str]] = set()
    own: ClassVar[set[str]] = {"version", "request_key"}
    # The service has refused what was typed rightly: others were faster, or the state does not allow it. Nothing can be corrected here.
    is_refused = False

    def __init__(
        self,
        data: Any = None,
        *,
        record: Any = None,
        initial: dict[str, Any] | None = None,
        standing: Iterable[str] = (),
        **more: Any,
    ) -> None:
        self.record = record
        shown = {"version": getattr(record, "version", None), "request_key": uuid4(), **(initial or {})}
        super().__init__(data, initial=shown, label_suffix="", **more)
        for name in standing:
            self.fields[name].show_hidden_initial = True
        if self.is_bound:
            self.data = self._as_chosen(self.data)

    def _as_chosen(self, data: Any) -> Any:
        data = data.copy()
        for name in self.fields:
            if data.get(f"choose-{name}") == "theirs" and f"initial-{name}" in data:
                data[name] = data[f"initial-{name}"]
        return data

    def clean(self) -> dict[str, Any]:
        # Without a version the service would overwrite whatever stands there by now.
        if self.record is not None and self.cleaned_data.get("version") is None:
            raise ValidationError("表单内容不完整，请重新打开本页再填写。")
        return self.cleaned_data

    @property
    def has_files(self) -> bool:
        """Whether files were sent with the form."""
        return any(self.files.get(self.add_prefix(name)) for name in self.fields)

    def ask_for_files_again(self) -> None:
        """Say beside each field that was sent files that they have to be chosen anew: no browser fills in such a field."""
        for name in self.fields:
            if self.files.get(self.add_prefix(name)):
                self.add_error(name, "请重新选择附件：内容还没有保存，已选的文件不会留在页面上。")

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values without the form's own two."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.own}

    def laid_out(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str, bool]]]]:
        """Give the sections in order: legend, and its visible fields, each with its hint and whether it takes all columns."""
        named = {name for _, names in self.sections for name in names}
        rest = [name for name in self.fields if name not in named]
        for legend, names in [("", rest), *self.sections]:
            fields = [
                (self[name], getattr(self.fields[name], "hint", ""), name in self.wide)
                for name in names
                if name in self.fields and not self[name].is_hidden
            ]
            if fields:
                yield legend, fields
