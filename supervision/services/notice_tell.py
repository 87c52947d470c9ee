"""Who is told at once of what was done to a notice: one line in the inbox of each, once for each act."""

from collections.abc import Iterable

from erqi.common.dates import chinese_day
from erqi.common.models import User
from erqi.common.texts import clause
from projects.choices import ReminderKind
from projects.models import Unit
from projects.services.addressees import accounts_with
from projects.services.reminder import Line, tell
from supervision.choices import NoticeAction, NoticeState, OrderAddressee
from supervision.models import Notice, NoticeAct, NoticeChange, NoticeOrder
from supervision.rules.notice import OWED
from supervision.services.notice_parties import closers, unit_accounts


def _line(
    notice: Notice,
    act: NoticeAct,
    users: Iterable[User],
    title: str,
    text: str = "",
    kind: ReminderKind = ReminderKind.TASK,
    what: str = "",
) -> None:
    # The submit that did it has told those who were there; a form sent again tells nobody who has come since.
    if act.is_repeat:
        return
    people = [user for user in users if user.pk != act.by_id]
    shown = f"《{notice.title}》{f'（{notice.number_text}）' if notice.number_text else ''}{title}"
    tell([Line(people, kind, f"notice/act/{act.pk}{what}", shown, text, notice.get_absolute_url(), notice.simulated)])


def _unit(notice: Notice) -> list[User]:
    return unit_accounts([notice.unit_id])[notice.unit_id]


def _active(user: User | None) -> list[User]:
    return [user] if user is not None and user.is_active else []


def _author(notice: Notice) -> list[User]:
    return _active(notice.drafted_by)


def _judges() -> list[User]:
    return list(dict.fromkeys([*accounts_with("inspect"), *accounts_with("supervise")]))


def _when(notice: Notice) -> str:
    return f"{chinese_day(notice.due_on)}前反馈" if notice.due_on else ""


def submitted(notice: Notice, act: NoticeAct) -> None:
    """Tell those who approve that a draft awaits them."""
    _line(notice, act, [user for user in accounts_with("supervise.approve") if user.pk != notice.drafted_by_id], "待审签", act.text)


def draft_returned(notice: Notice, act: NoticeAct) -> None:
    """Tell the author that the draft came back."""
    _line(notice, act, _author(notice), "被退回修改", act.text, ReminderKind.RETURNED)


def approved(notice: Notice, act: NoticeAct) -> None:
    """Tell the supervision office that a notice can be issued."""
    _line(notice, act, accounts_with("supervise"), "已审签，可以下发")


def sent(notice: Notice, act: NoticeAct, former: Unit | None = None) -> None:
    """Tell the unit that it has a notice, and those who get a copy that it was sent; who is of the unit that has or had it (`former`) as
    well is told that once."""
    unit = _unit(notice)
    _line(notice, act, unit, "请签收", f"{_when(notice)}；不属本单位职责的，写明理由拒收。")
    copies = list(notice.copies.standing().values_list("unit_id", flat=True))
    people = {user for users in unit_accounts(copies).values() for user in users} if copies else set()
    people -= {*unit, *(unit_accounts([former.pk])[former.pk] if former is not None else ())}
    _line(notice, act, sorted(people, key=lambda user: user.pk), f"抄送：{notice.unit}承办", _when(notice), ReminderKind.INFORM, "/copy")


def signed_for(notice: Notice, act: NoticeAct, note: str) -> None:
    """Tell who sent the notice that it was signed for by another in the unit's place (`note`)."""
    people = list(dict.fromkeys([*_author(notice), *accounts_with("supervise")]))
    _line(notice, act, people, "已代签", note, ReminderKind.DECIDED)


def change_proposed(notice: Notice, act: NoticeAct) -> None:
    """Tell those who sign notices that a change awaits them."""
    _line(notice, act, accounts_with("supervise.approve"), "变更待审签", f"变更原因：{act.text}")


