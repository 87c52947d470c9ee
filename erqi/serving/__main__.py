"""`python -m erqi.serving FD [WORKERS]`: serves an existing database on a socket that the parent process has bound, with one worker
or as many as asked for. Used by the tests and by `manage.py bench`.

It starts and migrates nothing; it ends with its parent.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys

import django
from django.conf import settings
from django.urls import get_resolver


def main(descriptor: int, workers: int = 1) -> None:
    """Serve on the inherited socket until a signal says stop."""
    with contextlib.suppress(OSError, AttributeError):  # Linux only: the kernel sends SIGTERM when the parent dies
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erqi.settings")
    django.setup()
    from erqi.serving import static, web  # noqa: PLC0415 - they need the settings

    if settings.STATIC_ROOT:  # the bare site of the bench has none
        static.collect_static()
    _ = get_resolver().url_patterns
    web.serve(socket.socket(fileno=descriptor), ready=lambda: None, workers=workers)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
