"""Projects and counted bundles (打捆), and who answers for them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from erqi.common.history import tracked
from erqi.common.models import Record, Simulated
from projects.choices import PERSON_KINDS, Duty, Grade, ResponsibilityKind
from projects.models.ledger import money_field, not_negative
from projects.models.unit import Area, Category, Person, Unit, citations
from projects.querysets.project import ProjectQuerySet


@tracked(exclude=("search_key", "sort_key"))
class Project(Record):
    """One real project over all years; each year's place in a ledger is a LedgerEntry. Changed by services.project only."""

    code = models.CharField("项目编号", max_length=20, unique=True)
    name = models.CharField("项目名称", max_length=80)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="项目类别")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="片区")
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="owned_projects", verbose_name="项目业主")
    grade = models.CharField("级别", max_length=20, choices=Grade, blank=True)
    content = models.CharField("建设内容", max_length=500, blank=True)
    total_investment = money_field("总投资")
    start_year = models.PositiveSmallIntegerField("建设起始年", null=True, blank=True)
    end_year = models.PositiveSmallIntegerField("建设终止年", null=True, blank=True)
    bundle_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name="所属打捆项目")
    bundle_count = models.PositiveIntegerField("打捆个数", null=True, blank=True)
    quantity = models.DecimalField("数量", max_digits=18, decimal_places=4, null=True, blank=True)
    quantity_unit = models.CharField("计量单位", max_length=10, blank=True)
    highlight = models.BooleanField("双十出彩", default=False)
    tour = models.BooleanField("观摩项目", default=False)
    batch = models.CharField("三个一批期次", max_length=40, blank=True)
    note = models.CharField("编者说明", max_length=500, blank=True)
    search_key = models.TextField("检索", blank=True, editable=False)
    sort_key = models.CharField("排序", max_length=200, blank=True, editable=False, db_index=True)
    citations = citations()

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        verbose_name_plural = "项目"
        ordering = ["code"]
        constraints = [
            not_negative("total_investment", "project_total_positive", "总投资"),
            not_negative("quantity", "project_quantity_positive", "数量"),
            models.CheckConstraint(
                condition=Q(start_year=None) | Q(end_year=None) | Q(end_year__gte=F("start_year")),
                name="project_years_in_order",
                violation_error_message="建设终止年不能早于起始年。",
            ),
            models.CheckConstraint(
                condition=Q(bundle_count=None) | Q(bundle_count__gte=1),
                name="bundle_count_from_1",
                violation_error_message="打捆个数至少为 1。",
            ),
            models.CheckConstraint(
                condition=Q(bundle_of=None) | ~Q(bundle_of=F("id")),
                name="bundle_not_in_itself",
                violation_error_message="打捆项目不能属于自己。",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, quantity_unit="") | (Q(quantity__isnull=False) & ~Q(quantity_unit="")),
                name="quantity_with_unit",
                violation_error_message="数量和计量单位须同时填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:project_detail", args=[self.code])

    @property
    def is_bundle(self) -> bool:
        return self.bundle_count is not None


@tracked()
class ProjectAlias(models.Model):
    """Another name under which a project is printed (保利豫见里 for 保利·豫见里)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="aliases", verbose_name="项目")
    name = models.CharField("别名", max_length=80)
    citations = citations()

    class Meta:
        verbose_name = "项目别名"
        verbose_name_plural = "项目别名"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="project_alias_once")]

    def __str__(self) -> str:
        return self.name


@tracked()
class Responsibility(Record, Simulated):
    """One cell of the grid of responsibility: 牵头/承办/配合 × 主管领导/分管副职/具体责任人 (design.md §2.5).

    A row without a duty names the unit itself; a row with one names the person who has it. `until` ends a row; it is not deleted.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="responsibilities", verbose_name="项目")
    kind = models.CharField("责任类别", max_length=20, choices=ResponsibilityKind)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name="单位")
    duty = models.CharField("职责", max_length=20, choices=Duty, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name="人员")
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)
    citations = citations()

    class Meta:
        verbose_name = "责任"
        verbose_name_plural = "责任"
        ordering = ["pk"]
        # Which unit answers, reports, reviews: asked of every project of a ledger at once (querysets.unit.first_unit).
        indexes = [
            models.Index(
                fields=["project", "kind", "id"], name="responsibility_of_units", condition=Q(duty=""), include=["unit", "since", "until"]
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PERSON_KINDS, person__isnull=False, duty="")
                | (~Q(kind__in=PERSON_KINDS) & Q(unit__isnull=False) & (Q(duty="") | Q(person__isnull=False))),
                name="responsibility_complete",
                violation_error_message="分包领导、督察员须选人员；其他责任类别须选单位，填了职责的还须选人员。",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="responsibility_dates_in_order",
                violation_error_message="责任的止日不能早于起日。",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(kind=ResponsibilityKind.LEAD, duty="", until=None),
                name="one_lead_unit_at_a_time",
                violation_error_message="该项目已有牵头单位；更换时请先填写原牵头单位的止日。",
            ),
            models.UniqueConstraint(
                fields=["project", "kind", "unit", "duty", "person"],
                condition=Q(until=None),
                name="responsibility_once",
                nulls_distinct=False,
                violation_error_message="同样的责任已经登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit or self.person}"
