"""A real server process for tests: gunicorn with the product's own settings, on a fresh clone of the seeded database."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from erqi.embedded.place import CHECKOUT
from erqi.tests import databases
from erqi.tests.plugin import run_dir

_START_SECONDS = 60
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Site:
    """A running server: its address without the closing slash, its database's part name, its log."""

    url: str
    part: str
    log: Path
    blocker: object
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, listener: socket.socket | None = None) -> None:
        """Start the server's processes at its address; `listener` holds it already."""
        listener = listener or _listen_again(int(self.url.rpartition(":")[2]))
        environment = {
            **os.environ,
            "DATABASE_URL": databases.database_url(self.part),
            "DJANGO_SETTINGS_MODULE": "erqi.tests.site_settings",
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("a", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "erqi.serving", str(listener.fileno())],
                cwd=CHECKOUT,
                env=environment,
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        listener.close()
        self.processes.append(process)
        _wait(process, self)

    def kill(self) -> None:
        """Kill master and worker at once, as a power cut would."""
        process = self.processes.pop()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Kill the server and let nothing answer within the block; afterwards it runs again, on the same data."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def data(self) -> Iterator[None]:
        """Let the test's own process read and write the server's database through the models."""
        with self.blocker.unblock(), databases.looking_into(self.part):
            yield


@contextmanager
def running_site(blocker: object, *, demo: bool = False) -> Iterator[Site]:
    """Start a server on a free loopback port and a clone of its own; stop it and drop the clone afterwards."""
    part = f"{_worker}_site{next(_numbers)}"
    with blocker.unblock():
        databases.clone(databases.ensure_demo() if demo else databases.ensure_seeded(), part)
    listener = socket.create_server(("127.0.0.1", 0))
    site = Site(f"http://127.0.0.1:{listener.getsockname()[1]}", part, run_dir() / f"{part}.log", blocker)
    try:
        site.start(listener)
        yield site
    finally:
        # An orderly stop takes most of a second and is tested with `up`.
        while site.processes:
            site.kill()
        databases.drop(part)


def _listen_again(port: int) -> socket.socket:
    """Return a socket that listens at the port of a killed server, whose workers may take a moment to let go of it."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _wait(process: "subprocess.Popen[bytes]", site: Site) -> None:
    """Wait until the server has answered once; any HTTP status is an answer."""
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            # Connections queue from the beginning, since the socket listens already: one request waits for the start.
            urllib.request.urlopen(f"{site.url}/healthz", timeout=_START_SECONDS).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"The server did not start:\n{site.log.read_text(encoding='utf-8')[-4000:]}", pytrace=False)


@pytest.fixture(scope="module")
def site(django_db_blocker: object) -> Iterator[Site]:
    """Give the module's tests one server, whose data they change for each other; the next module's server starts afresh."""
    with running_site(django_db_blocker) as started:
        yield started


@pytest.fixture(scope="module")
def demo_site(django_db_blocker: object) -> Iterator[Site]:
    """As `site`, with the simulated months of the demonstration."""
    with running_site(django_db_blocker, demo=True) as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add what the server wrote to the report of a test that failed."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    found = arguments.get("site") or arguments.get("demo_site")
    if report.failed and isinstance(found, Site) and found.log.exists():
        report.sections.append(("server log", found.log.read_text(encoding="utf-8", errors="replace")[-6000:]))
    return report
