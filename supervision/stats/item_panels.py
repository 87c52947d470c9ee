"""What the pages of projects and units, the colour and the cockpit show of items, inspections, findings and leaders' questions."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from erqi.common import clock, workdays
from erqi.common.contributions import Badge, Headline
from projects.choices import WarningLevel
from projects.models import Milestone, Project, Unit
from projects.services.grid import units_of
from supervision.choices import FindingState, InquiryState, ItemState
from supervision.models import Finding, Inquiry, Inspection, ItemDuty, SupervisionItem
from supervision.rules.finding import STANDING
from supervision.rules.inspection import UNCOUNTED
from supervision.rules.item import WORKING
from supervision.rules.limit import late_before
from supervision.services.inspection import inspected_units
from supervision.stats.headline import Units, list_address, units_among

SHOWN = 5


def badges(projects: Collection[int], day: date) -> dict[int, list[Badge]]:
    """Return the word beside the colour of each project (key) against which a finding stands on the day: one query."""
    found: dict[int, list[Badge]] = {}
    for row in Finding.objects.standing_of(projects, day):
        badge = Badge(
            "上报不实", row.get_absolute_url(), title=f"{row.observed}（{FindingState(row.state_then).label}）", simulated=row.simulated
        )
        found.setdefault(row.project_id, []).append(badge)
    return found


def project_panel(request: HttpRequest, project: Project, day: date) -> dict[str, Any] | None:
    """Return what the project page shows: its items, its inspections, the questions about it, and what the person can begin here."""
    items = list(SupervisionItem.objects.for_table(day).of_project(project.pk, day))
    inspections = list(Inspection.objects.for_table(day).visible_to(request.user).filter(project=project))
    inquiries = list(Inquiry.objects.for_table(day).filter(project=project))
    begin = _begin(request.user, project) if day >= clock.today() else []
    if not (items or inspections or inquiries or begin):
        return None
    return {
        "items": [(row, ItemState(row.state_then).label) for row in items],
        "inspections": inspections[:SHOWN],
        "inspection_count": sum(one.state_then not in UNCOUNTED for one in inspections),
        "inquiries": [(row, InquiryState(row.state_then).label) for row in inquiries[:SHOWN]],
        "inquiry_count": len(inquiries),
        "begin": begin,
        "more": f"?q={project.code}",
        "day": day,
    }


def milestone_actions(user: Any, milestone: Milestone) -> list[tuple[str, str]]:
    """Return what a leader can do about a milestone on the project's page: ask."""
    if not user.can("inquiry.ask") or milestone.done_by is not None:
        return []
    address = reverse("supervision:inquiry_new", args=[milestone.project.code])
    return [("问查", f"{address}?milestone={milestone.pk}")]


def _begin(user: Any, project: Project) -> list[tuple[str, str, str]]:
    """Return what the person can begin on the project's page: label, address, icon."""
    found = []
    if user.can("inquiry.ask"):
        found.append(("问查", reverse("supervision:inquiry_new", args=[project.code]), "message"))
    if user.can("inspect") or user.can("inquiry.ask"):
        found.append(("登记督察", f"{reverse('supervision:inspection_new')}?project={project.code}", "eye-check"))
        found.append(("安排督察", f"{reverse('supervision:inspection_plan')}?project={project.code}", "calendar-event"))
    if user.can("supervise"):
        found.append(("督察立项", f"{reverse('supervision:item_new')}?project={project.code}", "plus"))
    if user.can("report.write") and units_of(user) & set(inspected_units(project, None)):
        found.append(("责任人自查", f"{reverse('supervision:inspection_self_check')}?project={project.code}", "clipboard-check"))
    return found


def unit_panel(request: HttpRequest, unit: Unit, day: date) -> dict[str, Any] | None:
    """Return what a unit's page shows: the items it carries out, its inspections with how many there were this year, its findings."""
    items = list(SupervisionItem.objects.for_table(day).of_units([unit.pk], day))
    inspections = list(Inspection.objects.for_table(day).visible_to(request.user).filter(unit=unit))
    findings = list(Finding.objects.for_table(day).filter(unit=unit))
    if not (items or inspections or findings):
        return None
    months = Inspection.objects.by_unit_and_month(day.year, day, [unit.pk]).get(unit.pk, {})
    return {
        "items": [(row, ItemState(row.state_then).label) for row in items[:SHOWN]],
        "item_count": len(items),
        "items_url": f"{reverse('supervision:item_list')}?unit={unit.pk}",
        "inspections": inspections[:SHOWN],
        "inspection_count": sum(one.state_then not in UNCOUNTED for one in inspections),
        "inspections_url": f"{reverse('supervision:inspection_list')}?unit={unit.pk}",
        "months": sorted(months.items()),
        "year_count": sum(months.values()),
        "findings": [(row, FindingState(row.state_then).label) for row in findings[:SHOWN]],
        "standing": sum(row.state_then in STANDING for row in findings),
        "day": day,
    }


def headlines(user: Any, day: date, units: Units = None) -> list[Headline]:
    """Return the cockpit's lines: items that lag, findings that stand, questions that await an answer, with `units` those of these units:
    three queries, with units six."""
    items = SupervisionItem.objects.on_day(day).with_level(day).filter(state_then__in=WORKING).order_by()
    standing = Finding.objects.standing(day).order_by()
    asked = Inquiry.objects.on_day(day).filter(state_then=InquiryState.ASKED).order_by()
    if units is not None:
        items, standing, asked = items.of_units(units, day), standing.filter(unit__in=units), asked.filter(unit__in=units)
    duties = ItemDuty.objects.filter(item__in=items.values("pk"))
    lagging = Q(level__in=[WarningLevel.YELLOW, WarningLevel.RED])
    overdue = Q(due_then__lt=late_before(day, workdays))
    return [
        *_line("督察事项", items, ("滞后", lagging), "item_list", WORKING, units_among(duties, units, "unit")),
        *_line("上报不实未办结", standing, None, "finding_list", STANDING, units_among(standing, units, "unit")),
        *_line("领导问查待答复", asked, ("逾期", overdue), "inquiry_list", [InquiryState.ASKED], units_among(asked, units, "unit")),
    ]


def _line(
    label: str, rows: QuerySet, noted: tuple[str, Q] | None, list_name: str, states: Iterable[str], units: list[int]
) -> Iterator[Headline]:
    """Yield a figure of the rows where there are any: one query. `noted` names what of them is said in its second line."""
    word, condition = noted or ("", Q(pk=None))
    found = rows.aggregate(all=Count("pk"), noted=Count("pk", filter=condition), simulated=Count("pk", filter=Q(simulated=True)))
    if found["all"]:
        note = f"{word} {found['noted']}" if found["noted"] else ""
        yield Headline(label, found["all"], list_address(list_name, states, unit=units), note, bool(found["simulated"]))
