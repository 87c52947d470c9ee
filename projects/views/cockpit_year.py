"""How the year stands on the cockpit: the district's main targets against the calendar, and the units ranked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from erqi.common import clock
from erqi.common.asof import AsOf
from erqi.common.kept import Keeper
from projects.choices import Computed, UnitKind, WarningLevel
from projects.models import Ledger
from projects.sentences.target import figure_words
from projects.stats.ranking import UnitLine, ranking
from projects.stats.target import headline_states
from projects.views.cockpit import Scope, YearView
from projects.views.cockpit_attention import year_context
from projects.views.target_state import Standing

# What a year is measured by first (D0 and D2: 新开工、竣工投产、年度投资).
HEADLINES = (Computed.INVESTED, Computed.STARTED, Computed.COMPLETED, Computed.LISTED)


@dataclass(frozen=True)
class TargetLine:
    """A main target: its state, and the figure that was adopted in words (力争 65个)."""

    status: Standing
    figure: str

    @property
    def target(self) -> Any:
        return self.status.found.target


@dataclass(frozen=True)
class RankedUnit:
    """A unit's line with the list behind it and what it was placed before."""

    line: UnitLine
    url: str
    red: int
    yellow: int

    @property
    def change(self) -> str:
        """How the place changed since the end of the month before: 升2, 降1, 平; nothing where there is nothing to compare."""
        risen = self.line.risen
        if risen is None:
            return ""
        return f"升{risen}" if risen > 0 else f"降{-risen}" if risen < 0 else "平"


def year_of(ledger: Ledger, day: AsOf, scope: Scope) -> dict[str, Any]:
    """Return all that the cockpit shows of a year on a day within a scope; it is the same for everybody, and kept until the data change.

    Words such as 还有3天 are said from the business day on, so that it belongs to the key too.
    """
    query = tuple((name, tuple(values)) for name, values in scope.query.items())

    def read() -> dict[str, Any]:
        view = YearView(ledger, day.day, scope, asked=day.asked)
        lines = targets(view)
        return {
            **year_context(view, has_targets=bool(lines)),
            "targets": lines,
            "ranking": ranked(view) if view.is_warned else None,
        }

    return Keeper().get(("cockpit", ledger.pk, day.day, day.asked, clock.today(), scope.key, query), read)


def targets(view: YearView) -> list[TargetLine]:
    """Return the district's main targets of the year that the ledger computes; none within a narrower scope."""
    if view.scope.key != "all":
        return []
    found = headline_states(view.ledger.year, view.day, HEADLINES)
    return [TargetLine(Standing(found[one]), _figure(found[one])) for one in HEADLINES if one in found]


def _figure(state: Any) -> str:
    adopted = next((claim for claim in state.target.claims.all() if claim.adopted), None)
    if adopted is None:
        return ""
    return f"{adopted.get_wording_display()} {figure_words(adopted.value, state.target.unit, adopted.get_bound_display())}".strip()


def ranked(view: YearView) -> dict[str, Any]:
    """Return the units by kind and place (stats.ranking), with the change since the end of the month before."""
    before = view.day.replace(day=1) - timedelta(days=1)
    earlier = view.entries_on(before) if before.year == view.ledger.year else None
    query = {"year": view.ledger.year, **view.scope.query, **view.of_day}
    found = ranking(view.entries, view.ledger.year, view.day, earlier, before if earlier is not None else None)
    groups = [
        (
            UnitKind(kind).label,
            [
                RankedUnit(
                    line,
                    view.url(answering=line.unit.pk),
                    line.figures.levels[WarningLevel.RED],
                    line.figures.levels[WarningLevel.YELLOW],
                )
                for line in lines
                if line.unit is not None and line.place is not None
            ],
        )
        for kind, lines in found.lines.items()
        if kind
    ]
    return {
        "groups": [(label, lines) for label, lines in groups if lines],
        "before": before if earlier is not None else None,
        "url": f"{reverse('projects:export_report', args=['ranking'])}?{urlencode(query, doseq=True)}",
        # A place among one's own few projects is none: the district's is said where the whole district is shown.
        "is_whole": view.scope.key == "all",
    }
