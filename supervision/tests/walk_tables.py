"""What stands in the tables: one look at all of them, so that a walk sees whatever was written."""

from django.apps import apps
from django.db import connection

from erqi.common.models import Attachment, NumberSeries
from projects.models import Reminder, WarningSchedule
from supervision.models.act import Act

# By table: how many rows, and what they contain.
Tables = dict[str, tuple[int, str | None]]

# Besides all of supervision: what its services write elsewhere. (Attachments and reminders; numbers that were given out; colours.)
_ELSEWHERE = (Attachment, Attachment.pgh_event_model, NumberSeries, Reminder, WarningSchedule)
_models = [*apps.get_app_config("supervision").get_models(), *_ELSEWHERE]
_tables = sorted({model._meta.db_table for model in _models})
_acts = {model._meta.db_table: model.pgh_event_model._meta.db_table for model in _models if issubclass(model, Act)}
_NAME = "walk_tables"
# The connections (processes of the server) that know the statement: it is planned once for each.
_prepared: set[int] = set()


def read_tables() -> Tables:
    """Return what stands in the tables."""
    with connection.cursor() as cursor:
        if (server := connection.connection.info.backend_pid) not in _prepared:
            one = "SELECT '{0}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t"
            cursor.execute(f"PREPARE {_NAME} AS {' UNION ALL '.join(one.format(table) for table in _tables)}")
            _prepared.add(server)
        cursor.execute(f"EXECUTE {_NAME}")
        return {table: (number, content) for table, number, content in cursor.fetchall()}


def differing(one: Tables, other: Tables) -> list[str]:
    """Return the tables in which something else stands."""
    return [table for table in one if one[table] != other[table]]


def acts_in(tables: Tables) -> int:
    """Return how many acts there are, of all families."""
    return sum(tables[table][0] for table in _acts)


def halves(tables: Tables) -> list[str]:
    """Return the tables of acts that have not one event for each act."""
    return [table for table, events in _acts.items() if tables[table][0] != tables[events][0]]
