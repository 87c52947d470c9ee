"""Random people try random things with a problem through the real services, while accounts are stopped: no illegal state, no dead end, a
whole history, nothing twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erqi.common import clock
from erqi.common.errors import ServiceError
from supervision.choices import IssueAction
from supervision.models import Issue, IssueAct, IssueMeeting
from supervision.rules.issue import MACHINE, RUNNING
from supervision.services.acting import allowed
from supervision.services.issue_parties import issue_parties
from supervision.tests.issue_case import DAY, Cast
from supervision.tests.way_out import stop, way_out

pytestmark = pytest.mark.django_db

WHO = ("office", "supervisor", "inspector", "leader", "viewer", "reporter", "stranger")
ACTIONS = [action for action in IssueAction if action != IssueAction.REPORT]
# Whose accounts are stopped on the way: the author's and the units', and the leaders'.
BOUND = ("reporter", "stranger", "leader")
STOP = "stop"


def check(issue: Issue, seen: list[tuple[str, str, str]]) -> None:
    """The acts say exactly what was done, one leads on from the other, and the record stands where the last one left it."""
    acts = list(IssueAct.objects.filter(issue=issue).order_by("pk"))
    assert [(act.action, act.from_state, act.to_state) for act in acts] == seen
    before = ""
    for act in acts:
        step = MACHINE.step(act.action, before or None)
        assert step is not None, f"{act.action} in {before}"
        assert (act.from_state, act.to_state) == (before, step.target or before)
        before = act.to_state
    assert issue.state == before
    assert issue.events.order_by("-pgh_id").first().state == before
    then = Issue.objects.on_day(clock.today()).get(pk=issue.pk)
    assert (then.state_then, then.unit_then, then.due_then) == (issue.state, issue.unit_id, issue.due_on)
    # Whoever handles it has a unit and a day.
    assert issue.state not in ("assigned", "handling") or (issue.unit_id and issue.due_on)
    assert IssueMeeting.objects.count() == sum(act.action == IssueAction.MEET for act in acts)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from([*ACTIONS, STOP]), st.booleans()), min_size=5, max_size=40))
def test_random_people_doing_random_things_never_break_a_problem(tries):
    with transaction.atomic():
        cast, day, stopped = Cast(), DAY, set()
        people = [getattr(cast, name) for name in WHO]
        with clock.at(day):
            issue = cast.reported()
        seen = [("report", "", "reported")]
        for who, wish, legal in tries:
            with clock.at(day):
                user = getattr(cast, who)
                if wish == STOP and who in BOUND:
                    stop(user)
                    stopped.add(who)
                if wish == STOP or who in stopped:
                    way_out(issue, MACHINE, issue_parties, people)
                    continue
                steps = [step.action for step in allowed(issue, MACHINE, user, issue_parties(issue, user))]
                # Half of the time what the person may do, so that the walk gets somewhere.
                action = steps[len(wish) % len(steps)] if legal and steps else wish
                before, key = Issue.objects.get(pk=issue.pk), uuid4()
                try:
                    with transaction.atomic():
                        cast.take(issue, action, user, request_key=key)
                except ServiceError:
                    issue = Issue.objects.get(pk=issue.pk)
                    assert issue.version == before.version, "what is refused leaves nothing behind"
                else:
                    issue = Issue.objects.get(pk=issue.pk)
                    if issue.version != before.version:
                        seen.append((action, before.state, issue.state))
                    # The same form once more changes nothing, whatever has become of the record.
                    again = cast.take(before, action, user, request_key=key)
                    assert again.version == issue.version
                check(issue, seen)
                way_out(issue, MACHINE, issue_parties, people, [getattr(cast, name) for name in BOUND])
            day += timedelta(days=1)
        assert issue.state in dict(MACHINE.states)
        assert set(RUNNING) < set(dict(MACHINE.states))
        transaction.set_rollback(True)
