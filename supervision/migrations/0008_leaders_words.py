"""What leaders said of milestones before becomes questions (领导问查): what nobody has answered awaits an answer, the rest is closed."""

from datetime import timedelta

from django.db import migrations

# Who reports a project, the first that exists (projects.choices.REPORTING_KINDS when this was written).
KINDS = ("undertake", "lead", "stated")
DAYS = 7


def reporting_unit(apps, project, day):
    """Return the unit (key) that reported the project on the day."""
    rows = apps.get_model("projects", "Responsibility").objects.filter(project=project, duty="", unit__isnull=False).order_by("pk")
    held = [row for row in rows if (row.since is None or row.since <= day) and (row.until is None or day <= row.until)]
    found = next((row.unit_id for kind in KINDS for row in held if row.kind == kind), None)
    return found or apps.get_model("projects", "Project").objects.values_list("owner", flat=True).get(pk=project)


def take_over(apps, schema_editor):
    """Make a question of each word of a leader; what the project's unit said afterwards is its answer."""
    update = apps.get_model("projects", "MilestoneUpdate")
    inquiry, act = apps.get_model("supervision", "Inquiry"), apps.get_model("supervision", "InquiryAct")
    for row in update.objects.filter(layer="leader").select_related("milestone").order_by("pk"):
        later = update.objects.filter(milestone=row.milestone, pk__gt=row.pk, layer__in=["self", "office"]).order_by("pk").first()
        project, unit = row.milestone.project_id, reporting_unit(apps, row.milestone.project_id, row.recorded_on)
        due_on = row.recorded_on + timedelta(days=DAYS)
        asked = inquiry.objects.create(
            project_id=project,
            milestone=row.milestone,
            text=row.text[:200],
            addressee="unit",
            unit_id=unit,
            asked_on=row.recorded_on,
            asked_by=row.by,
            asked_by_name=row.by_name,
            due_on=due_on,
            answer=later.text if later else "",
            answered_on=later.recorded_on if later else None,
            answered_by_name=later.by_name if later else "",
            state="closed" if later else "asked",
            simulated=row.simulated,
        )
        common = {"inquiry": asked, "project_id": project, "unit_id": unit, "due_on": due_on, "simulated": row.simulated}
        act.objects.create(action="ask", to_state="asked", on=row.recorded_on, by=row.by, by_name=row.by_name, text=row.text, **common)
        if later:
            day = later.recorded_on
            act.objects.create(
                action="answer",
                from_state="asked",
                to_state="answered",
                on=day,
                by=later.by,
                by_name=later.by_name,
                text=later.text,
                **common,
            )
            act.objects.create(
                action="close", from_state="answered", to_state="closed", on=day, by_name="系统", text="此前以节点更新答复。", **common
            )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0007_item")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
