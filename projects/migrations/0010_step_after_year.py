import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0009_pauses"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="reportstep",
            name="fix_step",
        ),
        migrations.AddField(
            model_name="reportstep",
            name="recorded_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="年后办理日期"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportstep",
            trigger=pgtrigger.compiler.Trigger(
                name="fix_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."simulated" IS DISTINCT FROM (NEW."simulated") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."cumulative" IS DISTINCT FROM (NEW."cumulative") OR OLD."physical_percent" IS DISTINCT FROM (NEW."physical_percent") OR OLD."physical" IS DISTINCT FROM (NEW."physical") OR OLD."progress" IS DISTINCT FROM (NEW."progress") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."problem_cause" IS DISTINCT FROM (NEW."problem_cause") OR OLD."problem_due_on" IS DISTINCT FROM (NEW."problem_due_on") OR OLD."next_step" IS DISTINCT FROM (NEW."next_step") OR OLD."no_change" IS DISTINCT FROM (NEW."no_change") OR OLD."self_level" IS DISTINCT FROM (NEW."self_level") OR OLD."cutoff_on" IS DISTINCT FROM (NEW."cutoff_on") OR OLD."report_id" IS DISTINCT FROM (NEW."report_id") OR OLD."action" IS DISTINCT FROM (NEW."action") OR OLD."counts" IS DISTINCT FROM (NEW."counts") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."by_name" IS DISTINCT FROM (NEW."by_name"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6432fad9d55ff139d2c810c6b9f819278187c840",
                    operation="UPDATE",
                    pgid="pgtrigger_fix_step_dd36f",
                    table="projects_reportstep",
                    when="BEFORE",
                ),
            ),
        ),
    ]
