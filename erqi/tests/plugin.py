"""The test harness, loaded by `-p erqi.tests.plugin` before the settings are.

One run has one throw-away folder with one throw-away PostgreSQL (or, with DATABASE_URL, databases of its own on that
server). The controlling process makes the folder and removes it; the workers of pytest-xdist share what lies in it:

    erqi.tests.databases   a migrated and a seeded template database, and each worker's clones of them
    erqi.tests.site        a real server process on a clone
    erqi.tests.browser     Chromium

Nothing may touch the installation's own data place: see `_guard`.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest

from erqi.embedded import EmbeddedServer, OperatorError
from erqi.embedded.locks import open_lock, try_lock
from erqi.embedded.place import CHECKOUT, default_data_dir, make_place

_RUN = "TESTRUN_DIR"
_PREFIX = "erqi-test-"
_ENOUGH_MEMORY = 2_000_000_000
_KEPT_VARIABLES = {"ERQI_CHROMIUM"}
DEMO_PASSWORD = "Demo-2018-0928"

_is_worker = "PYTEST_XDIST_WORKER" in os.environ

# How long an example takes says how busy the machine is, not whether the rule is right.
hypothesis.settings.register_profile("erqi", deadline=None)
hypothesis.settings.load_profile("erqi")


def run_dir() -> Path:
    """Return the folder of this test run, shared by all its processes."""
    return Path(os.environ[_RUN])


def _roomy_folder() -> Path:
    """Return where to put run folders: in memory if there is plenty, since copying databases there is twenty times faster."""
    memory = Path("/dev/shm")
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > _ENOUGH_MEMORY:
        return memory
    return Path(tempfile.gettempdir())


def _prepare_environment() -> None:
    """Give the run its own folder and variables, whatever the developer's shell has set for a real installation."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_roomy_folder()))
    # As root the server runs under another account, which must pass through; nothing can be listed.
    folder.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("ERQI_") and name not in _KEPT_VARIABLES]:
        del os.environ[name]
    os.environ[_RUN] = str(folder)
    os.environ["ERQI_DATA_DIR"] = str(folder / "data")
    make_place(folder / "data")
    (folder / "data" / "static").mkdir()  # whitenoise warns of a missing one at every request
    os.environ["ERQI_DEMO_PASSWORD"] = DEMO_PASSWORD
    # Playwright's synchronous interface runs an event loop in the test's thread, where Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def _keep_bytecode() -> None:
    """Where the shell wants no compiled files beside the sources, keep them elsewhere: each of the run's many processes needs them."""
    if sys.dont_write_bytecode:
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(CHECKOUT / ".pytest_cache" / "erqi" / "bytecode")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sys.dont_write_bytecode = False


def _sweep() -> None:
    """Remove the folders of runs that were killed; the lock of a living one is taken by its processes."""
    for folder in {*_roomy_folder().glob(f"{_PREFIX}*"), *Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")}:
        try:
            if folder.stat().st_uid != os.geteuid() or time.time() - folder.stat().st_mtime < 60:
                continue
            descriptor = open_lock(folder / "run.lock")
            try:
                if try_lock(descriptor):
                    _remove(folder)
            finally:
                os.close(descriptor)
        except (OSError, OperatorError):
            continue


def _remove(folder: Path) -> None:
    """Stop the server that a killed worker may have left, and remove the folder."""
    place = folder / "data"
    if (place / "postgres" / "cluster" / "postmaster.pid").exists():
        with EmbeddedServer(place, durable=False):
            pass
    shutil.rmtree(folder, ignore_errors=True)


def _guard() -> None:
    """Make any use of the installation's own data place in a test process an error, wherever it comes from."""
    forbidden = str(default_data_dir())
    events = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.listdir"}

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in events and arguments and isinstance(arguments[0], (str, os.PathLike)):
            path = os.fspath(arguments[0])
            if isinstance(path, str) and (path == forbidden or path.startswith(forbidden + os.sep)):
                raise RuntimeError(f"A test touched the installation's own data place: {event} {path}")

    sys.addaudithook(refuse)


if _RUN not in os.environ or not _is_worker:
    _keep_bytecode()
    _prepare_environment()
# Shared by all processes of the run and held until the last of them ends, however it ends.
_run_lock = open_lock(run_dir() / "run.lock")
try_lock(_run_lock, shared=True)
if not _is_worker:
    _sweep()
_guard()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the fixtures late, so that ours replace those of pytest-django with the same name."""
    from erqi.tests import browser, databases, site, upstart  # inline: need the settings, which need the environment made above

    config.addinivalue_line("markers", "browser: drives Chromium; skipped where there is none, a failure where CI is set.")
    for module in (databases, site, browser, upstart):
        config.pluginmanager.register(module, module.__name__)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of processors this process may use; xdist would count physical cores, one of two on many servers."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the server; the controlling process, whose workers have ended by now, removes what the run made."""
    databases = config.pluginmanager.get_plugin("erqi.tests.databases")
    if databases is not None:
        databases.finish()
    if not _is_worker:
        _remove(run_dir())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line that browser tests were skipped, and why: a green run without them would promise too much."""
    reason = "no Chromium found"
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if reason in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped: {reason} (see ERQI_CHROMIUM).", yellow=True)
