"""Targets of a year, the claims that documents make about them, and documented or measured readings."""

import uuid
from datetime import date

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record
from projects.choices import AdoptionRule, Bound, Computed, Measure, Wording
from projects.models.project import Project
from projects.models.unit import Unit, citations
from projects.querysets.target import TargetClaimQuerySet, TargetQuerySet
from projects.rules.computed import MONEY_UNITS, unit_fits


@tracked()
class Target(Record):
    """What is to be reached in a year. Its figure is the adopted claim's; the target itself carries none.

    What was reached is computed from the ledger (`computed`), or else registered as readings.
    """

    year = models.PositiveSmallIntegerField("年度")
    indicator = models.CharField("指标", max_length=60)
    unit = models.CharField("计量单位", max_length=20)
    measure = models.CharField("口径", max_length=10, choices=Measure, default=Measure.LEVEL)
    computed = models.CharField("完成数字来自", max_length=20, choices=Computed, blank=True)
    scope = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="targets_of_scope", verbose_name="范围")
    responsible = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="责任单位")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="对应项目")
    seq = models.PositiveSmallIntegerField("次序", default=0)
    note = models.CharField("说明", max_length=500, blank=True)
    citations = citations()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "目标"
        verbose_name_plural = "目标"
        ordering = ["-year", "seq", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "indicator", "scope"],
                name="target_once_a_year",
                nulls_distinct=False,
                violation_error_message="该年度、该范围已有同名指标。",
            ),
            models.CheckConstraint(
                condition=Q(computed="") | Q(measure=Measure.LEVEL),
                name="target_computed_is_level",
                violation_error_message="台账只能计算总量；增速、占比须由人登记完成数字。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.indicator}"

    def clean(self) -> None:
        """Refuse a unit in which the ledger's result cannot be given: money in pieces, pieces in money."""
        if self.computed and not unit_fits(self.computed, self.unit):
            amounts = "计量单位是金额的，只能按总投资或完成投资计算。"
            raise ValidationError({"computed": amounts if self.unit in MONEY_UNITS else "按金额计算的，计量单位须为亿元或万元。"})

    def get_absolute_url(self) -> str:
        return reverse("projects:target_detail", args=[self.year, self.pk])


@tracked()
class TargetClaim(Record):
    """One document's figure for a target. The figure never changes; which claim is adopted does, by rule or by a person.

    A figure that was registered wrongly is withdrawn with a reason and registered anew; it stays in the record.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="claims", verbose_name="目标")
    document = models.ForeignKey("projects.Document", models.PROTECT, related_name="claims", verbose_name="来源文件")
    value = models.DecimalField("数值", max_digits=18, decimal_places=4)
    bound = models.CharField("界限", max_length=10, choices=Bound, blank=True)
    wording = models.CharField("措辞", max_length=10, choices=Wording, blank=True)
    adopted = models.BooleanField("采用", default=False)
    adopted_rule = models.CharField("采用依据", max_length=10, choices=AdoptionRule, blank=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="采用人")
    adopted_on = models.DateField("采用日期", null=True, blank=True)
    adoption_reason = models.CharField("采用理由", max_length=200, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdraw_reason = models.CharField("撤回原因", max_length=200, blank=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    citations = citations()

    objects = TargetClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "目标来源数字"
        verbose_name_plural = "目标来源数字"
        ordering = ["target", "document", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["target"], condition=Q(adopted=True), name="one_adopted_claim"),
            models.UniqueConstraint(
                fields=["target", "document"],
                condition=Q(withdrawn_on=None),
                name="one_claim_per_document",
                violation_error_message="该文件对这项目标的数字已经登记。如登记有误，请先在目标页撤回。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdraw_reason="")
                | (Q(withdrawn_on__isnull=False, adopted=False) & ~Q(withdraw_reason="")),
                name="withdrawn_with_reason",
                violation_error_message="撤回须写明原因；采用中的数字不能同时撤回。",
            ),
            models.CheckConstraint(
                condition=Q(adopted=False, adopted_rule="") | (Q(adopted=True) & ~Q(adopted_rule="")), name="adoption_has_rule"
            ),
            models.CheckConstraint(
                condition=~Q(adopted_rule=AdoptionRule.PERSON) | (Q(adopted_by__isnull=False) & ~Q(adoption_reason="")),
                name="adoption_names_person",
                violation_error_message="人工采用须写明理由。",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="keep_claim", fields=["target", "document", "value", "bound", "wording"])]

    def __str__(self) -> str:
        return f"{self.value}"


@appended(updates=True)
class TargetReading(models.Model):
    """What was reached by a date, documented or measured. Of two readings of one day the later one counts.

    Append-only: a reading that was registered wrongly is withdrawn with a reason, for good; days before that still know it.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="readings", verbose_name="目标")
    on = models.DateField("截止日期")
    value = models.DecimalField("数值", max_digits=18, decimal_places=4)
    bound = models.CharField("界限", max_length=10, choices=Bound, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.CharField("登记人", max_length=40, blank=True)
    request_key = models.UUIDField("提交标识", default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, editable=False)
    withdraw_reason = models.CharField("撤回原因", max_length=200, blank=True, editable=False)
    withdrawn_by_name = models.CharField("撤回人", max_length=40, blank=True, editable=False)
    citations = citations()

    class Meta:
        verbose_name = "目标完成数字"
        verbose_name_plural = "目标完成数字"
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdraw_reason="") | (Q(withdrawn_on__isnull=False) & ~Q(withdraw_reason="")),
                name="reading_withdrawn_with_reason",
                violation_error_message="撤回须写明原因。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_reading", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keep_figure", exclude=["withdrawn_on", "withdraw_reason", "withdrawn_by_name"]),
            pgtrigger.Protect(name="keep_withdrawn", operation=pgtrigger.Update, condition=pgtrigger.Q(old__withdrawn_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.value}"

    def stands_on(self, day: date) -> bool:
        """Say whether nobody had withdrawn it by the end of the day."""
        return self.withdrawn_on is None or self.withdrawn_on > day
