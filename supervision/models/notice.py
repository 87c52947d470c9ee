"""Supervision notices (督察通知单): the document, its versions, who gets a copy, what leaders instruct, and everything that was done."""

from datetime import date

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from erqi.common.history import appended, tracked
from erqi.common.models import Record, Simulated, append_only
from projects.choices import DelayCause
from projects.models import Project, Unit
from projects.models.revision import account
from supervision.choices import NoticeKind, NoticeSource, NoticeState, NoticeUrgency, OrderAddressee
from supervision.models.act import Act
from supervision.querysets.notice import ChangeQuerySet, CopyQuerySet, NoticeQuerySet, OrderQuerySet, numbered_q
from supervision.rules.notice import INSIDE, INTERNAL, MACHINE, MOST_DAYS, number_text

# What stands before the year in the number; each has a series of its own.
ISSUER = "二七督"
# How the issuing office signs (落款).
OFFICE = "二七区督察办公室"
LONGEST_TEXT = 4000
LONGEST_REASON = 300


@tracked()
class Notice(Record, Simulated):
    """A notice as it stands now: who has it, until when. Earlier days are read from its acts.

    `due_on` is the day by which the unit replies; while nothing was issued it is empty, unless a fixed day was set, and `days` working
    days are counted from the issue. `first_due_on` never changes.
    """

    issuer = models.CharField("发文代字", max_length=10, default=ISSUER)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True, editable=False)
    number = models.PositiveIntegerField("序号", null=True, blank=True, editable=False)
    kind = models.CharField("种类", max_length=20, choices=NoticeKind)
    source = models.CharField("来源", max_length=20, choices=NoticeSource)
    urgency = models.CharField("缓急", max_length=20, choices=NoticeUrgency, default=NoticeUrgency.NORMAL)
    basis = models.CharField("依据", max_length=200, blank=True, help_text="会议、批示或文件的名称和文号")
    title = models.CharField("标题", max_length=100)
    text = models.TextField("正文", validators=[MaxLengthValidator(LONGEST_TEXT)])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name="承办单位")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="项目")
    contact = models.CharField("督办联系人", max_length=60, blank=True)
    days = models.PositiveSmallIntegerField("办理时限（工作日）", default=5)
    due_on = models.DateField("反馈时限", null=True, blank=True)
    first_due_on = models.DateField("原定时限", null=True, blank=True, editable=False)
    state = models.CharField("状态", max_length=20, choices=NoticeState, default=NoticeState.DRAFT, editable=False)
    # What a unit has asked for and nobody has decided yet.
    asked_due_on = models.DateField("申请延至", null=True, blank=True, editable=False)
    asked_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建议转办单位", editable=False
    )
    # Why it fell behind (病因), as the unit's reply says.
    cause = models.CharField("病因", max_length=20, choices=DelayCause, blank=True, editable=False)
    text_version = models.PositiveSmallIntegerField("文本版本", default=0, editable=False)
    issued_on = models.DateField("下发日期", null=True, blank=True, editable=False)
    signer_name = models.CharField("签发人", max_length=60, blank=True, editable=False)
    drafted_by = account("拟稿人账号")
    drafted_by_name = models.CharField("拟稿人", max_length=60, blank=True, editable=False)
    # What it arose from, where that is a record: an escalation, a supervision item, an inspection, a reported problem.
    origin_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    origin_id = models.PositiveBigIntegerField("来由记录", null=True, blank=True, editable=False)
    origin = GenericForeignKey("origin_type", "origin_id")

    # Before it is issued a notice is its writers' and signers' alone (erqi.history.privacy).
    history_private = Q(state__in=sorted(INTERNAL))
    history_readers = ("supervise", "supervise.approve", "inspect")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "督察通知单"
        verbose_name_plural = "督察通知单"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="notice_state_due"),
            models.Index(fields=["origin_type", "origin_id"], name="notice_origin"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "number"], name="notice_number_once"),
            models.CheckConstraint(
                condition=Q(year=None, number=None, issued_on=None)
                | Q(year__isnull=False, number__isnull=False, issued_on__isnull=False, due_on__isnull=False),
                name="notice_issued_whole",
                violation_error_message="下发的通知单须有文号、下发日期和反馈时限。",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text="") & ~Q(issuer=""),
                name="notice_has_text",
                violation_error_message="标题和正文均须填写。",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=MOST_DAYS),
                name="notice_days_sane",
                violation_error_message=f"办理时限应为 1 至 {MOST_DAYS} 个工作日。",
            ),
        ]

    def __str__(self) -> str:
        # As it was called on the day of `NoticeQuerySet.named_on`, without the number that it had not yet.
        number = self.number_text if getattr(self, "numbered_then", True) else ""
        return f"{number} {getattr(self, 'title_then', None) or self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("supervision:notice_detail", args=[self.pk])

    @property
    def number_text(self) -> str:
        """The number as it is printed (二七督〔2018〕5号); empty before the issue."""
        return number_text(self.issuer, self.year, self.number) if self.year and self.number else ""

    @property
    def is_internal(self) -> bool:
        """Whether it has not been sent (yet)."""
        return self.state in INTERNAL

    @property
    def drafted_text(self) -> str:
        """The text while it may still be corrected: each act on a draft keeps it, so that its days are read as they were."""
        return self.text if self.state == NoticeState.DRAFT else ""


