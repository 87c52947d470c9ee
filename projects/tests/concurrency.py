"""Doing several things at the same moment in tests: each in a thread with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from erqi.common.editing import submit
from erqi.common.errors import ServiceError


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Start all actions together, as pages call services, and return what each gave: its result, or the refusal it raised."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return submit(action)
        except ServiceError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [job.result(timeout=60) for job in [pool.submit(run, action) for action in actions]]
