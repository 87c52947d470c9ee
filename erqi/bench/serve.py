"""The product's server and the bare page's, each a process group of its own on the scratch database, on a free loopback port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from erqi.bench.cpu import Meter
from erqi.embedded import OperatorError
from erqi.embedded.place import CHECKOUT
from erqi.serving import web

PRODUCT, BARE = "erqi.settings", "erqi.bench.bare.settings"
_START_SECONDS = 120
# What an installation sets for itself (HTTPS, a fixed day, its hosts) does not hold for the servers of a bench.
_KEPT = "ERQI_DATA_DIR"


@dataclass(frozen=True)
class Server:
    """A running server: its port, and what tells the processor time it has used."""

    port: int
    meter: Meter


@contextmanager
def serving(settings_module: str, database_url: str) -> Iterator[Server]:
    """Keep a server with the product's number of workers running during the block and give it.

    Raises OperatorError with the end of what it wrote when it does not answer.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ERQI_") or name == _KEPT}
    environment |= {
        "DATABASE_URL": f"{database_url}&application_name={settings_module}",
        "DJANGO_SETTINGS_MODULE": settings_module,
        "PYTHONUNBUFFERED": "1",
    }
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    port = listener.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "erqi.serving", str(listener.fileno()), str(web.WORKERS)],
            cwd=CHECKOUT,
            env=environment,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        listener.close()
        try:
            if not _answers(process, port):
                log.seek(0)
                written = log.read().decode("utf-8", "replace").strip().splitlines()
                raise OperatorError(f"测速用的网页服务没有启动（{settings_module}）：{' '.join(written[-3:])}")
            yield Server(port, Meter(process.pid, settings_module))
        finally:
            _stop(process)


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait until the server has answered once; any HTTP status is an answer."""
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            # Connections queue from the beginning, since the socket listens already: one request waits for the start.
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=_START_SECONDS).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.05)
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
