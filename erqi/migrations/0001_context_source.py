"""An index on where a change came from: every history page asks for the contexts of loaded data, a handful among all others."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("pghistory", "0007_auto_20250421_0444")]

    operations = [
        # The table is the history library's, so the index cannot be declared on a model of ours.
        migrations.RunSQL(
            sql="CREATE INDEX context_source ON pghistory_context ((metadata -> 'source'))",
            reverse_sql="DROP INDEX context_source",
        )
    ]
