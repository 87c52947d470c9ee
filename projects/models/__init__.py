"""The records of the projects app, one module per family (design.md §5)."""

from projects.models.document import Article, Citation, Document, DocumentText
from projects.models.hold import Hold
from projects.models.ledger import EntryAbsence, Ledger, LedgerEntry, LedgerRevision
from projects.models.milestone import DateChange, DateRequest, Milestone, MilestoneUpdate
from projects.models.project import Project, ProjectAlias, Responsibility
from projects.models.reminder import Digest, Reminder
from projects.models.report import CountedReport, InvestmentPlan, ProgressReport, ReportCorrection, ReportPeriod, ReportStep
from projects.models.target import Target, TargetClaim, TargetReading
from projects.models.unit import Area, Category, Person, Post, Unit, UnitAlias
from projects.models.warning import LevelOverride, Lifting, PolicyEditor, Rescheduling, WarningPolicy, WarningSchedule

__all__ = [
    "Area",
    "Article",
    "Category",
    "Citation",
    "CountedReport",
    "DateChange",
    "DateRequest",
    "Digest",
    "Document",
    "DocumentText",
    "EntryAbsence",
    "Hold",
    "InvestmentPlan",
    "Ledger",
    "LedgerEntry",
    "LedgerRevision",
    "LevelOverride",
    "Lifting",
    "Milestone",
    "MilestoneUpdate",
    "Person",
    "PolicyEditor",
    "Post",
    "ProgressReport",
    "Project",
    "ProjectAlias",
    "Reminder",
    "ReportCorrection",
    "ReportPeriod",
    "ReportStep",
    "Rescheduling",
    "Responsibility",
    "Target",
    "TargetClaim",
    "TargetReading",
    "Unit",
    "UnitAlias",
    "WarningPolicy",
    "WarningSchedule",
]
