"""Colours follow from more of a notice than they did (D5: what was returned or refused; the clock stands still while the sender decides):
where notices about projects are under way, one pass computes all colours anew."""

from django.db import migrations

from erqi.common import clock

# What can weigh on a project (supervision.rules.notice.UNDER_WAY when this was written).
STATES = ("issued", "handling", "extending", "transferring", "refused", "replied", "reviewed")
REASON = "督察通知单计入颜色的规则调整"


def begin_pass(apps, schema_editor):
    """Leave a pass to be carried out by whatever starts or runs next."""
    notices = apps.get_model("supervision", "Notice").objects.filter(project__isnull=False, state__in=STATES)
    entries = apps.get_model("projects", "LedgerEntry").objects.filter(
        ledger__level="district", ledger__kind="projects", ledger__warned_since__isnull=False
    )
    if notices.exists() and (total := entries.count()):
        apps.get_model("projects", "Rescheduling").objects.create(reason=REASON, on=clock.today(), total=total, started_by_name="系统")


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_squashed_0015"), ("supervision", "0001_squashed_0015")]

    operations = [migrations.RunPython(begin_pass, migrations.RunPython.noop, elidable=True)]
