"""Which report counts for a project's year: kept in step with the steps of its reports."""

from datetime import date

from projects.models import CountedReport, ReportStep


def renew_counted(project: int, year: int, on: date) -> None:
    """Bring up to date which report of the year counts for a project (key) from the business date on.

    Called in the transaction that took a step on one of the year's reports, under the project's lock. Nothing is written where the
    step changed nothing about it: a correction of an earlier month, a draft that was returned.
    """
    last = ReportStep.objects.figures(on).filter(report__project=project, report__year=year).select_related("report").first()
    standing = CountedReport.objects.filter(project=project, year=year, valid_until=None).first()
    if (standing and standing.step_id) == (last and last.pk):
        return
    if standing is not None:
        standing.valid_until = on
        standing.save(update_fields=["valid_until"])
    if last is not None:
        CountedReport.objects.create(
            project_id=project,
            year=year,
            month=last.report.month,
            cumulative=last.cumulative,
            step=last,
            valid_from=on,
            simulated=last.simulated,
        )
