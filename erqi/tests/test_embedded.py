"""The embedded server's life: started, shared, taken over, stopped, and what it promises about safety."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from erqi.embedded import EmbeddedServer, OperatorError, is_running, socket_settings
from erqi.embedded.place import CHECKOUT
from erqi.tests.plugin import run_dir


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A data place with a cluster that the tests of this file start and stop in turn."""
    folder = Path(tempfile.mkdtemp(dir=run_dir()))
    folder.chmod(0o711)
    yield folder / "data"
    with EmbeddedServer(folder / "data"):
        pass
    shutil.rmtree(folder)


def connect(place: Path, user: str = "erqi") -> "psycopg2.extensions.connection":
    settings = socket_settings(place)
    connection = psycopg2.connect(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=user)
    connection.autocommit = True
    return connection


def ask(place: Path, query: str, user: str = "erqi") -> tuple:
    connection = connect(place, user)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()
    finally:
        connection.close()


def hold_server(place: Path, *, wait: bool = True) -> "subprocess.Popen[str]":
    """Start another process that uses the server until it is told or killed; return at once or when the server runs."""
    program = (
        "import sys; from pathlib import Path; from erqi.embedded import EmbeddedServer\n"
        "with EmbeddedServer(Path(sys.argv[1])) as server: print(server.started_here, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, place], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if wait:
        assert process.stdout is not None
        assert process.stdout.readline() in {"True\n", "False\n"}
    return process


def test_it_is_reached_by_a_private_socket_only_and_keeps_data_safely(place):
    with EmbeddedServer(place):
        assert ask(place, "SELECT current_setting('listen_addresses')") == ("",)
        folder = Path(socket_settings(place)["HOST"])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ask(place, "SELECT current_setting('fsync'), current_setting('data_checksums')") == ("on", "on")
        provider = "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'erqi'"
        assert ask(place, provider) == ("UTF8", "b", "C.UTF-8")


def test_the_role_is_no_superuser_so_that_no_trigger_can_be_switched_off(place):
    with EmbeddedServer(place):
        assert ask(place, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == (False, True)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(place, "SELECT set_config('session_replication_role', 'replica', false)")


def test_the_last_user_stops_it_and_not_the_one_who_started_it(place):
    first = EmbeddedServer(place)
    first.__enter__()
    with EmbeddedServer(place) as second:
        assert first.started_here
        assert not second.started_here
        first.__exit__(None, None, None)
        assert is_running(place)
    assert not is_running(place)


def test_another_process_shares_it_and_is_not_cut_off(place):
    with EmbeddedServer(place):
        other = hold_server(place)
    assert is_running(place)
    other.communicate("")
    assert not is_running(place)


def test_a_server_whose_starter_was_killed_is_taken_over(place):
    starter = hold_server(place)
    starter.kill()
    starter.communicate()
    assert is_running(place)
    with EmbeddedServer(place) as server:
        assert not server.started_here
    assert not is_running(place)


def test_committed_data_survive_the_killing_of_the_server_itself(place):
    with EmbeddedServer(place):
        ask(place, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT answer FROM kept")
        kill_server(place)
        with pytest.raises(psycopg2.OperationalError):
            connect(place)
    with EmbeddedServer(place) as server:
        assert server.started_here
        assert ask(place, "SELECT answer FROM kept") == (42,)


def kill_server(place: Path) -> None:
    """Kill the server and wait until its own children have noticed."""
    pid = int((place / "postgres" / "cluster" / "postmaster.pid").read_text().split("\n")[0])
    children = Path(f"/proc/{pid}/task/{pid}/children")
    numbers = children.read_text().split() if children.exists() else []
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{number}").exists() for number in [pid, *numbers]) and time.monotonic() < until:
        time.sleep(0.05)


def test_a_number_left_by_a_crash_that_now_belongs_to_another_process_is_no_obstacle(place):
    with EmbeddedServer(place):
        pass
    for file in (place / "postgres/cluster/postmaster.pid", Path(socket_settings(place)["HOST"]) / ".s.PGSQL.5432.lock"):
        file.write_text(f"{os.getpid()}\n{place}\n0\n5432\n\n\n\n")
    with EmbeddedServer(place) as server:
        assert server.started_here


def test_a_first_start_killed_at_any_moment_leaves_no_obstacle(place):
    fresh = place.parent / "fresh"
    for seconds in (0.2, 0.5, 0.9):
        starter = hold_server(fresh, wait=False)
        time.sleep(seconds)
        starter.kill()
        starter.communicate()
    with EmbeddedServer(fresh):
        assert ask(fresh, "SELECT current_user") == ("erqi",)


def test_an_operators_own_values_come_last(place):
    (place / "postgresql.local.conf").write_text("work_mem = '9MB'\n")
    with EmbeddedServer(place):
        assert ask(place, "SHOW work_mem") == ("9MB",)
    (place / "postgresql.local.conf").unlink()


def test_a_long_path_gets_a_short_private_socket_folder(place):
    deep = place.parent / ("目录" * 30) / "data"
    folder = Path(socket_settings(deep)["HOST"])
    assert folder.parent == Path("/tmp")
    try:
        with EmbeddedServer(deep):
            assert ask(deep, "SELECT 1") == (1,)
            assert stat.S_IMODE(folder.lstat().st_mode) == 0o700
        folder.chmod(0o755)
        with pytest.raises(OperatorError, match=str(folder)):
            EmbeddedServer(deep).__enter__()
    finally:
        folder.rmdir()


def test_nothing_of_the_environment_redirects_it(place, monkeypatch):
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with EmbeddedServer(place):
        assert ask(place, "SELECT 1") == (1,)
