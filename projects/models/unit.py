"""Units, people and their posts, areas and categories: the reference data that everything else points to."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record
from projects.choices import UnitKind
from projects.querysets.unit import PersonQuerySet, UnitQuerySet


def citations():
    """Return the reverse relation to the sources of a fact."""
    return GenericRelation("projects.Citation", object_id_field="fact_id", content_type_field="fact_type")


@tracked()
class Unit(Record):
    """A department, committee, street or company under its full name. Saved by services.unit, which keeps the search keys."""

    name = models.CharField("单位名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=30, blank=True)
    kind = models.CharField("类别", max_length=20, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位")
    search_key = models.TextField("检索", blank=True, editable=False)
    sort_key = models.CharField("排序", max_length=200, blank=True, editable=False, db_index=True)
    is_active = models.BooleanField("在用", default=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    citations = citations()

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["kind", "sort_key", "name"]
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:unit_detail", args=[self.pk])

    @property
    def label(self) -> str:
        """The short name where there is one: what fits a column."""
        return self.short_name or self.name


@tracked()
class UnitAlias(models.Model):
    """Another name under which a unit is printed (新城办)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name="单位")
    name = models.CharField("别名", max_length=60)
    citations = citations()

    class Meta:
        verbose_name = "单位别名"
        verbose_name_plural = "单位别名"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="unit_alias_once")]

    def __str__(self) -> str:
        return self.name


@tracked()
class Person(Record):
    """Somebody who holds or held a post; `account` is the one with which they sign in."""

    name = models.CharField("姓名", max_length=40)
    note = models.CharField("备注", max_length=100, blank=True, help_text="同名者以此区分")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person", verbose_name="账号"
    )
    sort_key = models.CharField("排序", max_length=200, blank=True, editable=False, db_index=True)
    search_key = models.TextField("检索", blank=True, editable=False)
    citations = citations()

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        ordering = ["sort_key", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "note"], name="person_name_and_note")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:person_detail", args=[self.pk])


@tracked()
class Post(models.Model):
    """A title that a person holds or held, as printed. One person may hold several, in several units."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts", verbose_name="人员")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="单位")
    title = models.CharField("职务（原文）", max_length=100)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)
    citations = citations()

    class Meta:
        verbose_name = "职务"
        verbose_name_plural = "职务"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "unit", "title"], name="post_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="post_dates_in_order",
                violation_error_message="职务的止日不能早于起日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.title}"


@tracked()
class Area(Record):
    """A part of the district (片区)."""

    code = models.SlugField("编号", max_length=40, unique=True)
    name = models.CharField("片区", max_length=40, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级片区")
    seq = models.PositiveSmallIntegerField("次序", default=0)
    citations = citations()

    class Meta:
        verbose_name = "片区"
        verbose_name_plural = "片区"
        ordering = ["seq", "code"]

    def __str__(self) -> str:
        return self.name


@tracked()
class Category(Record):
    """A project category: the five campaigns of 2018 and their parts (domain.md §0.4)."""

    code = models.SlugField("编号", max_length=40, unique=True)
    name = models.CharField("类别", max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级类别")
    seq = models.PositiveSmallIntegerField("次序", default=0)
    citations = citations()

    class Meta:
        verbose_name = "项目类别"
        verbose_name_plural = "项目类别"
        ordering = ["seq", "code"]
        constraints = [models.UniqueConstraint(fields=["name", "parent"], name="category_in_parent", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name
