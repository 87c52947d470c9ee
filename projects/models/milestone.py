"""Milestones (节点) and the changes of their dates."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from projects.choices import DecisionState, DelayCause, MilestoneKind, UpdateLayer, Wording
from projects.models.project import Project
from projects.models.revision import Decision, account
from projects.models.unit import citations
from projects.querysets.milestone import DateRequestQuerySet, MilestoneQuerySet, MilestoneUpdateQuerySet


@tracked()
class Milestone(Record, Simulated):
    """A step of a project's road, with the deadline as printed and as a date.

    `baseline_due_on` is the first date ever set and never changes (a trigger sees to it); `due_on` is the current plan and
    moves only by a DateChange. `done_on` is the day it was done. Where a document only shows that it had been done by then
    (在建), that document's date is `done_known_on` and the day itself stays unknown. `recorded_on` is the business date on which
    a person planned it: earlier days do not know it. One from a document has none and is always known.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name="项目")
    kind = models.CharField("节点类别", max_length=20, choices=MilestoneKind)
    name = models.CharField("节点名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    due_phrase = models.CharField("时限（原文）", max_length=40, blank=True)
    wording = models.CharField("措辞", max_length=10, choices=Wording, blank=True)
    baseline_due_on = models.DateField("基准时限", null=True, blank=True, editable=False)
    due_on = models.DateField("计划时限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_known_on = models.DateField("此日前已完成", null=True, blank=True)
    recorded_on = models.DateField("登记日期", null=True, blank=True, editable=False)
    done_phrase = models.CharField("完成表述（原文）", max_length=40, blank=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    citations = citations()

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = "节点"
        verbose_name_plural = "节点"
        ordering = ["project", "year", F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "name", "year"],
                name="milestone_once_a_year",
                violation_error_message="该项目本年度已有同类别、同名称的节点。",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None, baseline_due_on=None) | Q(due_on__isnull=False, baseline_due_on__isnull=False),
                name="milestone_has_baseline",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(done_known_on=None) | Q(done_known_on__gte=F("done_on")),
                name="milestone_done_in_order",
                violation_error_message="完成日期不能晚于“此日前已完成”。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="keep_baseline",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__baseline_due_on__isnull=False)
                & pgtrigger.Q(old__baseline_due_on__df=pgtrigger.F("new__baseline_due_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#milestone-{self.pk}"

    @property
    def done_by(self):
        """The day on which, or by which, the milestone is known to be done; None while it is open."""
        return self.done_on or self.done_known_on


@appended()
class DateChange(Simulated):
    """A change of a milestone's date that was decided: from when to when, why, on which business date. Append-only."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="date_changes", verbose_name="节点")
    from_due_on = models.DateField("原时限", null=True, blank=True)
    to_due_on = models.DateField("新时限")
    cause = models.CharField("病因", max_length=20, choices=DelayCause)
    reason = models.CharField("说明", max_length=300)
    recorded_on = models.DateField("业务日期")
    recorded_by = models.CharField("登记人", max_length=40)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "时限变更"
        verbose_name_plural = "时限变更"
        ordering = ["recorded_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_due_on=None) | ~Q(to_due_on=F("from_due_on")),
                name="date_change_changes",
                violation_error_message="新时限与原时限相同。",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="date_change_has_reason", violation_error_message="请说明变更原因。"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_due_on} → {self.to_due_on}"


@appended()
class MilestoneUpdate(Simulated):
    """What somebody said of a milestone on a day, with evidence: how it stands, that it was done, or that it was not after all.

    Three layers (自查, 督察, 问查) say it side by side. Where `changes_done` is set the milestone's day of completion became
    `done_on`; it was `from_done_on` before, so that earlier days are read as they were shown (as with DateChange).
    """

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="updates", verbose_name="节点")
    layer = models.CharField("层级", max_length=10, choices=UpdateLayer)
    recorded_on = models.DateField("日期")
    text = models.CharField("情况", max_length=500, blank=True)
    changes_done = models.BooleanField("改变完成情况", default=False)
    from_done_on = models.DateField("原完成日期", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    by = account("登记人账号")
    by_name = models.CharField("登记人", max_length=60)
    request_key = models.UUIDField("提交标识", null=True, unique=True, editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    objects = MilestoneUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "节点更新"
        verbose_name_plural = "节点更新"
        ordering = ["recorded_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(changes_done=True), name="update_says_something", violation_error_message="请写明节点的情况。"
            ),
            models.CheckConstraint(condition=Q(changes_done=True) | Q(done_on=None, from_done_on=None), name="update_done_marked"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.recorded_on}"


@tracked()
class DateRequest(Decision, Record, Simulated):
    """A request to move a milestone's date, with cause and reason. While it is pending the clock stands still (design.md §5)."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="date_requests", verbose_name="节点")
    to_due_on = models.DateField("申请改为")
    cause = models.CharField("病因", max_length=20, choices=DelayCause)
    reason = models.CharField("理由", max_length=300)
    change = models.OneToOneField(
        DateChange, models.PROTECT, null=True, blank=True, editable=False, related_name="request", verbose_name="所作变更"
    )

    objects = DateRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "时限变更申请"
        verbose_name_plural = "时限变更申请"
        ordering = ["requested_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(state=DecisionState.PENDING),
                name="one_date_request_pending",
                violation_error_message="该节点已有一份待审批的时限变更申请。",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="date_request_has_reason", violation_error_message="请写明申请理由。"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} → {self.to_due_on}"

    def get_absolute_url(self) -> str:
        return reverse("projects:date_request", args=[self.pk])
