"""Supervision ledgers by theme (督察台账): the 13 of D3, and more as they are added."""

from django.db import models
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record
from projects.models.unit import citations
from supervision.querysets.theme import ThemeQuerySet


@tracked()
class Theme(Record):
    """A supervision ledger's theme (督察台账); `printed_name` keeps a newspaper's misprint beside the right name."""

    code = models.SlugField("编号", max_length=40, unique=True)
    seq = models.PositiveSmallIntegerField("次序")
    name = models.CharField("督察主题", max_length=60, unique=True)
    printed_name = models.CharField("原文写法", max_length=60, blank=True, help_text="与主题名不同时（原文误印）填写")
    is_active = models.BooleanField("在用", default=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    # Empty: one of the document's.
    opened_on = models.DateField("建立日期", null=True, blank=True, editable=False)
    citations = citations()

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = "督察主题"
        verbose_name_plural = "督察主题"
        ordering = ["seq", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def misprint(self) -> str | None:
        """How the document prints it, where that is another name."""
        return f"印作“{self.printed_name}”" if self.printed_name and self.printed_name != self.name else None

    def get_absolute_url(self) -> str:
        return reverse("supervision:theme_detail", args=[self.code])
