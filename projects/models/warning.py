"""Warning policies, the colour schedules computed by them, and what people decide about a colour."""

from datetime import date
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from erqi.common.history import tracked
from erqi.common.kept import watched
from erqi.common.models import Record, Simulated
from projects.choices import GRAVE_LEVELS, LiftingState, PolicyState, WarningLevel
from projects.models.project import Project
from projects.models.revision import Revision, account, keep_revisions
from projects.querysets.warning import LiftingQuerySet, PolicyQuerySet, ReschedulingQuerySet, WarningScheduleQuerySet
from projects.rules.colour import Bounds, Pause, Schedule, level_on, pause_on, since
from projects.rules.policy import Policy, from_data
from projects.rules.schedule_data import causes_from_data, facts_from_data
from projects.rules.warning import Facts, Thresholds


@tracked()
class WarningPolicy(Record):
    """A version of the warning rules: written by one person, approved by another, in force from a day on until the next one.

    `rules` holds rules.policy.Policy as plain data. Once approved it never changes (a trigger sees to it).
    """

    name = models.CharField("名称", max_length=60)
    state = models.CharField("状态", max_length=10, choices=PolicyState, default=PolicyState.DRAFT, editable=False)
    rules = models.JSONField("规则")
    note = models.CharField("修改说明", max_length=500, blank=True)
    effective_from = models.DateField("生效日期", null=True, blank=True)
    created_on = models.DateField("拟稿日期", editable=False)
    created_by = account("拟稿人账号")
    created_by_name = models.CharField("拟稿人", max_length=60, editable=False)
    # Who answers for the text that was submitted: not always who drafted it, and neither of them approves it.
    submitted_on = models.DateField("提交日期", null=True, blank=True, editable=False)
    submitted_by = account("提交人账号")
    submitted_by_name = models.CharField("提交人", max_length=60, blank=True, editable=False)
    approved_on = models.DateField("批准日期", null=True, blank=True, editable=False)
    approved_by = account("批准人账号")
    approved_by_name = models.CharField("批准人", max_length=60, blank=True, editable=False)
    return_reason = models.CharField("退回原因", max_length=200, blank=True, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "预警规则"
        verbose_name_plural = "预警规则"
        ordering = [F("effective_from").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"],
                condition=Q(state=PolicyState.APPROVED),
                name="one_policy_a_day",
                violation_error_message="这一天已有另一版规则生效，请换一个生效日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=PolicyState.APPROVED) | (Q(effective_from__isnull=False) & Q(approved_on__isnull=False)),
                name="policy_approved_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="keep_policy", operation=pgtrigger.Update | pgtrigger.Delete, condition=pgtrigger.Q(old__state="approved")
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:policy_detail", args=[self.pk])

    def clean(self) -> None:
        try:
            from_data(self.rules)
        except ValueError as error:
            raise ValidationError({"rules": "规则数据不完整，请重新打开页面填写。"}) from error

    @property
    def policy(self) -> Policy:
        """The rules as rules.policy.Policy."""
        return from_data(self.rules)


@tracked()
class PolicyEditor(models.Model):
    """Who changed a version of the rules while it was a draft: none of them approves it. What each changed is in its history."""

    policy = models.ForeignKey(WarningPolicy, models.CASCADE, related_name="editors", verbose_name="预警规则")
    account = models.ForeignKey("common.User", models.PROTECT, related_name="+", verbose_name="账号")

    class Meta:
        verbose_name = "规则修改人"
        verbose_name_plural = "规则修改人"
        constraints = [models.UniqueConstraint(fields=["policy", "account"], name="policy_editor_once")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.account_id}"


def _level(name: str, **options: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, choices=WarningLevel, **options)


# The columns from which the level of a day and its beginning follow, and the row's key.
SHOWN = (
    *("id", "entered_on", "valid_until", "green_on", "blue_on", "yellow_on", "red_on", "closed_on", "paused_from", "paused_until"),
    *("paused_from_2", "paused_until_2", "paused_from_3", "paused_until_3"),
    *("floor_level", "floor_until", "manual_level", "manual_until"),
)


@watched
class WarningSchedule(Revision, Simulated):
    """A project's colours in a year as far as they were known from `valid_from` on: thresholds, bounds, causes and the facts used.

    Written by services.schedule only, in the transaction of whatever was recorded. It is computed, and nothing of it ever changes
    but its end: it is its own history.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="schedules", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    policy = models.ForeignKey(WarningPolicy, models.PROTECT, related_name="schedules", verbose_name="规则")
    green_on = models.DateField("可评价日", null=True, blank=True)
    blue_on = models.DateField("转蓝日", null=True, blank=True)
    yellow_on = models.DateField("转黄日", null=True, blank=True)
    red_on = models.DateField("转红日", null=True, blank=True)
    closed_on = models.DateField("销号日", null=True, blank=True)
    paused_from = models.DateField("暂停起", null=True, blank=True)
    paused_until = models.DateField("暂停止", null=True, blank=True)
    # Further pauses apart from the first (rules.colour.MOST_PAUSES).
    paused_from_2 = models.DateField("暂停起二", null=True, blank=True)
    paused_until_2 = models.DateField("暂停止二", null=True, blank=True)
    paused_from_3 = models.DateField("暂停起三", null=True, blank=True)
    paused_until_3 = models.DateField("暂停止三", null=True, blank=True)
    floor_level = _level("不低于", null=True, blank=True)
    floor_until = models.DateField("观察止", null=True, blank=True)
    manual_level = _level("人工定级", null=True, blank=True)
    manual_until = models.DateField("人工定级止", null=True, blank=True)
    # With which level the row began, and since when that level had been shown without break.
    entered_level = _level("起始状态")
    entered_on = models.DateField("起始状态自")
    causes = models.JSONField("原因", default=dict)
    facts = models.JSONField("依据", default=dict)

    objects = WarningScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = "预警时间表"
        verbose_name_plural = "预警时间表"
        ordering = ["project", "year", "valid_from", "pk"]
        indexes = [
            # With all that the level of a day needs: boards read the rows of a whole ledger, without their facts and causes.
            models.Index(fields=["year", "project", "valid_from"], name="schedule_of_project", include=SHOWN),
            models.Index(fields=["year"], condition=Q(valid_until=None), name="schedule_standing"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "year"], condition=Q(valid_until=None), name="one_schedule_standing"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="schedule_in_order"),
        ]
        triggers = keep_revisions("schedule")

    def __str__(self) -> str:
        return f"{self.project_id} {self.year} {self.valid_from}"

    @property
    def dates(self) -> Thresholds:
        """The row's thresholds without their causes: all that the level of a day needs."""
        return Thresholds(self.green_on, self.blue_on, self.yellow_on, self.red_on)

    @property
    def dated(self) -> Schedule:
        """The row as rules.colour takes it, without causes: neither facts nor causes have to be read for it."""
        return Schedule(self.valid_from, self.dates, self.bounds, self.valid_until)

    @property
    def schedule(self) -> Schedule:
        """The row as rules.colour takes it."""
        thresholds = Thresholds(self.green_on, self.blue_on, self.yellow_on, self.red_on, causes_from_data(self.causes))
        return Schedule(self.valid_from, thresholds, self.bounds, self.valid_until)

    @property
    def bounds(self) -> Bounds:
        """The row's bounds as rules.colour takes them."""
        return Bounds(
            self.closed_on,
            self.paused_from,
            self.paused_until,
            None if self.floor_level is None else WarningLevel(self.floor_level),
            self.floor_until,
            None if self.manual_level is None else WarningLevel(self.manual_level),
            self.manual_until,
            self.paused_from_2,
            self.paused_until_2,
            self.paused_from_3,
            self.paused_until_3,
        )

    @property
    def known_facts(self) -> Facts:
        """The facts that the row was computed from."""
        return facts_from_data(self.facts)

    def pause_on(self, day: date) -> Pause | None:
        """Return first and last day of the pause that covers the day."""
        return pause_on(self.bounds, day)

    def level_on(self, day: date) -> WarningLevel:
        """Return what is shown on a day on which the row holds."""
        return level_on(self.dates, self.bounds, day)

    def since(self, day: date) -> date:
        """Return since when the colour of the day has been shown without break."""
        return since(self.dates, self.bounds, WarningLevel(self.entered_level), self.entered_on, self.valid_from, day)


@watched
class Rescheduling(models.Model):
    """One pass that computes all colours anew, after a policy was approved or a ledger joined; goes on where it stopped."""

    policy = models.ForeignKey(WarningPolicy, models.PROTECT, null=True, blank=True, related_name="passes", verbose_name="规则")
    reason = models.CharField("起因", max_length=100)
    on = models.DateField("业务日期")
    total = models.PositiveIntegerField("项目数", default=0)
    done = models.PositiveIntegerField("已完成", default=0)
    last_key = models.PositiveBigIntegerField("进行到", default=0)
    started_by_name = models.CharField("发起人", max_length=60, blank=True)
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = ReschedulingQuerySet.as_manager()

    class Meta:
        verbose_name = "重算"
        verbose_name_plural = "重算"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reason} {self.done}/{self.total}"

    @property
    def percent(self) -> int:
        """How far the pass is, 0 to 100."""
        return 100 if self.finished_at or not self.total else min(self.done * 100 // self.total, 100)


@tracked()
class Lifting(Record, Simulated):
    """Leaving yellow or red (摘牌): proposed by the system when the facts allow it, verified by an inspector, confirmed by the office
    of supervision (domain.md §1.8). Until then the colour stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="liftings", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=LiftingState, default=LiftingState.PROPOSED, editable=False)
    from_level = _level("原状态")
    to_level = _level("按数据应转为")
    proposed_on = models.DateField("提出日期")
    verified_on = models.DateField("核验日期", null=True, blank=True, editable=False)
    verified_by = account("核验人账号")
    verified_by_name = models.CharField("核验人", max_length=60, blank=True, editable=False)
    verify_note = models.CharField("核验情况", max_length=300, blank=True)
    ended_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    # To the second: what is reported afterwards on the same day is an answer to a refusal.
    ended_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)
    ended_by = account("确认人账号")
    ended_by_name = models.CharField("确认人", max_length=60, blank=True, editable=False)
    end_note = models.CharField("确认意见", max_length=300, blank=True)
    observed_until = models.DateField("观察至", null=True, blank=True, editable=False)

    objects = LiftingQuerySet.as_manager()

    class Meta:
        verbose_name = "摘牌"
        verbose_name_plural = "摘牌"
        ordering = ["-proposed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year"],
                condition=Q(state__in=[LiftingState.PROPOSED, LiftingState.VERIFIED]),
                name="one_open_lifting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_from_level_display()}摘牌"

    def get_absolute_url(self) -> str:
        return reverse("projects:lifting_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (LiftingState.PROPOSED, LiftingState.VERIFIED)


@tracked()
class LevelOverride(Record, Simulated):
    """Yellow or red set by hand by the office of supervision, with a reason and an end (domain.md §1.6 manual_override, §5.5)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="overrides", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    level = _level("定为")
    since = models.DateField("起")
    until = models.DateField("止")
    reason = models.CharField("理由", max_length=300)
    set_by = account("定级人账号")
    set_by_name = models.CharField("定级人", max_length=60, editable=False)
    ended_on = models.DateField("解除日期", null=True, blank=True, editable=False)
    end_reason = models.CharField("解除理由", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "人工定级"
        verbose_name_plural = "人工定级"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=GRAVE_LEVELS), name="override_is_grave"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="override_in_order", violation_error_message="止日不能早于起日。"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason", violation_error_message="请写明理由。"),
            models.UniqueConstraint(
                fields=["project", "year"],
                condition=Q(ended_on=None),
                name="one_override_at_a_time",
                violation_error_message="该项目已有人工定级，请先解除。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_level_display()}"