def change_dropped(notice: Notice, act: NoticeAct, change: NoticeChange) -> None:
    """Tell who proposed a change that it is not made."""
    _line(notice, act, _active(change.by), "变更未获审签", act.text, ReminderKind.RETURNED)


def changed(notice: Notice, act: NoticeAct, change: NoticeChange) -> None:
    """Tell the unit of a new version, which it signs for anew, who proposed it that it was sent, and who signed the notice before that it
    reads otherwise now; whoever is of the unit is told that once."""
    unit = _unit(notice)
    _line(notice, act, unit, "内容已变更，请重新签收", f"变更原因：{clause(change.reason)}；{_when(notice)}")
    author = [user for user in _active(change.by) if user not in unit]
    _line(notice, act, author, "变更已审签下发", act.text, ReminderKind.DECIDED, "/author")
    signed = notice.acts.filter(action=NoticeAction.APPROVE).select_related("by").order_by("-pk").first()
    if signed is not None and signed.by_id not in (act.by_id, change.by_id):
        told = f"{act.by_name}审签变更：{change.reason}"
        signer = [user for user in _active(signed.by) if user not in unit]
        _line(notice, act, signer, "审签后内容已变更，请知悉", told, ReminderKind.INFORM, "/signer")


def moved(notice: Notice, act: NoticeAct, former: Unit) -> None:
    """Tell the unit that had the notice that it is another's now, and that what it asked for has ended with it."""
    asked = {NoticeState.EXTENDING: "原申请的延期随之终止", NoticeState.TRANSFERRING: "原申请的转办已办理"}.get(act.from_state, "")
    text = "；".join(filter(None, [f"由{notice.unit}承办，本单位不再办理", asked, act.text]))
    _line(notice, act, unit_accounts([former.pk])[former.pk], "已转办", text, ReminderKind.DECIDED, what="/former")


def urged(notice: Notice, act: NoticeAct) -> None:
    """Tell the unit that it is urged."""
    _line(notice, act, _unit(notice), "催办", f"{clause(act.text)}；{_when(notice)}", ReminderKind.DUE)


def decided(notice: Notice, act: NoticeAct) -> None:
    """Tell the unit what was decided on what it asked for, or replied."""
    # What is over has no deadline any more.
    when = _when(notice) if notice.state in OWED else ""
    _line(notice, act, _unit(notice), act.action_label, "；".join(filter(None, [act.text, when])), ReminderKind.DECIDED)


def returned(notice: Notice, act: NoticeAct) -> None:
    """Tell the unit that its reply came back, or has to be given anew."""
    _line(notice, act, _unit(notice), act.action_label, f"{clause(act.text)}；{_when(notice)}", ReminderKind.RETURNED)


def asked(notice: Notice, act: NoticeAct) -> None:
    """Tell the supervision office that the unit asks for something, or refused."""
    _line(notice, act, accounts_with("supervise"), f"{notice.unit.label}{act.action_label}", act.text)


def replied(notice: Notice, act: NoticeAct, note: str = "") -> None:
    """Tell those who judge replies (`note`: by whom in the unit's place)."""
    _line(notice, act, _judges(), f"{notice.unit.label}已反馈，待审核", note)


def passed(notice: Notice, act: NoticeAct) -> None:
    """Tell who can close the notice: the supervision office, or the leaders where nobody else of it is left."""
    _line(notice, act, closers(notice, act.by), "反馈审核通过，待办结", act.text)


def ordered(notice: Notice, act: NoticeAct, order: NoticeOrder) -> None:
    """Tell who carries an instruction out."""
    people = _unit(notice) if order.addressee == OrderAddressee.HANDLER else accounts_with("supervise")
    _line(notice, act, people, f"：{order.by_name}批示", f"{clause(order.text)}；{chinese_day(order.due_on)}前落实")


def order_answered(notice: Notice, act: NoticeAct, order: NoticeOrder) -> None:
    """Tell the leader that the instruction was answered."""
    _line(notice, act, [order.by] if order.by is not None else [], "：批示已落实", act.text, ReminderKind.DECIDED)
