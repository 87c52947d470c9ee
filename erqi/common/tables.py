"""Lists: django-tables2 declares columns, order and visibility; the body comes from one compiled row function per table.

django-tables2's work per cell (bound rows, accessors, attribute dictionaries, a template) is most of a list page's time, so
none of it is used for the body. A column gives two things for a record:

    cell(record)    what stands inside the <td>: escaped HTML
    value(record)   the plain value, as an export writes it: number, date, text

A list of one's own:

    class UnitTable(BaseTable):
        name = LinkColumn("单位", url=lambda unit: unit.get_absolute_url(), sort=["sort_key"], pinned=True)
        kind = ChoiceColumn("类别", UnitKind)
        project_count = NumberColumn("项目数")

`sort` names what the column is ordered by (default: its accessor; empty: not at all). The page around it: erqi.common.listing.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from operator import attrgetter
from typing import Any

import django_tables2
from django.db.models import Case, Choices, Expression, F, IntegerField, QuerySet, Value, When
from django.utils.safestring import SafeString
from django_tables2.data import TableQuerysetData
from django_tables2.utils import OrderBy

from erqi.common import numbers

# From this many characters on a text may be cut to two lines by the style sheet; it is then given whole as a tooltip.
LONG_TEXT = 24
UNKNOWN = '<span class="unknown" role="img" aria-label="{0}" title="{0}">—</span>'
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
    fact whose sources are shown behind the value).
    """

    td_class = ""
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
        self.mark: Callable[[Any], str] = no_mark
        self.table: BaseTable | None = None

    def __deepcopy__(self, memo: dict) -> "Column":
        # django-tables2 copies all columns for every table; nothing below the first level changes.
        return copy.copy(self)

    def bind(self, name: str, table: "BaseTable") -> None:
        """Tie this copy to its table, before the first cell is asked for."""
        self.path = self.path or name
        self.table = table
        self.get = getter(self.path)
        if self.sort is None:
            self.sort = [self.path]
        self.orderable = bool(self.sort)

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


class NumberColumn(Column):
    """A number, right-aligned, thousands separated, without trailing zeros."""

    td_class = "num"

    def html(self, value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) else numbers.plain(value)


class MoneyColumn(NumberColumn):
    """An amount of 万元, shown in the one unit of its table (`table.money_unit`: "wan" or "yi"), which the heading names."""

    def bind(self, name: str, table: "BaseTable") -> None:
        super().bind(name, table)
        self.in_yi = table.money_unit == "yi"
        self.unit = "亿元" if self.in_yi else "万元"

    def html(self, value: Decimal) -> str:
        return numbers.plain(value / numbers.WAN_PER_YI if self.in_yi else value)

    def value(self, record: Any) -> Decimal | None:
        value = self.get(record)
        return value / numbers.WAN_PER_YI if self.in_yi and value is not None else value


class DateColumn(Column):
    """A date, as 2018-06-30."""

    td_class = "date"

    def html(self, value: date) -> str:
        return value.isoformat()


class ChoiceColumn(Column):
    """A code, shown by its label and ordered as its enumeration is, not by the alphabet of the codes."""

    def __init__(self, verbose_name: str, choices: type[Choices], **options: Any) -> None:
        super().__init__(verbose_name, **options)
        self.labels = dict(choices.choices)

    def bind(self, name: str, table: "BaseTable") -> None:
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


class StableData(TableQuerysetData):
    """Rows of a queryset, ordered by the columns' own expressions, with the key last so that no row is skipped between pages."""

    def order_by(self, aliases: Iterable[str]) -> None:
        expressions: list[Expression | str] = []
        for alias in aliases:
            column = self.table.columns[OrderBy(alias).bare].column
            expressions += column.ordering(OrderBy(alias).is_descending)
        if expressions:
            self.data = self.data.order_by(*expressions, "pk")


@dataclass(frozen=True)
class Head:
    """A heading: what components/table.html needs of a column. `sort` is what the address says when it is clicked."""

    name: str
    label: str
    unit: str
    css: str
    hint: str
    aria_sort: str
    sort: str


