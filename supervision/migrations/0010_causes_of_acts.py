"""What acts keep of the record as it stood after them: an item's 病因, and what a unit put right after a finding. Filled from the history."""

import pgtrigger
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# The last version of the record that was written when the act was, or before it.
FILL = """
    UPDATE {acts} SET {columns}
    FROM {events} AS version
    WHERE version.pgh_id = (
        SELECT max(known.pgh_id) FROM {events} AS known WHERE known.pgh_obj_id = {acts}.{record}_id AND known.pgh_created_at <= {acts}.created_at
    )
"""


def fill(apps, schema_editor):
    families = (
        ("ItemAct", "SupervisionItemEvent", "item", "cause = version.cause, cause_note = version.cause_note"),
        ("FindingAct", "FindingEvent", "finding", "corrected = version.corrected"),
    )
    with (
        pgtrigger.ignore("supervision.ItemAct:append_only", "supervision.FindingAct:append_only"),
        schema_editor.connection.cursor() as cursor,
    ):
        for act, event, record, columns in families:
            acts, events = (apps.get_model("supervision", name)._meta.db_table for name in (act, event))
            cursor.execute(FILL.format(acts=acts, events=events, record=record, columns=columns))


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0009_texts_of_acts"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="findingact",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="itemact",
            name="insert_insert",
        ),
        migrations.AddField(
            model_name="findingact",
            name="corrected",
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name="更正内容"),
        ),
        migrations.AddField(
            model_name="findingactevent",
            name="corrected",
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name="更正内容"),
        ),
        migrations.AddField(
            model_name="itemact",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("clearance", "征迁"),
                    ("land", "土地"),
                    ("planning", "规划或方案调整"),
                    ("permit", "手续"),
                    ("funds", "资金"),
                    ("pipes", "管线迁改"),
                    ("site", "施工环境"),
                    ("air", "大气管控停工"),
                    ("owner", "业主原因"),
                    ("force", "不可抗力"),
                    ("other", "其他"),
                ],
                editable=False,
                max_length=20,
                verbose_name="病因",
            ),
        ),
        migrations.AddField(
            model_name="itemact",
            name="cause_note",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="病因说明"),
        ),
        migrations.AddField(
            model_name="itemactevent",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("clearance", "征迁"),
                    ("land", "土地"),
                    ("planning", "规划或方案调整"),
                    ("permit", "手续"),
                    ("funds", "资金"),
                    ("pipes", "管线迁改"),
                    ("site", "施工环境"),
                    ("air", "大气管控停工"),
                    ("owner", "业主原因"),
                    ("force", "不可抗力"),
                    ("other", "其他"),
                ],
                editable=False,
                max_length=20,
                verbose_name="病因",
            ),
        ),
        migrations.AddField(
            model_name="itemactevent",
            name="cause_note",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="病因说明"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="findingact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "supervision_findingactevent" ("action", "by_id", "by_name", "corrected", "created_at", "due_on", "finding_id", "from_state", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "request_key", "simulated", "text", "to_state", "unit_id") VALUES (NEW."action", NEW."by_id", NEW."by_name", NEW."corrected", NEW."created_at", NEW."due_on", NEW."finding_id", NEW."from_state", NEW."id", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."project_id", NEW."request_key", NEW."simulated", NEW."text", NEW."to_state", NEW."unit_id"); RETURN NULL;',
                    hash="cf13cfeaea8b4b8c3f2c51b6da5a64613adf1f29",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_73ced",
                    table="supervision_findingact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "supervision_itemactevent" ("action", "by_id", "by_name", "cause", "cause_note", "created_at", "due_on", "from_state", "id", "item_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "request_key", "simulated", "text", "to_state", "unit_id") VALUES (NEW."action", NEW."by_id", NEW."by_name", NEW."cause", NEW."cause_note", NEW."created_at", NEW."due_on", NEW."from_state", NEW."id", NEW."item_id", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."project_id", NEW."request_key", NEW."simulated", NEW."text", NEW."to_state", NEW."unit_id"); RETURN NULL;',
                    hash="1941d7c2d062c68d51ca5e5775e3aa6c4cce54e1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_651be",
                    table="supervision_itemact",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
