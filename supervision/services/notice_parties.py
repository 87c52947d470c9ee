"""As what an account acts on a notice, and which accounts act for a unit."""

from collections.abc import Collection

from erqi.common.models import User
from projects.services.addressees import accounts_with
from projects.services.grid import accounts_of
from supervision.choices import Party
from supervision.models import Notice
from supervision.services.parties import parties_of

# With it somebody may report for any unit (重点项目办), and answers notices for one that has no account.
ANY_UNIT = "report.manage"


def unit_accounts(units: Collection[int]) -> dict[int, list[User]]:
    """Return who acts for each unit: its reporters and reviewers; for one without any, who may report for every unit."""
    writes, reviews = accounts_of(units, "report.write"), accounts_of(units, "report.review")
    found = {unit: list(dict.fromkeys([*writes.get(unit, ()), *reviews.get(unit, ())])) for unit in units}
    if any(not people for people in found.values()):
        stand_in = accounts_with(ANY_UNIT)
        found = {unit: people or stand_in for unit, people in found.items()}
    return found


def parties(notice: Notice, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the notice. The unit's reporters and reviewers act for it; whoever may report for any unit
    (重点项目办) does so for one that has no account."""
    found = parties_of(
        user,
        handlers=[notice.unit_id] if notice.unit_id else [],
        reviewing=[notice.unit_id] if notice.unit_id else [],
        author=notice.drafted_by_id,
    )
    if user is None or Party.HANDLER in found or not user.can(ANY_UNIT):
        return found
    return found | {Party.HANDLER} if user in unit_accounts([notice.unit_id])[notice.unit_id] else found
