"""What was done to a supervision record, one row an action, appended and never changed: the record's course and its state on any day."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from erqi.common import clock
from erqi.common.models import Simulated
from projects.models import Project, Unit
from projects.models.revision import account
from supervision.rules.machine import Machine
from supervision.sentences.moment import Moment, moment_of


def written_at(on: date, created_at: datetime, *, by_person: bool) -> Moment:
    """Return what stands beside the business day of a row that was written at a moment (supervision.sentences.moment)."""
    at, now = timezone.localtime(created_at), timezone.localtime()
    return moment_of(on, at, by_person=by_person, now=now, fixed=clock.fixed_today())


class Act(Simulated):
    """Base of the acts of each family. A family's own has its foreign key with `related_name="acts"`, names it in `of`, its table in
    `machine`, and declares

        @appended()
        class NoticeAct(Act):
            machine, of = MACHINE, "notice"
            notice = models.ForeignKey(Notice, models.PROTECT, related_name="acts")

            class Meta(Act.Meta):
                # The last act up to a day is found by it.
                indexes = [models.Index(fields=["notice", "id"], name="notice_act_last")]
                triggers = append_only()

    `on` is the business day, `created_at` the clock. What stood after the act (state, due date, for which unit and project) is kept with
    it, so that any day is read from the acts alone (supervision.querysets.acts), and traces need no other table. `copies` names further
    columns of the record that the family's own act keeps as they stood after it.
    """

    machine: ClassVar[Machine]
    of: ClassVar[str]
    copies: ClassVar[tuple[str, ...]] = ()

    # Set on what a submit is answered with that was done already (a second click, the same form sent twice): nothing more follows from it.
    is_repeat = False

    action = models.CharField("动作", max_length=20, editable=False)
    from_state = models.CharField("原状态", max_length=20, blank=True, editable=False)
    to_state = models.CharField("状态", max_length=20, editable=False)
    on = models.DateField("日期", editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    by = account("办理人账号")
    by_name = models.CharField("办理人", max_length=60, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位", editable=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="项目", editable=False)
    due_on = models.DateField("时限", null=True, blank=True, editable=False)
    text = models.TextField("内容", blank=True, editable=False)
    request_key = models.UUIDField("提交标识", null=True, unique=True, editable=False)

    class Meta:
        abstract = True
        verbose_name = "办理经过"
        verbose_name_plural = "办理经过"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.action_label}"

    @property
    def action_label(self) -> str:
        return self.machine.action_label(self.action)

    @property
    def state_label(self) -> str:
        """The name of the state that it led to."""
        return self.machine.state_label(self.to_state)

    @property
    def moved(self) -> bool:
        """Whether it changed the state."""
        return self.from_state != self.to_state

    @property
    def leads_to(self) -> str:
        """The name of the state that it led to; empty where it changed none, or where its own name says the same (退回补充)."""
        return self.state_label if self.moved and self.state_label != self.action_label else ""

    @property
    def moment(self) -> Moment:
        """The hour beside its day, where that is known."""
        return written_at(self.on, self.created_at, by_person=self.by_id is not None and not self.simulated)

    @classmethod
    def numbered(cls, text: str, day: date) -> models.Q | None:
        """Return the condition of being about the record with the number that a search asks for, as far as it had it on the day; None
        where it asks for none. Families whose records are spoken of by number say it."""
        return None

    @property
    def owner(self) -> Any:
        """The record that was acted on."""
        return getattr(self, self.of)
