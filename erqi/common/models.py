"""Accounts, roles, attachments, saved views, number series and the installation record. No app's business is known here."""

import uuid
from functools import cached_property

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context

from erqi.common.history import appended, tracked
from erqi.common.roles import ADMIN_ROLES, PERMISSIONS, Role, permissions_of
from erqi.common.simulation import is_simulated


class Record(models.Model):
    """Base of everything people edit.

    `version` carries optimistic locking (erqi.common.saving); `request_key` makes a repeated submit of the same form
    count once: the second one meets the unique key.
    """

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    request_key = models.UUIDField("提交标识", default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def unique_error_message(self, model_class: type[models.Model], unique_check: tuple[str, ...]) -> ValidationError:
        """Return the sentence for a value that another record has; Django's own names the model where the record is meant."""
        error = super().unique_error_message(model_class, unique_check)
        field = self._meta.get_field(unique_check[0])
        # A field may have a sentence of its own.
        if len(unique_check) == 1 and "unique" not in (field._error_messages or {}):
            error.message = f"已有同样的{field.verbose_name}，请改用另一个。"
        return error


class Simulated(models.Model):
    """Base of records that a simulation may invent: whatever is made within `simulating()` is marked, and pages show the mark."""

    simulated = models.BooleanField("模拟", default=is_simulated, editable=False)

    class Meta:
        abstract = True


@tracked(exclude=("password", "last_login"), steps=("is_active", "is_superuser", "name"))
class User(AbstractUser):
    """An account. Changed only through erqi.common.accounts."""

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=40)
    must_change_password = models.BooleanField("须修改密码", default=False)
    # When, not what: the password itself stays out of the history, its changes do not.
    password_set_at = models.DateTimeField("密码设置时间", null=True, blank=True, editable=False)
    is_demo = models.BooleanField("演示账号", default=False)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]
        # Zhang and zhang are one person to everybody who types.
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_any_case", violation_error_message="这个用户名已被占用（不区分大小写）。请换一个。"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The account's role codes; costs one query per request."""
        return frozenset(self.grants.values_list("role", flat=True))

    @property
    def role_labels(self) -> list[str]:
        """The roles in words, in the order of the role list."""
        return [role.label for role in Role if role in self.roles]

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The permission codes that the roles give; a superuser (the first way in) has all of them."""
        if not self.is_active:
            return frozenset()
        return frozenset(PERMISSIONS) if self.is_superuser else permissions_of(self.roles)

    def can(self, permission: str) -> bool:
        """Say whether the account may do what the permission code names. An unknown code is a mistake in our code."""
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        return permission in self.permissions


@tracked()
class RoleGrant(models.Model):
    """A role given to an account. Written by erqi.common.accounts; each grant and withdrawal stays in the history."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    granted_at = models.DateTimeField("授予时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "角色授予"
        verbose_name_plural = "角色授予"
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role"),
            # The three administrators exclude each other in one account (domain.md §7.1).
            models.UniqueConstraint(fields=["user"], condition=Q(role__in=sorted(ADMIN_ROLES)), name="one_admin_role_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class AttachmentKind(models.TextChoices):
    IMAGE = "image", "照片"
    DOCUMENT = "document", "文档"


@appended(updates=True)
class Attachment(Simulated):
    """A photo or document that proves something of its owner, any record. Written by erqi.common.attachments only.

    The content lies in a file (erqi.common.files) under its SHA-256. Append-only: a wrong one is withdrawn with a reason, for
    good. Who may read it follows its owner: see erqi.common.attachment_views.
    """

    owner_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name="所属类别")
    owner_id = models.PositiveBigIntegerField("所属记录")
    owner = GenericForeignKey("owner_type", "owner_id")
    kind = models.CharField("种类", max_length=10, choices=AttachmentKind)
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("文件类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    stored = models.CharField("存放位置", max_length=80)
    uploaded_on = models.DateField("上传日期")
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="上传账号")
    # As it was: accounts are renamed and closed.
    uploaded_by_name = models.CharField("上传人", max_length=40)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, editable=False)
    withdraw_reason = models.CharField("撤回原因", max_length=200, blank=True, editable=False)
    withdrawn_by_name = models.CharField("撤回人", max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["pk"]
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="attachment_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "sha256"],
                condition=Q(withdrawn_on=None),
                name="attachment_once",
                violation_error_message="这个附件已经上传过。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdraw_reason="") | (Q(withdrawn_on__isnull=False) & ~Q(withdraw_reason="")),
                name="file_withdrawn_with_reason",
                violation_error_message="撤回须写明原因。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_file", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keep_evidence", exclude=["uploaded_by", "withdrawn_on", "withdraw_reason", "withdrawn_by_name"]),
            # An account that is deleted leaves the column empty; nothing else changes it.
            pgtrigger.Protect(
                name="keep_uploader",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__uploaded_by__df=pgtrigger.F("new__uploaded_by")) & pgtrigger.Q(new__uploaded_by__isnull=False),
            ),
            pgtrigger.Protect(
                name="keep_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_on__isnull=False)
                & (
                    pgtrigger.Q(old__withdrawn_on__df=pgtrigger.F("new__withdrawn_on"))
                    | pgtrigger.Q(old__withdraw_reason__df=pgtrigger.F("new__withdraw_reason"))
                    | pgtrigger.Q(old__withdrawn_by_name__df=pgtrigger.F("new__withdrawn_by_name"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.pk])

    @property
    def is_image(self) -> bool:
        return self.kind == AttachmentKind.IMAGE


class SavedView(models.Model):
    """A named set of filters, columns and sort order of one list, private or shared."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="建立人")
    page = models.CharField("页面", max_length=40)
    name = models.CharField("名称", max_length=40)
    query = models.TextField("参数", blank=True)
    shared = models.BooleanField("共享", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "保存的视图"
        verbose_name_plural = "保存的视图"
        ordering = ["-shared", "name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="view_name_per_owner")]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last number given out of a series (project codes of a year, say). Used under a row lock, so none is given twice."""

    key = models.CharField("序列", max_length=60, unique=True)
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = "编号序列"
        verbose_name_plural = "编号序列"

    def __str__(self) -> str:
        return f"{self.key}:{self.last}"


class SeededFact(models.Model):
    """Which record a documented fact became: its key in the fixtures, which nobody edits, leads to what people may rename.

    A key stays when its record is removed, so that a seed does not bring back what people did away with.
    """

    key = models.TextField("文件事实", unique=True)
    fact_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name="事实类别")
    fact_id = models.PositiveBigIntegerField("事实")

    class Meta:
        verbose_name = "文件事实登记"
        verbose_name_plural = "文件事实登记"

    def __str__(self) -> str:
        return self.key


@tracked()
class Installation(models.Model):
    """One row: what this installation is. A demonstration has a fixed business date; the history says who fixed it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    fixed_today = models.DateField("固定业务日期", null=True, blank=True)
    is_demo = models.BooleanField("演示", default=False)
    seeded_at = models.DateTimeField("装入文件数据时间", null=True, blank=True)

    class Meta:
        verbose_name = "安装信息"
        verbose_name_plural = "安装信息"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return "安装信息"


def append_only() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows are facts: inserted once, never changed or removed."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ContextGuard(Context):
    """Who, from where and how a change was made, as the history library keeps it; here only to be protected.

    The event rows are append-only already, and a context says whose they are: it is never removed, and what it says of the
    person and the machine never changes. (The library adds further words to a context while a request goes on.)
    """

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Protect(name="keep_context", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="keep_author",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.id IS DISTINCT FROM NEW.id"
                    " OR OLD.metadata->'user' IS DISTINCT FROM NEW.metadata->'user'"
                    " OR OLD.metadata->'name' IS DISTINCT FROM NEW.metadata->'name'"
                    " OR OLD.metadata->'address' IS DISTINCT FROM NEW.metadata->'address'"
                ),
            ),
        ]
