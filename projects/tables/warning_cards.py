"""The cards of the warnings board: one function draws one project, escaped; a template per card would cost more than all the rest."""

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

from erqi.common.dates import chinese_day
from projects.choices import WarningLevel
from projects.sentences.warning import assessment_words, lifting_words, rule_words, waits_words
from projects.tables.level import SIMULATED, badges_html, level_html
from projects.tables.sources import page_address
from projects.tables.warning_words import coming, last_report, lifting_state, people, self_differs, step_words, who, why


class Cards:
    """Draws the cards and compact rows of one page. Takes the addresses of a version of the rules and of a lifting ("" for none), and
    what gives each card its links (erqi.common.contributions.card_actions)."""

    def __init__(
        self,
        version_address: Callable[[int], str] = lambda key: "",
        lifting_address: Callable[[int], str] = lambda key: "",
        actions: Sequence[Callable[[str, WarningLevel], tuple[str, str] | None]] = (),
    ) -> None:
        self.actions = actions
        self.address = page_address("projects:project_detail")
        self.explained = page_address("projects:project_colour")
        # All cards of a page follow one or two versions.
        self.version_address, self.lifting_address = cache(version_address), lifting_address

    def link(self, record: Any) -> str:
        """Return the project's name as a link."""
        return f'<a class="wcard-name" href="{escape(self.address(record.project__code))}">{escape(record.project__name)}</a>'

    def compact(self, record: Any) -> str:
        """Return a line for what needs no attention: name, unit, and why where it is not green."""
        standing = record.standing
        level = standing.level if standing else WarningLevel.UNRATED
        mark = SIMULATED if standing and standing.simulated else ""
        reason = f'<span class="wrow-why">{escape(why(standing))}</span>' if level in (WarningLevel.PAUSED, WarningLevel.DONE) else ""
        mark += badges_html(record.badges)
        return f'<li class="wrow">{self.link(record)}{mark} <span class="wrow-unit">{escape(who(record))}</span>{reason}</li>'

    def card(self, record: Any) -> str:
        """Return the card of a project: colour, sentence, days, who answers, last report, what comes next, the rule and figures."""
        standing = record.standing
        level = standing.level
        badge = level_html(level, standing.word, simulated=standing.simulated) + badges_html(record.badges)
        lines = [("责任", self._responsible(record)), ("上报", self._report(record))]
        if record.lifting:
            lines.append(("摘牌", self._lifting(record)))
        advice = " ".join(filter(None, [escape(step_words(record) or ""), self._links(record)]))
        if advice:
            lines.append(("建议", advice))
        facts = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in lines)
        code = f'<span class="wcard-code">{escape(record.project__code)}</span>'
        return (
            f'<article class="wcard for-{level.code}"><h3>{self.link(record)}{code}</h3>'
            f'<p class="wcard-state">{badge}<span class="wcard-days">第 <strong>{standing.days}</strong> 天</span>'
            f'<span class="wcard-since">自 {standing.since.isoformat()}</span></p>'
            f'<p class="wcard-why">{escape(why(standing))}。</p><dl class="wcard-facts">{facts}</dl>{self._details(record)}</article>'
        )

    def _links(self, record: Any) -> str:
        """Return what can be done about the colour in one step."""
        found = (action(record.project__code, record.standing.level) for action in self.actions)
        return " ".join(f'<a class="no-print" href="{escape(one[1])}">{escape(one[0])}</a>' for one in found if one is not None)

    def _lifting(self, record: Any) -> str:
        text = f"<strong>{escape(lifting_state(record))}</strong>"
        if address := self.lifting_address(record.lifting.key):
            text = f'<a href="{escape(address)}">{text}</a>'
        return text + (SIMULATED if record.lifting.simulated else "")

    @staticmethod
    def _responsible(record: Any) -> str:
        named = people(record)
        return escape(who(record)) + (f'<span class="wcard-people">{escape(named)}</span>' if named else "")

    @staticmethod
    def _report(record: Any) -> str:
        text = escape(last_report(record))
        if record.report and record.report.simulated:
            text += SIMULATED
        own = self_differs(record)
        if own is not None:
            text += f'<span class="wcard-self">自评 {level_html(own, record.standing.policy.label(own))}</span>'
        return text

    def _details(self, record: Any) -> str:
        """Return the rule and the figures behind the colour, to be opened."""
        standing = record.standing
        policy = standing.policy
        lines = []
        for one in standing.assessments:
            note = f"；{waits_words(one)}" if one.frozen else ""
            note += "" if one.counts else "；不计入总色"
            lines.append(
                f"<li>{level_html(one.level, policy.label(one.level))} {escape(assessment_words(one, policy.basis))}"
                f'<span class="wcard-rule">{escape(rule_words(policy, one) + note)}</span></li>'
            )
        after = [f"<li>{escape(sentence)}</li>" for sentence in coming(standing)]
        lifting = lifting_words(standing.level, standing.bounds, standing.assessments, policy)
        if lifting:
            after.append(f"<li>解除：{escape(lifting)}</li>")
        version = standing.version
        named = f"{version.name}（{chinese_day(version.effective_from)}起执行）"
        address = self.version_address(version.key)
        rule = f'<a href="{escape(address)}">{escape(named)}</a>' if address else escape(named)
        coming_lines = f'<ul class="wcard-next">{"".join(after)}</ul>' if after else ""
        return (
            f'<details class="wcard-more"><summary>规则与依据</summary><ul class="wcard-lines">{"".join(lines)}</ul>{coming_lines}'
            f'<p class="wcard-version">规则：{rule}{self._explained(record)}</p></details>'
        )

    def _explained(self, record: Any) -> str:
        """Return the link to the page on which the colour can be computed again by hand, on the same day."""
        address = self.explained(record.project__code)
        if not address:
            return ""
        standing = record.standing
        day = f"?as_of={standing.day.isoformat()}&amp;year={standing.row.year}"
        return f' · <a href="{escape(address)}{day}">逐项说明</a>'
