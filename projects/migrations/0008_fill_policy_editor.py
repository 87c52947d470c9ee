"""Name those who changed the versions of the rules that nobody has approved yet, as the history says."""

from django.db import migrations


def fill(apps, schema_editor):
    editor = apps.get_model("projects", "PolicyEditor")
    accounts = set(apps.get_model("common", "User").objects.values_list("pk", flat=True))
    policies = apps.get_model("projects", "WarningPolicy").objects.exclude(state="approved").values_list("pk", flat=True)
    events = apps.get_model("projects", "WarningPolicyEvent").objects.filter(
        pgh_obj_id__in=set(policies), pgh_label="update", state__in=["draft", "returned"], pgh_context__isnull=False
    )
    found = {(policy, (metadata or {}).get("user")) for policy, metadata in events.values_list("pgh_obj_id", "pgh_context__metadata")}
    rows = [editor(policy_id=policy, account_id=account) for policy, account in sorted(found, key=str) if account in accounts]
    editor.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_policy_editor")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
