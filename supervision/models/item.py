"""Items of the supervision ledgers (督察事项): what is to be done, in which steps, by whom; and how they are struck off (销号)."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.kept import watched
from erqi.common.models import Record, Simulated, append_only
from projects.choices import DelayCause, Duty, ResponsibilityKind
from projects.models import Milestone, Person, Project, Unit, WarningPolicy
from projects.models.revision import Revision, keep_revisions
from projects.querysets.revision import RevisionQuerySet
from supervision.choices import EvidenceSide, ItemSource, ItemState
from supervision.models.act import Act
from supervision.models.theme import Theme
from supervision.querysets.item import ItemQuerySet, ItemScheduleQuerySet
from supervision.rules.item import MACHINE

# 病因 of an item: the list of the projects app, without its entry for slips of the pen.
CAUSES = [pair for pair in DelayCause.choices if pair[0] != DelayCause.ENTRY]
# The three units of the grid (domain.md §2.5).
GRID_KINDS = (ResponsibilityKind.LEAD, ResponsibilityKind.UNDERTAKE, ResponsibilityKind.COOPERATE)


class Worded(models.Model):
    """What an item says: in which ledger it stands, what it is called, where it comes from, what is to be done and how."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", verbose_name="督察台账")
    name = models.CharField("督察事项", max_length=120)
    source = models.CharField("来源", max_length=20, choices=ItemSource)
    source_ref = models.CharField("文号或会议", max_length=80, blank=True)
    source_text = models.TextField("原文", blank=True)
    goal = models.TextField("目标任务")
    roadmap = models.TextField("路线图", blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    search_key = models.TextField("检索", blank=True, editable=False)

    class Meta:
        abstract = True


# The columns of Worded.
WORDS = tuple(field.name for field in Worded._meta.local_fields)


@tracked(exclude=("search_key",))
class SupervisionItem(Worded, Record, Simulated):
    """A matter of a supervision ledger, from its registration to 销号.

    What it says (Worded) is what it says now; ItemText keeps what it said on any day. `unit` is who carries it out now (the grid's
    承办单位, else its 牵头单位), `project` the project that it is about first; both follow from ItemDuty and ItemLink and stand here for
    the acts. `baseline_due_on` is the first date and never changes.
    """

    number = models.CharField("编号", max_length=30, unique=True, editable=False)
    year = models.PositiveSmallIntegerField("年度", editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位", editable=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所涉项目", editable=False)
    registered_on = models.DateField("立项日期", editable=False)
    baseline_due_on = models.DateField("原定时限", null=True, blank=True, editable=False)
    due_on = models.DateField("完成时限")
    cause = models.CharField("病因", max_length=20, choices=CAUSES, blank=True)
    cause_note = models.CharField("病因说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=ItemState, default=ItemState.OPEN, editable=False)
    closed_on = models.DateField("销号日期", null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "督察事项"
        verbose_name_plural = "督察事项"
        ordering = ["number"]
        indexes = [models.Index(fields=["theme", "state"], name="item_of_theme")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ItemState.CLOSED, closed_on__isnull=False) | (~Q(state=ItemState.CLOSED) & Q(closed_on=None)),
                name="item_closed_with_day",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="fix_item_due",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__baseline_due_on__isnull=False)
                & pgtrigger.Q(old__baseline_due_on__df=pgtrigger.F("new__baseline_due_on")),
            ),
            pgtrigger.Protect(name="keep_item", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        # Read as of a day (`ItemQuerySet.worded`) it is called as it was then.
        return self.said.name if getattr(self, "said", None) is not None else self.name

    def get_absolute_url(self) -> str:
        return reverse("supervision:item_detail", args=[self.pk])


@watched
class ItemText(Worded, Revision, Simulated):
    """What an item said from `valid_from` on. It is its own history."""

    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="texts", verbose_name="督察事项")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "事项文字"
        verbose_name_plural = "事项文字"
        ordering = ["item", "valid_from", "pk"]
        indexes = [models.Index(fields=["item", "valid_from"], name="text_of_item")]
        constraints = [models.UniqueConstraint(fields=["item"], condition=Q(valid_until=None), name="one_standing_item_text")]
        triggers = keep_revisions("item_text")

    def __str__(self) -> str:
        return self.name


@tracked()
class ItemStep(Record, Simulated):
    """A line of the timetable (时间表) with its measure (路线图): what, how, by when. A step that is given up keeps its row."""

    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="steps", verbose_name="督察事项")
    seq = models.PositiveSmallIntegerField("次序")
    name = models.CharField("步骤", max_length=80)
    measure = models.CharField("措施", max_length=300, blank=True)
    recorded_on = models.DateField("登记日期", editable=False)
    baseline_due_on = models.DateField("原定时限", editable=False)
    due_on = models.DateField("时限")
    done_on = models.DateField("完成日期", null=True, blank=True, editable=False)
    dropped_on = models.DateField("取消日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "事项步骤"
        verbose_name_plural = "事项步骤"
        ordering = ["item", "seq", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(done_on=None) | Q(dropped_on=None), name="step_done_or_dropped"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="fix_step_due",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__baseline_due_on__df=pgtrigger.F("new__baseline_due_on")),
            ),
            pgtrigger.Protect(name="keep_step_row", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


@watched
class StepDates(Revision, Simulated):
    """A step as it was known from `valid_from` on: its place and words, when due, when done, when given up. It is its own history."""

    step = models.ForeignKey(ItemStep, models.PROTECT, related_name="dates", verbose_name="步骤")
    seq = models.PositiveSmallIntegerField("次序")
    name = models.CharField("步骤", max_length=80)
    measure = models.CharField("措施", max_length=300, blank=True)
    due_on = models.DateField("时限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    dropped_on = models.DateField("取消日期", null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "步骤时限"
        verbose_name_plural = "步骤时限"
        ordering = ["step", "valid_from", "pk"]
        indexes = [models.Index(fields=["step", "valid_from"], name="dates_of_step")]
        constraints = [models.UniqueConstraint(fields=["step"], condition=Q(valid_until=None), name="one_standing_dates")]
        triggers = keep_revisions("step_day")

    def __str__(self) -> str:
        return f"{self.step_id} {self.valid_from}"


@tracked()
class ItemDuty(Simulated):
    """A cell of the item's grid: a unit and, in it, who answers as what (主管领导、分管副职、具体责任人), from when to when.

    `recorded_on` and `ended_on` are the days on which its beginning and its end were entered: no day before knows of them.
    """

    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="duties", verbose_name="督察事项")
    kind = models.CharField("责任类别", max_length=12, choices=[(kind.value, kind.label) for kind in GRID_KINDS])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="item_duties", verbose_name="单位")
    duty = models.CharField("职责", max_length=10, choices=Duty, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="item_duties", verbose_name="人员")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    recorded_on = models.DateField("登记日期", editable=False)
    ended_on = models.DateField("止日登记日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "事项责任"
        verbose_name_plural = "事项责任"
        ordering = ["item", "kind", "unit", "duty", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duty="", person=None) | (~Q(duty="") & Q(person__isnull=False)),
                name="item_duty_has_person",
                violation_error_message="选了职责，须写明人员。",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="item_duty_in_order",
                violation_error_message="止日不能早于起日。",
            ),
            models.UniqueConstraint(
                fields=["item", "kind", "unit", "duty", "person"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="item_duty_once",
                violation_error_message="这一责任已经登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit_id}"


@tracked()
class ItemLink(Simulated):
    """A project, or one of its milestones, that an item is about, from when to when."""

    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="links", verbose_name="督察事项")
    project = models.ForeignKey(Project, models.PROTECT, related_name="item_links", verbose_name="项目")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="item_links", verbose_name="节点")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "所涉项目"
        verbose_name_plural = "所涉项目"
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "project", "milestone"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="item_link_once",
                violation_error_message="该事项已关联这个项目（节点）。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} → {self.project_id}"


