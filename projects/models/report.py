"""The monthly rhythm: the month's calendar, reports with every step that was taken, corrections, and the year's investment plan."""

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.kept import watched
from erqi.common.models import Record, Simulated
from projects.choices import LEVELS, DelayCause, ReportAction, ReportState
from projects.models.ledger import money_field, not_negative
from projects.models.project import Project
from projects.models.revision import Decision, Revision, account, keep_revisions
from projects.querysets.report import (
    CorrectionQuerySet,
    CountedReportQuerySet,
    InvestmentPlanQuerySet,
    ProgressReportQuerySet,
    ReportStepQuerySet,
)

MONTHS = range(1, 13)


@tracked()
class ReportPeriod(Record):
    """A month's days where the office set others than the rule gives (rules.calendar), and whether it closed the month early."""

    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份", validators=[MinValueValidator(1), MaxValueValidator(12)])
    opens_on = models.DateField("开始填报")
    due_on = models.DateField("截止")
    locks_on = models.DateField("锁定日（当日终了后锁定）")
    locked_on = models.DateField("提前锁定", null=True, blank=True, editable=False)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "填报月"
        verbose_name_plural = "填报月"
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["year", "month"], name="period_once", violation_error_message="这个月的日历已经登记。"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("locks_on")),
                name="period_in_order",
                violation_error_message="日期应依次为：开始填报、截止、锁定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月"


class ReportContent(models.Model):
    """What a report says. Money is cumulative from January, in 万元."""

    cumulative = money_field("本年累计完成投资")
    physical_percent = models.PositiveSmallIntegerField(
        "形象进度（%）", null=True, blank=True, validators=[MaxValueValidator(100, "形象进度不能超过 100%%。")]
    )
    physical = models.CharField("形象进度", max_length=100, blank=True)
    progress = models.CharField("本月进展", max_length=500, blank=True)
    problem = models.CharField("存在问题", max_length=500, blank=True)
    problem_cause = models.CharField("病因", max_length=20, choices=DelayCause, blank=True)
    problem_due_on = models.DateField("拟解决时限", null=True, blank=True)
    next_step = models.CharField("下步计划", max_length=300, blank=True)
    no_change = models.BooleanField("无变化", default=False)
    self_level = models.PositiveSmallIntegerField("自评", null=True, blank=True, choices=[(level.value, level.label) for level in LEVELS])
    cutoff_on = models.DateField("数据截止日", null=True, blank=True)

    class Meta:
        abstract = True


# The columns that a report, each of its steps and a correction slip share.
CONTENT = tuple(field.name for field in ReportContent._meta.local_fields)


