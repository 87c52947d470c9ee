"""Problems reported directly on people's desks, on the pages of projects and units, and in figures by cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from erqi.common import clock, workdays
from erqi.common.contributions import Headline
from projects.choices import DelayCause, WarningLevel
from projects.models import Project, Unit
from projects.rules.todo import waited_level
from projects.services.addressees import accounts_with
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Waiting
from supervision.choices import IssueState, IssueTrack
from supervision.models import Issue
from supervision.rules.issue import ESCALATED, MACHINE, OPEN, RUNNING, office_due, office_track, track
from supervision.sentences.issue import limit_words, office_words
from supervision.services.issue_parties import authors_gone, closers, may_report, seen_by
from supervision.services.parties import ANY_UNIT, without_account
from supervision.stats.headline import Units, list_address, units_among

KIND = "issue"
# More than this nobody works off in a day; the list shows all.
MOST = 60
SHOWN = 5

# What each party does next, by state: the word on the button.
_OFFICE = {
    IssueState.REPORTED: "受理",
    IssueState.ACCEPTED: "定级",
    IssueState.GRADED: "交办",
    IssueState.AT_OFFICE: "协调",
    IssueState.AT_MEETING: "登记专题会决定",
    IssueState.VERIFIED: "销号",
}
_OWN_LEVEL = {IssueTrack.LATE: WarningLevel.RED, IssueTrack.SOON: WarningLevel.YELLOW, IssueTrack.RUNNING: WarningLevel.BLUE}
_UNIT = {IssueState.ASSIGNED: "接办", IssueState.HANDLING: "办理"}
_UNIT_FOR = {IssueState.ASSIGNED: "代为接办", IssueState.HANDLING: "代为办理"}


def todo_items(desk: Desk) -> list[Item]:
    """Return what waits for the person: as office, as unit, as inspector, as leader, as the one who reported, and in place of those who
    have no account."""
    user, found = desk.user, {}
    if user.can("issue.handle"):
        found |= _lines(Issue.objects.in_states(_OFFICE).with_entry(desk.day), _OFFICE, desk)
        awaited = list(Issue.objects.in_states([IssueState.AT_LEADER]))
        if awaited and not accounts_with("inquiry.ask"):
            found |= _lines(awaited, {IssueState.AT_LEADER: "转录批示"}, desk)
    if user.can(ANY_UNIT):
        found |= _lines(_unattended(desk), _UNIT_FOR, desk)
    if user.can("report.write") and desk.units:
        found |= _lines(Issue.objects.in_states(_UNIT).filter(unit__in=desk.units), _UNIT, desk)
    if user.can("inspect") and not user.can("supervise"):
        found |= _lines(Issue.objects.in_states([IssueState.REPLIED]), {IssueState.REPLIED: "核验"}, desk)
    if user.can("inquiry.ask"):
        found |= _lines(Issue.objects.in_states([IssueState.AT_LEADER]), {IssueState.AT_LEADER: "批示"}, desk)
        found |= _lines(_closed_by(user), {IssueState.VERIFIED: "销号"}, desk)
    if may_report(user):
        returned = list(Issue.objects.in_states([IssueState.RETURNED]))
        found |= _lines([row for row in returned if row.author_id == user.pk], {IssueState.RETURNED: "补充"}, desk)
        others = [row for row in returned if row.author_id != user.pk]
        found |= _lines([row for row, people in authors_gone(others) if user in people], {IssueState.RETURNED: "代为补充"}, desk)
    return list(found.values())


def _unattended(desk: Desk) -> list[Issue]:
    """Return what units have that have no account."""
    rows = list(Issue.objects.in_states(_UNIT))
    bare = without_account({row.unit_id for row in rows}, desk.day)
    return [row for row in rows if row.unit_id in bare]


def _closed_by(user: Any) -> list[Issue]:
    """Return the verified problems that the person closes: a leader only where nobody else of the office is left."""
    rows = list(Issue.objects.in_states([IssueState.VERIFIED]))
    people = closers(rows) if rows else {}
    return [row for row in rows if user in people[row.pk]]


def _lines(rows: Any, words: dict[IssueState, str], desk: Desk) -> dict[int, Item]:
    return {row.pk: _item(row, words[IssueState(row.state)], desk) for row in rows[:MOST]}


def _item(row: Issue, action: str, desk: Desk) -> Item:
    found = track(row.state, row.due_on, row.replied_on, desk.day, workdays)
    since = row.replied_on or row.assigned_on or row.reported_on
    waited = waited_level(workdays.workdays_between(since, desk.day))
    level = {IssueTrack.LATE: WarningLevel.RED, IssueTrack.SOON: WarningLevel.YELLOW, IssueTrack.RUNNING: WarningLevel.BLUE}.get(
        found, waited
    )
    follows = limit_words(found, row.due_on, row.replied_on, desk.day, workdays)
    own = office_due(row.state, getattr(row, "entered_then", None), workdays)
    if own is not None:
        level, follows = _OWN_LEVEL[office_track(own, desk.day, workdays)], office_words(row.state, own, desk.day, workdays)
    return Item(
        KIND,
        f"直报问题：{row.title}",
        row.get_absolute_url(),
        action,
        level,
        own or row.due_on or since,
        text=f"{row.author_name}直报；现在{row.get_state_display()}",
        follows=follows,
        project=row.project,
        unit=str(row.unit) if row.unit and not desk.user.can("report.write") else "",
        simulated=row.simulated,
    )


def waiting(desk: Desk) -> list[Waiting]:
    """Return what the person reported and others handle."""
    if not may_report(desk.user):
        return []
    rows = Issue.objects.in_states(state for state in OPEN if state != IssueState.RETURNED).filter(author=desk.user)
    return [
        Waiting("直报问题", f"{row.title}：{row.get_state_display()}", row.get_absolute_url(), row.reported_on, row.simulated)
        for row in rows[:MOST]
    ]


def headlines(user: Any, day: date, units: Units = None) -> list[Headline]:
    """Return the cockpit's line: how many problems are open (with `units`: that these handle), how many of them are late. One query, with
    units two."""
    rows = seen_by(user).on_day(day).order_by().filter(state_then__in=OPEN)
    if units is not None:
        rows = rows.filter(unit_then__in=units)
    found = rows.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(state_then__in=RUNNING, due_then__lt=day)),
        escalated=Count("pk", filter=Q(state_then__in=ESCALATED)),
        simulated=Count("pk", filter=Q(simulated=True)),
    )
    if not found["open"]:
        return []
    note = "，".join(f"{word} {found[name]}" for word, name in (("逾期", "late"), ("提级", "escalated")) if found[name])
    url = list_address("issue_list", OPEN, unit=units_among(rows, units, "unit_then"))
    return [Headline("直报问题未办结", found["open"], url, note, bool(found["simulated"]))]


def _panel(rows: Any, more: str, day: date, report_url: str) -> dict[str, Any] | None:
    found = list(rows)
    if not found and not report_url:
        return None
    lines = []
    for row in found[:SHOWN]:
        standing = track(row.state_then, row.due_then, row.ended_then, day, workdays)
        lines.append(
            {
                "issue": row,
                "state": MACHINE.state_label(row.state_then),
                "late": standing is IssueTrack.LATE,
                "limit": limit_words(standing, row.due_then, row.ended_then, day, workdays),
                "unit": row.unit_label,
            }
        )
    is_open = sum(not MACHINE.is_final(row.state_then) for row in found)
    return {"lines": lines, "count": len(found), "open": is_open, "more_url": more, "report_url": report_url}


def project_panel(request: HttpRequest, project: Project, day: date) -> dict[str, Any] | None:
    """Return what the project page shows of its problems."""
    rows = seen_by(request.user).for_table(day).filter(project=project)
    more = f"{reverse('supervision:issue_list')}?project={project.code}"
    can = may_report(request.user) and day == clock.today()
    return _panel(rows, more, day, f"{reverse('supervision:issue_report')}?project={project.code}" if can else "")


def unit_panel(request: HttpRequest, unit: Unit, day: date) -> dict[str, Any] | None:
    """Return what the unit's page shows of the problems that it handles."""
    rows = seen_by(request.user).for_table(day).filter(unit_then=unit.pk)
    return _panel(rows, f"{reverse('supervision:issue_list')}?unit={unit.pk}", day, "")


