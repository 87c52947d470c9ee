"""What an inspection may not be: of nothing, by a strange method, once too often without a reason, 属实 beside figures that differ."""

from datetime import date

from erqi.common.errors import InvalidInput
from projects.models import Unit
from supervision.choices import InspectionLayer
from supervision.models import Inspection
from supervision.rules.inspection import METHODS, contradicts, is_often


def refuse_often(inspection: Inspection, day: date, reason: str) -> None:
    """Raise InvalidInput for a unit that was inspected often in the day's month, without a reason to do it again (domain.md §2 政府督查).
    The unit's row is locked: of two people at the same moment the second one counts what the first one wrote."""
    if inspection.layer == InspectionLayer.SELF or reason.strip():
        return
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=inspection.unit_id)
    rows = Inspection.objects.exclude(pk=inspection.pk) if inspection.pk else Inspection.objects.all()
    number = rows.in_month(inspection.unit_id, day)
    if is_often(number):
        raise InvalidInput({"often_reason": [f"“{inspection.unit}”{day.month}月已督察 {number} 次。确需再次督察的，请写明理由。"]})


def refuse_strange(inspection: Inspection) -> None:
    """Raise InvalidInput for an inspection of nothing, or by a method that is not of the layer."""
    if inspection.project_id is None and inspection.item_id is None:
        raise InvalidInput({"project": ["请选择项目或督察事项。"]})
    if inspection.method not in METHODS[InspectionLayer(inspection.layer)]:
        raise InvalidInput({"method": ["请选择与督察层级相应的方式。"]})


def refuse_contradiction(inspection: Inspection, verdict: str, figures: str) -> None:
    """Refuse 属实 beside figures of the site (`observed` or `corrected`) that are others than reported."""
    differing = {f"{figures}_cumulative": inspection.cumulative_differs, f"{figures}_percent": inspection.percent_differs}
    wrong = [name for name, differs in differing.items() if contradicts(verdict, differs)]
    if wrong:
        remedy = "请同时更正现场数字" if figures == "corrected" else "请核对数字；差别在允许范围内说得清的，结论用“基本属实”"
        raise InvalidInput({name: [f"现场数字与上报不符，结论不能是“属实”：{remedy}。"] for name in wrong})
