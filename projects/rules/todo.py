"""What a thing to do weighs, and what follows a colour that is not left: the order of 我的待办 (domain.md §1.6 D6, §1.7)."""

from collections.abc import Iterable
from datetime import date

from projects.choices import EscalationStep, WarningLevel
from projects.rules.colour import cutoffs_passed
from projects.rules.policy import Policy

# A request or a report that waits for somebody weighs more after so many working days, and still more after so many.
WAITS, WAITS_LONG = 3, 6
# A report that is late weighs more than others are behind after so many working days (domain.md §1.6, D6).
LATE_LONG = 3
# So many days before the lock a month that is late comes first.
LOCKS_SOON = 3


def waited_level(workdays: int) -> WarningLevel:
    """Return what something weighs that has waited for a decision so many working days."""
    if workdays >= WAITS_LONG:
        return WarningLevel.RED
    return WarningLevel.YELLOW if workdays >= WAITS else WarningLevel.BLUE


def late_level(workdays: int, *, overdue: bool, reminded: bool, days_left: int) -> WarningLevel:
    """Return what an unreported month weighs: so many working days late, its last day passed, its reminder due, so many days before
    it is locked and nothing can be written any more."""
    if workdays > LATE_LONG or (overdue and days_left <= LOCKS_SOON):
        return WarningLevel.RED
    if overdue:
        return WarningLevel.YELLOW
    return WarningLevel.BLUE if reminded else WarningLevel.GREEN


def next_step(policy: Policy, level: WarningLevel, began: date, day: date, cutoffs: Iterable[date]) -> tuple[date, EscalationStep] | None:
    """Return the step that the policy proposes next for a level that began on a day, and from which cut-off on; None: none is left.

    `cutoffs` are those of reporting, this year's and the next one's.
    """
    days = sorted(cutoffs)
    passed = cutoffs_passed(began, day, days)
    later = [item for item in policy.escalations if item.level == level and item.times > passed]
    ahead = [cutoff for cutoff in days if cutoff > day]
    if not later:
        return None
    item = min(later, key=lambda one: one.times)
    missing = item.times - passed
    return (ahead[missing - 1], item.step) if missing <= len(ahead) else None
