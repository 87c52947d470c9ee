"""The frame of the wall chart: where half-days stand on a line of any width, its heads, its grid. Places are percentages, so that text
and marks stay as they are however wide the chart is drawn."""

from datetime import date
from typing import Literal

from django.utils.safestring import SafeString

from erqi.common.dates import month_end
from projects.rules.wall import Window, mondays, months

Columns = Literal["month", "week"]
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
# Heights of the head's lines in pixels: the flag of the day, quarters, months, weeks.
FLAG, LINE = 17, 18
# The lines behind a row end where its cell does, which may be higher than what is drawn in it.
FAR = 400
# How many half-days a mark takes at the least width at which a chart is drawn: on a small screen, as weeks on A3.
MARK = {"month": 26, "week": 16}


class Frame:
    """A window drawn as months or weeks, with the day of the page in it; marks are `scale` times their size."""

    def __init__(self, window: Window, day: date, columns: Columns = "month", scale: float = 1) -> None:
        self.window, self.day, self.columns, self.scale = window, day, columns, scale
        self._places = [f"{100 * place / window.width:.2f}".rstrip("0").rstrip(".") for place in range(window.width + 1)]
        self.mark = MARK[columns]

    def percent(self, place: int) -> str:
        """Return a place in half-days as a percentage, without its sign."""
        return self._places[place]

    @property
    def today(self) -> str:
        """Where the line of the day stands; "" for a day outside the window."""
        return "" if self.window.side(self.day) else self._places[self.window.middle(self.day)]

    @property
    def height(self) -> int:
        """The head's height in pixels."""
        return round(self.scale * (FLAG + LINE * (3 if self.columns == "week" else 2)))

    def grid(self) -> SafeString:
        """Return the lines behind every row, as a group that rows refer to: days gone by, months, quarters, weeks, the day."""
        window, percent = self.window, self.percent
        gone = window.end(self.day)
        lines = [f'<rect class="wg-gone" width="{percent(gone)}%" y="-{FAR}" height="{2 * FAR}"/>'] if gone else []
        if self.columns == "week":
            lines += [self._line(day, "wg-week") for day in mondays(window)]
        lines += [self._line(day, "wg-quarter" if day.month % 3 == 1 else "wg-month") for day in months(window)[1:]]
        if self.today:
            lines.append(f'<line class="wg-today" x1="{self.today}%" x2="{self.today}%" y1="-{FAR}" y2="{FAR}"/>')
        return SafeString(
            f'<svg class="wall-defs" width="0" height="0" aria-hidden="true"><defs><g id="wg">{"".join(lines)}</g></defs></svg>'
        )

    def _line(self, day: date, css: str) -> str:
        x = self.percent(self.window.start(day))
        return f'<line class="{css}" x1="{x}%" x2="{x}%" y1="-{FAR}" y2="{FAR}"/>'

    def head(self) -> SafeString:
        """Return the heads of quarters, months and (drawn as weeks) Mondays, with the flag of the day."""
        window = self.window
        found = months(window)
        parts = [text for day in found for text in self._month(day)]
        if self.columns == "week":
            top, base = self._line_at(2)
            for day in mondays(window):
                parts.append(self._from(day, "wg-week", top))
                parts.append(f'<text class="wh-week" x="{self.percent(window.start(day))}%" dx="2" y="{base}">{day.day}</text>')
        if self.today:
            parts.append(self._flag())
        columns = "周" if self.columns == "week" else "月"
        label = f"{window.first.year}年，按{columns}分列" + (f"；竖线为{self.day.month}月{self.day.day}日" if self.today else "")
        return SafeString(
            f'<svg class="wall-head" width="100%" height="{self.height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
        )

    def _line_at(self, number: int) -> tuple[int, int]:
        """Return the upper edge of a line of the head and the baseline of its text, in pixels."""
        return round(self.scale * (FLAG + LINE * number)), round(self.scale * (FLAG + LINE * number + 13))

    def _from(self, day: date, css: str, top: int) -> str:
        x = self.percent(self.window.start(day))
        return f'<line class="{css}" x1="{x}%" x2="{x}%" y1="{top}" y2="100%"/>'

    def _month(self, day: date) -> list[str]:
        window = self.window
        (first, quarter), (second, month) = self._line_at(0), self._line_at(1)
        begins = day.month % 3 == 1
        middle = (window.start(day) + window.end(month_end(day.year, day.month))) // 2
        found = [
            self._from(day, "wg-quarter" if begins else "wg-month", first if begins else second),
            f'<text class="wh-month" x="{self.percent(middle)}%" y="{month}">{day.month}月</text>',
        ]
        if begins:
            x = self.percent(window.start(day))
            found.append(f'<text class="wh-quarter" x="{x}%" dx="5" y="{quarter}">{QUARTERS[day.month // 3]}</text>')
        return found

    def _flag(self) -> str:
        x = self.today
        # Beside the line, on the side where there is room.
        before = float(x) > 50
        css = "wh-flag is-before" if before else "wh-flag"
        return (
            f'<line class="wg-today" x1="{x}%" x2="{x}%" y1="2" y2="100%"/><text class="{css}" x="{x}%" dx="{-5 if before else 5}" '
            f'y="{round(self.scale * (FLAG - 4))}">截至 {self.day.month}月{self.day.day}日</text>'
        )
