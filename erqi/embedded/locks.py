"""Locks of a data place. All are flock locks: the system drops them when their holder dies, however it dies.

up.lock      held by one `manage.py up` from start to end
server.lock  held for the moment in which the server is started or stopped
users.lock   shared by every process that uses the server; whoever leaves last, finds nobody sharing it and stops the server
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from erqi.embedded.errors import OperatorError
from erqi.embedded.place import unusable

_POLL = 0.05


def open_lock(path: Path) -> int:
    """Return a descriptor of a lock file (created 0600); raise OperatorError when that is not possible."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(path.parent, error) from error


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock of a descriptor without waiting and say whether that worked."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return False
        raise
    return True


@contextmanager
def only_one(path: Path, *, patience: float, sentence: str) -> Iterator[None]:
    """Hold a lock for the length of the block; raise OperatorError with the sentence when it stays taken for `patience` seconds."""
    descriptor = open_lock(path)
    try:
        until = time.monotonic() + patience
        while not try_lock(descriptor):
            if time.monotonic() > until:
                raise OperatorError(sentence)
            time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


class Users:
    """The share that this process holds in the use of a server."""

    def __init__(self, place: Path) -> None:
        self._path = place / "users.lock"
        self._descriptor = -1

    def join(self) -> None:
        """Count as a user of the server. Called under server.lock, where nobody can be trying to stop it."""
        descriptor = open_lock(self._path)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        self._descriptor = descriptor

    def leave(self) -> bool:
        """Stop counting as a user and say whether no other one is left. Called under server.lock."""
        if self._descriptor < 0:
            return False
        try:
            return try_lock(self._descriptor)
        finally:
            os.close(self._descriptor)
            self._descriptor = -1
