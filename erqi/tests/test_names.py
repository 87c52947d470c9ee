"""Names in the database keep to 30 characters (design.md §3), so that domestic PostgreSQL-family servers take them."""

import re

import pytest
from django.db import connection

LONGEST = 30
# Names that the server makes up itself (primary keys, sequences, column checks) follow its own limit; nobody writes them.
OWN_NAMES = re.compile(r"_(pkey|seq|key|check)\d*$")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'",
        "SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public' AND attnum > 0 AND NOT attisdropped",
        "SELECT conname FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace WHERE nspname = 'public' AND contype <> 'n'",
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'",
    ],
    ids=["tables and indexes", "columns", "constraints", "triggers", "functions"],
)
def test_names_are_short(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        long = sorted({name for (name,) in cursor.fetchall() if len(name) > LONGEST and not OWN_NAMES.search(name)})
    assert not long


@pytest.mark.django_db
def test_no_extension_is_needed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
        assert cursor.fetchall() == []
