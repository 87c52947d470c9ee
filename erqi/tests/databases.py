"""Databases of a test run: three templates, built once by whichever process needs them first, and clones for everybody.

`db` (pytest-django) works on a clone of the migrated template; `seeded_db` is the same on a clone of the seeded one, which
holds what `manage.py seed --no-simulation` puts into an empty installation, and `demo_db` on one with the simulated months
besides: what `manage.py up` gives. All roll back after each test. A transactional test changes its clone for good, so the
clone is made anew afterwards: emptying the tables would also lose what the migrations wrote.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from erqi.embedded import EmbeddedServer, data_dir
from erqi.embedded.locks import only_one
from erqi.tests import structures
from erqi.tests.plugin import run_dir
from projects.imports.simulation import pictures

_MIGRATED = "template"
_SEEDED = "seeded"
_DEMO = "demo"
_own_name = settings.DATABASES["default"]["NAME"]
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_state: dict[str, object] = {}


def database_name(part: str) -> str:
    """Return the name of a database of this run."""
    return f"erqi_test_{run_dir().name.rpartition('-')[2].lower()}_{part}"


def server_parameters() -> dict[str, str]:
    """Return how libpq reaches the run's server, without a database; the embedded one is started when it is not running."""
    if not os.environ.get("DATABASE_URL") and "server" not in _state:
        server = EmbeddedServer(data_dir(), durable=False)
        server.__enter__()
        _state["server"] = server
    now = settings.DATABASES["default"]
    named = {"host": now["HOST"], "port": now["PORT"], "user": now["USER"], "password": now.get("PASSWORD", "")}
    return {key: value for key, value in {**named, **now.get("OPTIONS", {})}.items() if value}


@contextmanager
def _maintenance() -> Iterator["psycopg2.extensions.cursor"]:
    connection = psycopg2.connect(dbname=_own_name, **server_parameters())
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def clone(template: str, part: str) -> str:
    """Make the named database of this run anew as a copy of a template and return its full name."""
    name = database_name(part)
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        # A file by file copy is the quicker one here; a server of the operator's own may be too old to know the word.
        strategy = "STRATEGY FILE_COPY" if "server" in _state else ""
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database_name(template)}" {strategy}')
    return name


def drop(part: str) -> None:
    """Drop a database of this run, whoever is connected to it."""
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database_name(part)}" WITH (FORCE)')


def ensure_migrated() -> str:
    """Build the migrated template unless a process of this run has done so, and return its part name."""
    with _built_once(_MIGRATED) as missing:
        if missing:
            structure = structures.kept_structure()
            _restore(structure, _MIGRATED)
            with _pointed_to(_MIGRATED):
                # Also on a restored structure: permissions and content types follow the code of today.
                call_command("migrate", verbosity=0, interactive=False)
            _keep(structure, _MIGRATED)
    return _MIGRATED


def ensure_seeded() -> str:
    """Build the seeded template unless a process of this run has done so, and return its part name."""
    with _built_once(_SEEDED) as missing:
        if missing:
            seed = structures.kept_seed()
            if seed.exists():
                _restore(seed, _SEEDED)
            else:
                clone(ensure_migrated(), _SEEDED)
                with _pointed_to(_SEEDED), open(run_dir() / "seed.log", "w", encoding="utf-8") as log:
                    call_command("seed", no_simulation=True, stdout=log)
                _keep(seed, _SEEDED)
            _analyse(_SEEDED)
    return _SEEDED


def ensure_demo() -> str:
    """Build the template of the whole demonstration unless a process of this run has done so, and return its part name."""
    with _built_once(_DEMO) as missing:
        if missing:
            demo = structures.kept_demo()
            if demo.exists():
                _restore(demo, _DEMO)
                # The kept file holds the rows alone.
                pictures.keep_all()
            else:
                clone(ensure_seeded(), _DEMO)
                with _pointed_to(_DEMO), open(run_dir() / "seed.log", "a", encoding="utf-8") as log:
                    call_command("seed", stdout=log)
                _keep(demo, _DEMO)
            _analyse(_DEMO)
    return _DEMO


def seeded_dump() -> Path:
    """Return a file of SQL that fills an empty database as the seeded template is."""
    ensure_seeded()
    file = structures.kept_seed()
    if not file.exists():
        file = run_dir() / "seed.sql"
        structures.keep(file, server_parameters(), database_name(_SEEDED))
    return file


def _restore(file: Path, part: str) -> None:
    """Make a database of this run from a kept file, or an empty one when there is no such file."""
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database_name(part)}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{database_name(part)}"')
    if file.exists():
        connection = psycopg2.connect(dbname=database_name(part), **server_parameters())
        with connection, connection.cursor() as cursor:
            cursor.execute(file.read_text(encoding="utf-8"))
        connection.close()


