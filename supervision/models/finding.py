"""Findings of untrue reporting (上报不实): records of their own, shown beside the colour until they are settled."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from erqi.common.texts import shortened
from projects.models import Project, Unit
from supervision.choices import FindingState
from supervision.models.act import Act
from supervision.models.inspection import Inspection
from supervision.models.item import SupervisionItem
from supervision.querysets.finding import FindingQuerySet
from supervision.rules.finding import MACHINE


@tracked()
class Finding(Record, Simulated):
    """What an inspection found to be untrue, of whom, and how it was put right."""

    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="finding", verbose_name="督察")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="findings", verbose_name="责任单位")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="项目")
    item = models.ForeignKey(SupervisionItem, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="督察事项")
    reported = models.CharField("上报情况", max_length=300, blank=True)
    observed = models.CharField("督察所见", max_length=500)
    raised_on = models.DateField("认定日期", editable=False)
    due_on = models.DateField("更正时限", editable=False)
    corrected = models.CharField("更正内容", max_length=500, blank=True)
    explanation = models.CharField("原因说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=FindingState, default=FindingState.OPEN, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "不实认定"
        verbose_name_plural = "不实认定"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "state"], name="finding_of_project")]
        constraints = [
            models.CheckConstraint(condition=~Q(observed=""), name="finding_says_what", violation_error_message="请写明不实在何处。"),
        ]

    def __str__(self) -> str:
        return f"上报不实：{shortened(self.observed, 30)}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:finding_detail", args=[self.pk])


@appended()
class FindingAct(Act):
    """What was done to a finding."""

    machine, of, copies = MACHINE, "finding", ("corrected",)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="acts", verbose_name="不实认定")
    corrected = models.CharField("更正内容", max_length=500, blank=True, editable=False)

    class Meta(Act.Meta):
        verbose_name = "不实认定办理经过"
        verbose_name_plural = "不实认定办理经过"
        indexes = [models.Index(fields=["finding", "id"], name="finding_act_last")]
        triggers = append_only()
