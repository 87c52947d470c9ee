"""The projects that are built: what the office plans in February. How it went on: erqi.bench.months.

Everything follows from a project's number, so that two builds of one size are equal.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType

from erqi.bench.days import PLANNED, TODAY, YEAR
from erqi.bench.people import STREETS, District
from erqi.bench.rows import load
from erqi.common import pinyin
from projects.choices import Grade, MilestoneKind, Nature, ResponsibilityKind
from projects.models import Citation, InvestmentPlan, Ledger, LedgerEntry, Project, Responsibility
from projects.models.report import MONTHS
from projects.rules.codes import project_code
from projects.rules.search import search_key
from projects.services.unit import names_with_pinyin

MILESTONES = 6
THINGS = (
    *("棚户区改造", "安置房", "学校", "道路", "管网改造", "商业综合体", "产业园", "公园", "医院扩建", "停车场"),
    *("变电站", "文化中心", "城中村改造", "写字楼", "物流园", "河道治理", "养老中心", "研发基地", "便民中心", "地下管廊"),
)
# The main work is done late, or not yet: so many days after it was due (negative: not due yet), by the last digits of the number.
_OPEN_FOR = {12: 3, 13: -4, 14: 12, 15: 20, 16: 28, 17: 40, 18: 65, 19: -60}


def spread(number: int, turn: int, upto: int) -> int:
    """Return a figure from 0 up to (not including) `upto`, spread as by chance, the same each time."""
    return (number * 2654435761 + turn * 40503) % 4294967296 * upto >> 32


def total_of(number: int) -> Decimal:
    """Return a project's total investment in 万元."""
    return Decimal(2000 + spread(number, 1, 298_000))


def annual_of(number: int) -> Decimal:
    """Return what a project is to invest in the year, in 万元."""
    return (total_of(number) * 3 / 10).quantize(Decimal(1))


def project_name(number: int) -> str:
    """Return a project's name."""
    return f"{STREETS[spread(number, 4, len(STREETS))]}{THINGS[number % len(THINGS)]}{number}号地块项目"


def main_work_due(number: int) -> date:
    """Return when the main work, the milestone that is open in some projects, is due."""
    late = _OPEN_FOR.get(number % 20)
    return date(2018, 6, 5) + timedelta(days=spread(number, 2, 95)) if late is None else TODAY - timedelta(days=late)


def is_main_work_open(number: int) -> bool:
    """Say whether the main work is not done yet."""
    return number % 20 in _OPEN_FOR


def milestones_of(number: int) -> list[tuple[str, str, date]]:
    """Return kind, name and date of a project's milestones, in their order; the fourth is the main work."""
    day = spread(number, 3, 26)
    return [
        (MilestoneKind.EARLY, "完成前期手续", date(2018, 3, 2) + timedelta(days=day)),
        (MilestoneKind.LAND, "完成供地", date(2018, 4, 2) + timedelta(days=day)),
        (MilestoneKind.START, "开工", date(2018, 5, 2) + timedelta(days=day)),
        (MilestoneKind.OTHER, "主体施工", main_work_due(number)),
        (MilestoneKind.COMPLETION, "竣工", date(2018, 11, 2) + timedelta(days=day)),
        (MilestoneKind.SERVICE, "投用", date(2018, 12, 2) + timedelta(days=day)),
    ]


def milestone_key(number: int, place: int) -> int:
    """Return the key of a project's milestone, counted from 0."""
    return (number - 1) * MILESTONES + place + 1


def build_projects(ledger: Ledger, size: int, district: District) -> None:
    """Build so many projects of the ledger with their entries, responsibilities and plans.

    Keys of projects are their numbers, 1 to `size`. The caller holds the transaction.
    """
    numbers = range(1, size + 1)
    load(
        Project,
        (
            *("id", "code", "name", "category_id", "area_id", "owner_id", "grade", "content", "total_investment", "start_year"),
            *("end_year", "highlight", "tour", "batch", "search_key", "sort_key"),
        ),
        (_project(number, district) for number in numbers),
    )
    load(
        LedgerEntry,
        ("ledger_id", "project_id", "seq", "nature", "annual_goal", "annual_plan", "listed_on", "delisted_on", "delist_reason"),
        (_entry(ledger, number) for number in numbers),
    )
    load(
        Responsibility,
        ("project_id", "kind", "unit_id", "duty", "person_id", "since"),
        (row for number in numbers for row in _responsibilities(number, district)),
    )
    load(
        InvestmentPlan,
        ("project_id", "year", "valid_from", "by_name", *(f"month_{month}" for month in MONTHS)),
        ((number, YEAR, PLANNED, "重点项目办", *(annual_of(number) * month // 12 for month in MONTHS)) for number in numbers),
    )
    _cite(size, district)


def _project(number: int, district: District) -> tuple:
    name = project_name(number)
    code = project_code(YEAR, number)
    companies = district.companies
    return (
        number,
        code,
        name,
        district.categories[number % len(district.categories)],
        district.areas[spread(number, 5, len(district.areas))],
        companies[number % len(companies)] if companies else None,
        list(Grade)[spread(number, 6, len(Grade))],
        f"{name}，建设规模 {spread(number, 7, 900) * 100} 平方米，含配套道路和管网",
        total_of(number),
        2017,
        2018 + number % 3,
        number % 97 == 0,
        number % 41 == 0,
        "第一批" if number % 53 == 0 else "",
        search_key([code, *names_with_pinyin([name]).split("\n")]),
        pinyin.sort_key(name),
    )


def _entry(ledger: Ledger, number: int) -> tuple:
    left = number % 100 == 99
    goal = "完成主体施工，年底前竣工投用" if number % 2 else "完成前期手续并开工建设"
    nature = list(Nature)[number % 10 % len(Nature)]
    return (
        *(ledger.pk, number, number, nature, goal, annual_of(number), PLANNED),
        *((date(2018, 8, 1), "业主退出") if left else (None, "")),
    )


def _responsibilities(number: int, district: District) -> Iterator[tuple]:
    units = district.units
    carries, leads = units[number % len(units)], units[-1 - spread(number, 8, max(len(units) // 4, 1))]
    yield (number, ResponsibilityKind.LEAD, leads, "", None, PLANNED)
    yield (number, ResponsibilityKind.UNDERTAKE, carries, "", None, PLANNED)
    yield (number, ResponsibilityKind.UNDERTAKE, carries, "staff", district.staff[carries], PLANNED)
    yield (number, ResponsibilityKind.PATRON, None, "", district.leaders[number % len(district.leaders)], PLANNED)
    if number % 3 == 0:
        yield (number, ResponsibilityKind.COOPERATE, units[(number + 1) % len(units)], "", None, PLANNED)


def _cite(size: int, district: District) -> None:
    """Let a document prove the name and total of every twentieth project, as most of a large ledger is in no document."""
    kind = ContentType.objects.get_for_model(Project).pk
    article = district.article
    load(
        Citation,
        ("fact_type_id", "fact_id", "field", "article_id", "document_id", "paragraph", "as_printed"),
        (
            (kind, number, field, article.pk, article.document_id, number % 90 + 1, f"原文{number}")
            for number in range(20, size + 1, 20)
            for field in ("", "total_investment")
        ),
    )
