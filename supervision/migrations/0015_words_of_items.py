"""What items and their steps said on any day, and since when their grid was known: filled from the history."""

import datetime
import django.db.models.deletion
import django.utils.timezone
import erqi.common.simulation
import pgtrigger
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from erqi.common import pinyin
from projects.rules.search import search_key

WORDS = ("theme_id", "name", "source", "source_ref", "source_text", "goal", "roadmap", "note")
STEP = ("seq", "name", "measure")


def business_day(event, otherwise):
    """Return the business date on which a change was recorded. What a simulation wrote was written in one go, which says no day."""
    metadata = (event.pgh_context.metadata if event.pgh_context else None) or {}
    try:
        return otherwise if event.simulated else datetime.date.fromisoformat(metadata["business_date"])
    except (KeyError, TypeError, ValueError):
        return otherwise


def events_of(model):
    """Return the history of each record (key), the earliest first."""
    found = {}
    for event in model.objects.select_related("pgh_context").order_by("pgh_id"):
        found.setdefault(event.pgh_obj_id, []).append(event)
    return found


def searched(number, words):
    """Return what an item is found by, as it was worded."""
    names = [words["name"], words["source_ref"]]
    forms = [form for name in names if name for form in (name, pinyin.full(name), pinyin.initials(name))]
    return search_key([number, *forms, words["goal"][:500]])


def courses(versions):
    """Yield of (day, words) in their order each that says something new, with the day on which the next one follows (None: it stands)."""
    new = [(day, words) for place, (day, words) in enumerate(versions) if not place or words != versions[place - 1][1]]
    for place, (day, words) in enumerate(new):
        yield day, new[place + 1][0] if place + 1 < len(new) else None, words


def fill_items(apps):
    """Each version of an item was written with an act, which says its day."""
    text, rows = apps.get_model("supervision", "ItemText"), []
    events, days = events_of(apps.get_model("supervision", "SupervisionItemEvent")), {}
    for item, on in apps.get_model("supervision", "ItemAct").objects.order_by("pk").values_list("item_id", "on"):
        days.setdefault(item, []).append(on)
    for item in apps.get_model("supervision", "SupervisionItem").objects.order_by("pk"):
        known = days.get(item.pk) or [item.registered_on]
        last = {event.version: {name: getattr(event, name) for name in WORDS} for event in events.get(item.pk, [])}
        last[item.version] = {name: getattr(item, name) for name in WORDS}
        versions = [(known[min(version, len(known)) - 1], last[version]) for version in sorted(last)]
        rows += [
            text(
                item=item,
                valid_from=day,
                valid_until=until,
                simulated=item.simulated,
                search_key=searched(item.number, words),
                **words,
            )
            for day, until, words in courses(versions)
        ]
    text.objects.bulk_create(rows, batch_size=500)


def fill_steps(apps):
    """A step's rows are those of its dates: one whose words changed while its dates stood becomes several."""
    events, new = events_of(apps.get_model("supervision", "ItemStepEvent")), []
    revision = apps.get_model("supervision", "StepDates")
    for step in apps.get_model("supervision", "ItemStep").objects.order_by("pk"):
        own = events.get(step.pk, [])
        versions = [(business_day(event, step.recorded_on), {name: getattr(event, name) for name in STEP}) for event in own]
        versions.append((versions[-1][0] if versions else step.recorded_on, {name: getattr(step, name) for name in STEP}))
        spans = list(courses(versions))
        for row in revision.objects.filter(step=step).order_by("valid_from", "pk"):
            begin, end = row.valid_from, row.valid_until
            within = [span for span in spans if span[1] is None or span[1] > begin] or spans[-1:]
            parts = [within[0], *(span for span in within[1:] if end is None or span[0] < end)]
            for place, (_, until, words) in enumerate(parts):
                part = row if place == 0 else revision(step=step, valid_from=parts[place][0], simulated=row.simulated)
                if place:
                    part.due_on, part.done_on, part.dropped_on = row.due_on, row.done_on, row.dropped_on
                    new.append(part)
                part.valid_until = until if place + 1 < len(parts) else end
                for name in STEP:
                    setattr(part, name, words[name])
            row.save()
    revision.objects.bulk_create(new, batch_size=500)


