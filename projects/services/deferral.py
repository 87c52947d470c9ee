"""Many changes of one day: their colours are computed together at its end, and not after each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_waiting: ContextVar[set[int] | None] = ContextVar("waiting_colours", default=None)


@contextmanager
def deferred() -> Iterator[set[int]]:
    """Collect the projects (keys) whose colours the changes in the block touch, and give them to the caller, who computes them by
    services.schedule.refresh_many in the same transaction and on the same business day.

    For many changes none of which asks for a colour that another one gave: a day shows how it ended.
    """
    keys: set[int] = set()
    token = _waiting.set(keys)
    try:
        yield keys
    finally:
        _waiting.reset(token)


def put_off(project: int) -> bool:
    """Note the project and say so, where a caller collects them."""
    keys = _waiting.get()
    if keys is None:
        return False
    keys.add(project)
    return True
