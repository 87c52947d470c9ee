"""The newcomer's start: nothing is there but the checkout, and the process is killed in the middle of it."""

import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from erqi.embedded import is_running
from erqi.embedded.place import socket_settings

_SECONDS_TO_TABLES = 120


@contextmanager
def _held_up_between_two_migrations(place: Path) -> Iterator[None]:
    """Keep a start that is under way from recording its next migration: no machine is then too fast for what the test does."""
    until = time.monotonic() + _SECONDS_TO_TABLES
    where = {name.lower(): value for name, value in socket_settings(place).items()}
    where["dbname"] = where.pop("name")
    connection = None
    try:
        while True:
            assert time.monotonic() < until, "no table was made"
            try:
                connection = connection or psycopg2.connect(**where)
                with connection.cursor() as cursor:
                    cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
                    cursor.execute("SELECT count(*) FROM django_migrations")
                    if cursor.fetchone()[0] > 3:
                        break
            except (psycopg2.OperationalError, psycopg2.errors.UndefinedTable):
                pass
            if connection:
                connection.rollback()
            time.sleep(0.01)
        with connection.cursor() as cursor:
            while True:
                assert time.monotonic() < until, "the start did not go on to its next migration"
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'django_migrations'::regclass")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.01)
        yield
    finally:
        if connection:
            connection.close()


def test_a_first_start_that_is_killed_is_completed_by_the_next(server_folder, start):
    place = server_folder / "empty"
    killed = start(place, "--port", "0", hasher="product")
    with _held_up_between_two_migrations(place):
        killed.end(signal.SIGKILL)
    assert "✓ 内置数据库已启动" in killed.told
    assert "✓ 数据库结构" not in killed.told

    up = start(place, "--port", "0", hasher="product").wait()
    with urllib.request.urlopen(up.address, timeout=30) as response:
        assert response.status == 200
    assert re.search(r"^✓ 初始数据已载入：新增：.*演示账号 10、模拟节点 \d+、模拟投资计划 \d+、模拟月报 \d+.*。 \(", up.told, re.MULTILINE)
    first_password = re.search(r"演示账号（密码 (\S+)）：", up.told)
    assert first_password, up.told
    assert up.end(signal.SIGTERM) == 0

    again = start(place, "--port", "0", hasher="product").wait()
    assert f"演示账号（密码 {first_password[1]}）：" in again.told
    for step in ("数据库结构已是最新", "初始数据已就绪", "静态文件已是最新"):
        assert f"✓ {step} (" in again.told
    assert again.end(signal.SIGINT) == 0
    assert not is_running(place)
