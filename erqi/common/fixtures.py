"""Reading our own JSON fixtures strictly: a wrong key or value names its file and record, and nothing is guessed."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from erqi.common.dates import parse_day
from erqi.common.errors import ServiceError


class FixtureError(ServiceError):
    """A fixture file cannot be loaded; the sentence names file and record."""


class Row:
    """One record of a fixture file. Keys are taken one by one; `done` refuses what nobody asked for.

    `is_orphan` is set by the loader when people removed a record that this one refers to.
    """

    def __init__(self, place: str, values: dict[str, Any]) -> None:
        self.place = place
        self.is_orphan = False
        self._values = dict(values)

    def take(self, key: str, default: Any = None) -> Any:
        """Return a value and cross it off."""
        return self._values.pop(key, default)

    def peek(self, key: str) -> Any:
        """Return a value without crossing it off."""
        return self._values.get(key)

    def need(self, key: str) -> Any:
        """Return a value that must be there."""
        if key not in self._values:
            raise self.error(f"缺少“{key}”")
        return self._values.pop(key)

    def decimal(self, key: str) -> Decimal | None:
        """Return a number that is written as text, since floats are not exact."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.error(f"“{key}”应写作文本（带引号的数字）")
        try:
            return Decimal(value)
        except InvalidOperation:
            raise self.error(f"“{key}”不是数字：{value}") from None

    def day(self, key: str) -> Any:
        """Return an ISO date."""
        value = self.take(key)
        if value is None:
            return None
        day = parse_day(value)
        if day is None:
            raise self.error(f"“{key}”不是日期：{value}")
        return day

    def present(self, *keys: str) -> dict[str, Any]:
        """Return those of the keys that the record has: what a document does not say stays away."""
        return {key: self._values.pop(key) for key in keys if key in self._values}

    def rows(self, key: str) -> Iterator["Row"]:
        """Return the records listed under a key."""
        for number, values in enumerate(self.take(key, []), 1):
            yield Row(f"{self.place} {key}[{number}]", values)

    def skip(self) -> None:
        """Pass over the rest of the record, with all that is listed in it."""
        self._values.clear()

    def done(self) -> None:
        """Raise FixtureError for keys that nobody took."""
        if self._values:
            raise self.error(f"不认识的键：{'、'.join(self._values)}")

    def error(self, message: str) -> FixtureError:
        """Return the error that names this record."""
        return FixtureError(f"{self.place}：{message}。")


def read_rows(path: Path, key: str, part: str = "") -> list[Row]:
    """Return the records of a fixture file, or of one of its parts; `key` is what names a record in messages."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FixtureError(f"无法读取 {path}：{error.strerror}。") from None
    except ValueError as error:
        raise FixtureError(f"{path} 不是有效的 JSON：{error}。") from None
    place, rows = (f"{path.name} {part}", content[part]) if part else (path.name, content)
    return [Row(f"{place} {values.get(key, number)}", values) for number, values in enumerate(rows, 1)]


def parents_first(rows: list[Row], key: str, parent: str) -> list[Row]:
    """Return the rows so that each comes after the one it names under `parent`; the order within a level is kept."""
    by_key = {row.peek(key): row for row in rows}

    def depth(row: Row) -> int:
        steps = 0
        while (above := by_key.get(row.peek(parent))) is not None:
            row, steps = above, steps + 1
            if steps > len(rows):
                raise row.error(f"“{parent}”成环")
        return steps

    return sorted(rows, key=depth)
