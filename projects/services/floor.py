"""Below which level a colour may not fall (domain.md §1.8): what waits for people after new facts, and the observation after red."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from erqi.common import workdays
from projects.choices import WarningLevel
from projects.models import Lifting, WarningPolicy, WarningSchedule
from projects.rules.colour import needs_lifting
from projects.rules.policy import Policy
from projects.rules.warning import Thresholds, thresholds

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Floor:
    """The level below which a colour may not fall, until a day or (None) until somebody confirms."""

    level: WarningLevel
    until: date | None = None

    @property
    def waits(self) -> bool:
        return self.until is None

    @property
    def or_none(self) -> "Floor | None":
        """The floor, or None for one that keeps nothing."""
        return self if self.level > WarningLevel.UNRATED else None


@dataclass(frozen=True)
class Version:
    """A policy with the days on which it is in force (the last one not included)."""

    key: int
    policy: Policy
    begin: date
    end: date | None


def policies_from(on: date, last: date) -> list[Version]:
    """Return the policy in force on the day and those approved for later days up to the last one, with the days on which each is in
    force; rules that only come after the last day are nothing to it."""
    rows = list(WarningPolicy.objects.approved().filter(effective_from__lte=last).order_by("effective_from"))
    ends = [*(row.effective_from for row in rows[1:]), None][: len(rows)]
    return [
        Version(row.pk, row.policy, max(on, row.effective_from), end)
        for row, end in zip(rows, ends, strict=True)
        if end is None or end > on
    ]


@dataclass(frozen=True)
class Past:
    """What held of a project before a change: the row of the eve, the day's own so far, and the liftings that were confirmed today or
    are still observed."""

    eve: WarningSchedule | None
    today: WarningSchedule | None
    liftings: list[Lifting]
    on: date

    @property
    def lifted(self) -> Lifting | None:
        """The last lifting that was confirmed today."""
        return next((one for one in reversed(self.liftings) if one.ended_on == self.on), None)

    @property
    def observation(self) -> Floor | None:
        """The yellow observation that goes on, and ends by itself."""
        days = [one.observed_until for one in self.liftings]
        days += [row.floor_until for row in (self.eve, self.today) if row is not None and row.floor_level is not None]
        last = max((day for day in days if day is not None), default=None)
        return Floor(WarningLevel.YELLOW, last) if last is not None and last >= self.on else None


def floor_of(past: Past, plain: dict[str, Any], version: Version, found: Thresholds, on: date, confirmed: Floor | None) -> Floor | None:
    """Return the floor of the new schedule: confirmed, kept until somebody confirms, or an observation that goes on."""
    observed = past.observation
    if confirmed is not None:
        # An earlier red that is still observed is not forgotten because a milder colour of these days was lifted.
        return max(confirmed, observed or confirmed, key=lambda floor: (floor.level, floor.until or date.max)).or_none
    base = _to_lift(past, plain, version, found, on)
    return Floor(base) if needs_lifting(base, found.level(on)) else observed


def _to_lift(past: Past, plain: dict[str, Any], version: Version, found: Thresholds, on: date) -> WarningLevel:
    """Return the level that the colour may not leave without people: what the facts of the eve give today by the rules of today, or
    what waited for people then. What came and went within the day was never a day's colour (a typing error, a report that was taken
    back and filed again); what people confirmed today has been left.
    """
    if past.lifted is not None:
        return WarningLevel(past.lifted.to_level)
    eve = past.eve
    if eve is None:
        return WarningLevel.UNRATED
    if eve.facts == plain:
        earlier = found
    elif eve.policy_id == version.key:
        earlier = eve.dates
    else:
        earlier = thresholds(version.policy, eve.known_facts, workdays)
    # What the dates came to while a hold showed no colour was never shown, and need not be lifted.
    pauses = [row.pause_on(on) for row in (eve, past.today) if row is not None]
    begun = [pause[0] for pause in pauses if pause is not None]
    base = earlier.level(min(begun) - ONE_DAY if begun else on)
    waited = eve.floor_level is not None and eve.floor_until is None
    return max(base, WarningLevel(eve.floor_level)) if waited else base