def _analyse(part: str) -> None:
    """Let the planner know the tables, as an installation's autovacuum does; the run's server has none, and copies take it along."""
    connection = psycopg2.connect(dbname=database_name(part), **server_parameters())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


def _keep(file: Path, part: str) -> None:
    if not file.exists():
        structures.keep(file, server_parameters(), database_name(part))


@contextmanager
def _built_once(part: str) -> Iterator[bool]:
    """Give True to the first process of the run that asks. A build that failed is not tried again for every single test."""
    done, failed = run_dir() / f"{part}.done", run_dir() / f"{part}.failed"
    if done.exists():
        yield False
        return
    with only_one(run_dir() / f"{part}.lock", patience=600, sentence=f"The template {part} is not being finished."):
        if failed.exists():
            pytest.fail(f"The template database “{part}” could not be built: {failed.read_text(encoding='utf-8')}", pytrace=False)
        missing = not done.exists()
        try:
            yield missing
        except BaseException as error:
            failed.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
            raise
        done.touch()


def point_to(name: str) -> None:
    """Let Django's default connection, of this and of new threads, use another database of the run's server."""
    connection = connections["default"]
    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


@contextmanager
def _pointed_to(part: str) -> Iterator[None]:
    before = connections["default"].settings_dict["NAME"]
    point_to(database_name(part))
    try:
        yield
    finally:
        # A template can be copied only while nobody is connected to it.
        connections["default"].close()
        point_to(before)


def database_url(part: str) -> str:
    """Return the DATABASE_URL by which another process reaches a database of this run."""
    values = server_parameters()
    user = quote(values.pop("user", ""), safe="")
    password = f":{quote(values.pop('password'), safe='')}" if "password" in values else ""
    return f"postgres://{user}{password}@/{database_name(part)}?{urlencode(values)}"


@contextmanager
def looking_into(part: str) -> Iterator[None]:
    """Let Django's models read and write another database of this run for the length of the block.

    By a second connection in the first one's place: that one may be in the middle of a test's transaction.
    """
    own = connections["default"]
    other = type(own)({**own.settings_dict, "NAME": database_name(part)}, "default")
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = own


def _ensure_clone(part: str, template: str) -> None:
    if part not in _state:
        clone(template, part)
        _state[part] = template


def _renew_clone(case: TransactionTestCase) -> None:
    """Replace Django's emptying of all tables after a transactional test."""
    connections["default"].close()
    name = connections["default"].settings_dict["NAME"]
    for part, template in list(_state.items()):
        if name == database_name(part):
            clone(str(template), part)


# Before any test touches a database, so that a forgotten fixture meets a name which does not exist, never the real one.
point_to(database_name("none"))
TransactionTestCase._fixture_teardown = _renew_clone


# The fixtures whose tests work on a filled database, with the template that it is a clone of.
_FILLED = {"demo_db": (_DEMO, ensure_demo), "seeded_db": (_SEEDED, ensure_seeded)}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the test's database before the first fixture opens a transaction, whatever the order of its arguments."""
    asked = getattr(item, "fixturenames", ())
    part, ensure = next((found for fixture, found in _FILLED.items() if fixture in asked), (None, None))
    if part is not None:
        from pytest_django.plugin import blocking_manager_key  # inline: complete only after its own configuration

        with item.config.stash[blocking_manager_key].unblock():
            _ensure_clone(f"{_worker}_{part}", ensure())
    point_to(database_name(f"{_worker}_{part}" if part else _worker))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: object) -> None:
    """Make this worker's own database, in place of pytest-django's, which would run all migrations once per worker."""
    with django_db_blocker.unblock():
        _ensure_clone(_worker, ensure_migrated())


@pytest.fixture
def seeded_db(db: None) -> None:
    """Run the test in a transaction on a database that holds all documented facts and the demonstration's accounts."""


@pytest.fixture
def demo_db(db: None) -> None:
    """Run the test in a transaction on a database that holds everything `manage.py up` seeds into an empty installation."""


@pytest.fixture(scope="module")
def server_folder() -> Iterator[Path]:
    """Give a module a folder for data places of its own: also as root the server's account may pass through it."""
    folder = Path(tempfile.mkdtemp(dir=run_dir()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def finish() -> None:
    """Leave the server; on one that is not ours the controlling process drops this run's databases."""
    connections.close_all()
    if os.environ.get("DATABASE_URL") and _worker == "main":
        with _maintenance() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [database_name("").replace("_", r"\_") + "%"])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server = _state.pop("server", None)
    if isinstance(server, EmbeddedServer):
        server.__exit__(None, None, None)
