"""The bare page: the ledger's rows and fifteen columns in a plain django_tables2.Table, as its tutorial writes it."""

from typing import Any

import django_tables2
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When

from erqi.bench.days import TODAY, YEAR
from projects.choices import ResponsibilityKind
from projects.models import LedgerEntry, Milestone, Responsibility, WarningSchedule


class LedgerTable(django_tables2.Table):
    """The columns of the product's ledger page; what is no column of a table there is annotated by a plain subquery here."""

    seq = django_tables2.Column(verbose_name="序号")
    name = django_tables2.Column(verbose_name="项目名称", accessor="project__name")
    level = django_tables2.Column(verbose_name="预警")
    category = django_tables2.Column(verbose_name="类别", accessor="project__category__name")
    area = django_tables2.Column(verbose_name="片区", accessor="project__area__name")
    nature = django_tables2.Column(verbose_name="建设性质")
    grade = django_tables2.Column(verbose_name="级别", accessor="project__grade")
    end_year = django_tables2.Column(verbose_name="阶段", accessor="project__end_year")
    next_name = django_tables2.Column(verbose_name="下一节点")
    next_due = django_tables2.Column(verbose_name="节点时限")
    answering = django_tables2.Column(verbose_name="责任单位")
    total_investment = django_tables2.Column(verbose_name="总投资", accessor="project__total_investment")
    annual_plan = django_tables2.Column(verbose_name="年度计划投资")
    annual_goal = django_tables2.Column(verbose_name="年度目标")
    owner = django_tables2.Column(verbose_name="业主", accessor="project__owner__name")


class LedgerList(django_tables2.SingleTableView):
    """Fifty rows a page, filtered by category (`?category=3`) or text (`?q=学校`), sorted as django-tables2 sorts (`?sort=`)."""

    table_class = LedgerTable
    template_name = "bare/ledger.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet:
        """Return the ledger's rows with their relations and annotations."""
        rows = LedgerEntry.objects.filter(ledger__year=YEAR, delisted_on=None)
        if category := self.request.GET.get("category"):
            rows = rows.filter(project__category__code=category)
        if text := self.request.GET.get("q"):
            rows = rows.filter(project__name__icontains=text)
        return rows.select_related("project__category", "project__area", "project__owner").annotate(**annotations()).order_by("seq")


def annotations() -> dict[str, Any]:
    """Return colour, next milestone and answering unit as the simplest subqueries give them."""
    milestones = Milestone.objects.filter(project=OuterRef("project"), year=YEAR, done_on=None).order_by("due_on")
    lead = Responsibility.objects.filter(project=OuterRef("project"), kind=ResponsibilityKind.LEAD, duty="", until=None)
    reached = [
        When(**{f"{level}_on__lte": TODAY, "then": Value(word)}) for level, word in (("red", "告警"), ("yellow", "预警"), ("blue", "提醒"))
    ]
    schedule = WarningSchedule.objects.filter(project=OuterRef("project"), year=YEAR, valid_until=None)
    shown = schedule.annotate(shown=Case(*reached, default=Value("正常"), output_field=CharField()))
    return {
        "level": Subquery(shown.values("shown")[:1]),
        "next_name": Subquery(milestones.values("name")[:1]),
        "next_due": Subquery(milestones.values("due_on")[:1]),
        "answering": Subquery(lead.annotate(label=F("unit__name")).values("label")[:1]),
    }