@appended()
class ItemAct(Act):
    """What was done to an item."""

    machine, of, copies = MACHINE, "item", ("cause", "cause_note")
    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="acts", verbose_name="督察事项")
    cause = models.CharField("病因", max_length=20, choices=CAUSES, blank=True, editable=False)
    cause_note = models.CharField("病因说明", max_length=300, blank=True, editable=False)

    @classmethod
    def numbered(cls, text: str, day: date) -> Q | None:
        return Q(item__number__iexact=text.strip())

    class Meta(Act.Meta):
        verbose_name = "督察事项办理经过"
        verbose_name_plural = "督察事项办理经过"
        indexes = [models.Index(fields=["item", "id"], name="item_act_last")]
        triggers = append_only()


@appended()
class ItemEvidence(Simulated):
    """One side of what a closing is judged by: its attachments show how it was before, or how it is after. Owner of attachments."""

    act = models.ForeignKey(ItemAct, models.PROTECT, related_name="evidence", verbose_name="申请")
    side = models.CharField("前后", max_length=10, choices=EvidenceSide)

    class Meta:
        verbose_name = "销号佐证"
        verbose_name_plural = "销号佐证"
        ordering = ["act", "pk"]
        constraints = [models.UniqueConstraint(fields=["act", "side"], name="one_evidence_a_side")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.act_id} {self.get_side_display()}"


@watched
class ItemSchedule(Revision, Simulated):
    """An item's colours as far as they were known from `valid_from` on, by the bands for milestones of the rules in force.

    Written by services.item_schedule only, in the transaction of whatever was recorded; it is its own history.
    """

    item = models.ForeignKey(SupervisionItem, models.PROTECT, related_name="schedules", verbose_name="督察事项")
    policy = models.ForeignKey(WarningPolicy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="规则")
    green_on = models.DateField("可评价日", null=True, blank=True)
    blue_on = models.DateField("转蓝日", null=True, blank=True)
    yellow_on = models.DateField("转黄日", null=True, blank=True)
    red_on = models.DateField("转红日", null=True, blank=True)
    closed_on = models.DateField("销号日", null=True, blank=True)

    objects = ItemScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = "事项预警时间表"
        verbose_name_plural = "事项预警时间表"
        ordering = ["item", "valid_from", "pk"]
        indexes = [models.Index(fields=["item", "valid_from"], name="schedule_of_item")]
        constraints = [models.UniqueConstraint(fields=["item"], condition=Q(valid_until=None), name="one_item_schedule")]
        triggers = keep_revisions("item_sch")

    def __str__(self) -> str:
        return f"{self.item_id} {self.valid_from}"
