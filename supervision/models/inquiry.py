"""Leaders' questions (领导问查) about a project or one of its milestones: one sentence, somebody's to-do, an answer."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from erqi.common.texts import shortened
from projects.models import Milestone, Person, Project, Unit
from projects.models.revision import account
from supervision.choices import Addressee, InquiryState
from supervision.models.act import Act
from supervision.querysets.inquiry import InquiryQuerySet
from supervision.rules.inquiry import MACHINE

# One sentence.
LONGEST = 200


@tracked()
class Inquiry(Record, Simulated):
    """A leader's question. `text` is the last one asked, the acts keep all; `unit` is who reports the project, and answers unless an
    inspector was asked (`person` where the grid names one, else any)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="inquiries", verbose_name="项目")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="节点")
    text = models.CharField("问查内容", max_length=LONGEST)
    addressee = models.CharField("由谁答复", max_length=10, choices=Addressee, default=Addressee.UNIT)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="填报单位")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="督察员")
    asked_on = models.DateField("提出日期", editable=False)
    asked_by = account("提出人账号")
    asked_by_name = models.CharField("提出人", max_length=60, editable=False)
    due_on = models.DateField("答复时限")
    answer = models.TextField("答复", blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True, editable=False)
    answered_by_name = models.CharField("答复人", max_length=60, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=InquiryState, default=InquiryState.ASKED, editable=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "领导问查"
        verbose_name_plural = "领导问查"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "state"], name="inquiry_of_project")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="inquiry_asks", violation_error_message="请写明要问的事。"),
        ]

    def __str__(self) -> str:
        # It keeps its name when its leader asks further.
        return f"问查：{shortened(getattr(self, 'asked_first', '') or self.text, 30)}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:inquiry_detail", args=[self.pk])


@appended()
class InquiryAct(Act):
    """What was done to a question: asked, answered, asked again, closed."""

    machine, of = MACHINE, "inquiry"
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="acts", verbose_name="领导问查")

    class Meta(Act.Meta):
        verbose_name = "领导问查办理经过"
        verbose_name_plural = "领导问查办理经过"
        indexes = [models.Index(fields=["inquiry", "id"], name="inquiry_act_last")]
        triggers = append_only()
