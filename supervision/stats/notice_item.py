"""What a notice about an item of a supervision ledger says before anybody types."""

from datetime import date

from projects.choices import WarningLevel
from supervision.choices import ItemSource, NoticeKind, NoticeSource
from supervision.models import SupervisionItem
from supervision.rules.notice import default_days
from supervision.sentences.notice import body_words, title_words
from supervision.services.notice_words import Words, kind_for
from supervision.stats.item import colour_of, steps_on

WHAT = "督察事项"
SOURCES = {
    ItemSource.MEETING: NoticeSource.MEETING,
    ItemSource.INSTRUCTION: NoticeSource.INSTRUCTION,
    ItemSource.DOCUMENT: NoticeSource.DOCUMENT,
    ItemSource.PROJECT: NoticeSource.PROJECT,
    ItemSource.ISSUE: NoticeSource.REPORT,
}
# What a title has room for, of the item's task.
_LONGEST_GOAL = 200


def draft_about(item: SupervisionItem, kind: str, day: date) -> tuple[NoticeKind, NoticeSource, int, Words]:
    """Return kind (the one asked for, or what the colour asks for), source, working days and words of a notice about an item.

    `item` is read with `on_day(day).with_level(day)`: two queries."""
    level = WarningLevel(item.level)
    chosen = NoticeKind(kind) if kind in NoticeKind else kind_for(level, NoticeKind.ASSIGN)
    source = SOURCES[ItemSource(item.source)]
    days = default_days(chosen, source)
    colour = colour_of(item, steps_on(item, day), day)
    goal = item.goal if len(item.goal) <= _LONGEST_GOAL else f"{item.goal[: _LONGEST_GOAL - 1]}…"
    facts = [f"目标任务为“{goal}”", colour.sentence.rstrip("。")]
    text = body_words(chosen, item.name, item.number, f"{colour.word}。", facts, days, day, what=WHAT)
    return chosen, source, days, Words(title_words(chosen, item.name, WHAT), text, level)
