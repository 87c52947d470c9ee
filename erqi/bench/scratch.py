"""A scratch database on the installation's server: made, filled, measured, dropped. Never the installation's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import psycopg2
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections

from erqi.common import clock
from erqi.embedded import OperatorError

# The database carries this word as its comment: only what carries it is ever dropped.
MARK = "erqi bench scratch database"
# What every database of the PostgreSQL family takes (erqi.common.postgres).
_LONGEST_NAME = 30


class Scratch:
    """The scratch database of a size beside the database that the settings name: `erqi` has `erqi_bench_165`.

    Raises OperatorError where the installation itself is called so.
    """

    def __init__(self, size: int) -> None:
        self._own = connections["default"]
        self._beside = str(self._own.settings_dict["NAME"])
        ending = f"_bench_{size}"
        self.name = self._beside[: _LONGEST_NAME - len(ending)] + ending
        if self.name == self._beside:
            raise OperatorError(f"本安装的库就叫 {self.name}，不能用作测试库：请换一个 --size。")

    def find(self) -> str | None:
        """Return what the existing database was built as, None where there is none. Raises OperatorError for one that is not ours."""
        with self._server() as cursor:
            cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self.name])
            found = cursor.fetchone()
        if found is None:
            return None
        comment = found[0] or ""
        if not comment.startswith(MARK):
            raise OperatorError(f"库 {self.name} 已经存在，但不是测速命令建立的：不会动它。请改名或移走后再运行。")
        return comment.removeprefix(MARK).strip()

    def create(self, template: str = "template0") -> None:
        """Make the database anew and empty, dropping an earlier one of ours; a template may hold the migrated tables already."""
        self.drop()
        with self._server() as cursor:
            try:
                cursor.execute(f"CREATE DATABASE \"{self.name}\" ENCODING 'UTF8' TEMPLATE template0")
            except psycopg2.errors.InsufficientPrivilege as error:
                raise OperatorError(f"当前用户无权建库，不能建立测试库 {self.name}：请由管理员执行 ALTER ROLE … CREATEDB。") from error
            self._say(cursor, "")

    def built(self, what: str) -> None:
        """Note what the database holds, once it is whole."""
        with self._server() as cursor:
            self._say(cursor, what)

    def drop(self) -> None:
        """Drop the database if it is there and ours, whoever is connected to it."""
        if self.find() is not None:
            with self._server() as cursor:
                cursor.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let the models read and write this database within the block, brought up to the present migrations."""
        other = type(self._own)({**self._own.settings_dict, "NAME": self.name}, "default")
        connections["default"] = other
        # Kept per process, whatever the database: keys of one database mean nothing in the other.
        ContentType.objects.clear_cache()
        clock.forget()
        try:
            call_command("migrate", interactive=False, verbosity=0)
            yield
        finally:
            other.close()
            connections["default"] = self._own
            ContentType.objects.clear_cache()
            clock.forget()

    @property
    def url(self) -> str:
        """The DATABASE_URL by which another process reaches this database."""
        values = self._parameters()
        user = quote(values.pop("user", ""), safe="")
        password = f":{quote(values.pop('password'), safe='')}" if "password" in values else ""
        return f"postgres://{user}{password}@/{self.name}?{urlencode(values)}"

    def _say(self, cursor: "psycopg2.extensions.cursor", what: str) -> None:
        cursor.execute(f'COMMENT ON DATABASE "{self.name}" IS %s', [f"{MARK} {what}".strip()])

    def _parameters(self) -> dict[str, str]:
        now = self._own.settings_dict
        named = {"host": now["HOST"], "port": now["PORT"], "user": now["USER"], "password": now.get("PASSWORD", "")}
        return {key: str(value) for key, value in {**named, **now.get("OPTIONS", {})}.items() if value}

    @contextmanager
    def _server(self) -> Iterator["psycopg2.extensions.cursor"]:
        """A connection of our own: a database can be neither made nor dropped inside a transaction."""
        connection = psycopg2.connect(dbname=self._beside, **self._parameters())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()
