"""Inspections (督察): what was reported as it stood, what was found instead, and whether it is true."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from projects.models import Milestone, Project, ReportStep, Unit
from projects.models.revision import account
from supervision.choices import InspectionLayer, InspectionMethod, InspectionState, InspectionSubject, Verdict
from supervision.models.act import Act
from supervision.models.item import SupervisionItem
from supervision.querysets.inspection import READERS, InspectionQuerySet
from supervision.rules.inspection import MACHINE, UNANNOUNCED, amount_differs, percent_differs


def _amount(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=18, decimal_places=4, null=True, blank=True)


@tracked()
class Inspection(Record, Simulated):
    """A look at a project, at an item or at a unit's work: planned, conducted, read by the inspected unit.

    `reported_…` is what the unit had said by the day of the look, frozen when it was recorded; `observed_…` what was found. The verdict of
    the day stays in `first_verdict` when an objection changes it.
    """

    layer = models.CharField("层级", max_length=10, choices=InspectionLayer, editable=False)
    method = models.CharField("方式", max_length=20, choices=InspectionMethod)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inspections", verbose_name="被督察单位")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="项目")
    item = models.ForeignKey(SupervisionItem, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="督察事项")
    planned_for = models.DateField("计划日期", null=True, blank=True)
    purpose = models.CharField("督察要点", max_length=300, blank=True)
    often_reason = models.CharField("多次督察的理由", max_length=200, blank=True)
    inspected_on = models.DateField("督察日期", null=True, blank=True)
    inspected_by = account("督察人账号")
    inspected_by_name = models.CharField("督察人", max_length=60, blank=True, editable=False)
    place = models.CharField("地点", max_length=80, blank=True)
    companions = models.CharField("参加人员", max_length=120, blank=True)
    report_step = models.ForeignKey(ReportStep, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    reported_year = models.PositiveSmallIntegerField("上报年度", null=True, blank=True, editable=False)
    reported_month = models.PositiveSmallIntegerField("上报月份", null=True, blank=True, editable=False)
    reported_cumulative = _amount("上报累计完成投资")
    reported_percent = models.PositiveSmallIntegerField("上报形象进度（%）", null=True, blank=True, editable=False)
    reported_physical = models.CharField("上报形象进度", max_length=100, blank=True, editable=False)
    observed_cumulative = _amount("核实累计完成投资")
    observed_percent = models.PositiveSmallIntegerField("现场形象进度（%）", null=True, blank=True)
    observed_physical = models.CharField("现场形象进度", max_length=100, blank=True)
    first_verdict = models.CharField("原结论", max_length=10, choices=Verdict, blank=True, editable=False)
    verdict = models.CharField("结论", max_length=10, choices=Verdict, blank=True)
    conclusion = models.TextField("督察意见", blank=True)
    changed_on = models.DateField("更正日期", null=True, blank=True, editable=False)
    # What whoever changed the conclusion holds to be right instead of what was written down on the site; empty where that stands.
    corrected_cumulative = _amount("更正后累计完成投资")
    corrected_percent = models.PositiveSmallIntegerField("更正后形象进度（%）", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=InspectionState, default=InspectionState.PLANNED, editable=False)

    # What is planned is theirs alone who inspect, and why somebody was looked at again: it may name a complaint (erqi.history.privacy).
    history_private = Q(state__in=sorted(UNANNOUNCED))
    history_readers = READERS
    history_hidden = ("often_reason",)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "督察"
        verbose_name_plural = "督察"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["project"], name="inspection_of_project"),
            models.Index(fields=["unit", "inspected_on"], name="inspection_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(item__isnull=False),
                name="inspection_has_subject",
                violation_error_message="请选择项目或督察事项。",
            ),
            models.CheckConstraint(
                condition=Q(observed_percent=None) | Q(observed_percent__lte=100),
                name="observed_percent_100",
                violation_error_message="形象进度不能超过 100%。",
            ),
        ]

    def __str__(self) -> str:
        day = self.inspected_on or self.planned_for
        return f"{f'{day.month}月{day.day}日' if day else ''}{self.get_method_display()}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:inspection_detail", args=[self.pk])

    @property
    def due_on(self):
        """The day for which it is planned: what an act keeps as its date."""
        return self.planned_for

    @property
    def cumulative_differs(self) -> bool:
        """Whether the investment is another than reported, by what was found or what it was corrected to."""
        found = self.observed_cumulative if self.corrected_cumulative is None else self.corrected_cumulative
        return amount_differs(self.reported_cumulative, found)

    @property
    def percent_differs(self) -> bool:
        """Whether the physical progress is another than reported, by what was found or what it was corrected to."""
        found = self.observed_percent if self.corrected_percent is None else self.corrected_percent
        return percent_differs(self.reported_percent, found)

    def forget_after(self, day: date) -> None:
        """Leave out what was corrected after a day: for pages about that day; nothing is saved."""
        if self.changed_on is None or self.changed_on > day:
            self.corrected_cumulative = self.corrected_percent = None

    @property
    def subject(self) -> str:
        """What was looked at, in words; an item as it was called on the day of which it was read (`for_table`)."""
        return str(self.project or getattr(self, "item_said", None) or self.item)


@tracked()
class InspectionPoint(Simulated):
    """One of the five contents of D3 as far as it was looked at, and what was found of it."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="points", verbose_name="督察")
    subject = models.CharField("督察内容", max_length=20, choices=InspectionSubject)
    found = models.CharField("情况", max_length=500, blank=True)

    history_private = Q(inspection__state__in=sorted(UNANNOUNCED))
    history_readers = READERS

    class Meta:
        verbose_name = "督察内容"
        verbose_name_plural = "督察内容"
        ordering = ["inspection", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "subject"], name="inspection_point_once")]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.get_subject_display()}"


@appended()
class InspectedMilestone(Simulated):
    """A milestone as it was reported on the day of the look, frozen, and whether it was found so on the site (None: not looked at)."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="milestones", verbose_name="督察")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="+", verbose_name="节点")
    name = models.CharField("节点名称", max_length=80)
    due_on = models.DateField("时限", null=True, blank=True)
    reported_done_on = models.DateField("上报完成日期", null=True, blank=True)
    observed_done = models.BooleanField("现场已完成", null=True, blank=True)

    class Meta:
        verbose_name = "督察节点"
        verbose_name_plural = "督察节点"
        ordering = ["inspection", "due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "milestone"], name="inspected_milestone_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name

    @property
    def differs(self) -> bool:
        """Whether it was found otherwise than reported."""
        return self.observed_done is not None and self.observed_done != (self.reported_done_on is not None)


@appended()
class InspectionAct(Act):
    """What was done to an inspection."""

    machine, of = MACHINE, "inspection"
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="acts", verbose_name="督察")

    history_private = Q(to_state__in=sorted(UNANNOUNCED))
    history_readers = READERS

    class Meta(Act.Meta):
        verbose_name = "督察办理经过"
        verbose_name_plural = "督察办理经过"
        indexes = [models.Index(fields=["inspection", "id"], name="inspection_act_last")]
        triggers = append_only()
