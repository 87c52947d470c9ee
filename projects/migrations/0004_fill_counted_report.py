"""Fill what counts for each project's year from the steps that the reports took, in their order."""

from itertools import groupby

from django.db import migrations

BATCH = 2000
COLUMNS = ("report__project_id", "report__year", "report__month", "report_id", "pk", "counts", "valid_from", "cumulative", "simulated")


def rows_of_year(counted, project, year, steps):
    """Yield the rows of one project's year: what counted after each step, where the step changed it."""
    latest, standing = {}, None
    for _, _, month, report, key, counts, on, cumulative, simulated in steps:
        if counts:
            latest[report] = (month, key, cumulative, simulated)
        else:
            latest.pop(report, None)
        found = max(latest.values(), key=lambda row: row[:2], default=None)
        if (found and found[1]) == (standing and standing.step_id):
            continue
        if standing is not None:
            standing.valid_until = on
            yield standing
        standing = found and counted(
            project_id=project, year=year, month=found[0], step_id=found[1], cumulative=found[2], simulated=found[3], valid_from=on
        )
    if standing is not None:
        yield standing


def fill(apps, schema_editor):
    counted = apps.get_model("projects", "CountedReport")
    steps = apps.get_model("projects", "ReportStep").objects.order_by("report__project_id", "report__year", "pk").values_list(*COLUMNS)
    batch = []
    for (project, year), found in groupby(steps.iterator(chunk_size=BATCH), key=lambda row: row[:2]):
        batch += rows_of_year(counted, project, year, found)
        if len(batch) >= BATCH:
            counted.objects.bulk_create(batch)
            batch = []
    counted.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_counted_report")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
