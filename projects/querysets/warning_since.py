"""Since when a colour has been shown, in SQL: the same answer as rules.colour.since, so that lists can be ordered by it."""

from datetime import date, timedelta

from django.db.models import Case, DateField, Expression, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast, Greatest

from projects.choices import LEVELS, WarningLevel
from projects.rules.colour import PAUSE_SUFFIXES


class _Since:
    """The expressions of one schedule row (`prefix` leads to it) on one day."""

    def __init__(self, day: date, prefix: str) -> None:
        self.day, self.prefix = day, prefix

    def column(self, name: str) -> F:
        return F(self.prefix + name)

    def q(self, **conditions: object) -> Q:
        return Q(**{self.prefix + name: value for name, value in conditions.items()})

    def began(self, column: str) -> Q:
        """Say that the column's day came after the row began, by the day."""
        return self.q(**{f"{column}__gt": self.column("valid_from"), f"{column}__lte": self.day})

    def ended(self, column: str) -> Q:
        """Say that the day after the column's came after the row began, by the day."""
        return self.q(**{f"{column}__gte": self.column("valid_from"), f"{column}__lt": self.day})

    def shown(self, level: WarningLevel) -> Q:
        """Say that a threshold, a floor or a level set by hand gives the level on the day; worse levels are asked before."""
        floor = self.q(floor_level=level) & (self.q(floor_until=None) | self.q(floor_until__gte=self.day))
        return self.q(**{f"{level.code}_on__lte": self.day}) | floor | self.q(manual_level=level, manual_until__gte=self.day)

    def of(self, level: WarningLevel | None) -> Greatest:
        """Return since when a level has been shown that nothing but thresholds and floors gives (None: no level at all).

        The latest of what turned since the row began: the end of a pause, or of a floor above the level; the level's own threshold,
        unless a floor of that level stood there already.
        """
        number = int(level) if level is not None else int(WarningLevel.UNRATED)
        turned = [
            *(self.pause_ended(suffix) for suffix in PAUSE_SUFFIXES),
            _day_or_null(When(self.ended("floor_until") & self.q(floor_level__gt=number), then=self.after("floor_until"))),
            _day_or_null(When(self.ended("manual_until") & self.q(manual_level__gt=number), then=self.after("manual_until"))),
        ]
        if level is not None:
            column = f"{level.code}_on"
            eve = _plus(self.column(column), -1)
            floored = self.q(floor_level=level) & (self.q(floor_until=None) | self.q(floor_until__gte=eve))
            held = floored | self.q(manual_level=level, manual_until__gte=eve)
            turned.append(_day_or_null(When(held, then=Value(None)), When(self.began(column), then=self.column(column))))
        # PostgreSQL's GREATEST ignores NULL.
        return Greatest(self.column("entered_on"), *turned)

    def pause_ended(self, suffix: str) -> Case:
        """Return the day after one of the pauses, where that came since the row began."""
        until = f"paused_until{suffix}"
        return _day_or_null(When(self.ended(until) & self.q(**{f"paused_from{suffix}__lte": self.column(until)}), then=self.after(until)))

    def covered(self, suffix: str) -> Q:
        """Say that one of the pauses covers the day."""
        return self.q(**{f"paused_from{suffix}__lte": self.day, f"paused_until{suffix}__gte": self.day})

    def after(self, column: str) -> Expression:
        return _plus(self.column(column), 1)


def since_case(day: date, prefix: str = "") -> Case:
    """Return the expression of the first day of the level shown on the day without break; NULL where there is no schedule.

    `prefix` leads to a schedule row that holds on the day, as in querysets.warning.level_case.
    """
    row = _Since(day, prefix)
    entered = row.column("entered_on")
    return Case(
        When(row.began("closed_on"), then=row.column("closed_on")),
        When(row.q(closed_on__lte=day), then=entered),
        *(
            When(row.began(f"paused_from{suffix}") & row.covered(suffix), then=row.column(f"paused_from{suffix}"))
            for suffix in PAUSE_SUFFIXES
        ),
        *(When(row.covered(suffix), then=entered) for suffix in PAUSE_SUFFIXES),
        *(When(row.shown(level), then=row.of(level)) for level in reversed(LEVELS)),
        default=row.of(None),
        output_field=DateField(),
    )


def _plus(day: F, days: int) -> Cast:
    # A date and an interval make a timestamp.
    return Cast(ExpressionWrapper(day + Value(timedelta(days=days)), output_field=DateField()), DateField())


def _day_or_null(*whens: When) -> Case:
    return Case(*whens, default=None, output_field=DateField())
