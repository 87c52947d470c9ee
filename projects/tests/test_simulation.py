"""The simulated months: what they left, how it is marked, and that the documents' own records stay as they were."""

from projects.models import ProgressReport


def test_there_are_reports(demo_db):
    assert ProgressReport.objects.filter(simulated=True).count() > 500
