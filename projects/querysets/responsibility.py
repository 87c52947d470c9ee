"""Conditions on the grid of responsibility."""

from datetime import date

from django.db.models import Q


def in_force(day: date) -> Q:
    """Return the condition that a responsibility is in force on the day (rules.responsibility, as SQL)."""
    return (Q(since=None) | Q(since__lte=day)) & (Q(until=None) | Q(until__gte=day))
