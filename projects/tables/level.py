"""A warning level as HTML: colour, shape and word together, the same as components/level_badge.html, without a template per row."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape

from erqi.common.contributions import Badge
from erqi.common.dates import chinese_day
from erqi.common.workbook.declare import Toned
from projects.choices import WarningLevel
from projects.rules.policy import level_of

SHAPES = {
    WarningLevel.GREEN: "●",
    WarningLevel.BLUE: "■",
    WarningLevel.YELLOW: "▲",
    WarningLevel.RED: "◆",
    WarningLevel.PAUSED: "‖",
    WarningLevel.DONE: "✓",
    WarningLevel.UNRATED: "○",
}
# In place of a level where a project had left the ledger.
LEFT = '<span class="quiet small">已退出</span>'
SIMULATED = ' <span class="sim">模拟</span>'
_OTHERS = {level.code: level for level in (WarningLevel.UNRATED, WarningLevel.PAUSED, WarningLevel.DONE)}


def warning_level(value: int | str | None) -> WarningLevel:
    """Return the level of a number or a code ("yellow"); nothing is UNRATED. Raises ValueError for what is no level."""
    if value is None or value == "":
        return WarningLevel.UNRATED
    if isinstance(value, str):
        return _OTHERS[value] if value in _OTHERS else level_of(value)
    return WarningLevel(value)


def level_html(level: WarningLevel, word: str = "", *, title: str = "", simulated: bool = False) -> str:
    """Return the badge of a level as escaped HTML; `word` is what the policy calls it (default: the level's own name)."""
    badge = _badge(level, word) if not title else _badge(level, word).replace(">", f' title="{escape(title)}">', 1)
    return badge + SIMULATED if simulated else badge


def level_value(level: WarningLevel, word: str = "", *, simulated: bool = False, badges: Iterable[Badge] = ()) -> Toned:
    """Return a level as an export writes it: what the policy calls it, filled in its colour; 模拟 where the schedule is simulated; and the
    words beside it."""
    named = word or str(level.label)
    words = [f"{named}（模拟）" if simulated else named, *dict.fromkeys(badge.text for badge in badges)]
    return Toned("；".join(words), level.code)


def badges_html(badges: Iterable[Badge]) -> str:
    """Return the words beside a colour as components/contributed_badge.html draws them, without its icon."""
    shown = []
    for badge in badges:
        title = f' title="{escape(badge.title)}"' if badge.title else ""
        word = f'<span class="state-badge is-{escape(badge.kind)}"{title}>{escape(badge.text)}</span>'
        if badge.url:
            word = f'<a href="{escape(badge.url)}">{word}</a>'
        shown.append(f" {word}{SIMULATED if badge.simulated else ''}")
    return "".join(shown)


@lru_cache(maxsize=64)
def _badge(level: WarningLevel, word: str) -> str:
    mark = f'<span class="level-mark" aria-hidden="true">{SHAPES[level]}</span>'
    return f'<span class="level level-{level.code}">{mark}{escape(word or level.label)}</span>'


def since_words(since: date | None, day: date | None = None) -> str:
    """Return since when a colour has been shown, with the number of days up to a day: 自2018年9月1日起第 28 天."""
    if since is None:
        return ""
    return f"自{chinese_day(since)}起" + (f"第 {(day - since).days + 1} 天" if day else "")
