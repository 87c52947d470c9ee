"""What a report is about: a year's ledger as of a day, the entries that the filters leave, the unit of money."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import F
from django.db.models.functions import Coalesce

from erqi.common.asof import AsOf
from erqi.common.dates import chinese_day
from erqi.common.list_state import MONEY_UNITS
from erqi.common.numbers import WAN_PER_YI
from projects.models import Ledger
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.querysets.ledger_figures import Basis, figure_basis, with_figures
from projects.stats.ledger import held_in_bundles
from projects.stats.warning import Versions

NO_CATEGORY = "未分类（文件未载）"
# What is added up, as held_in_bundles knows it, by the name of the column that shows it.
SUMMED = {
    "total_investment": "project__total_investment",
    "whole": "whole",
    "done": "done",
    "planned": "planned",
    "plan": "figures_plan__month_12",
}


@dataclass
class Scope:
    """`entries_on` gives the entries that stand in the ledger on a day and match the filters, `filters` says which in words; `month` is
    the month that was asked for, where a report is of one."""

    ledger: Ledger
    day: AsOf
    entries_on: Callable[[date], LedgerEntryQuerySet]
    money_unit: str = "wan"
    filters: str = ""
    month: int | None = None

    @cached_property
    def entries(self) -> LedgerEntryQuerySet:
        """The entries on the day of the report."""
        return self.entries_on(self.day.day)

    @property
    def year(self) -> int:
        return self.ledger.year

    @cached_property
    def basis(self) -> Basis:
        """What is asked of the year's plans on the day: one query."""
        return figure_basis(self.year, self.day.day)

    @cached_property
    def versions(self) -> Versions:
        """The rules of warning: one query."""
        return Versions()

    @cached_property
    def count(self) -> int:
        """How many entries there are: one query."""
        return self.entries.count()

    @property
    def data_month(self) -> int:
        """The month a monthly report is of: the one asked for, else the last whose cut-off has passed; January before the first."""
        return self.month or self.basis.month or 1

    @property
    def unit(self) -> str:
        """The unit of money in words."""
        return MONEY_UNITS[self.money_unit]

    def amount(self, wan: Decimal | None) -> Decimal | None:
        """Return an amount of 万元 in the unit of the report."""
        return wan / WAN_PER_YI if wan is not None and self.money_unit == "yi" else wan

    def info(self, *, money: bool = True) -> tuple[str, str, str]:
        """Return the line under a sheet's title: the unit that keeps the ledger, where one is named, the day, the unit of money."""
        return (
            f"填报单位：{self.ledger.unit}" if self.ledger.unit else "",
            f"数据截止：{chinese_day(self.day.day)}{'（推算）' if self.day.is_to_come else ''}",
            f"单位：{self.unit}" if money else "",
        )

    @property
    def notes(self) -> list[str]:
        """What stands below every sheet."""
        return [f"本表只含符合以下条件的项目：{self.filters}。"] if self.filters else []

    @cached_property
    def held(self) -> dict[int, frozenset[str]]:
        """By entry (key) inside a listed bundle, the columns of SUMMED whose amounts the bundle holds already: one query."""
        found = held_in_bundles(with_figures(self.entries, self.basis), SUMMED.values())
        names = {path: name for name, path in SUMMED.items()}
        return {key: frozenset(names[path] for path in paths) for key, paths in found.items()}

    def uncounted(self, key: int) -> frozenset[str]:
        """Return the columns of an entry whose amounts are not added up."""
        return self.held.get(key, frozenset())

    def weight(self, key: int, bundle_count: int | None) -> int:
        """Return how many projects an entry stands for: none where a listed bundle counts it."""
        return 0 if key in self.held else 1 if bundle_count is None else bundle_count

    def by_category(self) -> LedgerEntryQuerySet:
        """Return the entries by category, parts below their whole, those without one last."""
        category = "project__category__"
        return self.entries.order_by(
            Coalesce(f"{category}parent__seq", f"{category}seq").asc(nulls_last=True),
            Coalesce(f"{category}parent__code", f"{category}code").asc(nulls_last=True),
            F(f"{category}parent").asc(nulls_first=True),
            f"{category}seq",
            f"{category}code",
            "seq",
        )


def category_words(name: str | None, whole: str | None) -> str:
    """Return a category as a heading: 出彩项目, or 重大产业 › 新型工业 for a part."""
    if not name:
        return NO_CATEGORY
    return f"{whole} › {name}" if whole else name


def simulated_words(labels: Iterable[str]) -> str | None:
    """Return which values of a row are simulated; None where none is."""
    return "、".join(dict.fromkeys(labels)) or None
