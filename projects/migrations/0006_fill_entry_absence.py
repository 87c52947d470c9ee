"""Fill the times in which an entry was out of its ledger, or closed, and came back: from the entries' history."""

from datetime import date

from django.db import migrations
from django.utils import timezone

BATCH = 2000


def business_day(event):
    """Return the business date on which a change was recorded; that of the clock where nothing says another one."""
    metadata = (event.pgh_context.metadata if event.pgh_context else None) or {}
    try:
        return date.fromisoformat(metadata["business_date"])
    except (KeyError, TypeError, ValueError):
        return timezone.localtime(event.pgh_created_at).date()


def name(event):
    """Return who made a change, as its context says."""
    metadata = (event.pgh_context.metadata if event.pgh_context else None) or {}
    return (metadata.get("name") or "系统")[:60]


def rows_of(before, event):
    """Yield what a change of an entry took back, as values of an EntryAbsence."""
    for kind, column in (("left", "delisted_on"), ("closed", "closed_on")):
        since, until = getattr(before, column), business_day(event)
        if since is not None and getattr(event, column) is None and since < until:
            reason, back = (before.delist_reason, "") if kind == "left" else ("", event.reopen_reason)
            yield {"kind": kind, "since": since, "until": until, "reason": reason, "end_reason": back, "by_name": name(event)}


def fill(apps, schema_editor):
    entries = apps.get_model("projects", "LedgerEntry").objects
    absence = apps.get_model("projects", "EntryAbsence")
    events = apps.get_model("projects", "LedgerEntryEvent").objects.select_related("pgh_context").order_by("pgh_obj_id", "pgh_id")
    standing = set(entries.values_list("pk", flat=True))
    batch, before = [], None
    for event in events.iterator(chunk_size=BATCH):
        if before is not None and before.pgh_obj_id == event.pgh_obj_id and event.pgh_obj_id in standing:
            batch += [absence(entry_id=event.pgh_obj_id, **values) for values in rows_of(before, event)]
        before = event
    absence.objects.bulk_create(batch, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_entry_absence")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