@appended()
class NoticeAct(Act):
    """What was done to a notice."""

    machine, of, copies = MACHINE, "notice", ("title", "asked_due_on", "drafted_text")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="acts", verbose_name="督察通知单")
    title = models.CharField("标题", max_length=100, blank=True, editable=False)
    asked_due_on = models.DateField("申请延至", null=True, blank=True, editable=False)
    # Of acts on drafts only; what was sent is kept by NoticeText.
    drafted_text = models.TextField("拟稿正文", blank=True, default="", editable=False)

    history_private = Q(to_state__in=sorted(INTERNAL)) | Q(action__in=sorted(INSIDE))
    history_readers = Notice.history_readers

    @classmethod
    def numbered(cls, text: str, day: date) -> Q | None:
        sought = numbered_q(text, "notice__")
        return sought & Q(notice__issued_on__lte=day) if sought is not None else None

    class Meta(Act.Meta):
        verbose_name = "通知单办理"
        verbose_name_plural = "通知单办理"
        indexes = [models.Index(fields=["notice", "id"], name="notice_act_last")]
        triggers = append_only()

    @property
    def is_inside(self) -> bool:
        """Whether it is its senders' alone: on a draft, or about a change that was not sent."""
        return self.to_state in INTERNAL or self.action in INSIDE


@appended()
class NoticeText(Simulated):
    """The text of a notice as it was sent, to whom and until when: version 1 at the issue, another one for each change (变更) and for each
    other unit (转办). None is overwritten."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="texts", verbose_name="督察通知单")
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("标题", max_length=100)
    text = models.TextField("正文")
    # Of versions from before it was kept it is not known.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主送单位")
    due_on = models.DateField("反馈时限")
    reason = models.CharField("变更原因", max_length=LONGEST_REASON, blank=True)
    on = models.DateField("日期")
    by = account("登记账号")
    by_name = models.CharField("登记人", max_length=60)

    class Meta:
        verbose_name = "通知单文本"
        verbose_name_plural = "通知单文本"
        ordering = ["notice", "version"]
        constraints = [models.UniqueConstraint(fields=["notice", "version"], name="notice_version_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"


@tracked()
class NoticeChange(Record, Simulated):
    """Another text, or deadline, that was proposed for an issued notice (拟变更): its senders' alone until who signs approves it and it
    is sent. One at a time; what became of it is said by the notice's acts. It ends with the notice."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="changes", verbose_name="督察通知单")
    title = models.CharField("标题", max_length=100)
    text = models.TextField("正文", validators=[MaxLengthValidator(LONGEST_TEXT)])
    # None: the one in force when it is approved.
    due_on = models.DateField("反馈时限", null=True, blank=True)
    reason = models.CharField("变更原因", max_length=LONGEST_REASON)
    on = models.DateField("日期")
    by = account("拟稿人账号")
    by_name = models.CharField("拟稿人", max_length=60)
    ended_on = models.DateField("了结日期", null=True, blank=True, editable=False)

    history_private = Q(pk__isnull=False)
    history_readers = Notice.history_readers

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知单拟变更"
        verbose_name_plural = "通知单拟变更"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(ended_on=None),
                name="notice_change_one",
                violation_error_message="已有一份变更待审签。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice.number_text}拟变更"

    @property
    def lines(self) -> list[tuple[str, bool]]:
        """The paragraphs, each with whether it reads otherwise than in the text that stands."""
        standing = set(self.notice.text.splitlines())
        return [(line, line not in standing) for line in self.text.splitlines()]


@tracked()
class NoticeCopy(models.Model):
    """A unit that gets a copy (抄送). A draft's addressees change: what was taken out again stays for the days on which it stood."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="copies", verbose_name="督察通知单")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notice_copies", verbose_name="抄送单位")
    # Of rows from before it was kept it is not known.
    since = models.DateField("自", null=True, blank=True, editable=False)
    until = models.DateField("至", null=True, blank=True, editable=False)

    history_private = Q(notice__state__in=sorted(INTERNAL))
    history_readers = Notice.history_readers

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = "通知单抄送"
        verbose_name_plural = "通知单抄送"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "unit"], condition=Q(until=None), name="notice_copy_standing")]

    def __str__(self) -> str:
        return str(self.unit)


@tracked()
class NoticeOrder(Record, Simulated):
    """A leader's instruction on a notice (批示): somebody's to-do until it is answered."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="orders", verbose_name="督察通知单")
    text = models.CharField("批示", max_length=500)
    addressee = models.CharField("落实", max_length=20, choices=OrderAddressee)
    due_on = models.DateField("落实时限")
    on = models.DateField("批示日期")
    by = account("批示人账号")
    by_name = models.CharField("批示人", max_length=60)
    answer = models.CharField("落实情况", max_length=1000, blank=True, editable=False)
    answered_on = models.DateField("落实日期", null=True, blank=True, editable=False)
    answered_by = account("落实人账号")
    answered_by_name = models.CharField("落实人", max_length=60, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "通知单批示"
        verbose_name_plural = "通知单批示"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None, answer="") | (Q(answered_on__isnull=False) & ~Q(answer="")),
                name="notice_order_answer",
                violation_error_message="落实批示须写明情况。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_name}批示：{self.text}"

    def get_absolute_url(self) -> str:
        return self.notice.get_absolute_url()
