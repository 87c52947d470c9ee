"""Enumerations of the supervision app."""

from django.db.models import TextChoices


class MechanismKind(TextChoices):
    METHOD = "method", "督察方式"
    SUBJECT = "subject", "督察内容"
    PRINCIPLE = "principle", "原则"
    WORKING = "working", "工作机制"
    CAMPAIGN = "campaign", "行动"
    FORM = "form", "文书"


class Party(TextChoices):
    """As what somebody acts on a supervision record; one account may be several at once (supervision.services.parties)."""

    SUPERVISION = "supervision", "督察办"
    INSPECTOR = "inspector", "督察员"
    LEADER = "leader", "区领导"
    OFFICE = "office", "重点项目办"
    HANDLER = "handler", "承办单位"
    REVIEWER = "reviewer", "牵头单位审核员"
    AUTHOR = "author", "提出人"
