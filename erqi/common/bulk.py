"""Many writes by a program of ours in one transaction: what each service asks the database again and again is asked once.

Services stay the only writers and check what they always check; only the database's answers are remembered for the length of a
block, and the constraints of a table are left to the database itself, which enforces them anyway.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_memory: ContextVar[dict[Any, Any] | None] = ContextVar("bulk_memory", default=None)


@contextmanager
def at_once(memory: dict[Any, Any] | None = None) -> Iterator[None]:
    """Remember, for this thread and the length of the block, who may do what and which days a month has; with `memory`, a dictionary
    of the caller's, also from one block to the next.

    Nothing that is remembered may change meanwhile (accounts, roles, posts, responsibilities, months). A broken constraint is an
    IntegrityError and no sentence: it is a mistake of the program that writes, and the whole transaction has to go.
    """
    token = _memory.set({} if memory is None else memory)
    try:
        yield
    finally:
        _memory.reset(token)


def is_bulk() -> bool:
    """Say whether such a block is open here."""
    return _memory.get() is not None


def remembered(key: Any, read: Callable[[], T]) -> T:
    """Return what `read` gives, asked once per key within such a block, each time outside of one."""
    memory = _memory.get()
    if memory is None:
        return read()
    if key not in memory:
        memory[key] = read()
    return memory[key]
