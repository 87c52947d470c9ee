"""Columns of lists: what stands in a record's cell on screen, and its plain value for an export. The tables: erqi.common.tables."""

import copy
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from operator import attrgetter
from typing import Any

import django_tables2
from django.db.models import Case, Choices, Expression, F, IntegerField, Value, When

from erqi.common import numbers

# From this many characters on a text may be cut to two lines by the style sheet; it is then given whole as a tooltip.
LONG_TEXT = 24
UNKNOWN = '<span class="unknown" role="img" aria-label="{0}" title="{0}">—</span>'
SIMULATED = '<span class="sim">模拟</span>'
NOT_DOCUMENTED = UNKNOWN.format("文件未载")
NOT_FILLED_IN = UNKNOWN.format("未填")


def getter(path: str) -> Callable[[Any], Any]:
    """Return the function that follows `a__b` from a record; it gives None where a relation on the way is empty."""
    names = path.split("__")
    if len(names) == 1:
        return attrgetter(path)

    def follow(record: Any) -> Any:
        for name in names:
            if record is None:
                return None
            record = getattr(record, name)
        return record

    return follow


def no_mark(record: Any) -> str:
    """Return nothing: the mark of a column whose facts have no sources to show."""
    return ""


class Column(django_tables2.Column):
    """A column of text. Base of all columns.

    Takes the heading and: `accessor` (a__b; default: the column's name), `sort` (names or expressions to order by; default: the
    accessor), `shown` (False: only when chosen), `pinned` (stays in view when the table scrolls sideways, and cannot be left
    out), `low` (left out on phones), `hint` (tooltip of the heading), `fact` (whatever the table's `mark_of` understands: the
    fact whose sources are shown behind the value), `simulated` (the record's attribute that says whether the value is simulated),
    `kind` (how an export writes the values, where not as the class does).
    """

    td_class = ""
    # How an export writes the values (erqi.common.workbook.declare.Kind).
    kind = "text"
    # What the heading says below the name: a unit of measure.
    unit = ""

    def __init__(
        self,
        verbose_name: str,
        *,
        accessor: str | None = None,
        sort: Sequence[str | Expression] | None = None,
        shown: bool = True,
        pinned: bool = False,
        low: bool = False,
        hint: str = "",
        fact: Any = None,
        simulated: str = "",
        kind: str = "",
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, accessor=accessor, **options)
        self.path = accessor or ""
        self.sort = sort
        self.shown = shown
        self.pinned = pinned
        self.low = low
        self.hint = hint
        self.fact = fact
        self.simulated = simulated
        self.kind = kind or self.kind
        self.mark: Callable[[Any], str] = no_mark
        self.table: Any = None

    def __deepcopy__(self, memo: dict) -> "Column":
        # django-tables2 copies all columns for every table; nothing below the first level changes.
        return copy.copy(self)

    def bind(self, name: str, table: Any) -> None:
        """Tie this copy to its table, before the first cell is asked for."""
        self.path = self.path or name
        self.table = table
        self.get = attrgetter(self.path) if table.flat else getter(self.path)
        if self.sort is None:
            self.sort = [self.path]
        self.orderable = bool(self.sort)
        if self.simulated:
            plain, is_simulated = self.cell, attrgetter(self.simulated)
            self.cell = lambda record: self.marked(plain(record)) if is_simulated(record) else plain(record)

    def marked(self, cell: str) -> str:
        """Return the cell of a simulated value: marked as such."""
        return f"{cell} {SIMULATED}"

    @property
    def label(self) -> str:
        """The heading in one line, with the unit: what an export and a phone's card call the column."""
        return f"{self.verbose_name}（{self.unit}）" if self.unit else str(self.verbose_name)

    def ordering(self, descending: bool) -> list[Expression]:
        """Return the expressions that order by this column; what is unknown comes last both ways."""
        keys = [F(key) if isinstance(key, str) else key for key in self.sort or ()]
        return [key.desc(nulls_last=True) if descending else key.asc(nulls_last=True) for key in keys]

    def cell(self, record: Any) -> str:
        """Return what stands inside the record's <td>, escaped."""
        value = self.get(record)
        if value is None or value == "":
            return self.table.empty(record)
        return self.html(value) + self.mark(record)

    def html(self, value: Any) -> str:
        """Return a value that is there as escaped HTML."""
        return escape(str(value))

    def value(self, record: Any) -> Any:
        """Return the record's plain value for an export; None when there is none."""
        value = self.get(record)
        return None if value == "" else value


