"""Ledgers (台账) of a year, the revisions of their stated scale, and the entries by which projects stand in them."""

from datetime import date, timedelta

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, append_only
from projects.choices import AbsenceKind, Bound, LedgerKind, LedgerLevel, LedgerState, Nature
from projects.models.revision import account
from projects.models.unit import Unit, citations
from projects.querysets.ledger import LedgerEntryQuerySet, LedgerQuerySet


def money_field(name: str, **options) -> models.DecimalField:
    """Return a column for an amount in 万元: 18 digits, 4 decimals (1 元 is 0.0001 万元)."""
    return models.DecimalField(f"{name}（万元）", max_digits=18, decimal_places=4, null=True, blank=True, **options)


def not_negative(column: str, name: str, label: str) -> models.CheckConstraint:
    """Return the constraint that an amount is unknown or at least 0."""
    return models.CheckConstraint(
        condition=Q(**{column: None}) | Q(**{f"{column}__gte": 0}), name=name, violation_error_message=f"{label}不能为负数。"
    )


@tracked()
class Ledger(Record):
    """A list of key projects of a year, of the district or of an area. Opened, locked and changed by services.ledger only."""

    code = models.SlugField("编号", max_length=40, unique=True, error_messages={"unique": "这个编号已被另一本台账使用，请换一个。"})
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("台账名称", max_length=60)
    level = models.CharField("级别", max_length=20, choices=LedgerLevel, default=LedgerLevel.DISTRICT)
    kind = models.CharField("种类", max_length=20, choices=LedgerKind, default=LedgerKind.PROJECTS)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="ledgers", verbose_name="建账单位")
    state = models.CharField("状态", max_length=20, choices=LedgerState, default=LedgerState.OPEN)
    note = models.CharField("说明", max_length=500, blank=True)
    # From this business date on the ledger's projects have colours (services.schedule.start_warnings); without it they are 未评价.
    warned_since = models.DateField("预警起始日", null=True, blank=True, editable=False)
    citations = citations()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = "台账"
        verbose_name_plural = "台账"
        ordering = ["-year", "level", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(level=LedgerLevel.DISTRICT, kind=LedgerKind.PROJECTS),
                name="one_district_ledger_a_year",
                violation_error_message="该年度的区级重点项目台账已经存在。",
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="ledger_year_plausible"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:ledger_detail", args=[self.code])

    @property
    def is_locked(self) -> bool:
        return self.state == LedgerState.LOCKED

    @property
    def revisions(self) -> QuerySet["LedgerRevision"]:
        """The scales that stand, each with `has_withdrawn`: whether others of the ledger were withdrawn (spares pages a query)."""
        withdrawn = LedgerRevision.objects.filter(ledger=OuterRef("ledger")).exclude(withdrawn_on=None)
        return self.stated.filter(withdrawn_on=None).annotate(has_withdrawn=Exists(withdrawn))

    @property
    def withdrawn_revisions(self) -> QuerySet["LedgerRevision"]:
        """The scales that were stated wrongly; they stay in the record with the reason."""
        return self.stated.exclude(withdrawn_on=None)


@appended(updates=True)
class LedgerRevision(models.Model):
    """The scale of a ledger as stated on a date: number of projects, total and yearly investment. A later one revises it.

    Append-only: a scale that was stated wrongly is withdrawn with a reason, for good, and stated anew.
    """

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="stated", verbose_name="台账")
    recorded_on = models.DateField("日期")
    project_count = models.PositiveIntegerField("项目数", null=True, blank=True)
    total_investment = money_field("总投资")
    annual_plan = money_field("年度计划投资")
    annual_plan_bound = models.CharField("表述", max_length=10, choices=Bound, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, editable=False)
    withdraw_reason = models.CharField("撤回原因", max_length=200, blank=True, editable=False)
    citations = citations()

    class Meta:
        verbose_name = "台账规模"
        verbose_name_plural = "台账规模"
        ordering = ["recorded_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ledger", "recorded_on"], condition=Q(withdrawn_on=None), name="one_revision_a_day"),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdraw_reason="") | (Q(withdrawn_on__isnull=False) & ~Q(withdraw_reason="")),
                name="scale_withdrawn_with_reason",
                violation_error_message="撤回须写明原因。",
            ),
            not_negative("total_investment", "revision_total_positive", "总投资"),
            not_negative("annual_plan", "revision_plan_positive", "年度计划投资"),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_scale", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keep_figures", exclude=["withdrawn_on", "withdraw_reason"]),
            pgtrigger.Protect(name="keep_withdrawn", operation=pgtrigger.Update, condition=pgtrigger.Q(old__withdrawn_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.recorded_on}"


@tracked()
class LedgerEntry(Record):
    """A project in a ledger: its place, its nature that year, what is to be reached and invested.

    `delisted_on` and `closed_on` say what stands now; a leaving or closing that was taken back is an EntryAbsence.
    """

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="entries", verbose_name="台账")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="entries", verbose_name="项目")
    seq = models.PositiveIntegerField("序号")
    nature = models.CharField("建设性质", max_length=20, choices=Nature, blank=True)
    annual_goal = models.CharField("年度目标", max_length=200, blank=True)
    annual_plan = money_field("年度计划投资")
    listed_on = models.DateField("列入日期", null=True, blank=True)
    delisted_on = models.DateField("退出日期", null=True, blank=True)
    delist_reason = models.CharField("退出原因", max_length=200, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True, editable=False)
    reopen_reason = models.CharField("恢复销号的理由", max_length=200, blank=True, editable=False)
    note = models.CharField("编者说明", max_length=500, blank=True)
    citations = citations()

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "台账条目"
        verbose_name_plural = "台账条目"
        ordering = ["ledger", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["ledger", "seq"], name="entry_seq_in_ledger", violation_error_message="该序号已被占用。"),
            models.UniqueConstraint(
                fields=["ledger", "project"], name="entry_once_per_ledger", violation_error_message="该项目已在这本台账中。"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_1"),
            not_negative("annual_plan", "entry_plan_positive", "年度计划投资"),
            models.CheckConstraint(
                condition=Q(listed_on=None) | Q(delisted_on=None) | Q(delisted_on__gte=F("listed_on")),
                name="entry_dates_in_order",
                violation_error_message="退出日期不能早于列入日期。",
            ),
            models.CheckConstraint(
                condition=Q(delisted_on=None) | ~Q(delist_reason=""),
                name="entry_delisted_with_reason",
                violation_error_message="退出台账须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id}-{self.seq}"

    def left_on(self, day: date) -> date | None:
        """Return since when the project had been out of its ledger on the day, None where it stood in it; reads `absences`."""
        if self.delisted_on is not None and self.delisted_on <= day:
            return self.delisted_on
        left = (one.since for one in self.absences.all() if one.kind == AbsenceKind.LEFT and one.since <= day < one.until)
        return next(left, None)


@appended()
class EntryAbsence(models.Model):
    """A time in which an entry had left its ledger (退出) or was closed (销号), written when it came back: earlier days stay as they were.

    `until` is the day on which it was back. Nothing of a row changes.
    """

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="absences", verbose_name="台账条目")
    kind = models.CharField("类别", max_length=10, choices=AbsenceKind)
    since = models.DateField("起")
    until = models.DateField("止（不含）")
    reason = models.CharField("原因", max_length=200, blank=True)
    end_reason = models.CharField("恢复的理由", max_length=200, blank=True)
    by = account("恢复人账号")
    by_name = models.CharField("恢复人", max_length=60)

    class Meta:
        verbose_name = "退出与销号的经过"
        verbose_name_plural = "退出与销号的经过"
        ordering = ["entry", "pk"]
        indexes = [models.Index(fields=["entry", "since"], name="absence_of_entry")]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="absence_in_order")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.entry_id} {self.since}"

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.until - timedelta(days=1)
