"""Forms of the warning rules: the editor of bands, drafting a version, returning one.

A policy is edited as flat fields, so that two people at one draft are told their differences figure by figure:
`D1_yellow_low` is where yellow begins on the line of D1, `D1_yellow_used` whether D1 gives yellow at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from erqi.common.forms import DayField, EditForm, WholeNumberField, column, half_width, parse_number
from erqi.common.numbers import plain
from projects.choices import LEVELS, Basis, Curve, Dimension, EscalationStep, Family, WarningLevel
from projects.models import WarningPolicy
from projects.rules.policy import LIMITS, MOST_CYCLES, Band, Escalation, Policy, Rule, band_faults, descending, level_of
from projects.sentences.policy import fault_sentence, line_of
from projects.sentences.policy_terms import COLOURS, LOOKS_AT, LevelLine, level_lines
from projects.services.policy import LONGEST_LABEL

UNLIMITED = "不限"
_PARTS = ("used", "low", "low_in", "high", "high_in")


class EdgeField(forms.CharField):
    """Where a band begins or ends: a number, perhaps negative; nothing typed is without end."""

    widget = forms.TextInput

    def __init__(self, *, places: int, **options: Any) -> None:
        self.places = places
        super().__init__(max_length=12, required=False, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "num", "placeholder": UNLIMITED})

    def clean(self, value: Any) -> Decimal | None:
        """Return the number, or None for an empty text."""
        typed = super().clean(value)
        text = half_width(typed).replace("−", "-").replace("－", "-").removesuffix("%")
        if not text or text == UNLIMITED:
            return None
        expected = "请只写数字；提前写负数；不限请留空。"
        try:
            number = parse_number(text.removeprefix("-"), {"": Decimal(1)}, self.places, expected)
        except ValidationError as error:
            if error.code == "decimals" and not self.places:
                raise ValidationError(f"“{typed}”应为整数。", code="whole") from None
            if error.code == "negative":
                raise ValidationError(f"无法识别“{typed}”。{expected}", code="invalid") from None
            raise
        # Without the zeros behind: 100 and 100.00 are one figure.
        number = number.normalize() + 0
        return -number if text.startswith("-") and number else number

    def prepare_value(self, value: Any) -> Any:
        return plain(value).replace(",", "") if isinstance(value, Decimal) else value


def band_field(dimension: Dimension, level: WarningLevel, part: str) -> str:
    """Return the name of a field of a band."""
    return f"{dimension}_{level.code}_{part}"


def flat(policy: Policy) -> dict[str, Any]:
    """Return the policy as the editor's values by field."""
    values: dict[str, Any] = {name: getattr(policy, name) for name in ("basis", "curve", *LIMITS)}
    values |= {f"label_{level.code}": policy.label(level) for level in LEVELS}
    for dimension in Dimension:
        rule = policy.rules.get(dimension, Rule((), counts=False))
        values[f"{dimension}_counts"] = rule.counts
        bands = {band.level: band for band in rule.bands}
        for level in LEVELS:
            band = bands.get(level, Band(level, None, None, low_in=False))
            shown = (level in bands, band.low, band.low_in and band.low is not None, band.high, band.high_in and band.high is not None)
            values |= {band_field(dimension, level, part): value for part, value in zip(_PARTS, shown, strict=True)}
    steps = {item.step: item for item in policy.escalations}
    for step in EscalationStep:
        values[f"step_{step}_level"] = steps[step].level.code if step in steps else ""
        values[f"step_{step}_times"] = steps[step].times if step in steps else 0
    return values


def bands_of(values: Mapping[str, Any], dimension: Dimension) -> tuple[Band, ...]:
    """Return a dimension's bands from the editor's values, from the best level to the worst."""

    def of(level: WarningLevel, part: str) -> Any:
        return values[band_field(dimension, level, part)]

    return tuple(
        Band(
            level,
            of(level, "low"),
            of(level, "high"),
            # An end that lies nowhere is not included either.
            bool(of(level, "low_in")) and of(level, "low") is not None,
            bool(of(level, "high_in")) and of(level, "high") is not None,
        )
        for level in LEVELS
        if of(level, "used")
    )


