"""Named mechanisms of the district (三定四推五落实 …). Their wording is text that people edit; none is expanded by us."""

from django.db import models
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record
from projects.models.unit import Unit, citations
from supervision.choices import MechanismKind, SystemPart


@tracked()
class Mechanism(Record):
    """A mechanism as the documents name it. `text` is what a document prints of it, or what the district writes itself."""

    code = models.SlugField("编号", max_length=40, unique=True)
    seq = models.PositiveSmallIntegerField("次序", default=0)
    name = models.CharField("名称", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=20, choices=MechanismKind)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="mechanisms", verbose_name="提出单位")
    text = models.TextField("内容", blank=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    citations = citations()

    class Meta:
        verbose_name = "督察机制"
        verbose_name_plural = "督察机制"
        ordering = ["kind", "seq", "code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("supervision:mechanism_detail", args=[self.code])


@tracked()
class MechanismPart(models.Model):
    """A part of this system that carries a mechanism out, as the supervision office sees it; `note` says in what."""

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="parts", verbose_name="机制")
    part = models.CharField("功能", max_length=20, choices=SystemPart)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = "机制的落实"
        verbose_name_plural = "机制的落实"
        ordering = ["mechanism", "pk"]
        constraints = [models.UniqueConstraint(fields=["mechanism", "part"], name="mechanism_part_once")]

    def __str__(self) -> str:
        return self.get_part_display()
