"""小计 and 合计: sums of the rows that count, rates from the sums, and what is missing from them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from erqi.common.numbers import ratio
from erqi.common.workbook.declare import SUM, Column, Row, Share


class Sums:
    """What the rows of one group, or of a whole sheet, add up to. An amount that is unknown adds nothing and is counted as missing."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows = 0
        self.weight = 0
        self._added = [(place, column.name) for place, column in enumerate(columns) if column.total == SUM]
        self._sums: dict[str, Decimal | int | None] = dict.fromkeys(name for _, name in self._added)
        places = {column.name: place for place, column in enumerate(columns)}
        self._shares = {
            column.name: (places[column.total.part], column.total.part, places[column.total.whole], column.total.whole)
            for column in columns
            if isinstance(column.total, Share)
        }
        self._compared: dict[str, tuple[Decimal | int, Decimal | int]] = {}
        self.missing = dict.fromkeys(self._sums, 0)
        self.inside = dict.fromkeys(self._sums, 0)

    def add(self, row: Row) -> None:
        """Count a row in."""
        self.rows += 1
        self.weight += row.weight
        for place, name in self._added:
            value = row.values[place]
            if value is None:
                self.missing[name] += 1
            elif name in row.uncounted:
                self.inside[name] += 1
            else:
                self._sums[name] = value + (self._sums[name] or 0)
        for name, (part_at, part, whole_at, whole) in self._shares.items():
            amount, done = row.values[whole_at], row.values[part_at]
            if amount is not None:
                before = self._compared.get(name, (0, 0))
                self._compared[name] = (
                    before[0] + (done if done is not None and part not in row.uncounted else 0),
                    before[1] + (amount if whole not in row.uncounted else 0),
                )

    def value(self, column: Column) -> Any:
        """Return what stands below the column; None where nobody has a figure."""
        if isinstance(column.total, Share):
            return ratio(*self._compared.get(column.name, (None, None)))
        return self._sums.get(column.name)

    def words(self, noun: str) -> str:
        """Return how many rows there are: 12 项（打捆按个数计 30 项）."""
        counted = f"{self.rows} {noun}"
        return f"{counted}（打捆按个数计 {self.weight} {noun}）" if self.weight != self.rows else counted

    def notes(self) -> list[str]:
        """Return a sentence for each sum that some rows had no figure for, or whose figure another row holds."""
        labels = {column.name: column.heading for column in self.columns}
        found: dict[str, list[str]] = {}
        for name in self._sums:
            left_out = []
            if self.missing[name] and self._sums[name] is not None:
                left_out.append(f"{self.missing[name]} 项无数")
            if self.inside[name]:
                left_out.append(f"{self.inside[name]} 项已含在打捆项目内")
            if left_out:
                found.setdefault("、".join(left_out), []).append(labels[name])
        return [f"{'、'.join(dict.fromkeys(names))}合计未计：{why}。" for why, names in found.items()]