@tracked()
class ProgressReport(ReportContent, Record, Simulated):
    """A project's report of a month as it stands now; each step that it took is a ReportStep, from which earlier days are read."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份", validators=[MinValueValidator(1), MaxValueValidator(12)])
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.DRAFT, editable=False)
    first_filed_on = models.DateField("首次报送", null=True, blank=True, editable=False)
    filed_on = models.DateField("报送日期", null=True, blank=True, editable=False)
    filed_by = account("报送人账号")
    filed_by_name = models.CharField("报送人", max_length=60, blank=True, editable=False)
    reviewed_on = models.DateField("审核日期", null=True, blank=True, editable=False)
    reviewed_by_name = models.CharField("审核人", max_length=60, blank=True, editable=False)
    return_reason = models.CharField("退回原因", max_length=200, blank=True, editable=False)

    # What is typed before it is filed is not everybody's (erqi.history.privacy); what was filed stands in the steps.
    history_private = Q(state__in=[ReportState.DRAFT, ReportState.RETURNED])

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = "月报"
        verbose_name_plural = "月报"
        ordering = ["project", "year", "month"]
        indexes = [models.Index(fields=["year", "month", "state"], name="report_of_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year", "month"], name="one_report_a_month", violation_error_message="本月已有月报。"
            ),
            not_negative("cumulative", "report_sum_positive", "累计完成投资"),
            models.CheckConstraint(
                condition=Q(problem="") | ~Q(problem_cause="") | Q(state__in=[ReportState.DRAFT, ReportState.RETURNED]),
                name="problem_has_cause",
                violation_error_message="填写了存在问题，须同时选择病因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.year}年{self.month}月月报"

    def get_absolute_url(self) -> str:
        return reverse("projects:report_detail", args=[self.project.code, self.year, self.month])


@watched
class ReportStep(ReportContent, Revision, Simulated):
    """A step that a report took (filed, withdrawn, passed, returned, corrected) with what it said then; holds until the next one.

    It has no history of its own: it is one, and the report's has the same change.
    """

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="steps", verbose_name="月报")
    action = models.CharField("步骤", max_length=10, choices=ReportAction)
    # Whether the figures count from this step on (rules.report.counts_after).
    counts = models.BooleanField("计入", default=False)
    # The business date on which it was taken, where that came after the report's year: it takes effect on the year's last day.
    recorded_on = models.DateField("年后办理日期", null=True, blank=True, editable=False)
    reason = models.CharField("理由", max_length=200, blank=True)
    by = account("办理人账号")
    by_name = models.CharField("办理人", max_length=60)

    objects = ReportStepQuerySet.as_manager()

    class Meta:
        verbose_name = "月报步骤"
        verbose_name_plural = "月报步骤"
        ordering = ["report", "pk"]
        indexes = [models.Index(fields=["report", "valid_from"], name="step_of_report")]
        triggers = keep_revisions("step")

    def __str__(self) -> str:
        return f"{self.report_id} {self.get_action_display()}"

    @property
    def taken_on(self) -> date:
        """The business date on which it was taken."""
        return self.recorded_on or self.valid_from

    @property
    def month(self) -> int:
        """The month of its report, which is read with it (select_related)."""
        return self.report.month


@watched
class CountedReport(Revision, Simulated):
    """Which report counts for a project's year on a day: the latest month's, with the step that says its figures.

    Written by services.counted only, in the transaction of the step. It follows from the steps (and is filled from them anew by its
    migration): with it, the figures of ten thousand projects on any day are one condition away. It is its own history.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="counted_reports", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份")
    cumulative = money_field("本年累计完成投资")
    step = models.ForeignKey(ReportStep, models.PROTECT, related_name="counted", verbose_name="月报步骤")

    objects = CountedReportQuerySet.as_manager()

    class Meta:
        verbose_name = "计入的月报"
        verbose_name_plural = "计入的月报"
        ordering = ["project", "year", "valid_from", "pk"]
        indexes = [models.Index(fields=["project", "year", "valid_from"], name="counted_of_project")]
        constraints = [models.UniqueConstraint(fields=["project", "year"], condition=Q(valid_until=None), name="one_counted_standing")]
        triggers = keep_revisions("counted")

    def __str__(self) -> str:
        return f"{self.project_id} {self.year} {self.valid_from}"


@tracked()
class ReportCorrection(ReportContent, Decision, Record, Simulated):
    """A correction slip (更正单) to a locked month: what the report should say and why. The old figure stays in the report's steps."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="corrections", verbose_name="月报")
    # Which version of the report the slip puts right: one that was written again since is not overwritten by an approval.
    report_version = models.PositiveIntegerField("所更正的版本", editable=False)
    reason = models.CharField("更正理由", max_length=200)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "更正单"
        verbose_name_plural = "更正单"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(state="pending"),
                name="one_correction_pending",
                violation_error_message="这份月报已有一张待审批的更正单。",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason", violation_error_message="请写明更正理由。"),
        ]

    def __str__(self) -> str:
        return f"{self.report} 更正"

    def get_absolute_url(self) -> str:
        return reverse("projects:correction_detail", args=[self.pk])


@appended()
class InvestmentPlan(Revision, Simulated):
    """A project's plan of a year: what is to be invested from January to each month's end, in 万元. A new plan replaces the old."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    month_1 = money_field("1月")
    month_2 = money_field("1-2月")
    month_3 = money_field("1-3月")
    month_4 = money_field("1-4月")
    month_5 = money_field("1-5月")
    month_6 = money_field("1-6月")
    month_7 = money_field("1-7月")
    month_8 = money_field("1-8月")
    month_9 = money_field("1-9月")
    month_10 = money_field("1-10月")
    month_11 = money_field("1-11月")
    month_12 = money_field("1-12月")
    reason = models.CharField("调整理由", max_length=200, blank=True)
    by = account("登记人账号")
    by_name = models.CharField("登记人", max_length=60)
    request_key = models.UUIDField("提交标识", null=True, unique=True, editable=False)

    objects = InvestmentPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "投资计划"
        verbose_name_plural = "投资计划"
        ordering = ["project", "year", "valid_from", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "year"], condition=Q(valid_until=None), name="one_plan_standing")]
        triggers = keep_revisions("plan")

    def __str__(self) -> str:
        return f"{self.project_id} {self.year} {self.valid_from}"

    @property
    def cumulative(self) -> tuple[Decimal, ...]:
        """The twelve amounts, January to December."""
        return tuple(getattr(self, f"month_{month}") for month in MONTHS)
