"""The day's reminders of items, planned inspections, findings and leaders' questions."""

from collections.abc import Iterator

from projects.choices import ReminderKind
from projects.querysets.responsibility import in_force
from projects.rules.reminder import OVERDUE
from projects.services.addressees import Addressees, accounts_with
from projects.services.due_lines import FRESH, Day
from projects.services.grid import accounts_of
from projects.services.reminder import Line
from supervision.choices import FindingState, InquiryState, ItemState
from supervision.models import Finding, Inquiry, ItemDuty, SupervisionItem
from supervision.services.inquiry import addressees_of
from supervision.services.item_grid import HANDLING
from supervision.services.item_handover import settle_handed_over
from supervision.services.item_schedule import refresh_outdated
from supervision.services.parties import ANY_UNIT, acting_for


def _kind(stage: str) -> ReminderKind:
    return ReminderKind.OVERDUE if stage == OVERDUE else ReminderKind.DUE


def _when(stage: str) -> str:
    return "已逾期" if stage == OVERDUE else "即将到期"


def reminders(day: Day, of: Addressees) -> Iterator[Line]:
    """The lines of the day; items that were handed over get their unit first, and colours that go by replaced rules are computed anew."""
    settle_handed_over()
    refresh_outdated()
    yield from item_lines(day)
    yield from finding_lines(day)
    yield from inquiry_lines(day)


def item_lines(day: Day) -> Iterator[Line]:
    """Items that fall due or are over, for the units that carry them out; when they are over also for the supervision office."""
    rows = SupervisionItem.objects.filter(state=ItemState.OPEN, due_on__gt=day.on - FRESH).order_by("pk")
    near = [(row, stage) for row in rows if (stage := day.window(row.due_on))]
    duties = ItemDuty.objects.filter(in_force(day.on), item__in=[row.pk for row, _ in near], kind__in=HANDLING, duty="")
    units: dict[int, set[int]] = {}
    for item, unit in duties.values_list("item_id", "unit_id"):
        units.setdefault(item, set()).add(unit)
    people = accounts_of({unit for found in units.values() for unit in found}, "report.write", day.on)
    office, standing_in = accounts_with("supervise"), accounts_with(ANY_UNIT)
    for row, stage in near:
        users = [user for unit in units.get(row.pk, ()) for user in people.get(unit, ())] or standing_in
        yield Line(
            [*users, *(office if stage == OVERDUE else [])],
            _kind(stage),
            f"item/{row.pk}/{row.due_on}/{stage}",
            f"督察事项{_when(stage)}：{row.name}",
            f"完成时限 {row.due_on}。完成的请申请销号；滞后的请认定病因。",
            row.get_absolute_url(),
            row.simulated,
        )


def finding_lines(day: Day) -> Iterator[Line]:
    """Findings that are to be put right tomorrow at the latest, or were not in time."""
    rows = Finding.objects.filter(state=FindingState.OPEN).select_related("project", "item").order_by("pk")
    near = [(row, stage) for row in rows if (stage := day.window(row.due_on)) in ("1", OVERDUE)]
    people = acting_for({row.unit_id for row, _ in near}, day=day.on)
    office = accounts_with("supervise")
    for row, stage in near:
        yield Line(
            [*people[row.unit_id], *(office if stage == OVERDUE else [])],
            _kind(stage),
            f"finding/{row.pk}/{row.due_on}/{stage}",
            f"上报不实的更正说明{_when(stage)}：{row.project or row.item}",
            row.observed,
            row.get_absolute_url(),
            row.simulated,
        )


def inquiry_lines(day: Day) -> Iterator[Line]:
    """Leaders' questions that are due tomorrow at the latest, or were not answered in time: for whoever was asked."""
    rows = Inquiry.objects.filter(state=InquiryState.ASKED).select_related("project", "milestone", "person__account").order_by("pk")
    near = [(row, stage) for row in rows if (stage := day.window(row.due_on)) in ("1", OVERDUE)]
    for row, users in addressees_of([row for row, _ in near]):
        stage = dict(near)[row]
        yield Line(
            users,
            _kind(stage),
            f"inquiry/{row.pk}/{row.due_on}/{stage}",
            f"领导问查{'逾期未答复' if stage == OVERDUE else '即将到期'}：{row.project}",
            row.text,
            row.get_absolute_url(),
            row.simulated,
        )
