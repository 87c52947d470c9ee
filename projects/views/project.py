"""The project page: one real project over all its years, as of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import contributions
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from projects.choices import Duty, LedgerKind, LedgerLevel, ResponsibilityKind
from projects.models import Citation, Project, Responsibility, Target
from projects.rules.responsibility import in_force
from projects.rules.stage import stage_on
from projects.views.project_colour import colour_context
from projects.views.project_holds import hold_context
from projects.views.project_milestones import Rights, milestone_rows
from projects.views.project_reports import reports_context


@dataclass(frozen=True)
class GridRow:
    """A unit's line in the grid of responsibility: the unit and who has which duty in it."""

    kind: str
    rows: list[Responsibility]

    @property
    def label(self) -> str:
        return ResponsibilityKind(self.kind).label

    @property
    def head(self) -> Responsibility:
        """The row that names the unit (or the person, for a patron)."""
        return next((row for row in self.rows if not row.duty), self.rows[0])

    def of_duty(self, duty: str) -> list[Responsibility]:
        """Return the rows of one duty."""
        return [row for row in self.rows if row.duty == duty]

    @property
    def duties(self) -> list[tuple[str, list[Responsibility]]]:
        """The three duties with their rows, in order."""
        return [(duty.label, self.of_duty(duty)) for duty in Duty]


def grid(rows: list[Responsibility]) -> list[GridRow]:
    """Return the grid of responsibility: kinds in their order, a line per unit."""
    lines: dict[tuple[str, Any], list[Responsibility]] = {}
    for kind in ResponsibilityKind:
        for row in rows:
            if row.kind == kind:
                lines.setdefault((kind, row.unit_id or f"p{row.person_id}"), []).append(row)
    return [GridRow(kind, found) for (kind, _), found in lines.items()]


def printed_once(citations: Iterable[Citation]) -> list[Citation]:
    """Return one citation per place and phrase, in the order of the documents: a phrase may prove several columns."""
    places = {(c.document.code, c.paragraph, c.as_printed): c for c in citations}
    return [places[place] for place in sorted(places)]


class ProjectDetail(PermissionRequiredMixin, TemplateView):
    """One project over all its years, as of a day, each figure with its source."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/project_detail.html"

    def get_context_data(self, code: str, **kwargs: Any) -> dict[str, Any]:
        project = get_object_or_404(Project.objects.for_detail(), code=code)
        on = as_of(self.request)
        entries = list(project.entries.for_project())
        rights = Rights.of(self.request.user, project)
        rows = milestone_rows(project, on.day, rights)
        responsibilities = list(project.responsibilities.select_related("unit", "person"))
        current = [row for row in responsibilities if in_force(row.since, row.until, on.day)]
        targets = list(Target.objects.with_figure().filter(project=project).select_related("scope").order_by("-year", "seq"))
        aliases, members = list(project.aliases.all()), list(project.members.all())
        facts = [project, *aliases, *entries, *(row.milestone for row in rows), *responsibilities]
        sources = Citation.objects.index(facts)
        latest = next((entry for entry in entries if entry.ledger.year <= on.day.year), None)
        stage = stage_on(on.day, [(row.milestone.kind, row.done_by) for row in rows], latest.nature if latest else "")
        return super().get_context_data(
            **kwargs,
            page_title=project.name,
            project=project,
            as_of=on,
            aliases=aliases,
            members=members,
            entries=entries,
            milestones=rows,
            stage=stage,
            grid=grid(current),
            past=[row for row in responsibilities if row not in current],
            targets=targets,
            sources=sources,
            citations=printed_once(citation for found in sources.values() for citation in found),
            can_edit=rights.edits,
            **hold_context(project, on.day, writes=rights.writes),
            breadcrumbs=self._trail(entries, project),
            badges=contributions.badges([project.pk], on.day).get(project.pk, []),
            panels=contributions.panels(contributions.PROJECT_PANELS, self.request, project, on.day),
            contributed_actions=contributions.project_actions(self.request.user, project, on.day),
            sheet_url=self._sheet(project, entries, on),
            **colour_context(project, entries, on.day, self.request.GET.get("year", ""), self.request.user),
            **reports_context(project, entries, on.day, self.request.GET.get("year", "")),
        )

    @staticmethod
    def _sheet(project: Project, entries: list, on: AsOf) -> str:
        """Return the address of the project's sheet: of the latest district ledger up to the day, else of the first; "" without any."""
        main = (LedgerLevel.DISTRICT, LedgerKind.PROJECTS)
        years = [entry.ledger.year for entry in entries if (entry.ledger.level, entry.ledger.kind) == main]
        if not years:
            return ""
        year = next((year for year in years if year <= on.day.year), years[-1])
        query = f"?as_of={on.day.isoformat()}" if on.asked and on.day.year == year else ""
        return reverse("projects:wall_sheet", args=[year, project.code]) + query

    @staticmethod
    def _trail(entries: list, project: Project) -> list[dict[str, str]]:
        trail = []
        if entries:
            trail.append({"label": entries[0].ledger.name, "url": entries[0].ledger.get_absolute_url()})
        return [*trail, {"label": project.name}]
