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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import islice
from types import SimpleNamespace
from typing import Any

import django_tables2
from django.db.models import Expression, QuerySet
from django.utils.safestring import SafeString
from django_tables2.data import TableQuerysetData
from django_tables2.utils import OrderBy

from erqi.common.columns import (
    NOT_DOCUMENTED,
    NOT_FILLED_IN,
    BriefColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    TextColumn,
    no_mark,
)
from erqi.common.numbers import WAN_PER_YI
from erqi.common.workbook.declare import Foot

__all__ = [
    "NOT_DOCUMENTED",
    "NOT_FILLED_IN",
    "BaseTable",
    "BriefColumn",
    "ChoiceColumn",
    "Column",
    "DateColumn",
    "Head",
    "LinkColumn",
    "MoneyColumn",
    "NumberColumn",
    "PercentColumn",
    "TextColumn",
]


# The cell of a row's tick box: it belongs to the export menu's form (components/export_menu.html), which stands elsewhere.
TICK = '<td class="pin-1 no-print"><input type="checkbox" name="pk" value="{}" form="export-form" data-check aria-label="勾选此行"></td>'


class StableData(TableQuerysetData):
    """Rows of a queryset, ordered by the columns' own expressions, with the key last so that no row is skipped between pages."""

    def order_by(self, aliases: Iterable[str]) -> None:
        expressions: list[Expression | str] = []
        for alias in aliases:
            name = OrderBy(alias).bare
            column = self.table.columns[name].column
            self.data = self.table.sortable_by(name, self.data)
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

    Override what the rows need: `row_link`, `row_class`, `empty`, `mark_of`, `sortable_by`, `load`, `footer`.
    """

    money_unit = "wan"
    # A table that people compare line by line; panels with few rows say False.
    dense = True
    # Names and texts break as far as it takes for the columns to find room in the window; those that are chosen besides scroll.
    fitted = False
    # Plain objects instead of models: see `fetch`.
    flat = False
    fetched: Sequence[str] = ()
    # Rows are known by their keys: where a list keeps their order, it keeps the keys; else the pages alone.
    keyed = True
    # Whether rows can be ticked, to export these only: the list's page says so.
    tickable = False
    # Whether the rows go into a file: what only the screen shows (sources) need not be read.
    exporting = False
    # The rows of the page as they were drawn before (Listing); None: they are loaded.
    drawn: SafeString | None = None

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

    def sortable_by(self, name: str, rows: QuerySet) -> QuerySet:
        """Return the rows with what ordering by a column needs: annotations that would be too dear for every page."""
        return rows

    def fetch(self, rows: QuerySet) -> list[Any]:
        """Return the records of the rows to show. With `flat`, plain objects of the columns named in `fetched` come instead of
        models, their attributes called as the columns are (project__name): a fifth of the work."""
        return [self.record_of(row) for row in self.selected(rows)]

    def selected(self, rows: QuerySet) -> QuerySet:
        """Return the queryset of what is fetched of the rows."""
        return rows.values(*self.fetched) if self.flat else rows

    def record_of(self, row: Any) -> Any:
        """Return the record of a row of `selected`."""
        return SimpleNamespace(**row) if self.flat else row

    def batches(self, size: int = 1000) -> Iterator[list[Any]]:
        """Yield all records in the table's order, loaded, so many at a time: the memory of an export does not grow with the list."""
        rows = self.selected(self.rows_ordered).iterator(chunk_size=size)
        while records := [self.record_of(row) for row in islice(rows, size)]:
            self.load(records)
            yield records

    def also_exported(self, totals: Any) -> list[str]:
        """Return the columns that a file has besides those shown, because its rows would be added up wrongly without them."""
        return []

    def show_also(self, names: Sequence[str]) -> None:
        """Show further columns, after the others."""
        for name in names:
            column = self.columns.columns[name].column
            column.visible = True
            self.names, self.visible = [*self.names, name], [*self.visible, column]

    def row_tick(self, record: Any) -> str:
        """Return what a ticked row is called in the address."""
        return str(record.pk)

    @classmethod
    def ticked(cls, rows: QuerySet, ticks: Sequence[str]) -> QuerySet:
        """Return the rows of the ticks."""
        return rows.filter(pk__in=[int(tick) for tick in ticks if tick.isascii() and tick.isdigit() and len(tick) < 19])

    def row_key(self, record: Any) -> str:
        """Return the record's key as a workbook carries it in a hidden column (docs/exports.md)."""
        return f"{self.data.data.model._meta.model_name}:{record.pk}"

    def row_version(self, record: Any) -> str:
        """Return which version of the record the row shows: an import refuses to overwrite a later one. Empty where there is none."""
        return str(getattr(record, "version", ""))

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
        pin = f"pin-{place + 1 + self.tickable}" if column.pinned else ""
        low = "lo" if column.low else ""
        return " ".join(filter(None, (column.td_class, pin, low)))

    @property
    def pins(self) -> int:
        """How many columns stay in view."""
        return len(self.pinned_columns()) + self.tickable

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
            label = escape(column.label)
            # A cell without a value is marked: phones leave it out.
            tags = [f'<td class="{name}" data-label="{label}">' if name else f'<td data-label="{label}">' for name in (css, f"{css} nil")]
            cells.append((*tags, column.cell))
        link, css_of = self.row_link, self.row_class
        tick = self.row_tick if self.tickable else None

        def row(record: Any) -> str:
            attributes = f' class="{css}"' if (css := css_of(record)) else ""
            if address := link(record):
                attributes += f' data-href="{escape(address)}"'
            parts = [f"<tr{attributes}>"]
            if tick is not None:
                parts.append(TICK.format(escape(tick(record))))
            for tag, empty_tag, cell in cells:
                text = cell(record)
                parts.append(f"{empty_tag if text is NOT_DOCUMENTED or text is NOT_FILLED_IN else tag}{text}</td>")
            parts.append("</tr>")
            return "".join(parts)

        return row

    def body(self) -> SafeString:
        """Return the rows of the loaded records, or those that were drawn before. Every column escapes its own parts."""
        if self.drawn is not None:
            return self.drawn
        return SafeString("\n".join(map(self.row_function(), self.records)))

    def simulated_labels(self, record: Any) -> list[str]:
        """Return the headings of the record's visible values that are simulated: what an export says beside the row. A table whose
        rows are simulated as a whole says so."""
        return [str(column.verbose_name) for column in self.visible if column.simulated and getattr(record, column.simulated)]

    def amount(self, wan: Decimal | None) -> Decimal | None:
        """Return an amount of 万元 in the table's unit of money."""
        return wan / WAN_PER_YI if wan is not None and self.money_unit == "yi" else wan

    def export_foot(self, totals: Any) -> Foot | None:
        """Return the totals row as an export writes it: plain values in the table's unit of money."""
        return None

    def foot(self, totals: Any) -> SafeString | str:
        """Return the cells of the totals row; the first is a heading, which phones show across the whole card."""
        texts = self.footer(totals)
        if not texts:
            return ""
        cells = ['<td class="pin-1 no-print"></td>'] if self.tickable else []
        for place, (name, column) in enumerate(zip(self.names, self.visible, strict=True)):
            tag = "th" if place == 0 else "td"
            label = escape(column.label)
            css = " ".join(
                filter(None, ("num" if column.td_class == "num" else "", f"pin-{place + 1 + self.tickable}" if column.pinned else ""))
            )
            cells.append(f'<{tag}{" scope=row" if place == 0 else ""} class="{css}" data-label="{label}">{texts.get(name, "")}</{tag}>')
        return SafeString("".join(cells))

    def row_values(self, record: Any) -> list[Any]:
        """Return the plain values of a loaded record by visible column, as an export writes them."""
        return [column.value(record) for column in self.visible]

    def values(self) -> list[list[Any]]:
        """Return the plain values of all loaded records."""
        return list(map(self.row_values, self.records))