@dataclass(frozen=True)
class CauseLine:
    """A cause's figures."""

    code: str
    label: str
    count: int
    share: float | None
    open: int
    late: int
    in_time: int
    over: int
    grades: tuple[int, int, int]
    # How many of them are simulated.
    simulated: int

    @property
    def closed(self) -> int:
        return self.in_time + self.over

    @property
    def rate(self) -> float | None:
        """How many of a hundred closed ones were in time; None where none is closed."""
        return 100 * self.in_time / self.closed if self.closed else None


def cause_lines(rows: Iterable[dict[str, Any]]) -> tuple[list[CauseLine], CauseLine]:
    """Return the figures by cause, the most frequent first, and their sums."""
    found = list(rows)
    whole = sum(row["all"] for row in found)

    def line(code: str, label: str, group: list[dict[str, Any]]) -> CauseLine:
        names = ("all", "open", "late", "in_time", "over", "simulated", "grade_a", "grade_b", "grade_c")
        sums = {name: sum(row[name] for row in group) for name in names}
        grades = (sums.pop("grade_a"), sums.pop("grade_b"), sums.pop("grade_c"))
        count = sums.pop("all")
        return CauseLine(code, label, count, share=100 * count / whole if whole else None, grades=grades, **sums)

    labels = {**dict(DelayCause.choices), "": "尚未认定"}
    lines = [line(row["cause_then"], str(labels[row["cause_then"]]), [row]) for row in found]
    return sorted(lines, key=lambda one: (-one.count, one.label)), line("", "合计", found)
