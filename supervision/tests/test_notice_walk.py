"""Walks of supervision notices (督察通知单): supervision.tests.walk says what is checked."""

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from erqi.common import workdays
from erqi.tests.uploads import pdf, upload
from projects.choices import ResponsibilityKind
from projects.tests.builders import make_project, make_responsibility
from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeKind, NoticeSource, OrderAddressee, Party
from supervision.choices import NoticeState as Is
from supervision.models import Notice, NoticeText
from supervision.rules.notice import MACHINE
from supervision.rules.notice_course import Done, course
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST, UNITS
from supervision.tests.walk_family import LEGAL, NOT_THEIRS, SAME_PERSON, Family, Form
from supervision.tests.walk_ways import random_walks, tours

pytestmark = pytest.mark.django_db

_UNIT = {Party.HANDLER, Party.REVIEWER}
WEEK = timedelta(days=7)


class Notices(Family):
    machine, model = MACHINE, Notice
    needed = "text"
    four_eyes: ClassVar = {
        Do.APPROVE: {Do.DRAFT, Do.EDIT, Do.SUBMIT},
        Do.GRANT_EXTENSION: {Do.ASK_EXTENSION},
        Do.PASS_REPLY: {Do.REPLY},
        Do.CLOSE: {Do.PASS_REPLY, Do.REPLY},
        Do.CHANGE: {Do.PROPOSE_CHANGE},
        Do.DROP_CHANGE: {Do.PROPOSE_CHANGE},
    }
    rounds: ClassVar = {Do.ISSUE, Do.RETURN_REPLY, Do.TRANSFER, Do.UPHOLD, Do.REOPEN}
    onward: ClassVar = {
        Is.DRAFT: {Do.SUBMIT},
        Is.APPROVING: {Do.APPROVE},
        Is.APPROVED: {Do.ISSUE},
        Is.ISSUED: {Do.SIGN},
        Is.HANDLING: {Do.REPLY},
        Is.EXTENDING: {Do.GRANT_EXTENSION, Do.DENY_EXTENSION},
        Is.TRANSFERRING: {Do.TRANSFER, Do.DENY_TRANSFER},
        Is.REFUSED: {Do.UPHOLD, Do.TRANSFER},
        Is.REPLIED: {Do.PASS_REPLY},
        Is.REVIEWED: {Do.CLOSE},
        Is.CLOSED: {Do.ARCHIVE},
    }
    beginnings = ("meeting", "project", "empty")
    tours = (
        "meeting/jack: submit/supervision approve? recall submit return_draft/jack withdraw",
        "meeting/supervision: edit/jack submit/supervision approve? return_draft withdraw",
        "project/supervision: submit/jack approve issue +1 refuse uphold ask_extension/jack take_back ask_extension/jack grant_extension?"
        " deny_extension +2 ask_extension/reviewer grant_extension ask_transfer deny_transfer ask_transfer transfer=other sign/outsider"
        " instruct=supervision answer urge +3 transfer=unit change! propose_change/jack"
        " propose_change! change? drop_change? recall_change propose_change drop_change"
        " propose_change/jack +1 change sign instruct=handler reply/jack recall_reply +1 reply/jack pass_reply?"
        " return_reply reply/jack pass_reply/inspector close! answer/reviewer close? return_reply +1 reply/reporter"
        " pass_reply/jack close reopen +4 reply pass_reply/inspector close archive",
        # Whoever proposed a change does not decide on it, whatever was done to the notice since.
        "project/supervision: submit/jack approve/leader issue propose_change/second_supervision transfer=other change? drop_change?"
        " change/leader sign/outsider propose_change reply/outsider pass_reply/inspector drop_change? close! recall_change"
        " close/leader archive/supervision",
        "empty: submit approve issue +1 sign/office reply/second_office pass_reply revoke",
        # A change that waits ends with the notice.
        "meeting: submit approve issue propose_change revoke/leader",
        # Of the one transfer the unit that had a copy is told once, of the one change who signed the notice and is of its unit.
        "meeting: submit approve issue refuse transfer=lead transfer=unit",
        "meeting/supervision: submit/second_supervision approve/jack issue propose_change/supervision change/leader",
        # A form that is sent again tells nobody who has come since.
        "meeting: submit approve issue -lead_reviewer <",
    )

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.project = make_project("走查通知项目")
        make_responsibility(self.project, world.units["unit"], ResponsibilityKind.UNDERTAKE)
        make_responsibility(self.project, world.units["lead"], ResponsibilityKind.LEAD)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        if how == "project":
            # Title and text are written by the system, with the project's figures.
            about = {"kind": NoticeKind.REMIND, "source": NoticeSource.PROJECT, "project": self.project}
        else:
            words = {"title": "关于会议事项的交办", "text": walk.words(), "unit": walk.world.units["empty" if how == "empty" else "unit"]}
            about = {"kind": NoticeKind.ASSIGN, "source": NoticeSource.MEETING, **words}
        values = {"copies": [walk.world.units["lead"]], "uploads": lambda: [upload("附件.pdf", pdf())], **about}
        return Do.DRAFT, Form(office.draft_notice, values)

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        return [who for who in CAST if walk.world.parties(who) & {Party.SUPERVISION, Party.INSPECTOR}]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = "empty" if how == "empty" else "unit"
        walk.notes |= {"orders": {}, "due": None, "change": ""}
        return answer

    def parties(self, walk: Walk, who: str) -> set[Party]:
        addressed = {"handlers": [walk.unit], "reviewing": [walk.unit]}
        return walk.world.parties(who, **addressed, stand_in="office", absent=("reporter", "reviewer"))

    def judge(self, walk: Walk, who: str, action: str) -> str:
        found = super().judge(walk, who, action)
        if action in (Do.CHANGE, Do.DROP_CHANGE) and found == LEGAL and walk.notes["change"] == who:
            return SAME_PERSON
        if action == Do.ANSWER and found == LEGAL:
            # Whom the leader has named.
            named = {OrderAddressee.HANDLER: _UNIT, OrderAddressee.SUPERVISION: {Party.SUPERVISION}}[self._open(walk)[0]]
            return found if named & self.parties(walk, who) else NOT_THEIRS
        return found

    def _open(self, walk: Walk) -> list[OrderAddressee]:
        """Return by whom the instructions are to be carried out that nobody has answered."""
        return [addressee for addressee, is_open in walk.notes["orders"].values() if is_open]

    def is_hindered(self, walk: Walk, who: str, action: str) -> bool:
        match action:
            case Do.CLOSE:
                return bool(self._open(walk) or walk.notes["change"])
            case Do.ARCHIVE:
                return bool(self._open(walk))
            case Do.ANSWER:
                return not self._open(walk)
            case Do.PROPOSE_CHANGE:
                return bool(walk.notes["change"])
            case Do.CHANGE | Do.DROP_CHANGE | Do.RECALL_CHANGE:
                return not walk.notes["change"]
            case Do.ASK_EXTENSION:
                # Before the limit is over; the days off after it are not counted.
                day = walk.day
                while not workdays.is_workday(day):
                    day -= timedelta(days=1)
                return walk.notes["due"] < day
        return False

    def is_stuck(self, walk: Walk, action: str) -> bool:
        # The instruction that stands in the way is answered by whom it names, a change is decided on or taken back.
        ways = [Do.ANSWER] if self._open(walk) else [Do.CHANGE, Do.DROP_CHANGE, Do.RECALL_CHANGE]
        return not any(self.judge(walk, who, way) == LEGAL for who in CAST for way in ways)

    def form(self, walk: Walk, action: str) -> Form | None:
        if action == Do.ANSWER:
            orders = walk.record.orders.order_by("answered_on", "pk")
            order = orders.filter(answered_on=None).first() or orders.last()
            if order is None:
                return None
            return Form(units.answer_order, {"order": lambda: type(order).objects.get(pk=order.pk), "text": walk.words()}, order.version)
        service, name = SERVICES[action]
        return walk.form(service, "notice", **({name: walk.words()} if name else {}), **self._given(walk, action))

    def _given(self, walk: Walk, action: str) -> dict[str, Any]:
        others = [name for name in UNITS if name != walk.unit]
        ahead: date = max(walk.notes["due"] or walk.day, walk.day) + WEEK
        match action:
            case Do.EDIT:
                return {"title": f"关于会议事项的交办{walk.number}"}
            case Do.ASK_EXTENSION:
                return {"to": ahead}
            case Do.GRANT_EXTENSION | Do.RETURN_REPLY | Do.REOPEN:
                return {"due_on": ahead}
            case Do.ASK_TRANSFER:
                return {"unit": walk.world.units[walk.choose(others)]}
            case Do.TRANSFER:
                return {"unit": walk.world.units[walk.choose(others)], "due_on": ahead}
            case Do.PROPOSE_CHANGE:
                return {"title": "关于会议事项的交办", "text": walk.words(), "due_on": None}
            case Do.REPLY:
                return {"cause": "land", "uploads": lambda: [upload("反馈.pdf", pdf(b"/A 1"))]}
            case Do.INSTRUCT:
                return {"addressee": walk.choose(list(OrderAddressee)), "due_on": ahead}
        return {}

    def ended_with(self, walk: Walk, action: str) -> list[str]:
        # What the unit reads of a revocation does not speak of a change that was never sent.
        return [Do.RECALL_CHANGE] if action == Do.REVOKE and walk.notes["change"] else []

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        orders = walk.notes["orders"]
        if action == Do.PROPOSE_CHANGE:
            walk.notes["change"] = who
        elif action in (Do.CHANGE, Do.DROP_CHANGE, Do.RECALL_CHANGE, Do.CLOSE, Do.REVOKE):
            walk.notes["change"] = ""
        if action == Do.TRANSFER and form is not None:
            walk.unit = walk.world.unit_name(form.values["unit"].pk)
        elif action == Do.INSTRUCT and form is not None:
            orders[len(orders)] = (form.values["addressee"], True)
        elif action == Do.ANSWER:
            key = next(key for key, (_, is_open) in orders.items() if is_open)
            orders[key] = (orders[key][0], False)

    def check(self, walk: Walk, record: Any) -> None:
        walk.notes["due"] = record.due_on
        acts = record.acts.order_by("pk")
        read = course(Done(act.action, act.on, act.unit_id, act.due_on, act.text, act.by_name, act.to_state) for act in acts)
        assert (read.state, read.unit, read.due_on) == (record.state, record.unit_id, record.due_on)
        done = [action for action, *_ in walk.acts]
        assert bool(record.number) == (Do.ISSUE in done)
        # Each version as it was sent: of the issue, of every other text and unit.
        versions = sum(action in (Do.ISSUE, Do.CHANGE, Do.TRANSFER) for action in done)
        assert NoticeText.objects.filter(notice=record).count() == versions
        assert [change.by_name for change in record.changes.waiting()] == ([f"走查{walk.notes['change']}"] if walk.notes["change"] else [])
        orders = [(addressee, not is_open) for addressee, is_open in walk.notes["orders"].values()]
        found = [(order.addressee, order.answered_on is not None) for order in record.orders.order_by("pk")]
        assert found == orders


