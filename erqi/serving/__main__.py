"""`python -m erqi.serving FD`: serves an existing database on a socket that the parent process has bound. Used by the tests.

It starts and migrates nothing; it ends with its parent.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys

import django
from django.urls import get_resolver


def main(descriptor: int) -> None:
    """Serve on the inherited socket until a signal says stop."""
    with contextlib.suppress(OSError, AttributeError):  # Linux only: the kernel sends SIGTERM when the parent dies
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erqi.settings")
    django.setup()
    from erqi.serving import static, web  # noqa: PLC0415 - they need the settings

    static.collect_static()
    _ = get_resolver().url_patterns
    web.serve(socket.socket(fileno=descriptor), ready=lambda: None, workers=1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
