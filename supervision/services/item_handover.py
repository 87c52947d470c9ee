"""Items whose unit or project changed because a responsibility began or ended on a day that had been said beforehand."""

from collections.abc import Iterable

from django.db import transaction

from erqi.common import clock
from projects.models import Project, Unit
from projects.querysets.responsibility import in_force
from supervision.choices import ItemAction
from supervision.models import ItemDuty, ItemLink, SupervisionItem
from supervision.rules.item import WORKING
from supervision.services.item_grid import HANDLING, take_item
from supervision.services.taking import tell_units


@transaction.atomic
def settle_handed_over() -> int:
    """Give each item that is worked on the unit and the project of today's grid and links, and return how many changed; a unit that takes
    over is told. Run with the day's reminders: three queries and a savepoint where nothing changed."""
    items = list(SupervisionItem.objects.filter(state__in=WORKING).select_related("unit", "project").order_by("pk"))
    units, projects = _of_today(items)
    changed = [item for item in items if (item.unit_id, item.project_id) != (units.get(item.pk), projects.get(item.pk))]
    names = {**Unit.objects.in_bulk({units[item.pk] for item in changed if item.pk in units})}
    linked = Project.objects.in_bulk({projects[item.pk] for item in changed if item.pk in projects})
    for item in changed:
        unit, project = names.get(units.get(item.pk)), linked.get(projects.get(item.pk))
        text = "；".join(
            f"{label}由{was or '无'}变为{now or '无'}"
            for label, was, now in (("责任单位", item.unit, unit), ("所涉项目", item.project, project))
            if was != now
        )
        was = item.unit_id
        taken = take_item(item, ItemAction.HAND_OVER, by=None, text=text)
        if taken.is_new and unit is not None and unit.pk != was:
            tell_units([unit.pk], taken.act, f"接办督察事项：{item.name}")
    return len(changed)


def _of_today(items: Iterable[SupervisionItem]) -> tuple[dict[int, int], dict[int, int]]:
    """Return by item (key) who carries it out today and which project it is about first (services.item_grid.settle_subject)."""
    keys, today = [item.pk for item in items], clock.today()
    units: dict[int, int] = {}
    duties = ItemDuty.objects.filter(in_force(today), item__in=keys, kind__in=HANDLING, duty="").order_by("pk")
    found = list(duties.values_list("item_id", "kind", "unit_id"))
    for kind in HANDLING:
        for item, of, unit in found:
            if of == kind:
                units.setdefault(item, unit)
    projects: dict[int, int] = {}
    for item, project in ItemLink.objects.filter(in_force(today), item__in=keys).order_by("pk").values_list("item_id", "project_id"):
        projects.setdefault(item, project)
    return units, projects