# The service of each action, and the name of its words.
SERVICES = {
    Do.EDIT: (office.edit_notice, ""),
    Do.SUBMIT: (office.submit_notice, "note"),
    Do.RECALL: (office.recall_notice, ""),
    Do.RETURN_DRAFT: (office.return_draft, "reason"),
    Do.APPROVE: (office.approve_notice, "note"),
    Do.WITHDRAW: (office.withdraw_notice, "reason"),
    Do.ISSUE: (office.issue_notice, ""),
    Do.SIGN: (units.sign_notice, ""),
    Do.REFUSE: (units.refuse_notice, "reason"),
    Do.UPHOLD: (office.uphold_notice, "reason"),
    Do.ASK_EXTENSION: (units.ask_extension, "reason"),
    Do.GRANT_EXTENSION: (units.grant_extension, "note"),
    Do.DENY_EXTENSION: (units.deny_extension, "reason"),
    Do.ASK_TRANSFER: (units.ask_transfer, "reason"),
    Do.TRANSFER: (changing.transfer_notice, "reason"),
    Do.DENY_TRANSFER: (units.deny_transfer, "reason"),
    Do.TAKE_BACK: (units.take_back, ""),
    Do.REPLY: (units.reply_notice, "text"),
    Do.RECALL_REPLY: (units.recall_reply, ""),
    Do.PASS_REPLY: (units.pass_reply, "text"),
    Do.RETURN_REPLY: (units.return_reply, "reason"),
    Do.CLOSE: (units.close_notice, "text"),
    Do.REOPEN: (units.reopen_notice, "reason"),
    Do.ARCHIVE: (units.archive_notice, "note"),
    Do.URGE: (office.urge_notice, "text"),
    Do.PROPOSE_CHANGE: (changing.propose_change, "reason"),
    Do.CHANGE: (changing.approve_change, "note"),
    Do.DROP_CHANGE: (changing.drop_change, "reason"),
    Do.RECALL_CHANGE: (changing.recall_change, ""),
    Do.INSTRUCT: (units.instruct, "text"),
    Do.REVOKE: (office.revoke_notice, "reason"),
}


def test_tours_of_notices():
    tours(Notices)


def test_random_walks_of_notices():
    random_walks(Notices)
