"""Processor time of a server and of the database's processes that work for it: what other programs of the machine do not change."""

import os
from pathlib import Path

from django.db import connection

_PROC = Path("/proc")


class Meter:
    """Adds up the processor time that a server (process number) and its database connections have used.

    The connections are told by the application name that the server gives. None where the system does not say (no Linux, a
    database on another machine).
    """

    def __init__(self, server: int, application: str) -> None:
        self._server = server
        self._application = application

    def seconds(self) -> float | None:
        """Return the time used so far by the processes that are there now, in seconds."""
        try:
            children = (_PROC / str(self._server) / "task" / str(self._server) / "children").read_text(encoding="ascii").split()
            used = [_used(int(number)) for number in children]
            backends = [_used(number) for number in self._backends()]
        except OSError:
            return None
        return sum(used) + sum(backends)

    def _backends(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self._application])
            return [number for (number,) in cursor.fetchall()]


def _used(process: int) -> float:
    """Return the processor time of one process in seconds. Raises OSError where it is not a process of this machine."""
    # The name, in brackets, may hold anything; user and system time are the 12th and 13th value after it.
    values = (_PROC / str(process) / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
