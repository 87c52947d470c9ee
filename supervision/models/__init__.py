"""The records of the supervision app, one module per family."""

from supervision.models.finding import Finding, FindingAct
from supervision.models.inquiry import Inquiry, InquiryAct
from supervision.models.inspection import InspectedMilestone, Inspection, InspectionAct, InspectionPoint
from supervision.models.item import ItemAct, ItemDuty, ItemEvidence, ItemLink, ItemSchedule, ItemStep, StepDates, SupervisionItem
from supervision.models.mechanism import Mechanism, MechanismPart
from supervision.models.theme import Theme

__all__ = [
    "Finding",
    "FindingAct",
    "Inquiry",
    "InquiryAct",
    "InspectedMilestone",
    "Inspection",
    "InspectionAct",
    "InspectionPoint",
    "ItemAct",
    "ItemDuty",
    "ItemEvidence",
    "ItemLink",
    "ItemSchedule",
    "ItemStep",
    "Mechanism",
    "MechanismPart",
    "StepDates",
    "SupervisionItem",
    "Theme",
]
