"""Short texts of reports and checks, put together from the phrases of fixtures/demo/phrases.json; none is taken from a document."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.imports.simulation.material import Material, Plot, Problem


@dataclass(frozen=True)
class MonthFacts:
    """What a month's report has to speak of."""

    done: list[str]
    late_done: list[str]
    next_step: str
    part: int
    amount: Decimal | None
    total: Decimal | None


class Writer:
    """Writes the texts of one simulation; chance comes from the project's own source."""

    def __init__(self, material: Material) -> None:
        self._phrases: dict[str, Any] = material.phrases
        self._words = {name: road["words"] for name, road in material.roads.items()}

    def _fill(self, plot: Plot, texts: list[str], **values: Any) -> str:
        chance = plot.random
        return chance.choice(texts).format(people=chance.randrange(30, 260, 10), few=chance.randint(2, 9), **values)

    def progress(self, plot: Plot, month: MonthFacts) -> str:
        """Return the month's progress: what was done, what is being done, how much was invested."""
        words = self._phrases[self._words[plot.road]]
        parts = []
        for steps, key in ((month.done, "done"), (month.late_done, "late_done")):
            if steps:
                parts.append(self._fill(plot, self._phrases[key], steps="、".join(steps)))
        if month.next_step:
            parts.append(self._fill(plot, words["doing"], next=month.next_step, part=month.part))
            if plot.random.random() < 0.6:
                parts.append(self._fill(plot, words["more"]))
        elif not parts:
            parts.append(self._fill(plot, self._phrases["quiet" if plot.road in ("none", "prepare") else "all_done"]))
        if month.amount is not None and month.amount > 0 and month.total is not None:
            parts.append(self._fill(plot, self._phrases["money"], amount=f"{month.amount:,.0f}", total=f"{month.total:,.0f}"))
        return "；".join(parts) + "。"

    def problem(self, plot: Plot, problem: Problem, next_step: str) -> str:
        """Return what hinders the project, and what is done about it."""
        cause = self._fill(plot, self._phrases["problems"][problem.cause], next=next_step or "后续施工")
        return f"{cause}。{self._phrases['measures'][problem.cause]}"

    def next_step(self, plot: Plot, next_step: str) -> str:
        """Return what comes next."""
        if not next_step:
            return "做好收尾、移交和资料归档。" if plot.road != "none" else "继续对接，条件成熟后列出节点计划。"
        return self._fill(plot, self._phrases[self._words[plot.road]]["next"], next=next_step) + "。"

    def say(self, plot: Plot, key: str, **values: Any) -> str:
        """Return one of the phrases of a key (self, inspect, verify, return)."""
        return self._fill(plot, self._phrases[key], **values)

    @property
    def refusal(self) -> str:
        """Why the supervision office refuses a lifting."""
        return str(self._phrases["refuse"])
