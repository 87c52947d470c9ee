"""Holds (暂停): for a stated reason, with what is being done about it, until a day; then the colour comes back."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record, Simulated
from projects.choices import DecisionState, HoldReason
from projects.models.project import Project
from projects.models.revision import Decision
from projects.querysets.hold import HoldQuerySet


@tracked()
class Hold(Decision, Record, Simulated):
    """A request to pause a project, and its course: pending, approved (in force from `since` to `until`) or not, ended early.

    It has to be renewed at least quarterly (domain.md §1.8): nothing stays paused because it was forgotten.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="holds", verbose_name="项目")
    reason = models.CharField("暂停原因", max_length=20, choices=HoldReason)
    summary = models.CharField("情况说明", max_length=500)
    steps = models.CharField("正在采取的措施", max_length=500)
    since = models.DateField("起")
    until = models.DateField("预计止")
    # The first day of work again.
    ended_on = models.DateField("提前恢复", null=True, blank=True, editable=False)
    end_reason = models.CharField("恢复说明", max_length=200, blank=True, editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = "暂停"
        verbose_name_plural = "暂停"
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state=DecisionState.PENDING),
                name="one_hold_pending",
                violation_error_message="该项目已有一份待审批的暂停申请。",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="hold_in_order", violation_error_message="止日不能早于起日。"),
            models.CheckConstraint(
                condition=~Q(summary="") & ~Q(steps=""), name="hold_explained", violation_error_message="情况和措施均须填写。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} 暂停 {self.since}—{self.until}"

    def get_absolute_url(self) -> str:
        return reverse("projects:hold_detail", args=[self.pk])

    @property
    def last_day(self) -> date:
        """The last day on which the project was or will be paused; before `since` when it was resumed at once."""
        return min(self.until, self.ended_on - timedelta(days=1)) if self.ended_on else self.until