def policy_of(values: Mapping[str, Any], family: Family) -> Policy:
    """Return the policy of the editor's values."""
    return Policy(
        family=family,
        basis=Basis(values["basis"]),
        curve=Curve(values["curve"]),
        **{name: values[name] for name in LIMITS},
        labels={level: values[f"label_{level.code}"] for level in LEVELS},
        rules={dimension: Rule(bands_of(values, dimension), values[f"{dimension}_counts"]) for dimension in Dimension},
        escalations=tuple(
            Escalation(level_of(values[f"step_{step}_level"]), values[f"step_{step}_times"] or 0, step)
            for step in EscalationStep
            if values[f"step_{step}_level"]
        ),
    )


@dataclass(frozen=True)
class Check:
    """What a dimension's bands come to in words, and what is wrong with them."""

    lines: tuple[LevelLine, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class LevelRow:
    """A level's fields in the table of a dimension."""

    level: WarningLevel
    label: str
    used: forms.BoundField
    low: forms.BoundField
    low_in: forms.BoundField
    high: forms.BoundField
    high_in: forms.BoundField

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        return self.used, self.low, self.low_in, self.high, self.high_in


@dataclass(frozen=True)
class DimensionTable:
    """A dimension as the editor shows it."""

    dimension: Dimension
    looks_at: str
    line: str
    unit: str
    counts: forms.BoundField
    rows: list[LevelRow]
    check: Check

    @property
    def has_errors(self) -> bool:
        """Whether a figure of the table was typed wrongly."""
        return any(field.errors for row in self.rows for field in row.fields)


@dataclass(frozen=True)
class StepRow:
    """A step of escalation as the editor shows it."""

    step: EscalationStep
    level: forms.BoundField
    times: forms.BoundField


def _limited(name: str, label: str, hint: str, help_text: str = "") -> WholeNumberField:
    """Return the field of one of a policy's other figures; `hint` is its unit."""
    least, most = LIMITS[name]
    field = WholeNumberField(label=label, least=least, most=most, help_text=help_text)
    field.hint = hint
    return field


class PolicyForm(EditForm):
    """The editor of a draft. The bands' fields are added below, one set for each dimension and level."""

    name = column(WarningPolicy, "name")
    effective_from = DayField(label="生效日期", required=False, help_text="提交前须填写，不早于批准当天")
    note = column(WarningPolicy, "note", widget=forms.Textarea(attrs={"rows": 2}), help_text="为什么修改、改了什么")
    basis = forms.ChoiceField(label="投资评价依据", choices=Basis.choices)
    curve = forms.ChoiceField(label="序时进度", choices=Curve.choices)
    min_eval_month = _limited("min_eval_month", "投资起评月份", "月", "此前不评价投资进度，避开年初")
    observation_cycles = _limited("observation_cycles", "红牌摘牌后观察", "报送期数", "其间为黄；0 为不观察")
    manual_max_days = _limited("manual_max_days", "人工定级最长", "天")
    hold_max_days = _limited("hold_max_days", "暂停一次最长", "天", "到期须续期，否则恢复评价")

    sections = [
        ("版本", ["name", "effective_from", "note"]),
        ("投资进度的口径", ["basis", "curve", "min_eval_month"]),
        ("各级称谓", [f"label_{level.code}" for level in LEVELS]),
        ("观察、定级和暂停", ["observation_cycles", "manual_max_days", "hold_max_days"]),
    ]
    wide = {"note"}

    def laid_out(self) -> Iterator[tuple[str, list]]:
        # The fields of bands and steps stand in tables of their own.
        return ((legend, fields) for legend, fields in super().laid_out() if legend)

    def value_of(self, name: str) -> Any:
        """Return what a field holds now: as typed, or as first shown. Raises KeyError for what was typed wrongly."""
        return self.cleaned_data[name] if self.is_bound else self.initial[name]

    def tables(self) -> list[DimensionTable]:
        """Return the tables of bands, each with its check in words."""
        return [self._table(dimension) for dimension in Dimension]

    def steps(self) -> list[StepRow]:
        """Return the rows of the table of steps."""
        return [StepRow(step, self[f"step_{step}_level"], self[f"step_{step}_times"]) for step in EscalationStep]

    def _table(self, dimension: Dimension) -> DimensionTable:
        basis = self._basis()
        line, unit = line_of(dimension, basis)
        rows = [
            LevelRow(level, COLOURS[level], *(self[band_field(dimension, level, part)] for part in _PARTS))  # type: ignore[arg-type]
            for level in LEVELS
        ]
        check = self._check(dimension, basis, rows)
        return DimensionTable(dimension, LOOKS_AT[dimension], line, unit, self[f"{dimension}_counts"], rows, check)

    def _basis(self) -> Basis:
        try:
            return Basis(self.value_of("basis"))
        except (KeyError, ValueError):
            return Basis.RATIO

    def _check(self, dimension: Dimension, basis: Basis, rows: list[LevelRow]) -> Check:
        fields = [field for row in rows for field in row.fields]
        # “节点工期·黄：下限”
        if wrong := tuple(f"“{field.label}”{error}" for field in fields for error in field.errors):
            return Check((), wrong)
        bands = bands_of({field.name: self.value_of(field.name) for field in fields}, dimension)
        policy = Policy(Family.WARNING, basis, Curve.MONTHLY_PLAN, 1, {dimension: Rule(bands)}, self._labels())
        found = band_faults(dimension, bands, descending(dimension, basis))
        return Check(level_lines(policy, dimension, Rule(bands)), tuple(fault_sentence(policy, fault) for fault in found))

    def _labels(self) -> dict[WarningLevel, str]:
        labels = {}
        for level in LEVELS:
            try:
                labels[level] = self.value_of(f"label_{level.code}")
            except KeyError:
                labels[level] = level.label
        return labels

    def band_faults(self) -> list[tuple[Dimension, str]]:
        """Return what is wrong with the bands as they stand in the form, each with its dimension; what was typed wrongly has its own
        line among the form's errors."""
        return [(table.dimension, sentence) for table in self.tables() if not table.has_errors for sentence in table.check.faults]


def _band_fields() -> Iterator[tuple[str, forms.Field]]:
    for dimension in Dimension:
        places = 2 if dimension == Dimension.INVESTMENT else 0
        yield f"{dimension}_counts", forms.BooleanField(label=f"{dimension.label}计入颜色", required=False)
        for level in LEVELS:
            name = f"{dimension.label}·{COLOURS[level]}"
            fields: tuple[forms.Field, ...] = (
                forms.BooleanField(label=f"{name}：使用", required=False),
                EdgeField(label=f"{name}：下限", places=places),
                forms.BooleanField(label=f"{name}：含下限", required=False),
                EdgeField(label=f"{name}：上限", places=places),
                forms.BooleanField(label=f"{name}：含上限", required=False),
            )
            for part, field in zip(_PARTS, fields, strict=True):
                field.widget.attrs["aria-label"] = field.label
                yield band_field(dimension, level, part), field


def _other_fields() -> Iterator[tuple[str, forms.Field]]:
    for level in LEVELS:
        yield f"label_{level.code}", forms.CharField(label=f"{COLOURS[level]}", max_length=LONGEST_LABEL)
    levels = [("", "不采用"), *((level.code, COLOURS[level]) for level in LEVELS[1:])]
    for step in EscalationStep:
        level_field = forms.ChoiceField(label=f"{step.label}：针对", choices=levels, required=False)
        times = WholeNumberField(label=f"{step.label}：连续报送期", most=MOST_CYCLES, required=False)
        for field in (level_field, times):
            field.widget.attrs["aria-label"] = field.label
        yield f"step_{step}_level", level_field
        yield f"step_{step}_times", times


BAND_FIELDS = dict(_band_fields())
for _name, _field in [*BAND_FIELDS.items(), *_other_fields()]:
    PolicyForm.base_fields[_name] = _field


class NewPolicyForm(EditForm):
    """A new draft: what it is called and with which rules it begins."""

    IN_FORCE = "in_force"

    base = forms.ChoiceField(label="以何为底稿", widget=forms.RadioSelect)
    name = column(WarningPolicy, "name", help_text="如 2018年第二版预警规则")
    effective_from = DayField(label="生效日期", required=False, help_text="可以稍后再定；提交前须填写")
    note = column(WarningPolicy, "note", widget=forms.Textarea(attrs={"rows": 2}), help_text="为什么修改、改了什么")
    wide = {"base", "note"}

    def __init__(self, *args: Any, has_rules: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        presets = [(family.value, f"预设{family.value}：{family.label}") for family in (Family.WARNING, Family.STATUS)]
        self.fields["base"].choices = [*([(self.IN_FORCE, "现行规则")] if has_rules else []), *presets]


class ReturnPolicyForm(EditForm):
    """Why a version is returned."""

    return_reason = column(
        WarningPolicy, "return_reason", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="拟稿人据此修改"
    )
    wide = {"return_reason"}
