"""What one app contributes to the pages and figures of another, which does not know it.

The app that owns a page asks a registry here; the app that contributes adds a function in its AppConfig.ready(). Each function answers
for the whole page in a constant number of queries. The registries know no business: what goes in and out is said with each.

    # supervision/apps.py
    def ready(self):
        contributions.TODO.add(notice.todo_items)              # (desk) -> iterable of projects.stats.todo.items.Item
        contributions.PROJECT_PANELS.add(Panel("notices", "supervision/_project_notices.html", notice.project_panel))
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils import timezone

from erqi.common import clock
from erqi.common.kept import Keeper

T = TypeVar("T")
# What a panel that is kept takes, in bytes: some dozens of records.
_PANEL = 60_000


class Registry(Generic[T]):
    """What was contributed, in the order in which it was; the same thing twice counts once."""

    def __init__(self) -> None:
        self._found: list[T] = []

    def add(self, contribution: T) -> T:
        """Add a contribution and return it (usable as a decorator)."""
        if contribution not in self._found:
            self._found.append(contribution)
        return contribution

    def remove(self, contribution: T) -> None:
        """Take a contribution back; for tests."""
        self._found.remove(contribution)

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._found))


@dataclass(frozen=True)
class Panel:
    """A section of somebody's page. `context(request, subject, day)` gives what `template` needs, or None where there is nothing to show;
    the template finds it as `panel.context`. It depends on subject, day and person alone, and is kept. Panels stand in the order of
    `order`."""

    key: str
    template: str
    context: Callable[[HttpRequest, Any, date], dict[str, Any] | None]
    order: int = 100


@dataclass(frozen=True)
class Shown:
    """A panel with what it shows."""

    key: str
    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Badge:
    """A word beside a project's colour (a report found untrue). Classes and icons as components/badge.html has them."""

    text: str
    url: str = ""
    kind: str = "dark"
    icon: str = "alert-triangle"
    title: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Duty:
    """Something of a project to be settled by a day: the colour follows from it (projects.rules.warning.Obligation). `dimension` is D4
    (问题办理) or D5 (督察单); `source` and `key` lead back to the record (`PLACES`). Without a day only its `events` count
    (projects.rules.warning.Event); `stopped_on`: since when its clock has stood still."""

    project: int
    dimension: str
    source: str
    key: int
    name: str
    due_on: date | None
    simulated: bool = False
    stopped_on: date | None = None
    events: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where somebody does something about a duty."""

    url: str
    action: str


@dataclass(frozen=True)
class Headline:
    """A figure of the cockpit that leads to its list."""

    label: str
    value: int
    url: str
    note: str = ""
    simulated: bool = False


@dataclass
class Words:
    """Names that contributions bring along: kinds of to-do items by code, permissions with which somebody has things to do."""

    todo_kinds: dict[str, str] = field(default_factory=dict)
    acting: set[str] = field(default_factory=set)


# (desk: projects.stats.todo.desk.Desk) -> items of 我的待办 (projects.stats.todo.items.Item; their `kind` named in WORDS.todo_kinds).
TODO: Registry[Callable[[Any], Iterable[Any]]] = Registry()
# (desk) -> what the person waits for (projects.stats.todo.items.Waiting).
WAITING: Registry[Callable[[Any], Iterable[Any]]] = Registry()
# (day: projects.services.due_lines.Day, of: projects.services.addressees.Addressees) -> the day's reminders (services.reminder.Line).
REMINDERS: Registry[Callable[[Any, Any], Iterable[Any]]] = Registry()
# Sections of the project page (subject: the Project) and of the unit page (subject: the Unit).
PROJECT_PANELS: Registry[Panel] = Registry()
UNIT_PANELS: Registry[Panel] = Registry()
# Buttons of the project page: (user, project, day) -> (label, url, icon).
PROJECT_ACTIONS: Registry[Callable[[Any, Any, date], Iterable[tuple[str, str, str]]]] = Registry()
# Links beside each milestone on the project page: (user, milestone) -> (label, url). No queries: they are asked for every row.
MILESTONE_ACTIONS: Registry[Callable[[Any, Any], Iterable[tuple[str, str]]]] = Registry()
# Links of the cards of the warnings board: (user, day) -> a function of a module (project's code, level) -> (label, url) or
# None, or None: no link on any. What is drawn is kept for all who have the same functions.
CARD_ACTIONS: Registry[Callable[[Any, date], Callable[[str, Any], tuple[str, str] | None] | None]] = Registry()
# (projects: keys, day) -> words beside each project's colour.
BADGES: Registry[Callable[[Collection[int], date], dict[int, list[Badge]]]] = Registry()
# (projects: keys, year, day) -> duties that are known on the day and not settled by it. Whoever changes one refreshes the colour
# (projects.services.schedule.refresh) in the same transaction.
DUTIES: Registry[Callable[[Collection[int], int, date], Iterable[Duty]]] = Registry()
# By the `source` of duties: (key) -> where something is done about it.
PLACES: dict[str, Callable[[int], Place]] = {}
# (user, day, units) -> figures of the cockpit as the user may see them: the whole district's where `units` is None, else what concerns
# these units (keys), which are the user's own. They are kept.
HEADLINES: Registry[Callable[[Any, date, Collection[int] | None], Iterable[Headline]]] = Registry()
# () -> anything: what else follows from the rules for warnings is computed anew, in a transaction of its own, once a pass over the
# colours of all projects is through (projects.services.schedule.continue_pass).
RESCHEDULED: Registry[Callable[[], object]] = Registry()
WORDS = Words()


def panels(registry: Registry[Panel], request: HttpRequest, subject: Any, day: date) -> list[Shown]:
    """Return the panels of a page that have something to show, in their order. What they show is kept for whoever looks until the data
    change (erqi.common.kept), or the business date or the real one does."""
    shown, keeper = [], Keeper()
    whose = (type(subject), subject.pk, day, clock.today(), timezone.localtime().date(), request.user.pk)
    for panel in sorted(registry, key=lambda one: one.order):
        context = keeper.get(("panel", panel.key, whose), partial(panel.context, request, subject, day), lambda _: _PANEL)
        if context is not None:
            shown.append(Shown(panel.key, panel.template, context))
    return shown


def badges(projects: Collection[int], day: date) -> dict[int, list[Badge]]:
    """Return all words beside the projects' colours."""
    found: dict[int, list[Badge]] = {}
    for contribution in BADGES:
        for project, words in contribution(projects, day).items():
            found.setdefault(project, []).extend(words)
    return found


def duties(projects: Collection[int], year: int, day: date) -> list[Duty]:
    """Return all duties of the projects that are known and open on the day."""
    return [duty for contribution in DUTIES for duty in contribution(projects, year, day)]


def rescheduled() -> None:
    """Let everybody compute anew what follows from the rules for warnings."""
    for contribution in RESCHEDULED:
        contribution()


def project_actions(user: Any, project: Any, day: date) -> list[tuple[str, str, str]]:
    """Return all buttons of a project's page: label, address, icon."""
    return [action for contribution in PROJECT_ACTIONS for action in contribution(user, project, day)]


def milestone_actions(user: Any, milestone: Any) -> list[tuple[str, str]]:
    """Return all links beside a milestone: label, address."""
    return [action for contribution in MILESTONE_ACTIONS for action in contribution(user, milestone)]


def card_actions(user: Any, day: date) -> list[Callable[[str, Any], tuple[str, str] | None]]:
    """Return what draws the links of the cards, without a query per card."""
    return [action for contribution in CARD_ACTIONS if (action := contribution(user, day)) is not None]


def place_of(source: str, key: int) -> Place | None:
    """Return where something is done about a duty; None for one of the app's own."""
    return PLACES[source](key) if source in PLACES else None
