"""Proposals to escalate (domain.md §1.7): what a colour or an untrue report asks for, decided once by the supervision office."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from projects.choices import WarningLevel
from projects.models import Project, Unit
from supervision.choices import EscalationState, EscalationTrigger
from supervision.models.act import Act
from supervision.models.notice import Notice
from supervision.querysets.escalation import EscalationQuerySet
from supervision.rules.escalation import MACHINE


@tracked()
class Escalation(Record, Simulated):
    """A proposal: of which project, pulled by what, since when the colour has been shown, why (as the figures stood then).

    One for each trigger of one stretch of a colour (`since`), or of one finding (`finding`, the key of what found a report untrue), besides
    those that lapsed.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="escalations", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    trigger = models.CharField("触发条件", max_length=20, choices=EscalationTrigger)
    weight = models.PositiveSmallIntegerField("轻重", editable=False)
    level = models.PositiveSmallIntegerField("状态颜色", choices=WarningLevel.choices, editable=False)
    since = models.DateField("自何日起")
    finding = models.CharField("不实认定", max_length=40, blank=True, editable=False)
    proposed_on = models.DateField("提出日期", editable=False)
    reason = models.CharField("依据", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位")
    state = models.CharField("处置", max_length=20, choices=EscalationState, editable=False)
    notice = models.OneToOneField(
        Notice, models.PROTECT, null=True, blank=True, related_name="escalation", verbose_name="督察通知单", editable=False
    )

    # What is only proposed is a working paper: a unit learns of it by the notice, when one is issued (erqi.history.privacy).
    history_private = Q(pk__isnull=False)
    history_readers = ("supervise", "supervise.approve", "inspect", "issue.handle")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "升级提议"
        verbose_name_plural = "升级提议"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year", "trigger", "since", "finding"],
                condition=~Q(state=EscalationState.LAPSED),
                name="escalation_standing_once",
                violation_error_message="这项提议已经列入。",
            ),
        ]
        indexes = [models.Index(fields=["state", "project"], name="escalation_by_state")]

    def __str__(self) -> str:
        return f"{self.project} {self.get_trigger_display()}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:escalation_detail", args=[self.pk])


@appended()
class EscalationAct(Act):
    """What was done to a proposal."""

    machine, of = MACHINE, "escalation"
    history_private = Q(pk__isnull=False)
    history_readers = Escalation.history_readers

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="acts", verbose_name="升级提议", editable=False)

    class Meta(Act.Meta):
        verbose_name = "升级提议处置"
        verbose_name_plural = "升级提议处置"
        indexes = [models.Index(fields=["escalation", "id"], name="escalation_act_last")]
        triggers = append_only()
