"""Which lines of an inbox are about something that was done since. A line itself stays as it was told: its key says what it is about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from erqi.common.models import User
from projects.choices import ReportState
from projects.models import Milestone, Reminder
from projects.services.period import month_of
from projects.stats.todo.desk import Desk


def settled(user: User, lines: Iterable[tuple[int, str]], day: date) -> set[int]:
    """Return which of a person's reminders (keys and what they are about) need nothing any more on the day: a month that the person
    has reported or reviewed, a milestone that was done or moved. The number of queries depends on the months that they name."""
    about: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for pk, key in lines:
        kind, *rest = key.split("/")
        about[kind].append((pk, rest))
    return _months(user, about["report"], about["review"], day) | _milestones(about["milestone"])


def _months(user: User, reports: list[tuple[int, list[str]]], reviews: list[tuple[int, list[str]]], day: date) -> set[int]:
    desk, found = Desk(user, day), set()
    for lines, left in ((reports, _unreported), (reviews, _unreviewed)):
        done: dict[str, bool] = {}
        for pk, rest in lines:
            name = rest[0]
            if name not in done:
                year, month = map(int, name.split("-"))
                done[name] = not left(desk, year, month)
            if done[name]:
                found.add(pk)
    return found


def _unreported(desk: Desk, year: int, month: int) -> bool:
    return bool(desk.missing(month_of(year, month), desk.reports(year)))


def _unreviewed(desk: Desk, year: int, month: int) -> bool:
    states = desk.states(month_of(year, month))
    return any(states.get(key) == ReportState.FILED for key in desk.reviews(year))


def _milestones(lines: list[tuple[int, list[str]]]) -> set[int]:
    standing = Milestone.objects.in_bulk({int(rest[0]) for _, rest in lines})
    found = set()
    for pk, (key, due_on, *_) in lines:
        one = standing.get(int(key))
        if one is None or one.done_by is not None or str(one.due_on) != due_on:
            found.add(pk)
    return found


def unread(user: User, day: date) -> list[int]:
    """Return the person's reminders (keys) that were not opened and are about something that is still to be done."""
    lines = list(Reminder.objects.unread().filter(user=user).values_list("pk", "key"))
    done = settled(user, lines, day)
    return [pk for pk, _ in lines if pk not in done]
