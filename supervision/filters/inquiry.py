"""Filters of leaders' questions."""

from django.db.models import QuerySet

from erqi.common import workdays
from erqi.common.filters import ManyFilter, OneFilter
from supervision.choices import Addressee, InquiryState
from supervision.filters.inspection import SubjectFilter
from supervision.rules.limit import late_before


class InquiryFilter(SubjectFilter):
    """Filters of Inquiry.objects.for_table."""

    state = ManyFilter(label="状态", options=InquiryState.choices)
    addressee = ManyFilter(label="由谁答复", options=Addressee.choices, more=True)
    late = OneFilter(label="逾期", options=[("yes", "逾期未答复")], more=True)

    has_item = False

    def filter_addressee(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(addressee__in=value)

    def filter_late(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(state_then=InquiryState.ASKED, due_then__lt=late_before(self.as_of, workdays))
