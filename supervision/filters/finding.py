"""Filters of findings."""

from erqi.common.filters import ManyFilter
from supervision.choices import FindingState
from supervision.filters.inspection import SubjectFilter


class FindingFilter(SubjectFilter):
    """Filters of Finding.objects.for_table."""

    state = ManyFilter(label="状态", options=FindingState.choices)
