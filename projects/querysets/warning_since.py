"""Since when a colour has been shown, in SQL: the same answer as rules.colour.since, so that lists can be ordered by it."""

from datetime import date, timedelta

from django.db.models import Case, DateField, Expression, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast, Greatest

from projects.choices import LEVELS, WarningLevel


def since_case(day: date, prefix: str = "", level: str = "level") -> Case:
    """Return the expression of the first day of the level shown on the day without break (rules.colour.since, as SQL).

    `level` names the annotation of `level_case`; NULL where there is no schedule. Of what turned since the row began, the latest
    counts: the end of a pause or of a floor above the level, and the level's own threshold unless a floor of that level stood
    there already.
    """
    shown, began = F(level), F(f"{prefix}entered_on")

    def turned(first: F | Expression, last: str, also: Q) -> When:
        """The case that a turn on this day came after the row began and by the day; `last` is the column it is compared by."""
        ends = last.endswith("_until")
        after = Q(**{f"{prefix}{last}__{'gte' if ends else 'gt'}": F(f"{prefix}valid_from")})
        return When(after & Q(**{f"{prefix}{last}__{'lt' if ends else 'lte'}": day}) & also, then=first)

    def ended(name: str, above: bool) -> Case:
        until = f"{name}_until"
        also = Q(**{f"{prefix}{name}_level__gt": shown}) if above else Q(**{f"{prefix}{name}_from__lte": F(f"{prefix}{until}")})
        return _day_or_null(turned(_plus(F(f"{prefix}{until}"), 1), until, also))

    thresholds = []
    for one in LEVELS:
        column = f"{one.code}_on"
        threshold = F(f"{prefix}{column}")
        before = _plus(threshold, -1)
        floored = Q(**{f"{prefix}floor_level": int(one)}) & (
            Q(**{f"{prefix}floor_until": None}) | Q(**{f"{prefix}floor_until__gte": before})
        )
        by_hand = Q(**{f"{prefix}manual_level": int(one), f"{prefix}manual_until__gte": before})
        thresholds += [
            When(Q(**{level: int(one)}) & (floored | by_hand), then=Value(None)),
            turned(threshold, column, Q(**{level: int(one)})),
        ]
    latest = Greatest(began, ended("paused", False), ended("floor", True), ended("manual", True), _day_or_null(*thresholds))
    return Case(
        turned(F(f"{prefix}closed_on"), "closed_on", Q(**{level: int(WarningLevel.DONE)})),
        turned(F(f"{prefix}paused_from"), "paused_from", Q(**{level: int(WarningLevel.PAUSED)})),
        When(**{f"{level}__in": [int(WarningLevel.DONE), int(WarningLevel.PAUSED)], "then": began}),
        default=latest,
        output_field=DateField(),
    )


def _plus(day: F, days: int) -> Cast:
    # A date and an interval make a timestamp.
    return Cast(ExpressionWrapper(day + Value(timedelta(days=days)), output_field=DateField()), DateField())


def _day_or_null(*whens: When) -> Case:
    return Case(*whens, default=None, output_field=DateField())
