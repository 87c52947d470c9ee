"""Enumerations of the supervision app."""

from django.db.models import TextChoices


class MechanismKind(TextChoices):
    METHOD = "method", "督察方式"
    SUBJECT = "subject", "督察内容"
    PRINCIPLE = "principle", "原则"
    WORKING = "working", "工作机制"
    CAMPAIGN = "campaign", "行动"
    FORM = "form", "文书"
