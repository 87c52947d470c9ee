"""The list of inspections."""

from datetime import date
from html import escape
from typing import Any

from django.db.models import QuerySet

from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, LinkColumn, MoneyColumn, TextColumn
from projects.tables.level import SIMULATED
from supervision.choices import InspectionLayer, InspectionMethod, InspectionState, Verdict
from supervision.models import Inspection
from supervision.rules.inspection import UNANNOUNCED, UNCOUNTED

# What an inspection's row says of what was found.
FOUND = (
    *("reported_percent", "observed_percent", "reported_cumulative", "observed_cumulative"),
    *("inspected_by_name", "place", "companions", "conclusion"),
)


class Subject(LinkColumn):
    """What it is about, with the mark of what is simulated."""

    def cell(self, record: Any) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class VerdictColumn(ChoiceColumn):
    """The verdict of the day: 不实 stands out by a badge, not by a signal colour."""

    def html(self, value: Any) -> str:
        text = escape(str(self.labels.get(value, value)))
        return f'<span class="state-badge is-dark">{text}</span>' if value == Verdict.UNTRUE else text


class _Compared(Column):
    """Reported and observed side by side."""

    def __init__(self, verbose_name: str, reported: str, observed: str, corrected: str, unit: str = "", **options: Any) -> None:
        super().__init__(verbose_name, sort=[], **options)
        self.reported, self.observed, self.corrected, self.suffix = reported, observed, corrected, unit

    def value(self, record: Inspection) -> str | None:
        both = [getattr(record, name) for name in (self.reported, self.observed)]
        if both[0] in (None, "") and both[1] in (None, ""):
            return None
        texts = ["—" if one in (None, "") else f"{one}{self.suffix}" for one in both]
        corrected = getattr(record, self.corrected)
        return f"上报 {texts[0]}／现场 {texts[1]}" + ("" if corrected is None else f"，更正为 {corrected}{self.suffix}")

    def cell(self, record: Inspection) -> str:
        value = self.value(record)
        return self.table.empty(record) if value is None else escape(value)


class InspectionTable(BaseTable):
    """Inspections as of a day: what is planned first."""

    fitted = True

    subject = Subject(
        "项目或事项", url=lambda record: record.get_absolute_url(), accessor="subject", sort=["project__sort_key"], pinned=True
    )
    unit = BriefColumn("被督察单位", accessor="unit__name", sort=["unit__sort_key"])
    layer = ChoiceColumn("层级", InspectionLayer)
    method = ChoiceColumn("方式", InspectionMethod)
    held_on = DateColumn("日期")
    state = ChoiceColumn("状态", InspectionState, accessor="state_then")
    verdict = VerdictColumn("结论", Verdict, accessor="verdict_then")
    percent = _Compared("形象进度", "reported_percent", "observed_percent", "corrected_percent", "%", low=True)
    by = BriefColumn("督察人", accessor="inspected_by_name", low=True, sort=[])
    reported_cumulative = MoneyColumn("上报累计完成投资", shown=False)
    observed_cumulative = MoneyColumn("核实累计完成投资", shown=False)
    corrected_cumulative = MoneyColumn("更正后累计完成投资", shown=False)
    place = TextColumn("地点", shown=False)
    companions = TextColumn("参加人员", shown=False)
    purpose = TextColumn("督察要点", shown=False)
    conclusion = TextColumn("督察意见", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def load(self, records: list[Inspection]) -> None:
        # What was planned on the day had found nothing yet.
        for record in records:
            record.forget_after(self.as_of)
            if record.state_then in UNANNOUNCED:
                for name in FOUND:
                    setattr(record, name, Inspection._meta.get_field(name).get_default())
        super().load(records)

    def simulated_labels(self, record: Inspection) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Inspection) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Inspection) -> str:
        return "is-off" if record.state_then in UNCOUNTED else ""

    def empty(self, record: Inspection) -> str:
        return '<span class="quiet">—</span>'


class InspectorsTable(InspectionTable):
    """The same for those who inspect or supervise: with what they alone read (`querysets.inspection.READERS`)."""

    often_reason = TextColumn("多次督察的理由", shown=False)
