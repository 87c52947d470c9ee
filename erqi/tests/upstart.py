"""Starting `manage.py up` as a process of its own, for the tests of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from erqi.embedded.place import CHECKOUT
from erqi.tests.plugin import run_dir

_SECONDS_TO_START = 300
_SECONDS_TO_STOP = 30


class Up:
    """One running `manage.py up`, on a database that a test run has seeded or (`hasher="product"`) on one it seeds itself."""

    def __init__(self, place: Path, *arguments: str, hasher: str = "tests", **variables: str) -> None:
        self.log = run_dir() / f"up-{time.monotonic_ns()}.log"
        left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"} | ({"ERQI_DEMO_PASSWORD"} if hasher == "product" else set())
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        if hasher == "tests":  # the product's settings, but for the password hasher that the seeded accounts were made with
            kept["DJANGO_SETTINGS_MODULE"] = "erqi.tests.site_settings"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--data", str(place), *arguments],
                cwd=CHECKOUT,
                env={**kept, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def told(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(encoding="utf-8")

    def wait(self) -> "Up":
        """Return it when it serves; fail the test when it ends before."""
        until = time.monotonic() + _SECONDS_TO_START
        while "按 Ctrl-C 停止" not in self.told:
            assert self.process.poll() is None, self.told
            assert time.monotonic() < until, self.told
            time.sleep(0.05)
        return self

    @property
    def address(self) -> str:
        """The address it has printed."""
        found = re.search(r"平台已启动（共 [\d.]+ 秒）：(http://\S+)", self.told)
        assert found, self.told
        return found[1]

    def end(self, sign: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(sign)
        return self.process.wait(_SECONDS_TO_STOP)


@pytest.fixture
def start() -> Iterator[Callable[..., Up]]:
    """Start `up`; whatever still runs when the test ends is killed with its workers."""
    started: list[Up] = []

    def run(place: Path, *arguments: str, hasher: str = "tests", **variables: str) -> Up:
        started.append(Up(place, *arguments, hasher=hasher, **variables))
        return started[-1]

    yield run
    for up in started:
        if up.process.poll() is None:
            os.killpg(up.process.pid, signal.SIGKILL)
            up.process.wait()
