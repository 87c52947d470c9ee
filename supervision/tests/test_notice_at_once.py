"""Two at the same moment at one notice: nothing twice, no number twice."""

from datetime import date
from functools import partial

import pytest

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.tests.concurrency import at_once
from supervision.choices import NoticeState
from supervision.models import Notice, NoticeAct, NoticeText
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.tests.notice_case import Cast

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2018, 6, 4)


def within(action, **values):
    with clock.at(DAY):
        return action(**values)


def approved(cast: Cast) -> Notice:
    with clock.at(DAY):
        notice = office.submit_notice(notice=cast.draft(), version=None, by=cast.writer)
        return office.approve_notice(notice=notice, version=None, by=cast.leader)


def test_notices_that_are_issued_at_once_get_numbers_of_their_own():
    cast = Cast()
    notices = [approved(cast) for _ in range(4)]
    issued = at_once(*(partial(within, office.issue_notice, notice=notice, version=None, by=cast.writer) for notice in notices))
    assert sorted(notice.number for notice in issued) == [1, 2, 3, 4]


def test_a_notice_that_is_issued_twice_at_once_is_issued_once():
    cast = Cast()
    notice = approved(cast)
    results = at_once(*(partial(within, office.issue_notice, notice=notice, version=None, by=cast.writer) for _ in range(3)))
    assert {one.number for one in results} == {1}
    assert NoticeAct.objects.filter(notice=notice, action="issue").count() == 1
    assert NoticeText.objects.filter(notice=notice).count() == 1


def test_of_two_decisions_at_once_one_stands():
    cast = Cast()
    with clock.at(DAY):
        notice = units.ask_extension(notice=cast.signed(), to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
    granted, denied = at_once(
        partial(within, units.grant_extension, notice=notice, due_on=date(2018, 7, 13), version=notice.version, by=cast.writer),
        partial(within, units.deny_extension, notice=notice, reason="不同意", version=notice.version, by=cast.second),
    )
    assert sum(isinstance(one, ServiceError) for one in (granted, denied)) == 1
    now = Notice.objects.get(pk=notice.pk)
    assert now.state == NoticeState.HANDLING
    assert now.due_on == (date(2018, 7, 3) if isinstance(granted, ServiceError) else date(2018, 7, 13))


def test_a_reply_and_a_transfer_at_once_leave_one_of_them():
    cast = Cast()
    notice = cast.signed()
    reply, transfer = at_once(
        partial(within, units.reply_notice, notice=notice, text="已办理。", version=notice.version, by=cast.reporter),
        partial(
            within,
            changing.transfer_notice,
            notice=notice,
            unit=cast.other,
            due_on=date(2018, 6, 15),
            reason="改派",
            version=notice.version,
            by=cast.writer,
        ),
    )
    assert sum(isinstance(one, ServiceError) for one in (reply, transfer)) == 1
    last = NoticeAct.objects.filter(notice=notice).latest("pk")
    assert Notice.objects.get(pk=notice.pk).state == last.to_state
