"""The cockpit's figures of supervision: each is the number of rows of the list it leads to, the unit's own or the district's."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erqi.common import clock, contributions
from erqi.common.models import User
from projects.services.grid import units_of
from projects.tests.builders import make_person, make_unit, make_user
from supervision.models import Notice
from supervision.tests.notice_case import Cast

TODAY, EARLIER = date(2018, 9, 28), date(2018, 9, 10)
LABELS = {"直报问题未办结", "督察通知单在办", "督察事项", "上报不实未办结", "领导问查待答复"}


def lines_of(client: Client, **query: str):
    answer = client.get("/", query)
    return answer.context["headlines"], answer.content.decode()


def check(client: Client, lines, day: date) -> None:
    for line in lines:
        address = f"{line.url}&per_page=all" + (f"&as_of={day}" if day != TODAY else "")
        listing = client.get(address).context["listing"]
        assert listing.problems == [], line.label
        assert line.value == listing.count, (line.label, line.url)


@pytest.mark.parametrize("day", [TODAY, EARLIER])
def test_every_figure_is_the_number_of_rows_of_its_list(demo_db, client, day):
    of_day = {"as_of": str(day)} if day != TODAY else {}
    seen = set()
    reporters = [user for user in User.objects.filter(is_active=True).order_by("pk") if user.can("report.write") and units_of(user, day)]
    for user in [User.objects.get(username="supervision"), User.objects.get(username="reviewer"), *reporters]:
        client.force_login(user)
        whole, html = lines_of(client, scope="all", **of_day)
        assert "大督察（全区）" in html
        check(client, whole, day)
        if user not in reporters:
            continue
        own, html = lines_of(client, scope="unit", **of_day)
        assert "大督察（本单位）" in html
        assert "大督察（全区）" not in html
        check(client, own, day)
        district = {line.label: line.value for line in whole}
        assert all(line.value <= district[line.label] for line in own)
        seen |= {line.label for line in own}
    assert seen == LABELS or day != TODAY


def test_a_figure_of_the_unit_leads_to_its_rows_and_to_no_others(demo_db, client):
    found = 0
    for user in User.objects.filter(is_active=True):
        if not (user.can("report.write") and units_of(user)):
            continue
        client.force_login(user)
        for line in lines_of(client, scope="unit")[0]:
            if line.label in ("督察通知单在办", "直报问题未办结"):
                rows = client.get(f"{line.url}&per_page=all").context["table"].records
                assert {row.unit_then for row in rows} <= units_of(user, TODAY)
                found += 1
    assert found > 2


def test_a_unit_without_anything_is_told_so(demo_db, client):
    idle = make_user("reporter")
    make_person("闲", posts=[{"unit": make_unit("无事单位"), "title": "职员"}], account=idle)
    client.force_login(idle)
    own, html = lines_of(client, scope="unit")
    assert own == []
    assert "本单位没有在办的督察通知单" in html


@pytest.fixture
def cast(db) -> Cast:
    return Cast().with_project()


@pytest.mark.parametrize("number", [1, 3])
def test_the_figures_take_the_same_queries_for_any_number(cast: Cast, number):
    for _ in range(number):
        cast.issued(on=date(2018, 9, 3))
    user = cast.writer
    user.permissions  # noqa: B018 read beforehand, as every page does
    assert Notice.objects.count() == number
    for units, expected in ((None, 7), ((cast.unit.pk,), 10)):
        with clock.at(date(2018, 9, 18)), CaptureQueriesContext(connection) as queries:
            for contribution in contributions.HEADLINES:
                list(contribution(user, date(2018, 9, 18), units))
        assert len(queries) == expected, units
