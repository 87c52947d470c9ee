"""Problems that are reported directly to the office of key projects (问题直报), their course, and the meetings that decided on them."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from projects.choices import DelayCause
from projects.models import Project, Unit
from projects.models.revision import account
from supervision.choices import IssueGrade, IssueState
from supervision.models.act import Act
from supervision.querysets.issue import READERS, IssueQuerySet, numbered_q
from supervision.rules.issue import MACHINE, UNACCEPTED


@tracked()
class Issue(Record, Simulated):
    """A problem: what it is, on which project or where, who reported it, who handles it until when. Changed by services.issue only."""

    year = models.PositiveSmallIntegerField("年度", editable=False)
    seq = models.PositiveIntegerField("序号", editable=False)
    title = models.CharField("问题", max_length=60)
    description = models.TextField("情况说明", max_length=2000)
    place = models.CharField("地点", max_length=80, blank=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name="项目")
    reported_on = models.DateField("直报日期", editable=False)
    author = account("直报人账号")
    author_name = models.CharField("直报人", max_length=60, editable=False)
    author_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="直报单位", editable=False)
    state = models.CharField("状态", max_length=20, choices=IssueState, editable=False)
    grade = models.CharField("定级", max_length=1, choices=IssueGrade, blank=True)
    cause = models.CharField("病因", max_length=20, choices=DelayCause, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name="承办单位")
    assigned_on = models.DateField("交办日期", null=True, blank=True, editable=False)
    due_on = models.DateField("办理时限", null=True, blank=True)
    replied_on = models.DateField("反馈日期", null=True, blank=True, editable=False)
    ended_on = models.DateField("办结日期", null=True, blank=True, editable=False)

    history_private = Q(state__in=UNACCEPTED)
    history_readers = READERS

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = "直报问题"
        verbose_name_plural = "直报问题"
        ordering = ["-year", "-seq"]
        constraints = [models.UniqueConstraint(fields=["year", "seq"], name="issue_number_once")]
        indexes = [models.Index(fields=["state", "due_on"], name="issue_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:issue_detail", args=[self.pk])

    @property
    def number(self) -> str:
        """The number under which people speak of it."""
        return f"直报{self.year}-{self.seq:03d}"


@appended()
class IssueAct(Act):
    """A step of a problem's course."""

    machine, of, copies = MACHINE, "issue", ("grade", "cause", "description")

    # Once it is taken up its whole course is everybody's.
    history_private = Q(issue__state__in=UNACCEPTED)
    history_readers = READERS

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="acts", verbose_name="直报问题", editable=False)
    grade = models.CharField("定级", max_length=1, choices=IssueGrade, blank=True, editable=False)
    cause = models.CharField("病因", max_length=20, choices=DelayCause, blank=True, editable=False)
    description = models.TextField("情况说明", blank=True, editable=False)

    @classmethod
    def numbered(cls, text: str, day: date) -> Q | None:
        return numbered_q(text, "issue__")

    class Meta(Act.Meta):
        verbose_name = "直报问题办理经过"
        verbose_name_plural = "直报问题办理经过"
        indexes = [models.Index(fields=["issue", "id"], name="issue_act_last")]
        triggers = append_only()


@appended()
class IssueMeeting(Simulated):
    """A special meeting (专题会) on a problem: when, who took part, what it decided; the decision has a unit and a day."""

    act = models.OneToOneField(IssueAct, models.PROTECT, related_name="meeting", verbose_name="办理经过", editable=False)
    held_on = models.DateField("召开日期")
    place = models.CharField("地点", max_length=80, blank=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    attendees = models.CharField("参会单位和人员", max_length=300)
    decision = models.TextField("议定事项", max_length=2000)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    due_on = models.DateField("完成时限")

    class Meta:
        verbose_name = "专题会"
        verbose_name_plural = "专题会"
        ordering = ["-held_on", "-pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.held_on} 专题会"
