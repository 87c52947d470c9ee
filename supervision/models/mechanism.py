"""Named mechanisms of the district (三定四推五落实 …). Their wording is text that people edit; none is expanded by us."""

from django.db import models
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record
from projects.models.unit import Unit, citations
from supervision.choices import MechanismKind


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
