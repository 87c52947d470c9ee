"""Five years of supervision: how many records of each kind a district of so many projects has, built one subject after the other."""

from django.db.models import Max

from erqi.bench.escalations import build_escalations
from erqi.bench.inquiries import build_inquiries
from erqi.bench.inspections import build_inspections
from erqi.bench.issues import build_issues
from erqi.bench.items import build_items
from erqi.bench.notices import build_notices
from erqi.bench.people import District
from erqi.bench.rows import settle_keys
from erqi.common.bulk import at_once
from erqi.common.models import NumberSeries
from supervision.choices import MechanismKind
from supervision.models import (
    Escalation,
    EscalationAct,
    Finding,
    FindingAct,
    Inquiry,
    InquiryAct,
    Inspection,
    InspectionAct,
    Issue,
    IssueAct,
    ItemAct,
    ItemStep,
    Notice,
    NoticeAct,
    SupervisionItem,
)
from supervision.models.notice import ISSUER
from supervision.services.mechanism import add_mechanism

# Records for each thousand projects; every tenth inspection becomes a finding.
NOTICES, ITEMS, INSPECTIONS, INQUIRIES, ISSUES, ESCALATIONS = 300, 200, 300, 80, 150, 150
# So many at least, so that a small district has records too.
_LEAST = 10
_MECHANISMS = 12
_KEYED = (
    *(Notice, NoticeAct, SupervisionItem, ItemAct, ItemStep, Inspection, InspectionAct, Finding, FindingAct, Inquiry, InquiryAct),
    *(Issue, IssueAct, Escalation, EscalationAct),
)
# What is told of what was built.
SUPERVISION = (Notice, NoticeAct, SupervisionItem, ItemAct, Inspection, Finding, Inquiry, Issue, IssueAct, Escalation)


def build_supervision(size: int, district: District) -> None:
    """Build the supervision of a district with projects 1 to `size`; the caller holds the transaction."""
    with at_once():
        notices = build_notices(_number(NOTICES, size), size, district)
        items = build_items(_number(ITEMS, size), size, district)
        build_inspections(_number(INSPECTIONS, size), size, district, items)
        build_inquiries(_number(INQUIRIES, size), size, district)
        build_issues(_number(ISSUES, size), size, district)
        build_escalations(_number(ESCALATIONS, size), size, district, notices)
    for number in range(1, _MECHANISMS + 1):
        add_mechanism(
            code=f"mechanism-{number}", name=f"督察机制{number}", kind=MechanismKind.WORKING, by=None, text="每周调度，逐项销号。"
        )
    settle_keys(*_KEYED)
    _continue_series()


def _number(per_thousand: int, size: int) -> int:
    return max(size * per_thousand // 1000, _LEAST)


def _continue_series() -> None:
    """Let the next number of each series follow the last that was given."""
    for model, name, key in ((Notice, "number", f"notice/{ISSUER}"), (Issue, "seq", "issue")):
        for year, last in (
            model.objects.exclude(year=None).order_by("year").values("year").annotate(last=Max(name)).values_list("year", "last")
        ):
            NumberSeries.objects.create(key=f"{key}/{year}", last=last)
    # An item's number is a text that ends with it.
    for year in SupervisionItem.objects.order_by("year").values_list("year", flat=True).distinct():
        NumberSeries.objects.create(key=f"item/{year}", last=SupervisionItem.objects.filter(year=year).count())
