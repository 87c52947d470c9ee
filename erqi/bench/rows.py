"""Fills tables by COPY: what a hundred thousand `save()` would leave, in seconds.

Columns that are not given get the model's own default, so that a new column needs nothing here. Constraints are checked; the
triggers that write history are not called a row at a time: their rows are written at once instead.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

_CHUNK = 2000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def load(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of the named attributes (`project_id`, `due_on` …) into the model's empty table and return how many there were.

    Runs in the caller's transaction and history context; memory does not grow with the rows.
    """
    fields = model._meta.concrete_fields
    unknown = set(names) - {field.attname for field in fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no {sorted(unknown)}")
    others = [field for field in fields if field.attname not in names and not field.primary_key]
    defaults = [_default(field) for field in others]
    by_name = {field.attname: field.column for field in fields}
    columns = ", ".join(f'"{column}"' for column in [*(by_name[name] for name in names), *(field.column for field in others)])
    table = f'"{model._meta.db_table}"'
    statement = f"COPY {table} ({columns}) FROM STDIN"
    written = 0
    source = iter(rows)
    with connection.cursor() as cursor:
        # A table with checks that still wait cannot be altered; what rows refer to was written before them.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        while chunk := list(islice(source, _CHUNK)):
            lines = ("\t".join(map(_text, [*row, *(make() for make in defaults)])) for row in chunk)
            cursor.copy_expert(statement, io.StringIO("\n".join(lines) + "\n"))
            written += len(chunk)
        _write_history(cursor, model)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        # What points to these rows is checked by plans that would else expect an empty table.
        cursor.execute(f"ANALYZE {table}")
    return written


def _write_history(cursor: Any, model: type[Model]) -> None:
    """Write for each row of the table the event that its trigger would have written."""
    event = getattr(model, "pgh_event_models", {}).get("insert")
    if event is None:
        return
    own = [field.column for field in event._meta.concrete_fields if not field.name.startswith("pgh_")]
    copied = ", ".join(f'"{column}"' for column in own)
    cursor.execute(
        f'INSERT INTO "{event._meta.db_table}" ({copied}, pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) '
        f"SELECT {copied}, {model._meta.pk.column}, 'insert', now(), attached.context "
        f'FROM "{model._meta.db_table}", (SELECT _pgh_attach_context() AS context OFFSET 0) attached'
    )


def settle_keys(*models: type[Model]) -> None:
    """Let the next key of each table follow the highest that was given explicitly."""
    with connection.cursor() as cursor:
        for model in models:
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f'SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max("{column}"), 1), max("{column}") IS NOT NULL) FROM "{table}"',
                [table, column],
            )


def _default(field: Field) -> Callable[[], Any]:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now
    return field.get_default


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    return str(value).translate(_ESCAPED)
