"""The as-of test: while the simulated months are lived through, everything that pages show is noted at the end of every week; read
again afterwards, as of those days, all of it has to be the same."""

import os
from collections.abc import Iterator

import pytest

from erqi.common import clock
from erqi.demo import live_demo
from erqi.tests import databases
from erqi.tests.plugin import DEMO_PASSWORD
from projects.imports.simulation.material import FIRST_DAY, LAST_DAY
from projects.tests.simulated_days import digest, entries_2018, figures_now, levels_in_sql, shown

FRIDAY = 4


@pytest.fixture
def kept_digest(django_db_blocker) -> Iterator[dict[str, str]]:
    """The digest of another run of the same simulation: that of the demonstration's template."""
    part = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_look"
    with django_db_blocker.unblock():
        databases.clone(databases.ensure_demo(), part)
        with databases.looking_into(part):
            found = digest()
        yield found
        databases.drop(part)


def test_every_week_is_read_later_as_it_was_shown_then_and_two_runs_are_the_same(kept_digest, seeded_db):
    noted = {}
    for day in live_demo(DEMO_PASSWORD):
        if day.weekday() == FRIDAY or day == FIRST_DAY:
            with clock.at(day):
                noted[day] = shown(day, past=False)
            # What counted is what the reports themselves say on the day.
            projects = {entry.project_id: entry.project.code for entry in entries_2018()}
            now = {projects[project]: amount for project, amount in figures_now().items()}
            assert now == {code: one.cumulative for code, one in noted[day].items() if one.cumulative is not None}
    assert len(noted) >= 28
    assert max(noted) == LAST_DAY
    with clock.at(LAST_DAY):
        for day, then in noted.items():
            later = shown(day, past=True)
            assert set(later) == set(then)
            wrong = {code: (then[code], later[code]) for code in then if then[code] != later[code]}
            assert not wrong, f"{day}: {wrong}"
            in_sql = levels_in_sql(day)
            assert in_sql == {code: (one.level, one.since) for code, one in then.items() if one.since is not None}
    assert digest() == kept_digest
