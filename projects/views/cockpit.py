"""The projects' part of the cockpit (态势): every figure is what the filtered ledger says on the day, and leads to it.

Counts are taken by the ledger's own filters, from the address that the figure leads to: they cannot differ from the list behind them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from erqi.common import clock, numbers
from erqi.common.dates import clamp_to_year
from erqi.common.kept import Keeper
from erqi.common.models import User
from projects import charts
from projects.choices import MilestoneKind, ResponsibilityKind, Stage, WarningLevel
from projects.filters.ledger import LedgerFilter
from projects.models import Category, CountedReport, Ledger, LedgerEntry, Milestone, Person, Unit, WarningSchedule
from projects.querysets.ledger_figures import Basis, figure_basis
from projects.querysets.warning import GRAVITY
from projects.sentences.policy import level_word
from projects.services.grid import units_of
from projects.stats import LedgerTotals, ledger_totals
from projects.stats.cockpit import Colours, MonthPoint, colours, course, stages
from projects.stats.warning import Versions

Query = dict[str, Any]
FINISHED = (MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE)


# What `?scope=` may say; which of them a person has depends on the year.
SCOPES = ("unit", ResponsibilityKind.PATRON.value, ResponsibilityKind.INSPECTOR.value, "all")


@dataclass(frozen=True)
class Scope:
    """Whose projects the page is about: the whole district, or those that the ledger's filter `query` leaves."""

    key: str
    label: str
    query: Query

    @property
    def of_warnings(self) -> Query:
        """The same as the filters of the warnings pages say it (filters.warning.ScopeFilter)."""
        return {"involved" if name == "unit" else name: values for name, values in self.query.items()}


@dataclass(frozen=True)
class Tile:
    """A headline figure: what it counts, the figure, its unit, a line below it, the list that it leads to."""

    label: str
    value: str
    unit: str
    url: str
    notes: tuple[tuple[str, str], ...] = ()
    # Whether simulated records may be among what it counts; the figure in full where it is shown rounded.
    simulated: bool = False
    exact: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure in the table beside a chart, and the list behind it ("" for none)."""

    text: str | int
    url: str

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class Bar:
    """A share of the colour bar: percent of the whole from the left, and where the projects of the colour are."""

    level: WarningLevel
    word: str
    number: int
    x: float
    width: float
    url: str


def scopes_of(user: User, day: date) -> list[Scope]:
    """Return the scopes that a person has, what is the person's own before the whole: three queries."""
    found = []
    people = list(Person.objects.filter(account=user).values_list("pk", flat=True))
    units = sorted(units_of(user, day)) if user.can("report.write") or user.can("report.review") else []
    if units and not user.can("report.manage"):
        found.append(Scope("unit", "本单位项目", {"unit": units}))
    for kind, label in ((ResponsibilityKind.PATRON, "我分包的"), (ResponsibilityKind.INSPECTOR, "我督察的")):
        if people and LedgerEntry.objects.of_people(people, kind, day).exists():
            found.append(Scope(kind.value, label, {kind.value: people}))
    return [*found, Scope("all", "全区", {})]


