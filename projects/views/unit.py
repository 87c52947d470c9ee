"""Units and what each answers for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.generic import TemplateView

from erqi.common import clock, contributions
from erqi.common.access import PermissionRequiredMixin
from erqi.common.exporting import PageExport
from erqi.common.kept import Keeper
from erqi.common.workbook.declare import Sheet
from projects.choices import ResponsibilityKind, UnitKind
from projects.exports.pages import unit_sheet
from projects.models import Citation, Ledger, Project, Responsibility, Target, Unit
from projects.rules.responsibility import ended, in_force
from projects.views.target_row import rows_of


@dataclass(frozen=True)
class Answered:
    """A project that a unit or a person answers for, and the ledgers in which it stands, the latest year first."""

    project: Project
    ledgers: list[Ledger]
    row: Responsibility | None
    current: bool
    ended: bool

    @property
    def latest_year(self) -> int:
        return self.ledgers[0].year if self.ledgers else 0


@dataclass(frozen=True)
class AnsweredKind:
    """The projects answered for in one way."""

    label: str
    projects: list[Answered]


def _answered(project: Project, row: Responsibility | None, day: date) -> Answered:
    ledgers = sorted((entry.ledger for entry in project.entries.all()), key=lambda ledger: (-ledger.year, ledger.code))
    current = row is None or in_force(row.since, row.until, day)
    return Answered(project, ledgers, row, current=current, ended=row is not None and ended(row.until, day))


def answered_kinds(rows: Iterable[Responsibility], owned: Iterable[Project], day: date) -> list[AnsweredKind]:
    """Return the projects by kind of responsibility; within a kind by year, the latest first, what has ended last."""
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(_answered(row.project, row, day))
    kinds = [(kind.label, by_kind[kind]) for kind in ResponsibilityKind if by_kind[kind]]
    kinds += [("项目业主", found)] if (found := [_answered(project, None, day) for project in owned]) else []
    return [
        AnsweredKind(label, sorted(found, key=lambda item: (item.ended, -item.latest_year, item.project.code))) for label, found in kinds
    ]


def drawn_projects(unit: Unit, day: date) -> tuple[SafeString, int]:
    """Return what a unit's page shows of the projects that it answers for, drawn, and how many they are now: hundreds of lines, which are
    the same for everybody."""
    unit = Unit.objects.with_projects().get(pk=unit.pk)
    rows, owned = unit.responsibilities.all(), unit.owned_projects.all()
    answered = answered_kinds(rows, owned, day)
    sources = Citation.objects.index(chain(rows, owned))
    count = len({item.project.pk for kind in answered for item in kind.projects if item.current})
    return (
        render_to_string("projects/answered_projects.html", {"answered": answered, "sources": sources}) if answered else SafeString()
    ), count


class UnitListView(PermissionRequiredMixin, PageExport, TemplateView):
    """All units by kind, with what they answer for."""

    permission = "business.view"
    template_name = "projects/unit_list.html"

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.request.GET.get("q", "").strip()[:60]

    def groups(self) -> list[dict[str, Any]]:
        """Return the units found, by kind."""
        by_kind: dict[str, list[Unit]] = defaultdict(list)
        for unit in Unit.objects.search(self.text).for_list(clock.today()):
            by_kind[unit.kind].append(unit)
        return [{"name": kind.label, "units": by_kind[kind]} for kind in UnitKind if by_kind[kind]]

    def export_title(self) -> str:
        return "单位"

    def export_filters(self) -> str:
        return f"查找：{self.text}" if self.text else ""

    def export_sheets(self) -> list[Sheet]:
        return [unit_sheet([unit for group in self.groups() for unit in group["units"]], clock.today())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = self.groups()
        return super().get_context_data(
            page_title="单位",
            breadcrumbs=[{"label": "单位"}],
            groups=groups,
            count=sum(len(group["units"]) for group in groups),
            sources=Citation.objects.index(unit for group in groups for unit in group["units"]),
            q=self.text,
            filter_summary=self.export_filters(),
            export=self.page_menu() if groups else None,
            **kwargs,
        )


class UnitDetailView(PermissionRequiredMixin, TemplateView):
    """One unit: its projects, targets, people, ledgers and sources."""

    permission = "business.view"
    template_name = "projects/unit_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unit = get_object_or_404(Unit.objects.for_detail(), pk=kwargs["pk"])
        day = clock.today()
        targets, sources = rows_of(Target.objects.for_unit(unit), day)
        answered, project_count = Keeper().get(
            ("unit answers for", unit.pk, day), lambda: drawn_projects(unit, day), lambda it: 2 * len(it[0])
        )
        facts = chain([unit], unit.aliases.all(), unit.posts.all(), unit.ledgers.all())
        sources = {**sources, **Citation.objects.index(facts)}
        return super().get_context_data(
            page_title=unit.name,
            breadcrumbs=[{"label": "单位", "url": reverse("projects:unit_list")}, {"label": unit.name}],
            unit=unit,
            answered=answered,
            project_count=project_count,
            targets=targets,
            sources=sources,
            panels=contributions.panels(contributions.UNIT_PANELS, self.request, unit, day),
            **kwargs,
        )
