"""Filters of what turns: whose projects, not which colours."""

from projects.filters.warning import WarningFilter


class UpcomingFilter(WarningFilter):
    """Filters of a ledger's entries as of a day."""

    colour = None
    cause = None
