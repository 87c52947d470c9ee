import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0008_fill_policy_editor"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="warningschedule",
            name="fix_schedule",
        ),
        migrations.AddField(
            model_name="warningschedule",
            name="paused_from_2",
            field=models.DateField(blank=True, null=True, verbose_name="暂停起二"),
        ),
        migrations.AddField(
            model_name="warningschedule",
            name="paused_from_3",
            field=models.DateField(blank=True, null=True, verbose_name="暂停起三"),
        ),
        migrations.AddField(
            model_name="warningschedule",
            name="paused_until_2",
            field=models.DateField(blank=True, null=True, verbose_name="暂停止二"),
        ),
        migrations.AddField(
            model_name="warningschedule",
            name="paused_until_3",
            field=models.DateField(blank=True, null=True, verbose_name="暂停止三"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warningschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="fix_schedule",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."simulated" IS DISTINCT FROM (NEW."simulated") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."year" IS DISTINCT FROM (NEW."year") OR OLD."policy_id" IS DISTINCT FROM (NEW."policy_id") OR OLD."green_on" IS DISTINCT FROM (NEW."green_on") OR OLD."blue_on" IS DISTINCT FROM (NEW."blue_on") OR OLD."yellow_on" IS DISTINCT FROM (NEW."yellow_on") OR OLD."red_on" IS DISTINCT FROM (NEW."red_on") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."paused_from" IS DISTINCT FROM (NEW."paused_from") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."paused_from_2" IS DISTINCT FROM (NEW."paused_from_2") OR OLD."paused_until_2" IS DISTINCT FROM (NEW."paused_until_2") OR OLD."paused_from_3" IS DISTINCT FROM (NEW."paused_from_3") OR OLD."paused_until_3" IS DISTINCT FROM (NEW."paused_until_3") OR OLD."floor_level" IS DISTINCT FROM (NEW."floor_level") OR OLD."floor_until" IS DISTINCT FROM (NEW."floor_until") OR OLD."manual_level" IS DISTINCT FROM (NEW."manual_level") OR OLD."manual_until" IS DISTINCT FROM (NEW."manual_until") OR OLD."entered_level" IS DISTINCT FROM (NEW."entered_level") OR OLD."entered_on" IS DISTINCT FROM (NEW."entered_on") OR OLD."causes" IS DISTINCT FROM (NEW."causes") OR OLD."facts" IS DISTINCT FROM (NEW."facts"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0cc717525a6c043a5446e691e7d8d4762c4fd53d",
                    operation="UPDATE",
                    pgid="pgtrigger_fix_schedule_a26e8",
                    table="projects_warningschedule",
                    when="BEFORE",
                ),
            ),
        ),
    ]
