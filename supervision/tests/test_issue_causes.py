"""Every number of the statistics by cause leads to a list that shows exactly what it counts."""

from datetime import date

import pytest
from django.http import QueryDict

from erqi.common import clock
from projects.tests.browsing import sign_in, text
from supervision.choices import IssueAction as A
from supervision.filters.issue import IssueFilter
from supervision.models import Issue
from supervision.tests.issue_case import DAY, Cast

pytestmark = pytest.mark.django_db

CAUSES, EARLIER, LATER = "/supervision/issues/causes/", date(2018, 5, 7), date(2018, 6, 20)


@pytest.fixture
def cast() -> Cast:
    found = Cast()
    closing = (A.REPLY, A.VERIFY, A.CLOSE)
    whole = (A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE)
    found.brought(*whole, title="更早的问题", on=EARLIER)
    found.brought(title="尚未认定")
    found.brought(A.DECLINE, title="不予受理")
    found.brought(A.SEND_BACK, A.WITHDRAW, title="撤回")
    found.brought(*whole, *closing, title="按时办结")
    found.brought(*whole, title="逾期在办")
    late = found.brought(*whole, title="超期办结")
    other = found.brought(A.ACCEPT, title="另一病因")
    with clock.at(DAY):
        found.take(other, A.GRADE, found.office, grade="A", cause="land")
    with clock.at(LATER):
        for action in closing:
            late = found.take(late, action, found.usual(action))
    return found


def numbers(client, query: str) -> list[tuple[str, str, int, str]]:
    """Return each number of the table: line, column, number, address."""
    page = client.get(f"{CAUSES}{query}")
    lines = [(line.label, cells) for line, _, cells in page.context["lines"]] + [("合计", page.context["total_cells"])]
    found = [(label, cell.label, cell.number, cell.url) for label, cells in lines for cell in cells if cell.url]
    for _, _, number, url in found:
        assert (url.replace("&", "&amp;") in text(page)) is bool(number), "what is nothing leads nowhere"
    return found


def titles(client, url: str) -> set[str]:
    return {row.title for row in client.get(url).context["table"].records}


@pytest.mark.parametrize("query", ["", "?since=2018-01-01", "?since=2018-06-01", "?as_of=2018-06-05", "?as_of=2018-06-05&since=2018-05-08"])
def test_every_number_is_that_of_its_list(cast, query):
    with clock.at(LATER):
        client = sign_in(cast.supervisor)
        found = numbers(client, query)
        assert {label for label, *_ in found} == {"管线迁改", "土地", "尚未认定", "合计"}
        for label, column, number, url in found:
            assert len(titles(client, url)) == number, (label, column, url)


def test_which_rows_they_are(cast):
    with clock.at(LATER):
        client = sign_in(cast.supervisor)
        shown = {(label, column): titles(client, url) for label, column, _, url in numbers(client, "?since=2018-06-01")}
    assert shown["尚未认定", "问题数"] == {"尚未认定"}
    assert shown["管线迁改", "问题数"] == {"按时办结", "逾期在办", "超期办结"}
    assert shown["管线迁改", "其中逾期"] == {"逾期在办"}
    assert shown["管线迁改", "按时办结"] == {"按时办结"}
    assert shown["管线迁改", "超期办结"] == {"超期办结"}
    assert shown["土地", "A类"] == {"另一病因"}
    assert shown["合计", "问题数"] == {"尚未认定", "按时办结", "逾期在办", "超期办结", "另一病因"}


def test_the_chart_leads_there_too(cast):
    with clock.at(LATER):
        client = sign_in(cast.supervisor)
        page = client.get(f"{CAUSES}?as_of=2018-06-05")
        links = page.context["chart"]["data"]["links"]
        assert [len(titles(client, link)) for link in links] == [line.count for line, *_ in page.context["lines"]]


def test_what_is_filtered_by_is_said_and_a_wrong_day_is_left_out():
    rows = Issue.objects.for_table(DAY)
    found = IssueFilter(QueryDict("since=2018-6-1&cause=none&counted=late"), rows, as_of=DAY)
    assert found.summary() == "病因：尚未认定；直报自：2018年6月1日；统计口径：计入统计且逾期"
    wrong = IssueFilter(QueryDict("since=nonsense"), rows, as_of=DAY)
    assert "直报自" in wrong.problems[0]
    assert not wrong.cleaned


def test_the_filter_bar_asks_for_a_day(cast):
    with clock.at(LATER):
        page = text(sign_in(cast.supervisor).get("/supervision/issues/?since=2018-06-01"))
    assert '<input class="input" type="date" name="since" value="2018-06-01">' in page
