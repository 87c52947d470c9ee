"""One list as its address asks for it: what is filtered, in which order and columns, which page; and the addresses of its neighbours.

The parameters are described in erqi.common.listing, the page around the list.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django_tables2.utils import OrderBy

from erqi.common.filters import BaseFilterSet
from erqi.common.kept import Keeper
from erqi.common.list_html import column_item
from erqi.common.tables import BaseTable

PAGE_SIZES = (20, 50, 100, 200)
ALL = "all"
MONEY_UNITS = {"wan": "万元", "yi": "亿元"}
# The parameters of every list, in the order in which addresses name them, after the filters.
# Column choosers that were drawn, by table class and columns.
_column_items: dict[tuple[type[BaseTable], tuple[str, ...]], SafeString] = {}
_MOST_CHOOSERS = 200
OWN_PARAMETERS = ("cols", "sort", "money", "per_page", "as_of", "page")


def encoded(name: str, values: Iterable[Any]) -> str:
    """Return a parameter as an address writes it."""
    return urlencode([(name, str(value)) for value in values], safe=",")


class Listing:
    """One list as its address asks for it. Nothing is fetched before `rows` or `page_obj` is asked for.

    Takes the parameters, the unfiltered queryset, the table and filter classes; `totals` is a function that gives an object
    with `count` for the filtered queryset (one query serves totals and paging). `table_options` go to the table. `keeper` says that the
    order of the rows and the pages drawn are kept until the data change, and under which key: all that they depend on besides filters,
    order, columns and page. Their cells must then not depend on who looks at them.
    """

    def __init__(
        self,
        params: QueryDict,
        queryset: QuerySet,
        table_class: type[BaseTable],
        filterset_class: type[BaseFilterSet] | None = None,
        *,
        totals: Callable[[QuerySet, "Listing"], Any] | None = None,
        per_page: int = 50,
        filter_options: dict[str, Any] | None = None,
        table_options: dict[str, Any] | None = None,
        keeper: tuple[Keeper, Hashable] | None = None,
    ) -> None:
        self.params = params
        self._keeper = keeper
        self._all_rows = queryset
        self.problems: list[str] = []
        self.default_per_page = per_page
        self.filterset = None
        if filterset_class is not None:
            self.filterset = filterset_class(params, queryset, **filter_options or {})
            self.problems += self.filterset.problems
            queryset = self.filterset.qs
        self.filtered = queryset
        self.per_page = self._per_page()
        self.money_unit = self._money_unit()
        self.columns = self._columns(table_class)
        self.table = table_class(
            queryset,
            columns=self.columns,
            order_by=self._sort(table_class),
            money_unit=self.money_unit,
            **table_options or {},
        )
        self.totals = totals(queryset, self) if totals is not None else None
        self._page: Page | None = None

    # What the address says.

    def _per_page(self) -> int | str:
        text = self.params.get("per_page", "")
        if text == ALL:
            return ALL
        if text.isdecimal() and int(text) in PAGE_SIZES:
            return int(text)
        if text:
            self.problems.append(f"每页条数“{text[:20]}”无效，按 {self.default_per_page} 条显示。")
        return self.default_per_page

    def _money_unit(self) -> str:
        text = self.params.get("money", "")
        if text and text not in MONEY_UNITS:
            self.problems.append(f"金额单位“{text[:20]}”无效，按万元显示。")
        return text if text in MONEY_UNITS else "wan"

    def _columns(self, table_class: type[BaseTable]) -> list[str]:
        asked = [name for text in self.params.getlist("cols") for name in text.split(",") if name]
        unknown = [name for name in asked if name not in table_class.base_columns]
        for name in unknown:
            self.problems.append(f"没有“{name[:20]}”这一列，已忽略。")
        known = [name for name in asked if name not in unknown]
        return table_class.choose(known or None)

    def _sort(self, table_class: type[BaseTable]) -> list[str]:
        aliases: dict[str, str] = {}
        for text in filter(None, self.params.get("sort", "").split(",")):
            name = OrderBy(text).bare
            column = table_class.base_columns.get(name)
            if column is None or column.sort == []:
                self.problems.append(f"不能按“{name[:20]}”排序，已忽略。")
            else:
                aliases.setdefault(name, text)
        return list(aliases.values())

    # The address that says it.

    def canonical(self) -> QueryDict:
        """Return the parameters that make this view: valid, without defaults, in a fixed order; `page` is left out."""
        query = QueryDict(mutable=True)
        if self.filterset is not None:
            for item in self.filterset.active():
                query.appendlist(item.name, item.value)
        if self.columns != self.table.choose(None):
            pinned = self.table.pinned_columns()
            query["cols"] = ",".join(name for name in self.columns if name not in pinned)
        if self.table.order_by:
            query["sort"] = ",".join(self.table.order_by)
        if self.money_unit != "wan":
            query["money"] = self.money_unit
        if self.per_page != self.default_per_page:
            query["per_page"] = str(self.per_page)
        if self.params.get("as_of"):
            query["as_of"] = self.params["as_of"]
        return query

    @cached_property
    def _encoded(self) -> dict[str, str]:
        return {name: encoded(name, values) for name, values in self.canonical().lists()}

    def url(self, **changes: Any) -> str:
        """Return the address of this view with parameters changed (None: left out), relative to the page."""
        parts = dict(self._encoded)
        for name, value in changes.items():
            if value is None:
                parts.pop(name, None)
            else:
                parts[name] = encoded(name, value if isinstance(value, (list, tuple)) else [value])
        # One view has one address: what was just added does not come last. The empty address would keep the present parameters.
        own = [parts.pop(name) for name in OWN_PARAMETERS if name in parts]
        return "?" + "&".join([*parts.values(), *own])

    @property
    def query(self) -> str:
        """This view as a saved view keeps it: without page and day."""
        query = self.canonical()
        query.pop("as_of", None)
        return query.urlencode(safe=",")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The parameters that are no filters, for the filter form."""
        names = self.filterset.filters if self.filterset is not None else ()
        return [(name, value) for name, values in self.canonical().lists() if name not in names for value in values]

    def keep(self, *without: str) -> list[tuple[str, str]]:
        """Return all parameters but the named ones, for a small GET form such as the column chooser."""
        return [(name, value) for name, values in self.canonical().lists() if name not in without for value in values]

    @property
    def keep_for_columns(self) -> list[tuple[str, str]]:
        return self.keep("cols")

    @property
    def keep_for_day(self) -> list[tuple[str, str]]:
        return self.keep("as_of")

    # What the page shows.

    @property
    def count(self) -> int:
        """The number of rows that the filters leave."""
        return self.page_obj.paginator.count

    @property
    def page_obj(self) -> Page:
        """The page asked for, its rows fetched and given to the table. A number beyond the last page gives the last."""
        if self._page is None:
            self._page = self._read_page() if self._keeper is None or self.is_whole else self._kept_page(*self._keeper)
        return self._page

    def _read_page(self) -> Page:
        rows = self.table.rows_ordered
        known = getattr(self.totals, "count", None)
        count = rows.count() if known is None else known
        size = max(count, 1) if self.per_page == ALL else self.per_page
        paginator = Paginator(rows, size)
        paginator.count = count
        page = paginator.get_page(self.params.get("page"))
        page.object_list = self.table.fetch(page.object_list)
        self.table.load(page.object_list)
        return page

    def _kept_page(self, keeper: Keeper, key: Hashable) -> Page:
        """Return the page with the keys of its rows, found in the order that is kept; what is drawn of them is kept too."""
        rows, table = self.table.rows_ordered, self.table
        key = (key, self.filterset.key if self.filterset is not None else (), tuple(table.order_by))
        if table.keyed:
            keys: Sequence[int] = keeper.get((key, "order"), lambda: array("q", rows.values_list("pk", flat=True)))
        else:
            keys = range(keeper.get((key, "count"), rows.count))
        page = Paginator(keys, self.per_page).get_page(self.params.get("page"))
        drawn = (key, "page", page.number, self.per_page, tuple(self.columns), self.money_unit, table.tickable)
        table.drawn = keeper.get(drawn, lambda: self._draw(page.object_list))
        return page

    def _draw(self, keys: Sequence[int]) -> SafeString:
        if isinstance(keys, range):
            self.table.load(self.table.fetch(self.table.rows_ordered[keys.start : keys.stop]))
            return self.table.body()
        # The filters were asked when the order was found.
        found = {record.pk: record for record in self.table.fetch(self._all_rows.filter(pk__in=keys).order_by())}
        self.table.load([found[key] for key in keys if key in found])
        return self.table.body()

    @property
    def is_whole(self) -> bool:
        """Whether all rows are shown, for printing."""
        return self.per_page == ALL

    @property
    def heads(self) -> list[tuple[Any, str]]:
        """The headings, each with the address that sorts by it."""
        return [(head, self.url(sort=head.sort, page=None) if head.sort else "") for head in self.table.heads()]

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """What the list is filtered by, each with the address that takes it away (components/filter_chips.html)."""
        if self.filterset is None:
            return []
        chips = []
        for item in self.filterset.active():
            left = [other.value for other in self.filterset.active() if other.name == item.name and other.value != item.value]
            chips.append(
                {
                    "label": item.label,
                    "value": item.text,
                    "remove_url": self.url(**{item.name: left or None}),
                }
            )
        return chips

    @property
    def clear_url(self) -> str:
        """The address without any filter; columns, order and day stay."""
        names = self.filterset.filters if self.filterset is not None else ()
        return self.url(**dict.fromkeys(names))

    @property
    def summary(self) -> str:
        """The filters in words, for the printed page."""
        return self.filterset.summary() if self.filterset is not None else ""

    @property
    def column_choices(self) -> list[dict[str, Any]]:
        """What the column chooser offers: the visible columns in their order, then the others."""
        table = self.table
        pinned, default = table.pinned_columns(), table.default_columns()
        others = [name for name in table.base_columns if name not in self.columns]
        return [
            {
                "key": name,
                "label": str(table.base_columns[name].verbose_name),
                "visible": name in self.columns,
                "default": name in default,
                "locked": name in pinned,
            }
            for name in [*self.columns, *others]
        ]

    @property
    def column_items(self) -> SafeString:
        """The lines of the column chooser, drawn: they depend on the class of the table and on the columns shown alone."""
        key = (type(self.table), tuple(self.columns))
        if key not in _column_items:
            if len(_column_items) >= _MOST_CHOOSERS:
                _column_items.clear()
            _column_items[key] = SafeString("".join(map(column_item, self.column_choices)))
        return _column_items[key]

    @property
    def print_url(self) -> str:
        """The address of the whole filtered list, which opens the print window."""
        return self.url(per_page=ALL) + "#print"

    @property
    def day_parameter(self) -> str:
        """The day that was asked for: kept when a saved view is applied."""
        return self.params.get("as_of", "")

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """The page sizes, each with its address."""
        own = self.default_per_page
        return [
            {"label": size, "url": self.url(per_page=None if size == own else size), "current": size == self.per_page}
            for size in PAGE_SIZES
        ]

    @cached_property
    def pages(self) -> list[dict[str, Any]]:
        """The links of the pager: back, the pages around this one with the first and the last, on. Empty for one page."""
        here, last = self.page_obj.number, self.page_obj.paginator.num_pages
        if last == 1:
            return []

        def link(label: Any, number: int, rel: str = "") -> dict[str, Any]:
            return {"label": label, "url": self.url(page=number if number > 1 else None), "rel": rel}

        near = [number for number in range(here - 2, here + 3) if 1 <= number <= last]
        before = [1] if near[0] == 2 else [1, None] if near[0] > 2 else []
        after = [last] if near[-1] == last - 1 else [None, last] if near[-1] < last - 1 else []
        pages = [
            {"label": "…"} if number is None else {"label": number, "current": True} if number == here else link(number, number)
            for number in [*before, *near, *after]
        ]
        back = link("‹ 上一页", here - 1, "prev") if here > 1 else {"label": "‹ 上一页"}
        on = link("下一页 ›", here + 1, "next") if here < last else {"label": "下一页 ›"}
        return [back, *pages, on]

    @property
    def money_switch(self) -> list[dict[str, Any]]:
        """The units of money, each with the address that shows amounts in it."""
        return [
            {
                "label": label,
                "url": self.url(money=None if code == "wan" else code),
                "current": code == self.money_unit,
            }
            for code, label in MONEY_UNITS.items()
        ]
