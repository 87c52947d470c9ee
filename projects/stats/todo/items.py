"""A line of 我的待办: what to do, where, by when, and what follows if it is not done."""

from dataclasses import dataclass
from datetime import date

from erqi.common import contributions
from projects.choices import WarningLevel
from projects.models import Project

# Kinds of lines, as the tabs name them.
KINDS = {
    "report": "月报",
    "review": "审核",
    "project": "项目预警",
    "hold": "暂停到期",
    "request": "审批",
    "lifting": "摘牌",
    "policy": "预警规则",
}


def kinds() -> dict[str, str]:
    """Return the names of all kinds of lines by code, those that other apps contribute last."""
    return {**KINDS, **contributions.WORDS.todo_kinds}


@dataclass(frozen=True)
class Shown:
    """A level as the rules in force call it."""

    level: WarningLevel
    word: str


@dataclass(frozen=True)
class Link:
    """Another place where something can be done about it, or a part of a line that counts many things."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Item:
    """A line of the list."""

    kind: str
    title: str
    url: str
    action: str
    # What it weighs: the level that it has or will come to soon, and the day on which it turns worse, or since when it is so.
    level: WarningLevel
    on: date
    text: str = ""
    follows: str = ""
    remedy: str = ""
    note: str = ""
    project: Project | None = None
    unit: str = ""
    # The colour shown now and since when, and the one that comes next soon.
    shown: Shown | None = None
    since: date | None = None
    coming: Shown | None = None
    links: tuple[Link, ...] = ()
    parts: tuple[Link, ...] = ()
    simulated: bool = False

    @property
    def weight(self) -> tuple[int, bool, date, str]:
        """What the list is sorted by: the gravest first, what is so before what will be, of equal ones the earliest."""
        return (-int(self.level), self.coming is not None, self.on, self.title)

    @property
    def kind_label(self) -> str:
        return kinds()[self.kind]


@dataclass(frozen=True)
class Waiting:
    """Something that the person has handed over: others act next."""

    label: str
    text: str
    url: str
    since: date
    simulated: bool = False