class BaseTable(django_tables2.Table):
    """A list's columns. Takes a queryset, the names of the columns to show (None: the default ones) and the order.

    Override what the rows need: `row_link`, `row_class`, `empty`, `mark_of`, `load`, `footer`.
    """

    money_unit = "wan"
    # A table that people compare line by line; panels with few rows say False.
    dense = True

    class Meta:
        order_by_field = "sort"

    def __init__(
        self,
        queryset: QuerySet,
        *,
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        money_unit: str = "wan",
        **options: Any,
    ) -> None:
        self.money_unit = money_unit
        self.default_order = queryset.query.order_by
        super().__init__(StableData(queryset), order_by=(), **options)
        for name, bound in self.columns.columns.items():
            bound.column.bind(name, self)
        chosen = self.choose(columns)
        for name, bound in self.columns.columns.items():
            bound.column.visible = name in chosen
        self.sequence = [*chosen, "..."]
        self.visible = [self.columns.columns[name].column for name in chosen]
        self.names = chosen
        self.order_by = order_by
        self.records: list[Any] = []

    @classmethod
    def pinned_columns(cls) -> list[str]:
        """Return the names of the columns that stand first and cannot be left out."""
        return [name for name, column in cls.base_columns.items() if column.pinned]

    @classmethod
    def default_columns(cls) -> list[str]:
        """Return the names of the columns shown when nobody has chosen any."""
        return [name for name, column in cls.base_columns.items() if column.shown or column.pinned]

    @classmethod
    def choose(cls, names: Sequence[str] | None) -> list[str]:
        """Return the columns to show, in order: the pinned ones, then those asked for (unknown names are left out)."""
        if names is None:
            names = cls.default_columns()
        known = [name for name in names if name in cls.base_columns]
        return list(dict.fromkeys([*cls.pinned_columns(), *known]))

    @property
    def rows_ordered(self) -> QuerySet:
        """The queryset in the table's order."""
        return self.data.data

    def load(self, records: list[Any]) -> None:
        """Take the records that are shown (a page or all) and fetch what their cells need beside them, in few queries."""
        self.records = records
        for column in self.visible:
            if column.fact is not None:
                column.mark = self.mark_of(column.fact)

    def mark_of(self, fact: Any) -> Callable[[Any], str]:
        """Return the function that gives a record's source marks for a fact, as escaped HTML."""
        return no_mark

    def empty(self, record: Any) -> str:
        """Return what stands in a cell without a value, as escaped HTML."""
        return NOT_FILLED_IN

    def row_link(self, record: Any) -> str:
        """Return the address that Enter and a click on the row lead to; empty for none."""
        return ""

    def row_class(self, record: Any) -> str:
        """Return the CSS classes of the row (`is-off` for one that no longer counts)."""
        return ""

    def footer(self, totals: Any) -> dict[str, str]:
        """Return the totals row: escaped HTML by column name. An empty dictionary: no totals row."""
        return {}

    def _css(self, place: int, column: Column) -> str:
        pin = f"pin-{place + 1}" if column.pinned else ""
        low = "lo" if column.low else ""
        return " ".join(filter(None, (column.td_class, pin, low)))

    @property
    def pins(self) -> int:
        """How many columns stay in view."""
        return len(self.pinned_columns())

    def heads(self) -> list[Head]:
        """Return the headings of the visible columns."""
        heads = []
        for place, (name, column) in enumerate(zip(self.names, self.visible, strict=True)):
            alias = self.order_by.get(name, None) if self.order_by else None
            descending = alias is not None and OrderBy(alias).is_descending
            start = f"-{name}" if column.initial_sort_descending else name
            turned = name if descending else f"-{name}"
            heads.append(
                Head(
                    name=name,
                    label=str(column.verbose_name),
                    unit=column.unit,
                    css=self._css(place, column),
                    hint=column.hint,
                    aria_sort="" if alias is None else ("descending" if descending else "ascending"),
                    sort=(start if alias is None else turned) if column.orderable else "",
                )
            )
        return heads

    def row_function(self) -> Callable[[Any], str]:
        """Return the function that makes a record's whole <tr>: one closure over the visible columns."""
        cells = []
        for place, column in enumerate(self.visible):
            css = self._css(place, column)
            label = escape(f"{column.verbose_name}（{column.unit}）" if column.unit else str(column.verbose_name))
            opening = f'<td class="{css}" data-label="{label}">' if css else f'<td data-label="{label}">'
            cells.append((opening, column.cell))
        link, css_of = self.row_link, self.row_class

        def row(record: Any) -> str:
            attributes = ""
            if css := css_of(record):
                attributes = f' class="{css}"'
            if address := link(record):
                attributes += f' data-href="{escape(address)}"'
            return f"<tr{attributes}>{''.join([f'{opening}{cell(record)}</td>' for opening, cell in cells])}</tr>"

        return row

    def body(self) -> SafeString:
        """Return the rows of the loaded records. Every column escapes its own parts."""
        return SafeString("\n".join(map(self.row_function(), self.records)))

    def foot(self, totals: Any) -> SafeString | str:
        """Return the cells of the totals row; the first is a heading, which phones show across the whole card."""
        texts = self.footer(totals)
        if not texts:
            return ""
        cells = []
        for place, (name, column) in enumerate(zip(self.names, self.visible, strict=True)):
            tag = "th" if place == 0 else "td"
            label = escape(str(column.verbose_name))
            css = " ".join(filter(None, ("num" if column.td_class == "num" else "", f"pin-{place + 1}" if column.pinned else "")))
            cells.append(f'<{tag}{" scope=row" if place == 0 else ""} class="{css}" data-label="{label}">{texts.get(name, "")}</{tag}>')
        return SafeString("".join(cells))

    def values(self) -> list[list[Any]]:
        """Return the plain values of the loaded records by visible column, for an export."""
        return [[column.value(record) for column in self.visible] for record in self.records]
