"""One project on one sheet (一项目一图): its road, 时间表, 路线图 and 任务书 of a year, as of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from projects.choices import PERSON_KINDS, DelayCause, MilestoneKind, ResponsibilityKind, WarningLevel
from projects.models import Citation, Ledger, LedgerEntry, Project, Responsibility
from projects.rules.milestone import MilestoneState
from projects.rules.responsibility import answering_unit, in_force
from projects.rules.wall import Leg, Step, Window, route
from projects.sentences.wall import done_words, slip_words, state_words
from projects.stats.wall import read_wall
from projects.stats.warning import Versions
from projects.tables.sources import page_address
from projects.tables.wall import Roads
from projects.tables.wall_frame import Frame
from projects.tables.wall_marks import KEY_BOX, appearance, definitions
from projects.tables.warning_words import ANSWERS_AS
from projects.views.project import GridRow, grid, printed_once
from projects.views.project_colour import Colour, chosen_entry, read_colour

# So many places are named on the sheet; the others stand on the project's page.
MOST_SOURCES = 12


@dataclass(frozen=True)
class Line:
    """A milestone's line in the 时间表."""

    step: Step
    css: str
    corner: str
    day: date

    @property
    def kind(self) -> str:
        return MilestoneKind(self.step.kind).label

    @property
    def is_late(self) -> bool:
        return self.step.state is MilestoneState.LATE

    @property
    def slip(self) -> str:
        return slip_words(self.step.slip)

    @property
    def done(self) -> str:
        return done_words(self.step)

    @property
    def state(self) -> str:
        return state_words(self.step, self.day)

    @property
    def cause(self) -> str:
        return DelayCause(self.step.cause).label if self.step.cause else ""


@dataclass(frozen=True)
class Station:
    """A stage of the 路线图 with the unit that answers for it: that of the day it was reached, else of the day of the page."""

    leg: Leg
    unit: str
    # Why there is no date: the documents do not say, or nobody has entered it.
    missing: str

    @property
    def name(self) -> str:
        return self.leg.stage.label

    @property
    def words(self) -> str:
        """When it was reached or is to be."""
        step = self.leg.step
        if step is None:
            return f"已过，日期{self.missing}" if self.leg.reached else self.missing
        if step.is_done:
            return f"{done_words(step)} 完成" if step.done_on else done_words(step)
        if step.due_on is not None:
            return f"计划 {step.due_on.isoformat()}"
        return f"“{step.phrase}”" if step.phrase else "日期未定"


def stations(legs: Iterable[Leg], rows: Sequence[Responsibility], day: date, missing: str) -> list[Station]:
    """Return the stages with who answers for each; `rows` is the whole grid of responsibility with units, in the order of their keys."""
    units = {row.unit_id: row.unit for row in rows if row.unit_id is not None}

    def unit_on(on: date) -> str:
        then = [(row.kind, row.unit_id) for row in rows if row.unit_id and not row.duty and in_force(row.since, row.until, on)]
        found = answering_unit(then)
        if found is None:
            return ""
        kind = next(kind for kind, unit in sorted(then, key=lambda one: list(ResponsibilityKind).index(one[0])) if unit == found)
        said = ANSWERS_AS.get(ResponsibilityKind(kind), "")
        return units[found].label + (f"（{said}）" if said else "")

    return [Station(leg, unit_on((leg.step and leg.step.done_by) or day), missing) for leg in legs]


