"""Management commands bring the embedded server along when they need it, and say what is wrong in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from erqi.embedded import EmbeddedServer, command, external, is_running, socket_settings
from erqi.embedded.errors import OperatorError
from erqi.embedded.place import CHECKOUT


@pytest.fixture
def without_url(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help", False),
        ("up", False),
        ("check", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("collectstatic --noinput", False),
        ("makemigrations --check", False),
        ("migrate", True),
        ("migrate --help", False),
        ("createsuperuser", True),
        ("--no-color migrate", True),
        ("some_command_of_ours", True),
    ],
)
def test_only_commands_that_use_data_start_the_server(without_url, line, needed):
    assert command.needs_embedded(line.split()) is needed


def test_with_a_server_of_ones_own_nothing_is_started(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://erqi@db/erqi")
    assert command.needs_embedded(["migrate"]) is False


@pytest.mark.parametrize("line", ["up --data /chosen", "up --port 1 --data=/chosen"])
def test_up_chooses_the_data_place_before_the_settings_are_read(monkeypatch, line):
    monkeypatch.setenv("ERQI_DATA_DIR", "/other")
    command.choose_data_dir(line.split())
    assert os.environ["ERQI_DATA_DIR"] == "/chosen"


def test_other_commands_do_not_take_the_data_place_from_their_arguments(monkeypatch):
    monkeypatch.setenv("ERQI_DATA_DIR", "/other")
    command.choose_data_dir(["restore", "--data", "/chosen"])
    assert os.environ["ERQI_DATA_DIR"] == "/other"


def manage(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py with the product's own settings and return what it said."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env={**kept, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_one_sentence(result: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("错误：")
    for part in parts:
        assert part in result.stderr


def test_a_command_works_while_the_server_runs_and_while_it_does_not(server_folder):
    place = server_folder / "data"
    question = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user'); print(k.fetchone()[0])"
    alone = manage("shell", "-v0", "-c", question, ERQI_DATA_DIR=str(place))
    assert (alone.stdout, alone.returncode) == ("erqi\n", 0), alone.stderr
    assert not is_running(place)
    with EmbeddedServer(place):
        beside = manage("shell", "-v0", "-c", question, ERQI_DATA_DIR=str(place))
        assert (beside.stdout, beside.returncode) == ("erqi\n", 0), beside.stderr
        assert is_running(place)


def test_a_place_that_cannot_be_used_is_one_sentence_and_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    assert_one_sentence(manage("migrate", ERQI_DATA_DIR=str(tmp_path / "file")), str(tmp_path / "file"))


def test_an_account_for_a_place_without_platform_is_refused_in_one_sentence(server_folder):
    place = server_folder / "empty"
    result = manage("createsuperuser", "--noinput", "--username=a", "--name=b", ERQI_DATA_DIR=str(place), DJANGO_SUPERUSER_PASSWORD="x")
    assert_one_sentence(result, str(place), "manage.py up")


def test_a_wrong_variable_is_one_sentence_and_no_traceback(tmp_path):
    assert_one_sentence(manage("check", ERQI_DATA_DIR=str(tmp_path), ERQI_DEBUG="maybe"), "ERQI_DEBUG")


@pytest.mark.parametrize("line", ["up --port 0", "showmigrations"])
def test_a_server_that_refuses_is_one_sentence_and_no_traceback(tmp_path, line):
    result = manage(*line.split(), ERQI_DATA_DIR=str(tmp_path), DATABASE_URL="postgres://erqi:geheim@127.0.0.1:1/erqi")
    assert_one_sentence(result, "127.0.0.1:1", "拒绝连接")
    assert "geheim" not in result.stdout + result.stderr


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_an_unsuitable_python_is_named(version):
    pretend = f"import sys, runpy; sys.version_info = (*{version}, 0, 'final', 0)"
    program = f"{pretend}; runpy.run_path('manage.py', run_name='__main__')"
    result = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert_one_sentence(result, f"{version[0]}.{version[1]}", "3.11")


@pytest.fixture(scope="module")
def own_server(server_folder: Path) -> dict[str, object]:
    """A server as an operator might have: a user with a password, who may not do everything."""
    place = server_folder / "own"
    place.mkdir(mode=0o711)
    place.chmod(0o711)
    rules = place / "own_hba.conf"
    rules.write_text("local all weak scram-sha-256\nlocal erqi stranger reject\nlocal all all peer map=erqi\n")
    rules.chmod(0o644)
    (place / "postgresql.local.conf").write_text(f"hba_file = '{rules}'\n")
    with EmbeddedServer(place, durable=False):
        settings = socket_settings(place)
        known = {"host": settings["HOST"], "port": settings["PORT"], "dbname": settings["NAME"], "user": "postgres"}
        with external.psycopg2.connect(**known) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE ROLE weak LOGIN PASSWORD 'right'; CREATE ROLE stranger LOGIN")
            cursor.execute("REVOKE CONNECT ON DATABASE template1 FROM PUBLIC")
        connection.close()
        yield {**known, "user": "weak", "password": "right"}


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"password": "wrong"}, ["weak", "密码不对"]),
        ({"password": ""}, ["weak", "密码不对"]),
        ({"dbname": "nowhere"}, ["nowhere", "CREATE DATABASE nowhere OWNER weak"]),
        ({"user": "nobody_known", "password": ""}, ["nobody_known", "没有用户"]),
        ({"user": "stranger"}, ["stranger", "pg_hba.conf"]),
        ({"dbname": "template1"}, ["GRANT CONNECT ON DATABASE template1 TO weak"]),
        ({"host": "127.0.0.1", "port": "1"}, ["127.0.0.1:1", "拒绝连接"]),
        ({"host": "/nowhere"}, ["/nowhere"]),
        ({"host": "host.invalid"}, ["host.invalid", "主机"]),
        ({"sslmode": "bogus"}, ["DATABASE_URL", "连接参数有误"]),
        ({"sslmod": "require"}, ["DATABASE_URL", "连接参数有误"]),
    ],
)
def test_each_refusal_has_its_sentence(own_server, change, parts):
    with pytest.raises(OperatorError) as caught:
        external.check_server({**own_server, **change})
    text = str(caught.value)
    assert all(part in text for part in parts), text
    assert "\n" not in text
    assert "right" not in text


def test_a_server_that_serves_is_accepted(own_server):
    external.check_server(own_server)


def test_a_user_without_the_right_to_create_tables_is_told_which_grant_is_missing(own_server):
    with pytest.raises(OperatorError, match="GRANT CREATE, USAGE ON SCHEMA public TO weak"):
        external.check_may_create(own_server)
    external.check_may_create({**own_server, "user": "erqi"})


def test_the_description_for_the_operator_leaves_the_password_out(own_server):
    assert "right" not in external.describe(own_server)
