"""The question that is asked before an odd amount is filed (rules.report_doubt)."""

from decimal import Decimal

from erqi.common.errors import InvalidInput
from projects.models import InvestmentPlan, Ledger, LedgerEntry, ProgressReport
from projects.rules.report_doubt import doubts
from projects.sentences.report_doubt import question


class Unconfirmed(InvalidInput):
    """The amount is odd and nobody confirmed it yet: the question, and the amount that it is about."""

    def __init__(self, sentence: str, amount: Decimal) -> None:
        self.amount = amount
        super().__init__({"cumulative": [sentence]})


def _annual(report: ProgressReport) -> Decimal | None:
    """Return what is planned of the year: the ledger's amount, else the plan's December."""
    entries = LedgerEntry.objects.filter(ledger__in=Ledger.objects.main().filter(year=report.year), project=report.project_id)
    amount = entries.values_list("annual_plan", flat=True).first()
    if amount is None:
        amount = InvestmentPlan.objects.standing(report.year).filter(project=report.project_id).values_list("month_12", flat=True).first()
    return amount


def refuse_unconfirmed(report: ProgressReport, earlier: ProgressReport | None, confirmed: Decimal | None) -> None:
    """Raise Unconfirmed when the report's amount is odd beside the last one that counts and the year's plan, unless the person said
    yes to this very amount (`confirmed`, 万元)."""
    if report.cumulative is None or report.no_change or confirmed == report.cumulative:
        return
    month = earlier.month if earlier is not None else None
    found = doubts(report.month, report.cumulative, month, earlier.cumulative if earlier is not None else None, _annual(report))
    if found:
        raise Unconfirmed(question(report.cumulative, found, month), report.cumulative)
