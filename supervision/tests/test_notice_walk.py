"""Random people try random things with notices through the real services: no illegal state, no dead end, a whole history, nothing twice."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erqi.common import clock, workdays
from erqi.common.errors import ServiceError
from erqi.common.models import User
from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeState
from supervision.models import Notice, NoticeAct, NoticeText
from supervision.rules.notice import MACHINE
from supervision.rules.notice_course import Done, course
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.services.acting import allowed
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db

WHO = ("writer", "second", "inspector", "leader", "reporter", "stranger")
ACTIONS = [action for action in Do if action != Do.DRAFT]


def take(cast: Cast, notice: Notice, action: str, by: User) -> object:
    """Do an action as a page would, with what it needs."""
    ahead, more = workdays.add_workdays(clock.today(), 3), {"notice": notice, "version": notice.version, "by": by}
    plain = {
        Do.SUBMIT: office.submit_notice,
        Do.RECALL: office.recall_notice,
        Do.APPROVE: office.approve_notice,
        Do.ISSUE: office.issue_notice,
        Do.SIGN: units.sign_notice,
        Do.TAKE_BACK: units.take_back,
        Do.RECALL_REPLY: units.recall_reply,
        Do.ARCHIVE: units.archive_notice,
        Do.CHANGE: changing.approve_change,
        Do.RECALL_CHANGE: changing.recall_change,
    }
    reasoned = {
        Do.RETURN_DRAFT: office.return_draft,
        Do.WITHDRAW: office.withdraw_notice,
        Do.REFUSE: units.refuse_notice,
        Do.UPHOLD: office.uphold_notice,
        Do.DENY_EXTENSION: units.deny_extension,
        Do.DENY_TRANSFER: units.deny_transfer,
        Do.REVOKE: office.revoke_notice,
        Do.DROP_CHANGE: changing.drop_change,
    }
    spoken = {Do.PASS_REPLY: units.pass_reply, Do.CLOSE: units.close_notice, Do.URGE: office.urge_notice, Do.REPLY: units.reply_notice}
    if action in plain:
        return plain[action](**more)
    if action in reasoned:
        return reasoned[action](reason="理由", **more)
    if action in spoken:
        return spoken[action](text="情况", **more)
    later = (notice.due_on or ahead) + timedelta(days=7)
    other = cast.other if notice.unit_id == cast.unit.pk else cast.unit
    match action:
        case Do.EDIT:
            return office.edit_notice(title=f"{notice.title}改"[-60:], **more)
        case Do.ASK_EXTENSION:
            return units.ask_extension(to=later, reason="理由", **more)
        case Do.GRANT_EXTENSION:
            return units.grant_extension(due_on=later, **more)
        case Do.ASK_TRANSFER:
            return units.ask_transfer(unit=other, reason="理由", **more)
        case Do.TRANSFER:
            return changing.transfer_notice(unit=other, due_on=ahead, reason="理由", **more)
        case Do.RETURN_REPLY:
            return units.return_reply(reason="理由", due_on=ahead, **more)
        case Do.REOPEN:
            return units.reopen_notice(reason="理由", due_on=ahead, **more)
        case Do.PROPOSE_CHANGE:
            return changing.propose_change(title=notice.title, text=f"{notice.text}改"[-60:], due_on=None, reason="理由", **more)
        case Do.INSTRUCT:
            return units.instruct(text="批示", addressee="handler", due_on=ahead, **more)
    order = notice.orders.filter(answered_on=None).first()
    if order is None:
        raise ServiceError("没有批示。")
    return units.answer_order(order=order, text="已落实", version=None, by=by)


def check(notice: Notice, seen: list[tuple[str, str, str]]) -> None:
    """The acts say exactly what was done, one leads on from the other, and the record stands where the last one left it."""
    acts = list(NoticeAct.objects.filter(notice=notice).order_by("pk"))
    assert [(act.action, act.from_state, act.to_state) for act in acts] == seen
    before = ""
    for act in acts:
        step = MACHINE.step(act.action, before or None)
        assert step is not None, f"{act.action} in {before}"
        assert act.from_state == before
        assert act.to_state == (step.target or before)
        before = act.to_state
    assert notice.state == before
    assert notice.events.order_by("-pgh_id").first().state == before
    read = course(Done(act.action, act.on, act.unit_id, act.due_on, act.text, act.by_name, act.to_state) for act in acts)
    assert (read.state, read.unit, read.due_on) == (notice.state, notice.unit_id, notice.due_on)
    issues = [act for act in acts if act.action == Do.ISSUE]
    assert len(issues) == (1 if notice.number else 0)
    changes = sum(act.action in (Do.CHANGE, Do.TRANSFER) for act in acts)
    assert NoticeText.objects.filter(notice=notice).count() == (1 + changes if issues else 0)


def way_out(cast: Cast, notice: Notice) -> None:
    """Somebody can always move an unfinished notice on."""
    if MACHINE.is_final(notice.state):
        return
    people = [getattr(cast, name) for name in WHO]
    moving = [
        step.action
        for user in people
        for step in allowed(notice, MACHINE, user, office.parties(notice, user))
        if step.target not in (None, notice.state)
    ]
    assert moving, f"nobody can move it out of {notice.state}"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from(ACTIONS), st.booleans()), min_size=5, max_size=45))
def test_random_people_doing_random_things_never_break_a_notice(tries):
    with transaction.atomic():
        cast, day = Cast(), DAY
        with clock.at(day):
            notice = cast.draft()
        seen = [("draft", "", "draft")]
        for who, wish, legal in tries:
            with clock.at(day):
                user = getattr(cast, who)
                steps = [step.action for step in allowed(notice, MACHINE, user, office.parties(notice, user))]
                # Half of the time what the person may do, so that the walk gets somewhere.
                action = steps[len(wish) % len(steps)] if legal and steps else wish
                before = Notice.objects.get(pk=notice.pk)
                try:
                    with transaction.atomic():
                        take(cast, notice, action, user)
                except ServiceError:
                    notice = Notice.objects.get(pk=notice.pk)
                    assert notice.version == before.version, "what is refused leaves nothing behind"
                else:
                    notice = Notice.objects.get(pk=notice.pk)
                    if notice.version != before.version:
                        seen.append((action, before.state, notice.state))
                check(notice, seen)
                way_out(cast, notice)
            day += timedelta(days=1)
        assert notice.state in set(NoticeState)
        transaction.set_rollback(True)


def test_a_walk_of_every_legal_step_covers_the_table():
    """Each step of the table is taken once by a path that the services allow."""
    cast, taken = Cast(), set()
    day = date(2018, 6, 4)
    paths = [
        "submit/writer recall/writer edit/writer submit/writer return_draft/leader withdraw/writer",
        "submit/writer approve/leader return_draft/second submit/writer approve/leader issue/writer refuse/reporter uphold/leader"
        " ask_extension/reporter take_back/reporter ask_extension/reporter deny_extension/second ask_extension/reporter"
        " grant_extension/second ask_transfer/reporter deny_transfer/second ask_transfer/reporter transfer/second sign/stranger"
        " instruct/leader answer/stranger urge/inspector propose_change/second recall_change/writer propose_change/second"
        " drop_change/leader propose_change/second change/writer sign/stranger reply/stranger recall_reply/stranger reply/stranger"
        " return_reply/inspector reply/stranger pass_reply/inspector close/second reopen/leader reply/stranger pass_reply/inspector"
        " close/writer archive/writer",
        "submit/writer approve/leader issue/writer sign/reporter revoke/leader",
    ]
    with clock.at(day):
        for path in paths:
            notice = cast.draft()
            for part in path.split():
                action, who = part.split("/")
                take(cast, Notice.objects.get(pk=notice.pk), action, getattr(cast, who))
                taken.add(action)
            assert MACHINE.is_final(Notice.objects.get(pk=notice.pk).state)
    assert taken == set(Do) - {Do.DRAFT}
