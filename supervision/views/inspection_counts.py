"""How often each unit was inspected in each month of a year."""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from projects.models import Unit
from supervision.models import Inspection
from supervision.rules.inspection import USUAL_A_MONTH


class InspectionCounts(PermissionRequiredMixin, TemplateView):
    """How often each unit was inspected in each month of a year: the national regulation asks for restraint."""

    permission = "business.view"
    template_name = "supervision/inspection_counts.html"
    shows_day = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = as_of(self.request)
        year = on.day.year
        counted = Inspection.objects.by_unit_and_month(year, on.day)
        units = Unit.objects.in_bulk(counted)
        rows = sorted(counted.items(), key=lambda pair: (-sum(pair[1].values()), units[pair[0]].sort_key))
        totals: Counter[int] = sum((months for _, months in rows), Counter())
        last = on.day.month
        return super().get_context_data(
            **kwargs,
            page_title=f"{year}年督察频次",
            as_of=on,
            months=list(range(1, last + 1)),
            rows=[(units[key], [months.get(month, 0) for month in range(1, last + 1)], sum(months.values())) for key, months in rows],
            totals=[totals.get(month, 0) for month in range(1, last + 1)],
            whole=sum(totals.values()),
            usual=USUAL_A_MONTH,
            breadcrumbs=[{"label": "督察", "url": reverse("supervision:inspection_list")}, {"label": "督察频次"}],
        )
