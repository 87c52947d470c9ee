"""How a target stands, as the pages show it: the state as word and shape, the bar with the calendar's tick, what was reached."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from erqi.common.dates import chinese_day
from erqi.common.numbers import percent, rounded
from projects.rules.target import State
from projects.sentences.target import figure_words, gap_words, meaning, state_word, why_word
from projects.stats.target import COMPUTED, TargetState

# Shape and weight of a state: none of them is a signal colour (components/badge.html). A missed 力争 is no fault and is not dark.
ICONS = {
    State.MET: "circle-check",
    State.ON_COURSE: "trending-up",
    State.BEHIND: "trending-down",
    State.MISSED: "circle-x",
    State.UNKNOWN: "help",
}
KINDS = {State.MET: "accent", State.ON_COURSE: "", State.BEHIND: "dark", State.MISSED: "dark", State.UNKNOWN: "quiet"}


@dataclass(frozen=True)
class Gauge:
    """A bar of the share reached, in hundredths of the figure, with a tick where the calendar stands; `label` says it in words."""

    width: Decimal
    tick: Decimal | None
    label: str


@dataclass
class Standing:
    """A target's state in words."""

    found: TargetState

    @property
    def unit(self) -> str:
        return self.found.target.unit

    @property
    def code(self) -> str:
        """The state's code, for the filter and the style."""
        return self.found.state.value

    @cached_property
    def word(self) -> str:
        return state_word(self.found.judgement, self._wording)

    @property
    def _wording(self) -> str:
        return self.found.figure.wording if self.found.figure else ""

    @property
    def icon(self) -> str:
        return ICONS[self.found.state]

    @property
    def kind(self) -> str:
        no_fault = self.found.state == State.MISSED and self._wording == "strive"
        return "" if no_fault else KINDS[self.found.state]

    @property
    def why(self) -> str:
        return why_word(self.found.judgement)

    @property
    def computed_words(self) -> str:
        """What the ledger computes; an empty text where it says nothing."""
        reached = self.found.computed
        if reached is None or reached.value is None:
            return ""
        return f"{'至少 ' if reached.partial else ''}{figure_words(reached.value, self.unit)}"

    @property
    def computed_gap(self) -> str:
        """Why the ledger computes nothing, where it is asked and a reading stands in."""
        reached = self.found.computed
        return why_word(self.found.judgement.__class__(State.UNKNOWN, reached.why)) if reached and reached.value is None else ""

    @property
    def computed_meaning(self) -> str:
        target = self.found.target
        if not target.computed:
            return ""
        scope = target.scope.label if target.scope else ""
        return meaning(target.computed, project=target.project.name if target.project else "", scope=scope)

    @property
    def result_words(self) -> str:
        """What was reached, from whichever source counts."""
        if self.found.source == COMPUTED:
            return self.computed_words
        reading = self.found.reading
        return figure_words(reading.value, self.unit, reading.get_bound_display()) if reading else ""

    @property
    def source_words(self) -> str:
        return {"": "", COMPUTED: "台账计算"}.get(self.found.source, "登记")

    @property
    def gap_words(self) -> str:
        return gap_words(self.found.judgement, self.found.target.measure)

    @property
    def plan(self) -> dict[str, Any] | None:
        """What was planned to the day and done of it, with the lists behind: 计划到期 30 个，已完成 26 个."""
        planned = self.found.computed.plan if self.found.computed else None
        if planned is None:
            return None
        return {
            "due": figure_words(planned.due, self.unit),
            "due_url": planned.due_url,
            "done": figure_words(planned.done, self.unit),
            "done_url": planned.done_url,
            "simulated": planned.simulated,
        }

    @property
    def difference(self) -> str:
        """How the ledger and the last reading differ, where both speak: 比登记的少 5个."""
        reached, reading = self.found.computed, self.found.reading
        if reached is None or reached.value is None or reading is None:
            return ""
        apart = reached.value - reading.value
        if not apart:
            return "与登记的相同"
        return f"比登记的{'多' if apart > 0 else '少'} {figure_words(abs(apart), self.unit)}"

    @property
    def gauge(self) -> Gauge | None:
        """The bar; None where no share is reached that could be drawn."""
        share, passed = self.found.share, self.found.time_share
        if share is None:
            return None
        label = f"完成目标的 {percent(share)}" + (f"，序时 {percent(passed)}" if passed is not None else "")
        width = rounded(min(max(share, Decimal(0)), Decimal(1)) * 100, 1)
        return Gauge(width, None if passed is None else rounded(passed * 100, 1), label)

    @property
    def until(self) -> str:
        """The day to which the result counts: 2018年9月25日."""
        return chinese_day(self.found.on) if self.found.on else ""
