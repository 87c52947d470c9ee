"""The records of the projects app, one module per family (design.md §5)."""

from projects.models.document import Article, Citation, Document, DocumentText
from projects.models.ledger import Ledger, LedgerEntry, LedgerRevision
from projects.models.milestone import DateChange, Milestone
from projects.models.project import Project, ProjectAlias, Responsibility
from projects.models.target import Target, TargetClaim, TargetReading
from projects.models.unit import Area, Category, Person, Post, Unit, UnitAlias

__all__ = [
    "Area",
    "Article",
    "Category",
    "Citation",
    "DateChange",
    "Document",
    "DocumentText",
    "Ledger",
    "LedgerEntry",
    "LedgerRevision",
    "Milestone",
    "Person",
    "Post",
    "Project",
    "ProjectAlias",
    "Responsibility",
    "Target",
    "TargetClaim",
    "TargetReading",
    "Unit",
    "UnitAlias",
]
