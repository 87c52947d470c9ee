"""The in-app inbox and the record of the daily mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from erqi.common.models import Simulated
from projects.choices import ReminderKind
from projects.querysets.reminder import ReminderQuerySet


class Reminder(Simulated):
    """A line in a person's inbox. `key` says what it is about and in which window (7 days, overdue …): each is written once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name="收件人")
    kind = models.CharField("类别", max_length=10, choices=ReminderKind)
    key = models.CharField("事项", max_length=120)
    title = models.CharField("标题", max_length=120)
    text = models.CharField("内容", max_length=300, blank=True)
    url = models.CharField("地址", max_length=300, blank=True)
    recorded_on = models.DateField("日期")
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    digest = models.ForeignKey("projects.Digest", models.SET_NULL, null=True, blank=True, related_name="reminders", verbose_name="所在邮件")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="reminder_unread")]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="reminder_once")]

    def __str__(self) -> str:
        return self.title


class Digest(models.Model):
    """The daily mail of a person: one a day, also when the command runs twice or dies in between."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests", verbose_name="收件人")
    day = models.DateField("日期")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    class Meta:
        verbose_name = "每日提醒"
        verbose_name_plural = "每日提醒"
        ordering = ["-day", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