def fill_duties(apps):
    """A row of the grid was entered, and ended, on the business dates of its history."""
    events = events_of(apps.get_model("supervision", "ItemDutyEvent"))
    history = apps.get_model("supervision", "ItemDutyEvent").objects
    for duty in apps.get_model("supervision", "ItemDuty").objects.select_related("item").order_by("pk"):
        own = events.get(duty.pk, [])
        registered_on = duty.item.registered_on
        duty.recorded_on = max(business_day(own[0], registered_on) if own else registered_on, registered_on)
        ended = next((event for event in own if event.until is not None), None)
        if duty.until is not None:
            duty.ended_on = business_day(ended, duty.until) if ended is not None else duty.until
        duty.save()
        history.filter(pgh_obj_id=duty.pk).update(recorded_on=duty.recorded_on)
        history.filter(pgh_obj_id=duty.pk, until__isnull=False).update(ended_on=duty.ended_on)


def fill(apps, schema_editor):
    silenced = ("ItemDuty:update_update", "ItemDutyEvent:append_only", "StepDates:fix_step_day")
    with pgtrigger.ignore(*(f"supervision.{name}" for name in silenced)):
        fill_items(apps)
        fill_steps(apps)
        fill_duties(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0014_notice_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("simulated", models.BooleanField(default=erqi.common.simulation.is_simulated, editable=False, verbose_name="模拟")),
                ("valid_from", models.DateField(editable=False, verbose_name="起")),
                ("valid_until", models.DateField(blank=True, editable=False, null=True, verbose_name="止（不含）")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="登记时间")),
                ("name", models.CharField(max_length=120, verbose_name="督察事项")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("meeting", "会议"),
                            ("instruction", "领导批示"),
                            ("document", "文件"),
                            ("project", "项目台账"),
                            ("issue", "问题直报"),
                        ],
                        max_length=20,
                        verbose_name="来源",
                    ),
                ),
                ("source_ref", models.CharField(blank=True, max_length=80, verbose_name="文号或会议")),
                ("source_text", models.TextField(blank=True, verbose_name="原文")),
                ("goal", models.TextField(verbose_name="目标任务")),
                ("roadmap", models.TextField(blank=True, verbose_name="路线图")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="备注")),
                ("search_key", models.TextField(blank=True, editable=False, verbose_name="检索")),
            ],
            options={
                "verbose_name": "事项文字",
                "verbose_name_plural": "事项文字",
                "ordering": ["item", "valid_from", "pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="itemduty",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="itemduty",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="itemduty",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stepdates",
            name="fix_step_day",
        ),
        migrations.AddField(
            model_name="itemduty",
            name="ended_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="止日登记日期"),
        ),
        migrations.AddField(
            model_name="itemduty",
            name="recorded_on",
            field=models.DateField(default=datetime.date(1900, 1, 1), editable=False, verbose_name="登记日期"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="itemdutyevent",
            name="ended_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="止日登记日期"),
        ),
        migrations.AddField(
            model_name="itemdutyevent",
            name="recorded_on",
            field=models.DateField(default=datetime.date(1900, 1, 1), editable=False, verbose_name="登记日期"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stepdates",
            name="measure",
            field=models.CharField(blank=True, max_length=300, verbose_name="措施"),
        ),
        migrations.AddField(
            model_name="stepdates",
            name="name",
            field=models.CharField(default="", max_length=80, verbose_name="步骤"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stepdates",
            name="seq",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="次序"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="supervisionitem",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supervision.theme", verbose_name="督察台账"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemduty",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "supervision_itemdutyevent" ("duty", "ended_on", "id", "item_id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_on", "simulated", "since", "unit_id", "until") VALUES (NEW."duty", NEW."ended_on", NEW."id", NEW."item_id", NEW."kind", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_on", NEW."simulated", NEW."since", NEW."unit_id", NEW."until"); RETURN NULL;',
                    hash="f65ae4061ab1be1f95be4c3bbe346e837c3e8a73",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2e05f",
                    table="supervision_itemduty",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemduty",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "supervision_itemdutyevent" ("duty", "ended_on", "id", "item_id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_on", "simulated", "since", "unit_id", "until") VALUES (NEW."duty", NEW."ended_on", NEW."id", NEW."item_id", NEW."kind", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_on", NEW."simulated", NEW."since", NEW."unit_id", NEW."until"); RETURN NULL;',
                    hash="298d2af11271e5b1406f2ed72828d6be4c4a0c16",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_73b8a",
                    table="supervision_itemduty",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemduty",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "supervision_itemdutyevent" ("duty", "ended_on", "id", "item_id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_on", "simulated", "since", "unit_id", "until") VALUES (OLD."duty", OLD."ended_on", OLD."id", OLD."item_id", OLD."kind", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_on", OLD."simulated", OLD."since", OLD."unit_id", OLD."until"); RETURN NULL;',
                    hash="a3f38c136758303b988f35e63d18cb886ccc499e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b085e",
                    table="supervision_itemduty",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stepdates",
            trigger=pgtrigger.compiler.Trigger(
                name="fix_step_day",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."simulated" IS DISTINCT FROM (NEW."simulated") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."step_id" IS DISTINCT FROM (NEW."step_id") OR OLD."seq" IS DISTINCT FROM (NEW."seq") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."dropped_on" IS DISTINCT FROM (NEW."dropped_on"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="9c2dec8c56fa55874627af0c4bb52b2f524f242f",
                    operation="UPDATE",
                    pgid="pgtrigger_fix_step_day_51ac3",
                    table="supervision_stepdates",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="itemtext",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="supervision.supervisionitem", verbose_name="督察事项"
            ),
        ),
        migrations.AddField(
            model_name="itemtext",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supervision.theme", verbose_name="督察台账"
            ),
        ),
        migrations.AddIndex(
            model_name="itemtext",
            index=models.Index(fields=["item", "valid_from"], name="text_of_item"),
        ),
        migrations.AddConstraint(
            model_name="itemtext",
            constraint=models.UniqueConstraint(condition=models.Q(("valid_until", None)), fields=("item",), name="one_standing_item_text"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemtext",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_item_text",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="435aa3d537e257f5e46a91697961c51b6a24fdf7",
                    operation="DELETE",
                    pgid="pgtrigger_keep_item_text_65fdd",
                    table="supervision_itemtext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemtext",
            trigger=pgtrigger.compiler.Trigger(
                name="fix_item_text",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."simulated" IS DISTINCT FROM (NEW."simulated") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."theme_id" IS DISTINCT FROM (NEW."theme_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."source_ref" IS DISTINCT FROM (NEW."source_ref") OR OLD."source_text" IS DISTINCT FROM (NEW."source_text") OR OLD."goal" IS DISTINCT FROM (NEW."goal") OR OLD."roadmap" IS DISTINCT FROM (NEW."roadmap") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."search_key" IS DISTINCT FROM (NEW."search_key") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3009c0fc010c0654e6187ce041d530a47a53b4fa",
                    operation="UPDATE",
                    pgid="pgtrigger_fix_item_text_fb192",
                    table="supervision_itemtext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemtext",
            trigger=pgtrigger.compiler.Trigger(
                name="data_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM pg_advisory_xact_lock_shared(1684108385); PERFORM nextval('data_version'); RETURN NULL;",
                    hash="89543872301f99d081cbbac16199cb9206a62347",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_data_version_17e51",
                    table="supervision_itemtext",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
