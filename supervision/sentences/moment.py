"""When an act was done, as it is shown: the business day, and beside it the hour where the clock says something true.

The hour is that of the real clock, so it is shown

- for acts of people alone: what a simulation or the daily run wrote has an hour that means nothing;
- where the clock stood on the business day itself, as on every installation in use;
- where the business date is fixed (demonstration, training) and so never the real one: for what was done in the present real day, which
  is the one that stands for the fixed date. Hours of several real days under one date would contradict the order of the acts.

Where the hour belongs to another real day, the real moment is said in words instead (as a tooltip).
"""

from dataclasses import dataclass
from datetime import date, datetime

from erqi.common.dates import chinese_day


@dataclass(frozen=True)
class Moment:
    """What is shown beside the day: the hour (16:47), or nothing; and a note for where day and clock are not of one date."""

    hour: str = ""
    note: str = ""


def moment_of(on: date, at: datetime, *, by_person: bool, now: datetime, fixed: date | None) -> Moment:
    """Return what stands beside the business day `on` of something that was written at a local time. `now` is the local time, `fixed` the
    installation's fixed business date."""
    if not by_person:
        return Moment()
    hour = f"{at:%H:%M}"
    if at.date() == on:
        return Moment(hour)
    is_present = fixed is not None and on == fixed and at.date() == now.date()
    note = f"实际登记于{chinese_day(at.date())} {hour}{'；业务日期是固定的' if fixed is not None else ''}"
    return Moment(hour if is_present else "", note)
