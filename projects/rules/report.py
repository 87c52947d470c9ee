"""The monthly report's states (domain.md §5.2): 未报 → 草稿 → 已报 → 通过 | 退回 → 锁定 → 更正; and how punctual it is (D6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from projects.choices import ReportAction, ReportState

# From which states an action may be taken (None: nothing was written yet), and the state it leads to. A locked month allows none
# of them: what is wrong there is put right by a correction slip.
ACTIONS: dict[ReportAction, tuple[frozenset[ReportState | None], ReportState]] = {
    ReportAction.FILE: (frozenset({None, ReportState.DRAFT, ReportState.RETURNED}), ReportState.FILED),
    ReportAction.WITHDRAW: (frozenset({ReportState.FILED}), ReportState.DRAFT),
    ReportAction.PASS: (frozenset({ReportState.FILED}), ReportState.PASSED),
    ReportAction.RETURN: (frozenset({ReportState.FILED, ReportState.PASSED}), ReportState.RETURNED),
}
# In which states the text and figures may still be typed.
EDITABLE = frozenset({None, ReportState.DRAFT, ReportState.RETURNED})
# The states in which a month is reported: nobody but the reviewer has anything to do. Whether the figures of a report count is another
# question, which its last step answers (`counts_after`).
REPORTED = frozenset({ReportState.FILED, ReportState.PASSED})
# How many working days a returned report may be filed again though its month was locked meanwhile.
REFILE_WORKDAYS = 2


class Punctuality(Enum):
    """The reporting state (报送状态) of a month, shown beside the colour and not in it (domain.md §1.6, D6)."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"


def allowed(action: ReportAction, state: ReportState | None, locked: bool) -> bool:
    """Say whether the action may be taken on a report in the state."""
    return not locked and state in ACTIONS[action][0]


def counts_after(action: ReportAction, excluded: bool = False) -> bool:
    """Say whether the step's figures count from its day on, until the next step.

    What is taken back counts no more. What is returned (退回修改) goes on counting until it is filed again, as the figure that the
    unit stands by, unless the reviewer finds it untrustworthy (`excluded`: 退回，暂不计入).
    """
    return action is not ReportAction.WITHDRAW and not (action is ReportAction.RETURN and excluded)


def is_locked(locks_on: date, locked_early: bool, day: date) -> bool:
    """Say whether the month is closed on the day: it is from the day after its last, or since it was locked by hand."""
    return locked_early or day > locks_on


def punctuality(opens_on: date, reminds_on: date, due_on: date, locks_on: date, filed_on: date | None, day: date) -> Punctuality:
    """Return how punctual a month's report is on the day; `filed_on` is when it was first filed (None: not by the day)."""
    if filed_on is not None and filed_on <= day:
        return Punctuality.IN_TIME if filed_on <= due_on else Punctuality.LATE
    if day > locks_on:
        return Punctuality.MISSED
    if day > due_on:
        return Punctuality.OVERDUE
    if day >= reminds_on:
        return Punctuality.DUE_SOON
    return Punctuality.OPEN if day >= opens_on else Punctuality.NOT_OPEN


def is_regular(cumulative: object, earlier: object) -> bool:
    """Say whether a month's cumulative amount does not fall below the month before; a fall needs a reason."""
    return cumulative is None or earlier is None or cumulative >= earlier  # type: ignore[operator]


# After which steps a month is reported: what a correction puts right then had been filed before.
_REPORTING = frozenset({ReportAction.FILE, ReportAction.PASS, ReportAction.CORRECT})


@dataclass(frozen=True)
class Filing:
    """When a month's report was first filed (what its punctuality is judged by), and when and by whom it was filed last."""

    first_on: date | None = None
    last_on: date | None = None
    by: str = ""


def filing_after(acts: Iterable[tuple[str, date, str]]) -> Filing:
    """Return how a report was filed, as its steps (action, day, name) say up to a day, in their order.

    What was withdrawn was not filed; what was returned was, and stays as punctual as it came. A correction files what nobody had filed
    before the lock: its day and name are those of the slip.
    """
    found, reported = Filing(), False
    for action, on, name in acts:
        if action == ReportAction.WITHDRAW:
            found = Filing()
        elif action == ReportAction.FILE or (action == ReportAction.CORRECT and not reported):
            found = Filing(found.first_on or on, on, name)
        reported = action in _REPORTING
    return found
