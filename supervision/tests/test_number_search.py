"""A record is found by its number as it is printed, and as people shorten it; not before it had one."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.tests.browsing import sign_in
from supervision.rules import issue as issue_rules
from supervision.rules import notice as notice_rules
from supervision.tests import issue_case, notice_case
from supervision.tests.item_case import make_case

DAY, TUESDAY, LATER = date(2018, 6, 4), date(2018, 6, 5), date(2018, 6, 8)


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("二七督〔2018〕5号", ("二七督", 2018, 5)),
        ("二七督[2018]5号", ("二七督", 2018, 5)),
        ("二七督（2018） 5 号", ("二七督", 2018, 5)),
        ("〔2018〕5", ("", 2018, 5)),
        ("第5号", ("", None, 5)),
        ("5", ("", None, 5)),
        ("２０１８", ("", None, 2018)),
        ("二七督", None),
        ("5号楼", None),
        ("", None),
    ],
)
def test_the_number_of_a_notice_as_it_is_typed(text, sought):
    assert notice_rules.number_sought(text) == sought


@pytest.mark.parametrize(
    ("text", "sought"), [("直报2018-017", (2018, 17)), ("2018-17", (2018, 17)), ("直报 2018-1", (2018, 1)), ("2018", None), ("", None)]
)
def test_the_number_of_a_problem_as_it_is_typed(text, sought):
    assert issue_rules.number_sought(text) == sought


def found(user, page: str, text: str, **more: str) -> int:
    listing = sign_in(user).get(reverse(f"supervision:{page}"), {"q": text, **more})
    assert listing.status_code == 200
    return listing.context["page_obj"].paginator.count


@pytest.mark.django_db
def test_notices_are_found_by_number(settings):
    cast = notice_case.Cast()
    with clock.at(DAY):
        notice = cast.draft()
    with clock.at(TUESDAY):
        for step in (notice_case.office.submit_notice, notice_case.office.approve_notice, notice_case.office.issue_notice):
            notice = step(notice=notice, version=None, by=cast.leader if step.__name__ == "approve_notice" else cast.writer)
        cast.issued(TUESDAY, title="另一份", text="另行办理。")
    settings.FIXED_TODAY = LATER
    for text, number in (
        (notice.number_text, 1),
        ("1号", 1),
        ("第2号", 1),
        ("〔2018〕1", 1),
        ("3号", 0),
        ("二七督", 2),
        ("二七督〔2017〕1号", 0),
    ):
        assert found(cast.writer, "notice_list", text) == number, text
    assert found(cast.writer, "notice_list", "1号", as_of=DAY.isoformat()) == 0, "it had no number yet"
    assert found(cast.writer, "trace_list", notice.number_text) == notice.acts.count()
    assert found(cast.writer, "trace_list", notice.number_text, as_of=DAY.isoformat()) == 0


@pytest.mark.django_db
def test_problems_and_items_are_found_by_number(settings):
    settings.FIXED_TODAY = DAY
    cast, case = issue_case.Cast(), make_case()
    issue, other, item = cast.brought("accept"), cast.brought("accept", title="另一个"), case.item()
    assert found(cast.office, "issue_list", issue.number) == found(cast.office, "issue_list", other.number[2:]) == 1
    assert found(cast.office, "trace_list", issue.number) == issue.acts.count()
    assert found(cast.office, "trace_list", item.number) == item.acts.count()
    assert found(cast.office, "issue_list", "直报2018-999") == 0
