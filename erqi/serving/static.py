"""Collects the static files into the data place, when they are not those of the last time."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from erqi.embedded.locks import only_one
from erqi.embedded.place import make_place


def collect_static(announce: Callable[[], None] = lambda: None) -> bool:
    """Bring STATIC_ROOT up to date and say whether that took any work, calling `announce` before it.

    Which files lie there is noted beside them last, so that a killed run is repeated. Raises OperatorError when the data
    place cannot be written.
    """
    root = Path(settings.STATIC_ROOT)
    mark = root / ".digest"
    make_place(settings.DATA_DIR)
    with only_one(settings.DATA_DIR / "static.lock", patience=120, sentence=f"另一个进程一直在整理静态文件（{root}）：请等它结束。"):
        digest = _digest()
        if mark.exists() and mark.read_text(encoding="ascii") == digest:
            return False
        announce()
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(digest, encoding="ascii")
    return True


def _digest() -> str:
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]["BACKEND"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path}|{found.st_size}|{found.st_mtime_ns}".encode())
    return digest.hexdigest()
