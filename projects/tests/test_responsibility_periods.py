"""Who answers on a day: one rule in Python and SQL, one lead unit on any day, also when two people assign at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from erqi.common.errors import InvalidInput
from projects.models import Project, Responsibility
from projects.querysets.responsibility import in_force as in_force_sql
from projects.rules.responsibility import ended, in_force, overlap
from projects.services import responsibility as service
from projects.tests.builders import make_project, make_responsibility, make_unit

DAY = date(2018, 6, 30)
AROUND = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
PERIODS = [(a, b) for a, b in product([None, *AROUND], repeat=2) if a is None or b is None or a <= b]
dates = st.none() | st.dates(date(2018, 1, 1), date(2018, 1, 12))


@pytest.mark.django_db
@pytest.mark.parametrize("day", AROUND)
def test_the_rule_and_its_sql_agree_on_every_day_around_a_period(day: date) -> None:
    rows = [make_responsibility(make_project(), make_unit(), since=since, until=until) for since, until in PERIODS]
    by_sql = set(Responsibility.objects.filter(in_force_sql(day)))
    assert by_sql == {row for row in rows if in_force(row.since, row.until, day)}
    assert 0 < len(by_sql) < len(rows)


@given(dates, dates, dates, dates)
def test_periods_overlap_when_both_are_in_force_on_some_day(a: date | None, b: date | None, c: date | None, d: date | None) -> None:
    days = [date(2017, 12, 31) + timedelta(days=number) for number in range(14)]
    both = any(in_force(a, b, day) and in_force(c, d, day) for day in days)
    assert overlap((a, b), (c, d)) is overlap((c, d), (a, b)) is both


def test_a_responsibility_has_ended_after_its_last_day() -> None:
    assert [ended(DAY, day) for day in AROUND] == [False, False, True]
    assert not ended(None, DAY)


@pytest.mark.django_db
class TestOneLeadUnit:
    @pytest.mark.parametrize(
        ("first", "second", "passes"),
        [
            ((None, date(2099, 12, 31)), (None, None), False),
            ((None, DAY), (AROUND[2], None), True),
            ((None, DAY), (DAY, None), False),
            ((None, DAY), (None, None), False),
            ((DAY, None), (None, AROUND[0]), True),
            ((DAY, None), (None, DAY), False),
            ((date(2018, 1, 1), DAY), (date(2018, 3, 1), date(2018, 4, 1)), False),
        ],
    )
    def test_periods_of_lead_units_never_overlap(self, first: tuple, second: tuple, passes: bool) -> None:
        project = make_project()
        make_responsibility(project, make_unit(), since=first[0], until=first[1])
        assign = {"project": project, "kind": "lead", "unit": make_unit(), "since": second[0], "until": second[1], "by": None}
        if passes:
            service.assign(**assign)
        else:
            with pytest.raises(InvalidInput, match="同一天只能有一个牵头单位"):
                service.assign(**assign)
        assert project.responsibilities.count() == (2 if passes else 1)

    def test_the_sentence_names_the_unit_and_its_period(self) -> None:
        project = make_project()
        make_responsibility(project, make_unit("区建设局"), since=date(2018, 1, 1), until=DAY)
        with pytest.raises(InvalidInput) as caught:
            service.assign(project=project, kind="lead", unit=make_unit(), by=None)
        assert str(caught.value) == (
            "该项目已有牵头单位“区建设局”（2018年1月1日起，2018年6月30日止），同一天只能有一个牵头单位；请把本行的起止日写在这段时间之外。"
        )

    def test_a_correction_is_refused_as_well(self) -> None:
        project = make_project()
        old = make_responsibility(project, make_unit(), until=DAY)
        new = make_responsibility(project, make_unit(), since=AROUND[2])
        helper = make_responsibility(project, make_unit(), kind="cooperate")
        for row, values in ((old, {"until": AROUND[2]}), (new, {"since": DAY}), (helper, {"kind": "lead"})):
            with pytest.raises(InvalidInput, match="同一天只能有一个牵头单位"):
                service.change_assignment(row=row, version=None, by=None, **values)
        service.change_assignment(row=old, version=None, by=None, until=AROUND[0])
        assert service.change_assignment(row=new, version=None, by=None, since=DAY).since == DAY

    def test_duties_and_other_kinds_are_not_concerned(self) -> None:
        project, unit = make_project(), make_unit()
        make_responsibility(project, unit)
        for kind in ("undertake", "undertake", "cooperate", "stated"):
            service.assign(project=project, kind=kind, unit=make_unit(), by=None)

    def test_an_end_before_the_beginning_is_named_as_such(self) -> None:
        project = make_project()
        make_responsibility(project, make_unit())
        with pytest.raises(InvalidInput, match="止日不能早于起日"):
            service.assign(project=project, kind="lead", unit=make_unit(), since=DAY, until=AROUND[0], by=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_assigned_at_the_same_moment_exactly_one_wins() -> None:
    # Both have an end, so that the constraint on open rows does not see them.
    units = [make_unit() for _ in range(4)]
    for _ in range(5):
        project = make_project()

        def assign(number: int, project: Project = project) -> bool:
            try:
                service.assign(project=project, kind="lead", unit=units[number], until=date(2099, 12, 31), by=None)
            except InvalidInput:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(assign, range(4))) == [False, False, False, True]
        assert project.responsibilities.count() == 1
