"""The lists of liftings and of requests read on an earlier day: the states of that day, the banner, tabs that keep the day."""

from datetime import date
from itertools import product

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.choices import DecisionState, LiftingState
from projects.models import Lifting
from projects.querysets.request import Asked, request_counts, request_rows
from projects.rules.decision import lifting_state_on, state_on
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_project, make_user
from projects.tests.ledger_pages import shown
from projects.tests.request_case import make_case
from projects.tests.warning_builders import make_lifting

pytestmark = pytest.mark.django_db
TODAY = date(2018, 9, 28)
LIFTINGS = reverse("projects:lifting_list")
PROPOSED, CHECKED, ENDED = date(2018, 7, 2), date(2018, 7, 4), date(2018, 7, 10)


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with clock.at(TODAY):
        yield


def lifted() -> Lifting:
    return make_lifting(
        make_project("道路工程"),
        state="confirmed",
        proposed_on=PROPOSED,
        verified_on=CHECKED,
        verified_by_name="督察员甲",
        ended_on=ENDED,
        ended_by_name="督察办乙",
        end_note="同意摘牌",
    )


COLUMNS = "cols=state,verified_by_name,ended_by_name,end_note,waiting"


@pytest.mark.parametrize(
    ("day", "there", "not_there"),
    [
        ("2018-07-03", ["待核验", "已等 1 天"], ["督察员甲", "督察办乙", "同意摘牌"]),
        ("2018-07-04", ["待确认", "督察员甲", "今日"], ["督察办乙", "同意摘牌"]),
        ("2018-07-10", ["督察员甲", "督察办乙", "同意摘牌", "2018-07-10 办结"], ["已等"]),
    ],
)
def test_liftings_of_a_day(day: str, there: list[str], not_there: list[str]) -> None:
    lifted()
    client = sign_in(make_user("viewer"))
    html = text(client.get(f"{LIFTINGS}?as_of={day}&{COLUMNS}"))
    body = html[html.index("<tbody") : html.index("</tbody>")]
    assert [word for word in there if word not in body] == []
    assert [word for word in not_there if word in body] == []
    assert "这是过去某日的状态" in html
    assert f"as_of={day}" in html[: html.index("<tbody")]
    assert shown(text(client.get(f"{LIFTINGS}?as_of=2018-07-01"))) == []


def test_the_tabs_and_filters_of_liftings_count_the_day() -> None:
    lifted()
    client = sign_in(make_user("viewer"))
    html = text(client.get(f"{LIFTINGS}?as_of=2018-07-04"))
    for label, count in (("全部", 1), ("待核验", 0), ("待确认", 1), ("已办结", 0)):
        assert f'{label}<span class="count">{count}</span>' in html
    assert "?state=verified&amp;as_of=2018-07-04" in html
    assert shown(text(client.get(f"{LIFTINGS}?as_of=2018-07-04&state=verified"))) == ["道路工程"]
    assert shown(text(client.get(f"{LIFTINGS}?state=verified"))) == []
    assert "这是过去某日的状态" not in text(client.get(LIFTINGS))


@pytest.mark.parametrize("state", list(LiftingState))
def test_liftings_in_sql_stand_as_the_rule_says(state: LiftingState) -> None:
    days = [date(2018, 7, day) for day in (1, 2, 3, 4, 5, 9, 10, 11)]
    ended = [None] if state in (LiftingState.PROPOSED, LiftingState.VERIFIED) else [ENDED]
    checked = [CHECKED] if state in (LiftingState.VERIFIED, LiftingState.CONFIRMED) else [None]
    for verified_on, ended_on in product(checked, ended):
        make_lifting(make_project(), state=state, proposed_on=PROPOSED, verified_on=verified_on, ended_on=ended_on)
    for day in days:
        rows = {row.pk: row.state_then for row in Lifting.objects.as_of(day)}
        assert rows == {
            one.pk: lifting_state_on(one.state, one.verified_on, one.ended_on, day)
            for one in Lifting.objects.all()
            if one.proposed_on <= day
        }


def test_requests_of_a_day() -> None:
    case = make_case()
    asked = case.ask_date(on=date(2018, 7, 2))
    case.decide_date(asked, on=date(2018, 7, 6))
    hold = case.ask_hold(date(2018, 8, 1), date(2018, 8, 20), on=date(2018, 7, 5))
    office = case.browser("office")
    html = text(office.get("/requests/?as_of=2018-07-04&cols=state,waiting,decided_by_name"))
    body = html[html.index("<tbody") : html.index("</tbody>")]
    assert body.count("待审批") == 1
    assert "已等 2 个工作日" in body
    assert asked.decided_by_name == "" or asked.decided_by_name not in body
    assert "这是过去某日的状态" in html
    for label, count in (("全部", 1), ("待审批", 1), ("已办结", 0)):
        assert f'{label}<span class="count">{count}</span>' in html
    assert "2018-07-06 办结" in text(office.get("/requests/?as_of=2018-07-06&state=approved"))
    assert "?state=pending&amp;as_of=2018-07-04" in html
    for day in (date(2018, 7, number) for number in range(1, 10)):
        rows = {(row["kind"], row["pk"]): row["state_then"] for row in request_rows(Asked(day))}
        asked.refresh_from_db()
        expected = {
            (kind, one.pk): state_on(one.state, one.decided_on, day)
            for kind, one in (("date", asked), ("hold", hold))
            if one.requested_on <= day
        }
        assert rows == expected
        assert request_counts(Asked(day)).get(DecisionState.PENDING, 0) == list(expected.values()).count(DecisionState.PENDING)
