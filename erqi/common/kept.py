"""What was computed from the data is kept until the data change: work per change and not per view (design.md §3, §7).

Every statement that writes to a business table steps the sequence `data_version`, by a trigger that `watched` declares (the
decorators of erqi.common.history do). A view opens a `Keeper`, which reads the sequence once, and asks it for what is costly:

    kept = Keeper()
    totals = kept.get(("ledger totals", ledger.pk, day), lambda: ledger_totals(rows, day))

What is found under the present version is true: all that had been written by then was in what it was computed from. For this,
something is kept only when no writing transaction was under way after the version had been read; one that was may have stepped the
sequence already without its rows being seen. The trigger therefore holds a shared advisory lock until its transaction ends, before it
steps the sequence; who computes asks whether the lock is free. Whoever has written in the same transaction keeps nothing either.

Values must not be changed by those who get them, and must depend on nothing but the key and the data: the day, the year, the filters
and what the person who looks may do belong into the key. Giving and taking roles and stopping accounts step the version too; log-ins do
not. Each process keeps its own values, and only those of the newest version.
"""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import pgtrigger
from django.db import connection, models

T = TypeVar("T")
M = TypeVar("M", bound=type[models.Model])
Version = tuple[int, int]

SEQUENCE = "data_version"
# "data" in ASCII: the key of the advisory lock.
LOCK = 0x64617461
# So much of memory at most, in bytes: some two hundred pages of lists, with what belongs to them.
MOST = 32_000_000
# What a value is taken for that is neither text nor an array.
_USUAL = 4_000


def watched(model: M, columns: Sequence[str] = ()) -> M:
    """Return the model, whose table steps the version of the data with every statement that writes to it; with `columns`, of updates only
    with those that set one of them."""
    updates = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update
    trigger = pgtrigger.Trigger(
        name=SEQUENCE,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | updates | pgtrigger.Delete | pgtrigger.Truncate,
        func=f"PERFORM pg_advisory_xact_lock_shared({LOCK}); PERFORM nextval('{SEQUENCE}'); RETURN NULL;",
    )
    return pgtrigger.register(trigger)(model)


def data_version() -> Version:
    """Return the version of the data, with the database that has it: one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()), last_value FROM {SEQUENCE}")
        return cursor.fetchone()


def _is_quiet() -> bool:
    """Say whether no transaction of this database has written business data and is still under way, this one included: one query.

    Within a transaction the lock would be held until its end and keep writers waiting: it is asked for outside of one only.
    """
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def _size_of(value: Any) -> int:
    return 2 * len(value) if isinstance(value, str) else len(value) * value.itemsize if isinstance(value, array) else _USUAL


class _Store:
    """The values of the newest version that this process has seen, the least lately used going first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: Version | None = None
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._size = 0
        self._being_made: dict[Hashable, threading.Lock] = {}

    def find(self, version: Version, key: Hashable) -> tuple[bool, Any]:
        with self._lock:
            if version == self._version and key in self._values:
                self._values.move_to_end(key)
                return True, self._values[key][0]
            return False, None

    def put(self, version: Version, key: Hashable, value: Any, size: int) -> None:
        with self._lock:
            if version != self._version:
                if self._version is not None and version[0] == self._version[0] and version[1] < self._version[1]:
                    return  # computed slowly, and something was written meanwhile
                self._version = version
                self._values.clear()
                self._size = 0
            elif key in self._values:
                self._size -= self._values[key][1]
            self._values[key] = value, size
            self._size += size
            while self._size > MOST:
                self._size -= self._values.popitem(last=False)[1][1]

    def lock_of(self, version: Version, key: Hashable) -> threading.Lock:
        """Return the lock under which a value is computed: of those who ask at once, one computes and the others wait for it."""
        with self._lock:
            return self._being_made.setdefault((version, key), threading.Lock())

    def made(self, version: Version, key: Hashable) -> None:
        """Forget the lock: whoever comes now finds the value."""
        with self._lock:
            self._being_made.pop((version, key), None)


_store = _Store()


class Keeper:
    """Gives what was computed under the version of the data that held when it was first asked: one query, two where something is new."""

    def __init__(self) -> None:
        self._version: Version | None = None
        self._keeps: bool | None = None

    def get(self, key: Hashable, compute: Callable[[], T], size: Callable[[T], int] | None = None) -> T:
        """Return the value kept under the key, else what `compute` gives, which is kept if nobody is writing. `size` tells how many
        bytes a value takes that is much more than a few figures, and neither text nor an array."""
        if self._version is None:
            self._version = data_version()
        found, value = _store.find(self._version, key)
        if found:
            return value
        if self._keeps is None:
            self._keeps = _is_quiet()
        if not self._keeps:
            return compute()
        try:
            with _store.lock_of(self._version, key):
                found, value = _store.find(self._version, key)
                if not found:
                    value = compute()
                    _store.put(self._version, key, value, size(value) if size is not None else _size_of(value))
        finally:
            _store.made(self._version, key)
        return value
