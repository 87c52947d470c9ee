"""Runs a management command with its database: the embedded server beside it, or an operator's own that was asked first."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection

from erqi.embedded import external
from erqi.embedded.account import installed_programs
from erqi.embedded.cluster import EmbeddedServer
from erqi.embedded.errors import OperatorError
from erqi.embedded.place import data_dir

# `up` starts the server itself, step by step in view. The rest needs no data; makemigrations only warns without a database.
_WITHOUT_DATABASE = {
    *("collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "makemigrations"),
    *("startapp", "startproject", "up", "version"),
}

# The first commands that an operator gives besides `up`; where no `up` has been, they name the place that they looked in.
_NEEDS_TABLES = {"changepassword", "createsuperuser", "remind", "seed"}
_NO_SUCH_TABLE = "42P01"


def choose_data_dir(arguments: list[str]) -> None:
    """Let `up --data DIR` decide before the settings are read, which compute every path from ERQI_DATA_DIR."""
    if arguments[:1] != ["up"]:
        return
    for position, argument in enumerate(arguments):
        if argument == "--data" and position + 1 < len(arguments):
            os.environ["ERQI_DATA_DIR"] = arguments[position + 1]
        elif argument.startswith("--data="):
            os.environ["ERQI_DATA_DIR"] = argument.partition("=")[2]


def needs_embedded(arguments: list[str]) -> bool:
    """Say whether a management command with these arguments needs the embedded server."""
    return not _own_server() and _needs_database(arguments)


def _own_server() -> bool:
    return bool(os.environ.get("DATABASE_URL", "").strip())


def _needs_database(arguments: list[str]) -> bool:
    name = next((argument for argument in arguments if not argument.startswith("-")), "help")
    if name in _WITHOUT_DATABASE or {"--help", "-h", "--version"} & set(arguments):
        return False
    return name != "check" or "--database" in arguments


@contextmanager
def database_beside(arguments: list[str]) -> Iterator[None]:
    """Keep the embedded server running during the block, if the command needs it; a running one is shared.

    A server of the operator's own is only asked whether it serves. Raises OperatorError when the server cannot be used.
    """
    if not needs_embedded(arguments):
        if _needs_database(arguments):
            external.check_server(connection.get_connection_params())
        yield
        return
    with EmbeddedServer(data_dir()):
        # `dbshell` calls psql, which comes with the wheel; one that is installed comes first.
        os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(installed_programs())])
        yield


def run(arguments: list[str], execute: Callable[[list[str]], None]) -> int:
    """Run `execute(argv)` with its database and return the exit code; say in one sentence what keeps it from running."""
    choose_data_dir(arguments[1:])
    # The default would end this process without any `with` block being left, and what it started would stay.
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) != signal.SIG_IGN:  # nohup asks to ignore the closing of the terminal
            signal.signal(sign, lambda number, _: sys.exit(128 + number))
    try:
        with database_beside(arguments[1:]):
            execute(arguments)
    except (OperatorError, ImproperlyConfigured) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except ProgrammingError as error:
        if getattr(error.__cause__, "pgcode", "") != _NO_SUCH_TABLE or arguments[1] not in _NEEDS_TABLES:
            raise
        where = "DATABASE_URL 的数据库" if _own_server() else f"数据目录 {data_dir()}"
        hint = "" if _own_server() else "；若 up 用了 --data，请用环境变量 ERQI_DATA_DIR 指定同一目录"
        print(f"错误：{where} 中还没有平台的数据：请先运行 python manage.py up{hint}。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0