class YearView:
    """A year's ledger on a day within a scope: its figures, each with the address of the list behind it."""

    def __init__(self, ledger: Ledger, day: date, scope: Scope, *, asked: bool) -> None:
        self.ledger, self.day, self.scope, self.asked = ledger, day, scope, asked
        self.keeper = Keeper()
        self.basis: Basis = figure_basis(ledger.year, day)
        rows = LedgerEntry.objects.for_ledger(ledger, day, delisted=True)
        self.entries: QuerySet = self._filtered(rows, scope.query)

    def entries_on(self, day: date) -> QuerySet:
        """Return the entries of the scope as they stood on another day."""
        return self._filtered(LedgerEntry.objects.for_ledger(self.ledger, day, delisted=True), self.scope.query, day)

    def _filtered(self, rows: QuerySet, query: Query, day: date | None = None) -> QuerySet:
        params = QueryDict(mutable=True)
        for name, value in query.items():
            params.setlist(name, [str(one) for one in (value if isinstance(value, (list, tuple)) else [value])])
        return LedgerFilter(params, rows, as_of=day or self.day, year=self.ledger.year, keeper=self.keeper).qs

    def filtered(self, query: Query) -> QuerySet:
        """Return the entries of the scope that a filter of the ledger leaves."""
        return self._filtered(self.entries, query)

    def project_url(self, code: str) -> str:
        """Return the address of a project's page, on the day where one was asked for."""
        address = reverse("projects:project_detail", args=[code])
        return f"{address}?as_of={self.day.isoformat()}" if self.asked else address

    def url(self, **query: Any) -> str:
        """Return the address of the ledger within the scope, filtered further."""
        params = urlencode({**self.scope.query, **query, **self.of_day}, doseq=True)
        return self.ledger.get_absolute_url() + (f"?{params}" if params else "")

    def count(self, **query: Any) -> int:
        """Return how many entries the ledger shows at `url(**query)`."""
        return self.filtered(query).order_by().count()

    @cached_property
    def totals(self) -> LedgerTotals:
        return ledger_totals(self.entries, self.day, self.basis)

    @cached_property
    def colours(self) -> Colours:
        return colours(self.entries, self.ledger.year, self.day)

    @cached_property
    def versions(self) -> Versions:
        return Versions()

    def word(self, level: WarningLevel) -> str:
        """Return what the rules in force call a level."""
        version = self.versions.in_force(self.day)
        return level_word(version.policy if version else None, level)

    def badge(self, level: WarningLevel | None) -> tuple[WarningLevel, str] | None:
        """Return a level with its word; None for what stood in the ledger on neither day."""
        return None if level is None else (level, self.word(level))

    @cached_property
    def keys(self) -> set[int]:
        """The projects (keys) of the scope."""
        return set(self.entries.order_by().values_list("project_id", flat=True))

    @property
    def of_day(self) -> dict[str, str]:
        """The day as addresses carry it: where one was asked for."""
        return {"as_of": self.day.isoformat()} if self.asked else {}

    @property
    def of_year(self) -> Query:
        """The year and the scope as the pages of warnings take them."""
        return {"year": str(self.ledger.year), **self.scope.of_warnings}

    @property
    def is_warned(self) -> bool:
        """Whether the ledger's projects have colours on the day, and reports are asked for."""
        return self.ledger.warned_since is not None and self.ledger.warned_since <= self.day

    # The headline.

    def tiles(self, *, milestones: bool) -> list[Tile]:
        """Return the headline figures; with `milestones` what was started and completed in the year, which the targets say otherwise."""
        totals, month = self.totals, self.basis.month
        bundles = f"含打捆计 {totals.projects} 个" if totals.projects != totals.entries else ""
        late, week = self.url(due="late", sort="next_due"), self.url(due="week", sort="next_due")
        return [
            Tile("在账项目", str(totals.entries), "条", self.url(), ((bundles, ""),) if bundles else ()),
            self._money_tile(),
            *(self._milestone_tiles() if milestones else []),
            Tile("已过时限未完成", str(self.count(due="late")), "个", late, simulated=self.simulated),
            Tile("7天内到期", str(self.due_this_week), "个", week, simulated=self.simulated),
            Tile(f"{month}月月报未报", str(self.count(report="missing")), "个", self.url(report="missing"), simulated=self.simulated)
            if month and self.is_warned and self.day <= clock.today()
            else _NOT_ASKED,
        ]

    @cached_property
    def due_this_week(self) -> int:
        """How many projects have a milestone due within a week."""
        return self.count(due="week")

    def _milestone_tiles(self) -> list[Tile]:
        return [self._milestone_tile("本年新开工", (MilestoneKind.START,)), self._milestone_tile("本年竣工投产", FINISHED)]

    def _milestone_tile(self, label: str, kinds: Iterable[MilestoneKind]) -> Tile:
        # A year that is over is asked for as a whole.
        codes, due_by = [kind.value for kind in kinds], str(clamp_to_year(self.day, self.ledger.year).month)
        note = (f"{due_by}月底前计划 {self.count(node=codes, due=due_by)} 个", self.url(node=codes, due=due_by))
        return Tile(label, str(self.count(achieved=codes)), "个", self.url(achieved=codes), (note,), self.simulated)

    def _money_tile(self) -> Tile:
        reported, month = self.totals.reported, self.basis.month
        assert reported is not None  # noqa: S101
        notes = []
        if month and reported.planned.total is not None:
            notes = [
                (f"为1—{month}月计划的 {numbers.percent(reported.of_plan)}", ""),
                (f"计划 {_short(reported.planned.total)}", self.url(cols="done,planned,of_plan")),
            ]
        exact = numbers.money(reported.done.total)
        shown = _short(reported.done.total) if exact else "—"
        unit = shown[-2:] if exact else ""
        url = self.url(cols="done,of_plan,of_year", sort="-done")
        return Tile("本年累计完成投资", shown[: len(shown) - len(unit)], unit, url, tuple(notes), self.simulated, exact)

    @cached_property
    def simulated(self) -> bool:
        """Whether any of what the page counts on the day is simulated: three queries at most."""
        of_ours = {"project__in": self.entries.order_by().values("project"), "simulated": True}
        models = (
            CountedReport.objects.of_year(self.ledger.year).filter(valid_from__lte=self.day),
            Milestone.objects.known(self.day),
            WarningSchedule.objects.of_year(self.ledger.year).filter(valid_from__lte=self.day),
        )
        return any(rows.filter(**of_ours).exists() for rows in models)

    # Colours.

    def colour_bar(self) -> list[Bar]:
        """Return the colours of all projects as shares of one bar."""
        counts, total = self.colours.totals, self.colours.totals.total()
        bars, x = [], 0.0
        for level in GRAVITY:
            if counts[level]:
                width = round(100 * counts[level] / total, 3)
                bars.append(Bar(level, self.word(level), counts[level], x, width, self.url(colour=level.code)))
                x += width
        return bars

    def colours_by_unit(self) -> list[tuple[str, Query, Counter[WarningLevel]]]:
        """Return the colours by the unit that answers: label, filter, counts; the gravest first."""
        names = dict(Unit.objects.filter(pk__in=[key for key in self.colours.units if key]).values_list("pk", "short_name"))
        full = dict(Unit.objects.filter(pk__in=names).values_list("pk", "name"))
        return _gravest(
            (names[key] or full[key], {"answering": key}, counts) if key else ("未明确", {"blank": "answering"}, counts)
            for key, counts in self.colours.units.items()
        )

    def colours_by_category(self) -> list[tuple[str, Query, Counter[WarningLevel]]]:
        """Return the colours by category, parts counted with their whole."""
        rows = {pk: (code, name, parent) for pk, code, name, parent in Category.objects.values_list("pk", "code", "name", "parent")}
        found: dict[int | None, Counter[WarningLevel]] = {}
        for key, counts in self.colours.categories.items():
            whole = key
            while whole is not None and rows[whole][2] is not None:
                whole = rows[whole][2]
            found.setdefault(whole, Counter()).update(counts)
        return _gravest(
            (rows[key][1], {"category": rows[key][0]}, counts) if key is not None else ("未分类", {"blank": "category"}, counts)
            for key, counts in found.items()
        )

    def colour_chart(self, groups: list[tuple[str, Query, Counter[WarningLevel]]]) -> dict[str, Any]:
        """Return the chart of colours by group with its figures; every piece leads to its list."""
        levels = [level for level in GRAVITY if any(counts[level] for _, _, counts in groups)]
        words = [self.word(level) for level in levels]
        links = [[self.url(**query, colour=level.code) if counts[level] else "" for _, query, counts in groups] for level in levels]
        labels = [label for label, _, _ in groups]
        return {
            "chart": charts.colours(labels, levels, words, [[counts[level] for _, _, counts in groups] for level in levels], links),
            "head": ["", *words, "合计"],
            "rows": [
                [
                    Cell(label, self.url(**query)),
                    *(Cell(counts[level], links[place][row]) for place, level in enumerate(levels)),
                    Cell(counts.total(), self.url(**query)),
                ]
                for row, (label, query, counts) in enumerate(groups)
            ],
        }

    # The course of the year.

    @cached_property
    def course(self) -> list[MonthPoint]:
        return course(self.entries, self.basis)

    def curve(self) -> dict[str, Any]:
        """Return the curve of the year's investment, with its figures."""
        points = self.course
        rows = []
        for point in points:
            then = {} if point.day is None else {**self.scope.query, "as_of": point.day.isoformat(), "cols": "done,planned,of_plan"}
            url = f"{self.ledger.get_absolute_url()}?{urlencode(then, doseq=True)}" if then else ""
            rows.append(
                [
                    f"{point.month}月",
                    numbers.money(point.planned and numbers.rounded(point.planned, 2)) or "—",
                    Cell(numbers.money(point.done), url) if point.done is not None else "—",
                    numbers.percent(numbers.ratio(point.done, point.planned)),
                ]
            )
        return {
            "chart": charts.investment_curve([point.planned for point in points], [point.done for point in points]),
            "head": ["月", "累计计划", "累计完成", "完成计划"],
            "rows": rows,
            "blank": all(point.done is None and point.planned is None for point in points),
        }

    def funnel(self) -> dict[str, Any]:
        """Return the projects by stage, 谋划 to 投产, with what is known of none."""
        found = stages(self.entries, self.day)
        steps = [(stage.label, found[int(stage)], self.url(stage=int(stage))) for stage in Stage]
        unknown = found[None]
        return {
            "chart": charts.funnel([label for label, _, _ in steps], [number for _, number, _ in steps], [url for _, _, url in steps]),
            "head": ["阶段", "项目"],
            "rows": [[label, Cell(number, url if number else "")] for label, number, url in steps],
            "unknown": (unknown, self.url(stage="none")) if unknown else None,
        }


# Before the year's first cut-off, and in years without reporting, no report is asked for.
_NOT_ASKED = Tile("月报未报", "—", "", "", (("所示日期不要求月报", ""),))


def _short(amount: Decimal | None) -> str:
    """Return an amount as a headline says it: to two decimals of its unit."""
    if amount is None:
        return ""
    in_yi = abs(amount) >= numbers.WAN_PER_YI
    value = numbers.rounded(amount / numbers.WAN_PER_YI if in_yi else amount, 2)
    return f"{numbers.plain(value)}{'亿元' if in_yi else '万元'}"


def _gravest(groups: Iterable[tuple[str, Query, Counter[WarningLevel]]]) -> list[tuple[str, Query, Counter[WarningLevel]]]:
    return sorted(groups, key=lambda group: ([-group[2][level] for level in GRAVITY], group[0]))
