"""The records of the supervision app, one module per family."""

from supervision.models.escalation import Escalation, EscalationAct
from supervision.models.finding import Finding, FindingAct
from supervision.models.inquiry import Inquiry, InquiryAct
from supervision.models.inspection import InspectedMilestone, Inspection, InspectionAct, InspectionPoint
from supervision.models.issue import Issue, IssueAct, IssueMeeting
from supervision.models.item import ItemAct, ItemDuty, ItemEvidence, ItemLink, ItemSchedule, ItemStep, ItemText, StepDates, SupervisionItem
from supervision.models.mechanism import Mechanism, MechanismPart
from supervision.models.notice import Notice, NoticeAct, NoticeChange, NoticeCopy, NoticeOrder, NoticeText
from supervision.models.theme import Theme

__all__ = [
    "Escalation",
    "EscalationAct",
    "Finding",
    "FindingAct",
    "Inquiry",
    "InquiryAct",
    "InspectedMilestone",
    "Inspection",
    "InspectionAct",
    "InspectionPoint",
    "Issue",
    "IssueAct",
    "IssueMeeting",
    "ItemAct",
    "ItemDuty",
    "ItemEvidence",
    "ItemLink",
    "ItemSchedule",
    "ItemStep",
    "ItemText",
    "Mechanism",
    "MechanismPart",
    "Notice",
    "NoticeAct",
    "NoticeChange",
    "NoticeCopy",
    "NoticeOrder",
    "NoticeText",
    "StepDates",
    "SupervisionItem",
    "Theme",
]
