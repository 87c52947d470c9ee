"""The rows of the wall chart: one compiled function draws a project's name, colour, next milestone and its road as one SVG."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from projects.choices import WarningLevel
from projects.querysets.warning import GRAVITY
from projects.rules.milestone import MilestoneState
from projects.rules.policy import Policy
from projects.rules.wall import Step, delay, extent, lanes, next_step, stretch
from projects.sentences.policy import level_word
from projects.sentences.wall import actual_words, pause_words, road_sentence, step_lines, step_name
from projects.tables.level import LEFT, level_html, since_words
from projects.tables.sources import page_address
from projects.tables.wall_frame import Frame
from projects.tables.wall_marks import KEY_BOX, LARGE, appearance
from projects.tables.warning_words import who

# Pixels of a row: where the baseline is drawn, the middle of the first lane of marks, from lane to lane, where the bar of what happened
# lies below the last, and where the row ends.
BASELINE, FIRST, LANE, ACTUAL, END = 5, 20, 22, 12, 18
# A tail has room for its number of days where it is so many times as long as a mark.
ROOM_FOR_DAYS = 2


class Roads:
    """Draws the roads of one page. `policy` gives the levels their words; `query` is what links carry behind the question mark."""

    def __init__(self, frame: Frame, policy: Policy | None, query: str = "") -> None:
        self.frame, self.policy = frame, policy
        self.baseline, self.first, self.lane, self.actual, self.end = (round(y * frame.scale) for y in (BASELINE, FIRST, LANE, ACTUAL, END))
        self.name = LARGE if frame.scale != 1 else ""
        self.tick = round(3 * frame.scale)
        self.day, self.year = frame.day, frame.window.first.year
        self.address = page_address("projects:project_detail")
        self.query = f"?{query}" if query else ""

    def svg(self, record: Any) -> SafeString:
        """Return a record's road as an SVG: it carries `road`, `step_levels`, `project__code`."""
        frame, day = self.frame, self.day
        window, percent, road = frame.window, frame.percent, record.road
        dated = [step for step in road.steps if step.at is not None]
        lane_of = lanes([self._covered(step) for step in dated])
        ys = [self.first + self.lane * lane for lane in lane_of]
        below = max(ys, default=self.first)
        parts = ['<use href="#wg"/>']
        planned = stretch(step.due_on for step in dated)
        if planned is not None and planned.first < planned.last:
            parts.append(self._bar("wr-plan", planned.first, planned.last, self.first - self.lane // 2, below - self.first + self.lane))
        base = stretch(step.baseline_on for step in dated)
        if base is not None:
            x1, x2 = percent(window.start(base.first)), percent(window.end(base.last))
            parts.append(f'<line class="wr-base" x1="{x1}%" x2="{x2}%" y1="{self.baseline}" y2="{self.baseline}"/>')
        if road.actual is not None and (road.is_building or road.actual.first < road.actual.last):
            y = below + self.actual
            parts.append(self._bar("wr-actual", road.actual.first, road.actual.last, y, round(4 * frame.scale)))
            if road.actual.begun:
                parts.append(f'<use href="#{self.name}wr-begun" x="{percent(window.start(road.actual.first))}%" y="{y}"/>')
        pauses = []
        for pause in road.pauses:
            words = pause_words(pause.first, pause.last, pause.reason, self.year) + ("（模拟）" if pause.simulated else "")
            pauses.append(words)
            x, end = window.start(pause.first), window.end(pause.last)
            shape = f'x="{percent(x)}%" width="{percent(end - x)}%" height="100%"'
            parts.append(f'<g><title>{escape(words)}</title><rect fill="url(#wm-hatch)" {shape}/></g>')
        parts += [self._tails(step, record.step_levels[step.key], y) for step, y in zip(dated, ys, strict=True)]
        parts += [self._mark(record, step, y) for step, y in zip(dated, ys, strict=True)]
        words = road_sentence(road.steps, actual_words(road.actual, day, building=road.is_building), pauses)
        label = escape(f"{record.project__name}：{words}")
        size = f'width="100%" height="{below + self.end}"'
        return SafeString(f'<svg class="wall-road" {size} role="group" aria-label="{label}">{"".join(parts)}</svg>')

    def _covered(self, step: Step) -> tuple[int, int]:
        window, half = self.frame.window, self.frame.mark // 2
        first, last = extent(step, self.day)
        at = window.middle(step.at)
        return min(window.middle(first), at - half), max(window.middle(last), at + half)

    def _bar(self, css: str, first: date, last: date, y: int, height: int) -> str:
        window, percent = self.frame.window, self.frame.percent
        x, end = window.start(first), window.end(last)
        return f'<rect class="{css}" x="{percent(x)}%" width="{percent(end - x)}%" y="{y}" height="{height}"/>'

    def _tails(self, step: Step, level: WarningLevel | None, y: int) -> str:
        """Return the slip from baseline to current plan, and how late it was or is."""
        window, percent = self.frame.window, self.frame.percent
        text = ""
        if step.baseline_on is not None:
            x = window.middle(step.baseline_on)
            top, bottom = self.baseline - self.tick, self.baseline + self.tick
            text += f'<line class="wr-base" x1="{percent(x)}%" x2="{percent(x)}%" y1="{top}" y2="{bottom}"/>'
            if step.slip:
                end = window.middle(step.due_on)
                text += self._line("wt" if step.slip > 0 else "wt is-early", x, end, y)
                text += f'<circle class="wt-from" cx="{percent(x)}%" cy="{y}" r="{self.tick}"/>'
                if abs(end - x) >= ROOM_FOR_DAYS * self.frame.mark:
                    middle = percent((x + end) // 2)
                    text += f'<text class="wt-days" x="{middle}%" y="{y - 3}">{"+" if step.slip > 0 else "−"}{abs(step.slip)}天</text>'
        late = delay(step, self.day)
        if late is not None:
            css = f"wl lv-{level.code}" if level is not None and level > WarningLevel.GREEN else "wl"
            text += self._line(css, window.middle(late[0]), window.middle(late[1]), y)
        if step.is_done and step.slip and step.due_on != step.done_by:
            text += f'<use href="#{self.name}wm-due" x="{percent(window.middle(step.due_on))}%" y="{y}"/>'
        return text

    def _line(self, css: str, first: int, last: int, y: int) -> str:
        percent = self.frame.percent
        return f'<line class="{css}" x1="{percent(first)}%" x2="{percent(last)}%" y1="{y}" y2="{y}"/>'

    def _mark(self, record: Any, step: Step, y: int) -> str:
        window = self.frame.window
        x = self.frame.percent(window.middle(step.at))
        place = f'x="{x}%" y="{y}"/>'
        level = record.step_levels[step.key]
        css, corner = appearance(step.state, level, simulated=step.simulated)
        drawn = f'<use href="#{self.name}wk-{step.kind}" {place}'
        if corner:
            drawn += f'<use href="#{self.name}wc-{corner}" {place}'
        if step.documented:
            drawn += f'<use href="#{self.name}wm-doc" {place}'
        if side := window.side(step.at):
            drawn += f'<use href="#{self.name}wm-{"before" if side < 0 else "after"}" {place}'
        return self._linked(record, step, level, css, drawn)

    def _linked(self, record: Any, step: Step, level: WarningLevel | None, css: str, drawn: str) -> str:
        """Return what is drawn as a link to the milestone with what it says."""
        lines = step_lines(step, level, level_word(self.policy, level) if level is not None else "", self.day)
        address = f"{self.address(record.project__code)}{self.query}#milestone-{step.key}"
        return f'<a class="wm {css}" href="{escape(address)}" tabindex="-1"><title>{escape(chr(10).join(lines))}</title>{drawn}</a>'

    def undated(self, record: Any) -> str:
        """Return the marks of the milestones that have no date, each in an SVG of its own."""
        found = []
        for step in record.road.steps:
            if step.at is None:
                css, corner = appearance(step.state, None, simulated=step.simulated)
                drawn = f'<use href="#wk-{step.kind}"/>' + ('<use href="#wm-doc"/>' if step.documented else "")
                mark = self._linked(record, step, None, css, drawn)
                label = escape(step_name(step))
                found.append(f'<svg class="wall-key" viewBox="{KEY_BOX}" role="group" aria-label="{label}">{mark}</svg>')
        return "".join(found)


@dataclass(frozen=True)
class Heading:
    """What heads a group of rows: its name, all its projects by colour, where they are shown alone ("" for nowhere), whether the page
    goes on with a group that began on the page before."""

    label: str
    count: int
    levels: Counter[WarningLevel]
    url: str = ""
    is_continued: bool = False


class WallRows:
    """Draws the rows of one page. `coloured` says whether the ledger has colours on the day, `has_undated` whether the rows shown have
    milestones without a date: without them the columns are left out."""

    def __init__(self, roads: Roads, sheet: Callable[[str], str], *, coloured: bool, has_undated: bool) -> None:
        self.roads, self.sheet = roads, sheet
        self.coloured, self.has_undated = coloured, has_undated
        self.day, self.year = roads.day, roads.year

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return 4 if self.has_undated else 3

    def row_function(self) -> Callable[[Any], str]:
        """Return the function that makes a record's whole <tr>."""
        roads, day = self.roads, self.day
        address, sheet, query = roads.address, self.sheet, roads.query
        name_of, next_of = self._name, self._next

        def row(record: Any) -> str:
            code = record.project__code
            link = escape(f"{address(code)}{query}")
            gone = record.delisted_on is not None and record.delisted_on <= day
            undated = f'<td class="wall-undated">{roads.undated(record)}</td>' if self.has_undated else ""
            return (
                f'<tr data-href="{link}"{" class=is-off" if gone else ""}><th scope="row" class="wall-name">'
                f"{name_of(record, link, escape(f'{sheet(code)}{query}'))}</th>"
                f'<td class="wall-next">{next_of(record)}</td><td class="wall-cell">{roads.svg(record)}</td>{undated}</tr>'
            )

        return row

    def _name(self, record: Any, link: str, sheet: str) -> str:
        marks = f'<span class="row-mark">打捆 {record.project__bundle_count}</span>' if record.project__bundle_count is not None else ""
        marks += '<span class="row-mark" title="双十出彩项目">出彩</span>' if record.project__highlight else ""
        return (
            f'<span class="wall-seq">{record.seq}</span><a class="wall-title" href="{link}">{escape(record.project__name)}</a>{marks}'
            f'<a class="wall-sheet no-print" href="{sheet}" aria-label="{escape(record.project__name)}一项目一图">一图</a>'
            f'<span class="wall-sub">{self._level(record)}<span class="wall-unit">{escape(who(record))}</span></span>'
        )

    def _level(self, record: Any) -> str:
        if record.level is None:
            return LEFT
        if not self.coloured:
            return ""
        title = since_words(record.level_since, self.day)
        return level_html(record.level, record.level_word, title=title, simulated=record.level_simulated)

    def _next(self, record: Any) -> str:
        """Return the year's next milestone with its date, and how late it is."""
        steps = record.road.steps
        step = next_step(steps, self.year)
        if step is None:
            done = any(one.year == self.year for one in steps)
            return '<span class="quiet">本年节点均已完成</span>' if done else '<span class="unknown">—</span>'
        when = step.due_on.isoformat() if step.due_on else f"“{step.phrase}”" if step.phrase else "日期未定"
        late = ""
        if step.state is MilestoneState.LATE:
            late = f'<strong class="wall-late">已过 {step.standing.days_late} 天</strong>'
        return f'{escape(step_name(step))}<span class="wall-when">{escape(when)}{late}</span>'

    def head(self, heading: Heading) -> str:
        """Return the row that heads a group: its name, how many projects it has and of which colours."""
        name = escape(heading.label)
        if heading.url:
            name = f'<a href="{escape(heading.url)}">{name}</a>'
        levels = " ".join(
            f'<span class="wall-count">{level_html(level, level_word(self.roads.policy, level))} {heading.levels[level]}</span>'
            for level in GRAVITY
            if heading.levels[level]
        )
        more = "（续）" if heading.is_continued else ""
        return (
            f'<tr class="wall-group"><th scope="rowgroup" colspan="{self.width}"><div class="wall-group-line">'
            f'<span class="wall-group-name">{name}{more}</span><span class="wall-group-count">{heading.count} 个</span>'
            f"{levels if self.coloured else ''}</div></th></tr>"
        )

    def body(self, groups: Iterable[tuple[Heading, Sequence[Any]]]) -> SafeString:
        """Return groups of records as table bodies, each with its head."""
        row = self.row_function()
        return SafeString(
            "".join(f"<tbody>{self.head(heading)}\n{chr(10).join(map(row, records))}</tbody>\n" for heading, records in groups)
        )
