"""Processor time of a server and of the database's processes that work for it: what other programs of the machine do not change."""

import os
from pathlib import Path

from django.db import connection

_PROC = Path("/proc")


# Processor seconds by process number.
Reading = dict[int, float]


class Meter:
    """Reads the processor time that a server (process number) and its database connections have used.

    The connections are told by the application name that the server gives.
    """

    def __init__(self, server: int, application: str) -> None:
        self._server = server
        self._application = application

    def read(self) -> Reading | None:
        """Return the time used so far by each process that is there now; None where the system does not say (no Linux, a database on
        another machine)."""
        try:
            children = (_PROC / str(self._server) / "task" / str(self._server) / "children").read_text(encoding="ascii").split()
            return {number: _used(number) for number in [*map(int, children), *self._backends()]}
        except OSError:
            return None

    def _backends(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self._application])
            return [number for (number,) in cursor.fetchall()]


def between(before: Reading | None, after: Reading | None) -> float | None:
    """Return the seconds used between two readings; what a connection used that was closed meanwhile is not known, and left out."""
    if before is None or after is None:
        return None
    return sum(seconds - before.get(number, 0.0) for number, seconds in after.items())


def _used(process: int) -> float:
    """Return the processor time of one process in seconds. Raises OSError where it is not a process of this machine."""
    # The name, in brackets, may hold anything; user and system time are the 12th and 13th value after it.
    values = (_PROC / str(process) / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