class TextColumn(Column):
    """Longer text: at most two lines on screen, whole on paper."""

    td_class = "text"
    kind = "long"

    def html(self, value: Any) -> str:
        text = escape(str(value))
        title = f' title="{text}"' if len(text) > LONG_TEXT else ""
        return f"<div{title}>{text}</div>"

    def cell(self, record: Any) -> str:
        value = self.get(record)
        if value is None or value == "":
            return self.table.empty(record)
        # The mark stands inside the two lines' box; the box is opened and closed by html().
        return self.html(value)[:-6] + self.mark(record) + "</div>"


class BriefColumn(TextColumn):
    """A name or a few words, which may take two lines rather than push other columns out of the window: a unit, a person, a step."""

    td_class = "text brief"
    kind = "text"


class NumberColumn(Column):
    """A number, right-aligned, thousands separated, without trailing zeros."""

    td_class = "num"
    kind = "number"

    def marked(self, cell: str) -> str:
        return f"{SIMULATED} {cell}"

    def cell(self, record: Any) -> str:
        value = self.get(record)
        if value is None:
            return self.table.empty(record)
        # The mark goes before the figure, so that the digits of all rows end in one line.
        return self.mark(record) + self.html(value)

    def html(self, value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) else numbers.plain(value)


class MoneyColumn(NumberColumn):
    """An amount of 万元, shown in the one unit of its table (`table.money_unit`: "wan" or "yi"), which the heading names."""

    kind = "money"

    def bind(self, name: str, table: Any) -> None:
        super().bind(name, table)
        self.in_yi = table.money_unit == "yi"
        self.unit = "亿元" if self.in_yi else "万元"

    def html(self, value: Decimal) -> str:
        return numbers.plain(value / numbers.WAN_PER_YI if self.in_yi else value)

    def value(self, record: Any) -> Decimal | None:
        value = self.get(record)
        return value / numbers.WAN_PER_YI if self.in_yi and value is not None else value


class PercentColumn(NumberColumn):
    """A ratio as a percentage with one decimal; it may exceed 100 %. A ratio of nothing is none."""

    kind = "percent"

    def html(self, value: Decimal) -> str:
        return numbers.percent(value)


class DateColumn(Column):
    """A date, as 2018-06-30."""

    td_class = "date"
    kind = "date"

    def html(self, value: date) -> str:
        return value.isoformat()


class ChoiceColumn(Column):
    """A code, shown by its label and ordered as its enumeration is, not by the alphabet of the codes."""

    def __init__(self, verbose_name: str, choices: type[Choices], **options: Any) -> None:
        super().__init__(verbose_name, **options)
        self.labels = dict(choices.choices)

    def bind(self, name: str, table: Any) -> None:
        if self.sort is None:
            path = self.path or name
            whens = [When(**{path: code}, then=Value(place)) for place, code in enumerate(self.labels)]
            self.sort = [Case(*whens, default=None, output_field=IntegerField())]
        super().bind(name, table)

    def html(self, value: Any) -> str:
        return escape(str(self.labels.get(value, value)))

    def value(self, record: Any) -> str | None:
        value = super().value(record)
        return None if value is None else str(self.labels.get(value, value))


class LinkColumn(Column):
    """Text that leads to a page. `url` takes the record and gives the address, empty for no link."""

    td_class = "name"

    def __init__(self, verbose_name: str, *, url: Callable[[Any], str], **options: Any) -> None:
        super().__init__(verbose_name, **options)
        self.url = url

    def cell(self, record: Any) -> str:
        value = self.get(record)
        if value is None or value == "":
            return self.table.empty(record)
        url = self.url(record)
        text = self.html(value)
        if url:
            text = f'<a href="{escape(url)}">{text}</a>'
        return text + self.mark(record)
