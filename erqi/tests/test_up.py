"""`manage.py up` as an operator meets it: started, used, started again, stopped, killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from erqi.embedded import EmbeddedServer, is_running, socket_settings
from erqi.embedded.place import CHECKOUT
from erqi.tests import databases
from erqi.tests.plugin import DEMO_PASSWORD
from erqi.tests.test_embedded_command import assert_one_sentence


@pytest.fixture(scope="module")
def place(server_folder: Path, django_db_blocker) -> Path:
    """A data place whose database is filled already, as after the first start."""
    with django_db_blocker.unblock():
        dump = databases.seeded_dump().read_text(encoding="utf-8")
    place = server_folder / "filled"
    with EmbeddedServer(place):
        settings = socket_settings(place)
        connection = psycopg2.connect(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=settings["USER"])
        with connection, connection.cursor() as cursor:
            cursor.execute(dump)
        connection.close()
    return place


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answer(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as response:
        return int(response.status)


def rows(place: Path) -> list[tuple[str, str]]:
    """Return every row of every table as text."""
    settings = socket_settings(place)
    connection = psycopg2.connect(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=settings["USER"])
    found = []
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found += [(table, row) for (row,) in cursor.fetchall()]
    connection.close()
    assert len(found) > 100
    return found


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_says_where_and_stops_everything_it_started(place, start, sign):
    up = start(place, "--port", "0").wait()
    assert answer(up.address) == 200
    for step in ("内置数据库已启动", "数据库结构已是最新", "初始数据已就绪"):
        assert re.search(rf"^✓ {step}.* \([\d.]+ 秒\)$", up.told, re.MULTILINE), up.told
    assert f"密码 {DEMO_PASSWORD}" in up.told
    assert up.end(sign) == 0
    assert up.told.endswith("已停止。\n")
    assert not is_running(place)
    with pytest.raises(ProcessLookupError):
        os.killpg(up.process.pid, 0)


def test_a_further_start_changes_nothing(place, start):
    with EmbeddedServer(place):
        before = rows(place)
    up = start(place, "--port", "0", "--documents-only").wait()
    assert "静态文件已是最新" in up.told
    assert rows(place) == before
    up.end(signal.SIGTERM)


def test_a_second_one_on_the_same_place_or_port_is_told_so_and_the_first_goes_on(place, server_folder, start):
    first = start(place, "--port", "0").wait()
    second = start(place, "--port", "0")
    assert second.process.wait(30) == 1
    assert second.told.count("\n") == 1
    assert str(place) in second.told
    assert first.address in second.told
    port = first.address.rstrip("/").rpartition(":")[2]
    third = start(server_folder / "other", "--port", port)
    assert third.process.wait(30) == 1
    assert third.told.count("\n") == 1
    assert f"--port {int(port) + 1}" in third.told
    assert not (server_folder / "other" / "postgres").exists()
    assert answer(first.address) == 200
    first.end(signal.SIGTERM)


def test_after_kill_9_the_next_start_finds_data_and_port_again(place, start):
    port = str(free_port())
    first = start(place, "--port", port).wait()
    before = rows(place)
    first.end(signal.SIGKILL)
    assert is_running(place)
    second = start(place, "--port", port).wait()
    assert "已接管正在运行的内置数据库" in second.told
    assert answer(second.address) == 200
    assert rows(place) == before
    assert second.end(signal.SIGTERM) == 0
    assert not is_running(place)


def test_after_kill_9_of_everything_at_once_the_next_start_finds_its_data(place, start):
    first = start(place, "--port", "0").wait()
    before = rows(place)
    server = int((place / "postgres/cluster/postmaster.pid").read_text().split("\n")[0])
    os.kill(server, signal.SIGKILL)
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.wait()
    second = start(place, "--port", "0").wait()
    assert rows(place) == before
    second.end(signal.SIGTERM)


def test_a_worker_that_dies_is_replaced(place, start):
    up = start(place, "--port", "0").wait()
    workers = Path(f"/proc/{up.process.pid}/task/{up.process.pid}/children")
    if not workers.exists():
        pytest.skip("needs /proc")
    for number in workers.read_text().split():
        os.kill(int(number), signal.SIGKILL)
    assert answer(up.address) == 200
    assert up.end(signal.SIGTERM) == 0


def test_it_uses_a_server_of_ones_own(server_folder, start, django_db_blocker):
    with django_db_blocker.unblock():
        databases.clone(databases.ensure_seeded(), "up_own")
    up = start(server_folder / "beside", "--port", "0", DATABASE_URL=databases.database_url("up_own")).wait()
    assert "✓ 已连接数据库" in up.told
    assert answer(up.address) == 200
    assert not (server_folder / "beside" / "postgres").exists()
    assert up.end(signal.SIGTERM) == 0
    databases.drop("up_own")


def test_a_database_of_a_newer_version_is_refused(place, start):
    settings = socket_settings(place)

    def change(query: str) -> None:
        with EmbeddedServer(place):
            connection = psycopg2.connect(host=settings["HOST"], port=settings["PORT"], dbname="erqi", user="erqi")
            with connection, connection.cursor() as cursor:
                cursor.execute(query)
            connection.close()

    change("INSERT INTO django_migrations (app, name, applied) VALUES ('projects', '9999_future', now())")
    up = start(place, "--port", "0")
    assert up.process.wait(60) == 1
    assert "9999_future" in up.told.splitlines()[-1]
    assert not is_running(place)
    change("DELETE FROM django_migrations WHERE name = '9999_future'")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [(["--port", "70000"], "65535"), (["--host", "192.0.2.1"], "192.0.2.1"), (["--host", "no.such.host.invalid"], "不属于本机")],
)
def test_an_impossible_address_is_one_sentence(server_folder, arguments, part):
    result = subprocess.run(
        [sys.executable, "manage.py", "up", "--data", str(server_folder / "never"), *arguments],
        cwd=CHECKOUT,
        env={name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert_one_sentence(result, part)
    assert not (server_folder / "never" / "postgres").exists()
