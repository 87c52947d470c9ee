"""The stage of a project follows from the milestones that are done; nobody sets it by hand."""

from collections.abc import Iterable
from datetime import date

from projects.choices import MilestoneKind, Nature, Stage

STAGE_OF_MILESTONE: dict[str, Stage] = {
    MilestoneKind.PLANNING_IDEA: Stage.PLANNED,
    MilestoneKind.CONTRACT: Stage.CONTRACTED,
    MilestoneKind.LAND: Stage.LAND,
    MilestoneKind.START: Stage.STARTED,
    MilestoneKind.TOPPING: Stage.STARTED,
    MilestoneKind.COMPLETION: Stage.COMPLETED,
    MilestoneKind.PRODUCTION: Stage.PRODUCTION,
    MilestoneKind.SERVICE: Stage.PRODUCTION,
}
# What the nature of this year's entry says about the stage at the least, where no milestone is known to be done:
# a project listed as 续建 has been started, one listed as 谋划 is being planned. 竣工 says what is planned, not what is.
STAGE_OF_NATURE: dict[str, Stage] = {Nature.CONTINUED: Stage.STARTED, Nature.PLANNED: Stage.PLANNED}


def stage_on(day: date, done: Iterable[tuple[str, date | None]], nature: str = "") -> Stage | None:
    """Return the furthest stage that a project has reached on the day, or None when nothing is known.

    `done` holds the kind of each milestone and the date on which (or by which) it was done, or None when it is open.
    """
    reached = [STAGE_OF_MILESTONE[kind] for kind, on in done if on is not None and on <= day and kind in STAGE_OF_MILESTONE]
    if nature in STAGE_OF_NATURE:
        reached.append(STAGE_OF_NATURE[nature])
    return max(reached, default=None)
