import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("projects", "0006_fill_entry_absence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyEditor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="账号"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editors",
                        to="projects.warningpolicy",
                        verbose_name="预警规则",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则修改人",
                "verbose_name_plural": "规则修改人",
            },
        ),
        migrations.CreateModel(
            name="PolicyEditorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
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
                        to="projects.policyeditor",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.warningpolicy",
                        verbose_name="预警规则",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="policyeditor",
            constraint=models.UniqueConstraint(fields=("policy", "account"), name="policy_editor_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyeditor",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "projects_policyeditorevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_id"); RETURN NULL;',
                    hash="c8d2b8a6a56dc5a6ed496355a23112f4264e6aa4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_58913",
                    table="projects_policyeditor",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyeditor",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "projects_policyeditorevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_id"); RETURN NULL;',
                    hash="cf2a7878ef062e8ea6ac9c20d7f531064dcef703",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2a41a",
                    table="projects_policyeditor",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyeditor",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "projects_policyeditorevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id") VALUES (OLD."account_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."policy_id"); RETURN NULL;',
                    hash="8b477e75beaaf53c37b76fb1ec7e0cc7dd719795",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5ccb1",
                    table="projects_policyeditor",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="policyeditorevent",
            index=models.Index(fields=["-pgh_created_at"], name="projects_po_pgh_cre_60de25_idx"),
        ),
        migrations.AddIndex(
            model_name="policyeditorevent",
            index=models.Index(fields=["pgh_obj_id", "-pgh_id"], name="projects_po_pgh_obj_8cb148_idx"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyeditorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0d76126b1b87bae5348f2a1b536e689fc9fe355b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0a38d",
                    table="projects_policyeditorevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
