"""The time line of supervision: all families, by project and unit, as of a day, with drafts for those alone who write them."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.models import MilestoneUpdate
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_milestone, make_user
from supervision.choices import IssueAction as A
from supervision.querysets.trace import kinds
from supervision.services.notice import draft_notice
from supervision.tests.issue_case import DAY, Cast

pytestmark = pytest.mark.django_db

LATER = date(2018, 6, 8)


@pytest.fixture
def cast() -> Cast:
    found = Cast()
    issue = found.brought(A.ACCEPT, A.GRADE, A.ASSIGN)
    with clock.at(date(2018, 6, 6)):
        found.take(issue, A.TAKE, found.reporter)
    return found


def lines(client, query: str = "") -> list[tuple[str, str]]:
    with clock.at(LATER):
        response = client.get(f"{reverse('supervision:trace_list')}?{query}")
    assert response.status_code == 200
    return [(row.kind_label, row.action_label) for row in response.context["table"].records]


def test_acts_stand_on_one_line_the_latest_first(cast):
    assert lines(sign_in(cast.viewer)) == [("直报问题", word) for word in ("接办", "交办", "定级", "受理", "直报")]


def test_another_day_shows_what_had_been_done_by_then(cast):
    assert len(lines(sign_in(cast.viewer), f"as_of={DAY}")) == 4


def test_filters_narrow_every_family(cast):
    client = sign_in(cast.viewer)
    assert len(lines(client, f"project={cast.project.code}")) == 5
    assert lines(client, f"unit={cast.unit.pk}") == [("直报问题", "接办"), ("直报问题", "交办")]
    assert lines(client, "kind=notice") == []
    assert len(lines(client, "days=7&q=重点办甲")) == 3
    assert len(lines(client, "project=EQ-9999-999")) == 5, "what does not exist is left out with a sentence"


def test_drafts_are_for_those_who_write_and_sign_them(cast):
    with clock.at(DAY):
        draft_notice(kind="assign", source="meeting", title="交办", text="请办理。", unit=cast.unit, by=cast.supervisor)
    assert "notice" in kinds()
    assert lines(sign_in(cast.viewer), "kind=notice") == []
    assert len(lines(sign_in(cast.supervisor), "kind=notice")) == 1


def test_the_project_and_the_unit_show_what_was_done_last(cast):
    client = sign_in(cast.viewer)
    with clock.at(LATER):
        for address in (cast.project.get_absolute_url(), cast.unit.get_absolute_url()):
            page = client.get(address)
            shown = {panel.key: panel.context for panel in page.context["panels"]}
            assert shown["traces"]["lines"][0].action_label == "接办"
            assert shown["issues"]["open"] == 1
            assert "督察痕迹" in text(page)
        then = client.get(f"{cast.project.get_absolute_url()}?as_of={DAY}")
        assert [panel.context["lines"][0].action_label for panel in then.context["panels"] if panel.key == "traces"] == ["交办"]


def test_a_leaders_word_stands_once_as_the_question_that_it_became(cast):
    milestone = make_milestone(cast.project, "other", name="主体施工", due_on=date(2018, 12, 30))
    for layer in ("leader", "inspector"):
        MilestoneUpdate.objects.create(milestone=milestone, layer=layer, recorded_on=DAY, text=f"{layer}所说", by_name="某人")
    assert lines(sign_in(cast.viewer), "kind=update") == [("节点督察", "督察")]


def test_ticked_lines_leave_as_a_file(cast):
    act = cast.project.issues.get().acts.first()
    client = sign_in(cast.viewer)
    with clock.at(LATER):
        answer = client.get(f"{reverse('supervision:trace_list')}?export=csv&pk=issue-{act.pk}&pk=nothing-1")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert sum("直报2018-001" in row for row in rows) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_a_constant_number_of_questions(number, django_assert_num_queries):
    cast = Cast()
    for place in range(number):
        cast.brought(A.ACCEPT, title=f"问题{place}")
    client = sign_in(make_user("viewer"))
    with clock.at(LATER):
        client.get(reverse("supervision:trace_list"))
        with django_assert_num_queries(9):
            assert client.get(reverse("supervision:trace_list")).context["page_obj"].paginator.count == 2 * number
