"""The records of the supervision app, one module per family."""

from supervision.models.escalation import Escalation, EscalationAct
from supervision.models.issue import Issue, IssueAct, IssueMeeting
from supervision.models.mechanism import Mechanism
from supervision.models.notice import Notice, NoticeAct, NoticeCopy, NoticeOrder, NoticeText
from supervision.models.theme import Theme

__all__ = [
    "Escalation",
    "EscalationAct",
    "Issue",
    "IssueAct",
    "IssueMeeting",
    "Mechanism",
    "Notice",
    "NoticeAct",
    "NoticeCopy",
    "NoticeOrder",
    "NoticeText",
    "Theme",
]
