"""Filters of lists: declared with django-filter, read from the address, forgiving.

A value that is wrong (a category that does not exist, a date that is none) is left out, with a sentence that says so in
`problems`; the rest of the address still counts. Only the filters that the address names are validated, so that a page without
filters pays nothing for them. The filter bar (templates/components/filter_bar.html) is drawn from `controls()`.

    class UnitFilter(BaseFilterSet):
        q = SearchFilter(label="搜索", hint="名称或拼音首字母")
        kind = ManyFilter(label="类别", options=UnitKind.choices)
        town = ManyFilter(label="街镇", options="town_options")      # a method of the filter set, asked once

        def filter_kind(self, queryset, name, value): ...            # the method filter_<name> unless `method` names another
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from erqi.common.dates import chinese_day
from erqi.common.forms import DayField
from erqi.common.kept import Keeper
from erqi.common.list_html import filter_control

# The longest text shown of a value that somebody made up.
SHOWN_OF_WRONG_VALUE = 20


@dataclass(frozen=True)
class Option:
    """One choice of a filter: what the address says, what people read, how deep it stands below others."""

    value: str
    label: str
    depth: int = 0


@dataclass
class Control:
    """One filter as the bar draws it. `kind`: search, many, one, number, code, day."""

    kind: str
    name: str
    label: str
    value: str = ""
    options: list[tuple[Option, bool]] = field(default_factory=list)
    chosen: int = 0
    unit: str = ""
    more: bool = False
    hint: str = ""

    @cached_property
    def html(self) -> SafeString:
        """The control, drawn."""
        return filter_control(self)


@dataclass(frozen=True)
class Active:
    """One value that the list is filtered by: for the chips and the printed summary."""

    name: str
    label: str
    value: str
    text: str


class _Declared:
    """What our filters have in common: a control and a place in the bar (`more`: behind 更多)."""

    kind = "one"

    def __deepcopy__(self, memo: dict) -> Any:
        # django-filter copies all filters for every request; nothing below the first level changes.
        return copy.copy(self)

    def __init__(self, *, more: bool = False, unit: str = "", options: Any = (), **extra: Any) -> None:
        self.more = more
        self.unit = unit
        self.options_source = options
        super().__init__(**extra)

    def options(self) -> list[Option]:
        """Return the choices; those that a method of the filter set gives are asked for once per request."""
        source = self.options_source
        if isinstance(source, str):
            return self.parent.options_of(source)
        return [Option(str(value), str(label)) for value, label in source]

    def texts(self, value: Any) -> list[tuple[str, str]]:
        """Return the cleaned value as pairs of what the address says and what people read."""
        return [(str(value), f"{value}{self.unit}")]


class SearchFilter(_Declared, django_filters.CharFilter):
    """Free text: every word has to occur. `hint` stands in the empty box."""

    kind = "search"

    def __init__(self, *, hint: str = "", **extra: Any) -> None:
        self.hint = hint
        super().__init__(max_length=100, **extra)


class NumberFilter(_Declared, django_filters.NumberFilter):
    """A number that is not negative; `unit` is shown behind it."""

    kind = "number"

    def __init__(self, **extra: Any) -> None:
        super().__init__(min_value=0, max_digits=14, decimal_places=4, **extra)

    def texts(self, value: Any) -> list[tuple[str, str]]:
        text = f"{value.normalize():f}"
        return [(text, f"{text}{self.unit}")]


class DayFilter(_Declared, django_filters.Filter):
    """A day, chosen or typed as officials write it (erqi.common.forms.DayField)."""

    kind = "day"
    field_class = DayField

    def texts(self, value: Any) -> list[tuple[str, str]]:
        return [(value.isoformat(), chinese_day(value))]


class CodeFilter(_Declared, django_filters.CharFilter):
    """The code of one record. Looked up by the filter set's `check`, which leaves out what it does not find; `shown` names the method
    that says what is shown of it."""

    kind = "code"

    def __init__(self, *, hint: str = "", shown: str, **extra: Any) -> None:
        self.hint, self.shown = hint, shown
        super().__init__(max_length=40, **extra)

    def texts(self, value: Any) -> list[tuple[str, str]]:
        return [(value, getattr(self.parent, self.shown)(value))]


class _Chosen(_Declared):
    """A filter with choices; it is checked against them without a form field."""

    def texts(self, value: Any) -> list[tuple[str, str]]:
        labels = {option.value: option.label for option in self.options()}
        values = value if isinstance(value, list) else [value]
        return [(item, labels[item]) for item in values]


class ManyFilter(_Chosen, django_filters.Filter):
    """Any number of choices, each a parameter of the same name. `options`: pairs, or the name of a method that gives Options."""

    kind = "many"


class OneFilter(_Chosen, django_filters.Filter):
    """One choice; none is the usual case (`empty` is its label)."""

    kind = "one"

    def __init__(self, *, empty: str = "不限", **extra: Any) -> None:
        self.empty = empty
        super().__init__(**extra)


class BaseFilterSet(django_filters.FilterSet):
    """A list's filters. Takes the address's parameters and the queryset; `qs` is what is left of it.

    `cleaned` holds the valid values by name, `problems` a sentence for each value that was left out. A filter set whose options depend on
    nothing but the data sets `keeper`: controls in which nothing is chosen are then drawn once per change.
    """

    keeper: Keeper | None = None

    def __init__(self, data: QueryDict, queryset: QuerySet, **options: Any) -> None:
        super().__init__(data, queryset, **options)
        self._options: dict[str, list[Option]] = {}
        self.problems: list[str] = []
        self.cleaned: dict[str, Any] = {}
        for name, declared in self.filters.items():
            if declared.method is None:
                declared.method = f"filter_{name}"
            if any(data.getlist(name)):
                value = self._clean(name, declared, data)
                if value not in (None, "", []):
                    self.cleaned[name] = value
        self.check()

    def options_of(self, method: str) -> list[Option]:
        """Return what the named method gives, asked once."""
        if method not in self._options:
            self._options[method] = getattr(self, method)()
        return self._options[method]

    def _clean(self, name: str, declared: Any, data: QueryDict) -> Any:
        if declared.kind == "many":
            given = list(dict.fromkeys(filter(None, data.getlist(name))))
            known = {option.value for option in declared.options()}
            for value in given:
                if value not in known:
                    self._problem(declared, value, "没有这一选项")
            return [value for value in given if value in known]
        value = data.get(name, "").strip()
        if declared.kind == "one":
            if value in {option.value for option in declared.options()}:
                return value
            self._problem(declared, value, "没有这一选项")
            return None
        try:
            return declared.field.clean(value)
        except ValidationError as error:
            self._problem(declared, value, error.messages[0].rstrip("。"))
            return None

    def _problem(self, declared: Any, value: str, why: str) -> None:
        shown = value.replace("\x00", "")[:SHOWN_OF_WRONG_VALUE]
        self.problems.append(f"筛选“{declared.label}”的值“{shown}”无效（{why}），已忽略。")

    def check(self) -> None:
        """Look at values that depend on each other; drop them from `cleaned` with a sentence in `problems`."""

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that all filters of the address leave."""
        for name, value in self.cleaned.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    @property
    def qs(self) -> QuerySet:
        if not hasattr(self, "_qs"):
            self._qs = self.filter_queryset(self.queryset.all())
        return self._qs

    @property
    def key(self) -> tuple[tuple[str, Any], ...]:
        """What the list is filtered by, as a key of what is computed from it (erqi.common.kept)."""
        return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in self.cleaned.items())

    @property
    def is_active(self) -> bool:
        """Whether any filter counts."""
        return bool(self.cleaned)

    def active(self) -> list[Active]:
        """Return every value that the list is filtered by, in the order of the filters."""
        return [
            Active(name, str(declared.label), value, text)
            for name, declared in self.filters.items()
            if name in self.cleaned
            for value, text in declared.texts(self.cleaned[name])
        ]

    def summary(self) -> str:
        """Return the filters in words, as a printed page names them: 类别：重大产业、房地产；性质：续建."""
        texts: dict[str, list[str]] = {}
        for item in self.active():
            texts.setdefault(item.label, []).append(item.text)
        return "；".join(f"{label}：{'、'.join(values)}" for label, values in texts.items())

    @property
    def has_more(self) -> bool:
        """Whether some filters stand behind 更多条件."""
        return any(declared.more for declared in self.filters.values())

    def chosen(self, name: str) -> int:
        """Return how many values of a filter count."""
        value = self.cleaned.get(name)
        return len(value) if isinstance(value, list) else int(value is not None)

    @property
    def more_count(self) -> int:
        """How many values of the filters behind 更多条件 count."""
        return sum(self.chosen(name) for name, declared in self.filters.items() if declared.more)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many values of each menu of the filter bar count: what a swapped part brings up to date."""
        menus = [(name, self.chosen(name)) for name, declared in self.filters.items() if declared.kind == "many" and not declared.more]
        return [*menus, ("more", self.more_count)] if self.has_more else menus

    def controls(self) -> list[Control]:
        """Return what the filter bar draws, in the order of the filters."""
        return [self._kept_control(name, declared) for name, declared in self.filters.items()]

    def _kept_control(self, name: str, declared: Any) -> Control:
        if self.keeper is None or name in self.cleaned:
            return self._control(name, declared)
        return self.keeper.get(("control", type(self).__qualname__, name), lambda: self._control(name, declared))

    def _control(self, name: str, declared: Any) -> Control:
        control = Control(
            declared.kind, name, str(declared.label), unit=declared.unit, more=declared.more, hint=getattr(declared, "hint", "")
        )
        chosen = self.cleaned.get(name)
        if declared.kind in ("many", "one"):
            held = set(chosen if isinstance(chosen, list) else filter(None, [chosen]))
            control.options = [(option, option.value in held) for option in declared.options()]
            control.chosen = len(held)
            if declared.kind == "one":
                control.options.insert(0, (Option("", declared.empty), not held))
        elif chosen is not None:
            control.value = declared.texts(chosen)[0][0]
            control.chosen = 1
        return control


def tree_options(rows: Iterable[tuple[int, str, str, int | None]]) -> tuple[list[Option], Callable[[Iterable[str]], set[int]]]:
    """Return the options of a tree of (key, code, name, parent's key), parts below their whole, and the function that gives
    the keys of the codes chosen with all their parts."""
    rows = list(rows)
    below: dict[int | None, list[tuple[int, str, str]]] = {}
    known = {key for key, *_ in rows}
    for key, code, name, parent in rows:
        below.setdefault(parent if parent in known else None, []).append((key, code, name))
    options: list[Option] = []

    def walk(parent: int | None, depth: int) -> None:
        for key, code, name in below.get(parent, []):
            options.append(Option(code, name, depth))
            walk(key, depth + 1)

    walk(None, 0)
    keys = {code: key for key, code, *_ in rows}

    def with_parts(codes: Iterable[str]) -> set[int]:
        found: set[int] = set()
        waiting = [keys[code] for code in codes]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += [part for part, *_ in below.get(key, [])]
        return found

    return options, with_parts
