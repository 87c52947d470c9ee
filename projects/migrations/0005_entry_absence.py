import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("projects", "0004_fill_counted_report"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryAbsence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("left", "退出台账"), ("closed", "销号")], max_length=10, verbose_name="类别")),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(verbose_name="止（不含）")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="恢复的理由")),
                ("by_name", models.CharField(max_length=60, verbose_name="恢复人")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="恢复人账号",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="projects.ledgerentry",
                        verbose_name="台账条目",
                    ),
                ),
            ],
            options={
                "verbose_name": "退出与销号的经过",
                "verbose_name_plural": "退出与销号的经过",
                "ordering": ["entry", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EntryAbsenceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(choices=[("left", "退出台账"), ("closed", "销号")], max_length=10, verbose_name="类别")),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(verbose_name="止（不含）")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="恢复的理由")),
                ("by_name", models.CharField(max_length=60, verbose_name="恢复人")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="恢复人账号",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.ledgerentry",
                        verbose_name="台账条目",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="projects.entryabsence",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="entryabsence",
            index=models.Index(fields=["entry", "since"], name="absence_of_entry"),
        ),
        migrations.AddConstraint(
            model_name="entryabsence",
            constraint=models.CheckConstraint(condition=models.Q(("until__gt", models.F("since"))), name="absence_in_order"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entryabsence",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8788e223a1defc5b83ed4413a025e2a5eb9be02a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_76644",
                    table="projects_entryabsence",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entryabsence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "projects_entryabsenceevent" ("by_id", "by_name", "end_reason", "entry_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "since", "until") VALUES (NEW."by_id", NEW."by_name", NEW."end_reason", NEW."entry_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."since", NEW."until"); RETURN NULL;',
                    hash="a95e3028c82fdbc112865856bc8255c6f9d583a2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e411e",
                    table="projects_entryabsence",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="entryabsenceevent",
            index=models.Index(fields=["-pgh_created_at"], name="projects_en_pgh_cre_b479c7_idx"),
        ),
        migrations.AddIndex(
            model_name="entryabsenceevent",
            index=models.Index(fields=["pgh_obj_id", "-pgh_id"], name="projects_en_pgh_obj_c6a64d_idx"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entryabsenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2f1748e7152200a6ea0741c4c399d04cc3c50a5e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4f69e",
                    table="projects_entryabsenceevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
