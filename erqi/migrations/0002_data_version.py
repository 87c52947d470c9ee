"""The sequence that every statement writing to a business table steps (erqi.common.kept)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("erqi", "0001_context_source")]

    operations = [
        migrations.RunSQL(sql="CREATE SEQUENCE data_version; SELECT nextval('data_version')", reverse_sql="DROP SEQUENCE data_version")
    ]