class WallSheet(PermissionRequiredMixin, TemplateView):
    """The sheet of a project in the district ledger of a year."""

    permission = "business.view"
    shows_day = True
    template_name = "projects/wall_sheet.html"

    def get_context_data(self, year: int, code: str, **kwargs: Any) -> dict[str, Any]:
        project = get_object_or_404(Project.objects.for_detail(), code=code)
        entries = LedgerEntry.objects.filter(ledger__in=Ledger.objects.main(), project=project).select_related("ledger")
        entry = get_object_or_404(entries, ledger__year=year)
        on = as_of(self.request, year)
        colour = self._colour(project, entry, on.day)
        record = self._record(project, entry, colour, on.day)
        rows = list(project.responsibilities.select_related("unit", "person"))
        current = [row for row in rows if in_force(row.since, row.until, on.day)]
        facts = [project, entry, *current]
        sources = Citation.objects.index(facts)
        citations = printed_once(citation for found in sources.values() for citation in found)
        return super().get_context_data(
            **kwargs,
            page_title=f"一项目一图：{project.name}",
            project=project,
            entry=entry,
            ledger=entry.ledger,
            as_of=on,
            colour=colour,
            sources=sources,
            citations=citations[:MOST_SOURCES],
            more_citations=max(0, len(citations) - MOST_SOURCES),
            breadcrumbs=self._trail(project, year, on),
            query=f"?{urlencode({'as_of': on.day.isoformat()})}" if on.asked else "",
            **self._road(record, colour, on),
            stations=stations(route(record.road.every, record.road.stage), rows, on.day, "文件未载" if citations else "未填"),
            **self._people(grid(current)),
        )

    @staticmethod
    def _colour(project: Project, entry: LedgerEntry, day: date) -> Colour | None:
        """Return the colour of the entry on the day; None where its ledger had none then."""
        since = entry.ledger.warned_since
        if since is None or since > day or chosen_entry([entry], day, str(entry.ledger.year)) is None:
            return None
        return read_colour(project, entry, day)

    @staticmethod
    def _record(project: Project, entry: LedgerEntry, colour: Colour | None, day: date) -> Any:
        """Return the project as the wall draws it, its road read."""
        record = SimpleNamespace(
            pk=entry.pk,
            project_id=project.pk,
            nature=entry.nature,
            project__code=project.code,
            project__name=project.name,
            level=colour.level if colour else WarningLevel.UNRATED,
            level_since=colour.since if colour and colour.row else None,
        )
        if colour and colour.is_delisted:
            record.level = None
        version = Versions().in_force(day) if colour else None
        read_wall([record], entry.ledger.year, day, version.policy if version else None, past=day < clock.today())
        return record

    @staticmethod
    def _road(record: Any, colour: Colour | None, on: AsOf) -> dict[str, Any]:
        frame = Frame(Window.of_year(on.day.year), on.day)
        roads = Roads(frame, colour.policy if colour else None, urlencode({"as_of": on.day.isoformat()}) if on.asked else "")
        lines = []
        for step in record.road.steps:
            css, corner = appearance(step.state, record.step_levels[step.key], simulated=step.simulated)
            lines.append(Line(step, css, corner, on.day))
        return {
            "definitions": definitions(),
            "grid_lines": frame.grid(),
            "head": frame.head(),
            "road": roads.svg(record),
            "lines": lines,
            "key_box": KEY_BOX,
            "pauses": record.road.pauses,
        }

    @staticmethod
    def _people(rows: Sequence[GridRow]) -> dict[str, Any]:
        """Return the units' lines of the grid, and the persons who answer without one: 分包领导, 督察员."""
        named = {kind: [row.head for row in rows if row.kind == kind] for kind in PERSON_KINDS}
        return {
            "units": [row for row in rows if row.kind not in PERSON_KINDS],
            "persons": [(ResponsibilityKind(kind).label, named[kind]) for kind in PERSON_KINDS],
        }

    @staticmethod
    def _trail(project: Project, year: int, on: AsOf) -> list[dict[str, str]]:
        query = f"?{urlencode({'as_of': on.day.isoformat()})}" if on.asked else ""
        return [
            {"label": f"{year}年挂图作战", "url": reverse("projects:wall", args=[year]) + query},
            {"label": project.name, "url": page_address("projects:project_detail")(project.code) + query},
            {"label": "一项目一图"},
        ]
