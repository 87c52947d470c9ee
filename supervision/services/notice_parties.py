"""As what an account acts on a notice, and which accounts act for a unit."""

from collections.abc import Collection

from erqi.common.models import User
from projects.services.addressees import accounts_with
from supervision.choices import NoticeAction, Party
from supervision.models import Notice
from supervision.rules.notice import MACHINE
from supervision.services.parties import ANY_UNIT, acting_for, parties_of


def unit_accounts(units: Collection[int]) -> dict[int, list[User]]:
    """Return who acts for each unit on notices: its reporters and reviewers; for one without any, who may report for every unit."""
    return acting_for(units, by=("report.write", "report.review"))


def office_without(people: Collection[int | None]) -> list[User]:
    """Return the accounts of the supervision office but those (keys): who is left where two different people have to look."""
    return [user for user in accounts_with("supervise") if user.pk not in people]


def closers(notice: Notice, passing: User | None) -> list[User]:
    """Return who of the office can close the notice once somebody has passed its reply; the leaders where nobody is left."""
    acts = MACHINE.this_round(notice.acts.order_by("pk").values_list("action", "by_id"))
    replied = {by for action, by in acts if action == NoticeAction.REPLY}
    return office_without(replied | {passing.pk if passing is not None else None}) or accounts_with("inquiry.ask")


def parties(notice: Notice, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the notice. The unit's reporters and reviewers act for it; whoever may report for any unit
    (重点项目办) does so for one that has no account, as its stand-in: the act says so (`acting.act`)."""
    units = [notice.unit_id] if notice.unit_id else []
    found = parties_of(user, handlers=units, reviewing=units, author=notice.drafted_by_id)
    if user is None or found & {Party.HANDLER, Party.REVIEWER} or not user.can(ANY_UNIT):
        return found
    return found | {Party.HANDLER, Party.STAND_IN} if user in unit_accounts(units).get(notice.unit_id, ()) else found


def stand_in_words(notice: Notice, user: User | None, action: str) -> str:
    """Return what is said where somebody acts for a unit that has no account of its own (代签, 代办); an empty text for the unit
    itself."""
    if user is None or Party.STAND_IN not in parties(notice, user):
        return ""
    word = "代签" if action == NoticeAction.SIGN else "代办"
    return f"{word}：{notice.unit}没有账号，由{user.name}代为{MACHINE.action_label(action)}。"
