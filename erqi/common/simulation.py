"""Marks what a simulation invents, so that nobody takes it for a fact.

A record that carries `erqi.common.models.Simulated` and is made within `simulating()` is marked for good.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_simulated: ContextVar[bool] = ContextVar("simulated", default=False)


@contextmanager
def simulating() -> Iterator[None]:
    """Mark every record made within the block, in this thread only, as simulated."""
    token = _simulated.set(True)
    try:
        yield
    finally:
        _simulated.reset(token)


def is_simulated() -> bool:
    """Say whether a simulation is running here."""
    return _simulated.get()
