"""Filters of the warnings board and of what turns."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, Option, SearchFilter, tree_options
from erqi.common.kept import Keeper
from projects.choices import ANSWERING_KINDS, LEVELS, Dimension, ResponsibilityKind, WarningLevel
from projects.models import Area, Category, Person, Responsibility, Unit
from projects.querysets.warning import GRAVITY

NOBODY = "none"
# Colours that no threshold gives: kept until a lifting is confirmed, observed, or set by hand.
HELD = "held"
COLOURS = {level.code: level for level in GRAVITY}
_TREE = ("pk", "code", "name", "parent")


def reached(level: WarningLevel, day: date) -> Q:
    """Return the condition that the level shown on the day is given by the schedule's own threshold."""
    return Q(level=level, **{f"schedule__{level.code}_on__lte": day})


def caused_by(dimensions: Iterable[str], day: date) -> Q:
    """Return the condition that one of the dimensions was the first to bring the level shown on the day."""
    found = Q(pk__in=[])
    for level in LEVELS[1:]:
        for dimension in dimensions:
            found |= reached(level, day) & Q(**{f"schedule__causes__{level.code}__dimension": dimension})
    return found


class Tree:
    """Categories or areas: the options of a filter, the keys below a choice, and the whole that each belongs to."""

    def __init__(self, rows: Iterable[tuple[int, str, str, int | None]]) -> None:
        rows = list(rows)
        self.options, self.keys = tree_options(rows)
        self._rows = {key: (code, name, parent) for key, code, name, parent in rows}
        self._codes = {code: key for key, code, *_ in rows}

    def root(self, key: int | None) -> tuple[str, str]:
        """Return code and name of the whole to which a key belongs; NOBODY for none."""
        if key is None:
            return NOBODY, ""
        code, name, parent = self._rows[key]
        return self.root(parent) if parent in self._rows else (code, name)

    def root_of(self, code: str) -> str:
        """Return the code of the whole to which a code belongs."""
        return code if code == NOBODY else self.root(self._codes[code])[0]


class ScopeFilter(BaseFilterSet):
    """Whose projects they are, as of a day: filters of a ledger's entries, whichever of their colours a page is about."""

    involved = ManyFilter(label="参与单位", options="involved_options", more=True)
    patron = ManyFilter(label="分包领导", options="patron_options", more=True)
    inspector = ManyFilter(label="督察员", options="inspector_options", more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, year: int, keeper: Keeper | None = None) -> None:
        self.as_of, self.year = as_of, year
        self.keeper = keeper or Keeper()
        super().__init__(data, queryset)

    def involved_options(self) -> list[Option]:
        """Return the units that have a part in any project, by pinyin."""
        return self.keeper.get("unit options", lambda: [Option(str(pk), name) for pk, name in Unit.objects.involved()])

    def patron_options(self) -> list[Option]:
        """Return the people who are patrons of projects, by pinyin."""
        return self._people(ResponsibilityKind.PATRON)

    def inspector_options(self) -> list[Option]:
        """Return the people who are inspectors of projects, by pinyin."""
        return self._people(ResponsibilityKind.INSPECTOR)

    def _people(self, kind: str) -> list[Option]:
        return self.keeper.get(("people options", kind), lambda: [Option(str(pk), name) for pk, name in Person.objects.responsible(kind)])

    def filter_involved(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_units(map(int, value), self.as_of)

    def filter_patron(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_people(map(int, value), ResponsibilityKind.PATRON, self.as_of)

    def filter_inspector(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_people(map(int, value), ResponsibilityKind.INSPECTOR, self.as_of)


class WarningFilter(ScopeFilter):
    """Filters of LedgerEntry.objects.for_warnings as of a day."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    colour = ManyFilter(label="预警", options=[(code, level.label) for code, level in COLOURS.items()])
    unit = ManyFilter(label="责任单位", options="unit_options")
    category = ManyFilter(label="类别", options="category_options")
    area = ManyFilter(label="片区", options="area_options")
    cause = ManyFilter(label="原因", options=[*Dimension.choices, (HELD, "待摘牌、观察或人工定级")])

    @property
    def trees(self) -> dict[str, Tree]:
        """Categories and areas by the name of their filter."""
        self.options_of("category_options"), self.options_of("area_options")
        return {"category": self._categories, "area": self._areas}

    def category_options(self) -> list[Option]:
        """Return the categories, parts below their whole."""
        self._categories = self.keeper.get("category tree", lambda: Tree(Category.objects.values_list(*_TREE)))
        return [*self._categories.options, Option(NOBODY, "未分类")]

    def area_options(self) -> list[Option]:
        """Return the areas, parts below their whole."""
        self._areas = self.keeper.get("area tree", lambda: Tree(Area.objects.values_list(*_TREE)))
        return [*self._areas.options, Option(NOBODY, "未定片区")]

    def unit_options(self) -> list[Option]:
        """Return the units that may answer for a project, by pinyin."""
        answering = Exists(Responsibility.objects.filter(unit=OuterRef("pk"), kind__in=ANSWERING_KINDS, duty=""))
        units = Unit.objects.filter(answering).order_by("sort_key", "pk").values_list("pk", "short_name", "name")

        def read() -> list[Option]:
            return [*(Option(str(pk), short_name or name) for pk, short_name, name in units), Option(NOBODY, "未明确")]

        return self.keeper.get("answering options", read)

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def filter_colour(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(level__in=[COLOURS[code] for code in value])

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        wanted = Q(answering_id__in=[int(key) for key in value if key != NOBODY])
        return queryset.with_answering_id(self.as_of).filter(wanted | Q(answering_id=None) if NOBODY in value else wanted)

    def filter_category(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return self._in_tree(queryset, "project__category", self._categories, value)

    def filter_area(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return self._in_tree(queryset, "project__area", self._areas, value)

    @staticmethod
    def _in_tree(queryset: QuerySet, path: str, tree: Tree, value: list[str]) -> QuerySet:
        wanted = Q(**{f"{path}__in": tree.keys(code for code in value if code != NOBODY)})
        return queryset.filter(wanted | Q(**{path: None}) if NOBODY in value else wanted)

    def filter_cause(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        wanted = caused_by([code for code in value if code != HELD], self.as_of)
        if HELD in value:
            given = Q(pk__in=[])
            for level in LEVELS[1:]:
                given |= reached(level, self.as_of)
            wanted |= Q(level__in=LEVELS[1:]) & ~given
        return queryset.filter(wanted)
