"""What rows have in common that replace each other over time, and requests that somebody else decides on."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.choices import DecisionState


class Revision(models.Model):
    """A row that holds from a business day until the day before `valid_until` (empty: still). It is replaced, never changed.

    Two rows of one day: the earlier one is left with an empty period, so that the day shows how it ended.
    """

    valid_from = models.DateField("起", editable=False)
    valid_until = models.DateField("止（不含）", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        """Say whether the row holds on the day (querysets.revision.valid_on)."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


def keep_revisions(name: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of a table of revisions: nothing of a row changes but its end. `name` tells the tables' triggers apart."""
    return [
        pgtrigger.Protect(name=f"keep_{name}", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name=f"fix_{name}", exclude=["valid_until"]),
    ]


def account(name: str, **options) -> models.ForeignKey:
    """Return the column of the account that did something; its name at the time stands in a column of its own."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=name, editable=False, **options
    )


class Decision(models.Model):
    """A request and what was decided on it: both with day, account and name."""

    state = models.CharField("状态", max_length=10, choices=DecisionState, default=DecisionState.PENDING, editable=False)
    requested_on = models.DateField("申请日期", editable=False)
    requested_by = account("申请人账号")
    requested_by_name = models.CharField("申请人", max_length=60, editable=False)
    decided_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    decided_by = account("审批人账号")
    decided_by_name = models.CharField("审批人", max_length=60, blank=True, editable=False)
    decision_reason = models.CharField("审批意见", max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_pending(self) -> bool:
        return self.state == DecisionState.PENDING
