"""Who carries an item out and what it is about: its grid of responsibility and its links, with their days."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked
from projects.choices import ResponsibilityKind
from projects.models import Milestone, Project, Unit
from projects.querysets.responsibility import in_force
from supervision.choices import ItemAction, Party
from supervision.models import ItemDuty, ItemLink, SupervisionItem
from supervision.rules.item import MACHINE
from supervision.services.parties import ANY_UNIT, parties_of
from supervision.services.taking import Taken, take

# Whose reporters handle an item.
HANDLING = (ResponsibilityKind.UNDERTAKE, ResponsibilityKind.LEAD)


def units_of_item(item: SupervisionItem, kinds: Collection[str] = HANDLING) -> list[int]:
    """Return the units (keys) that carry an item out today, the undertaking ones first."""
    if item.pk is None:
        return []
    rows = item.duties.filter(in_force(clock.today()), kind__in=kinds, duty="").order_by("pk").values_list("kind", "unit_id")
    found = list(rows)
    return [unit for kind in kinds for of, unit in found if of == kind]


def parties_of_item(item: SupervisionItem, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the item."""
    return parties_of(user, handlers=units_of_item(item), stand_in=ANY_UNIT)


def settle_subject(item: SupervisionItem) -> dict[str, Any]:
    """Return the columns that follow from grid and links: who carries it out, and which project it is about first."""
    units = units_of_item(item)
    link = item.links.filter(in_force(clock.today())).order_by("pk").first()
    return {"unit_id": units[0] if units else None, "project_id": link.project_id if link else None}


def take_item(
    item: SupervisionItem, action: str, *, check: Callable[[SupervisionItem], None] | None = None, **options: Any
) -> Taken[SupervisionItem]:
    """Take a step of a registered item (supervision.services.taking.take). With it unit and project are those of the day's grid and links:
    a responsibility may have begun or ended since the last step without anybody's doing."""

    def checked_and_settled(locked: SupervisionItem) -> None:
        if check is not None:
            check(locked)
        for name, value in settle_subject(locked).items():
            setattr(locked, name, value)

    return take(item, MACHINE, action, parties=parties_of_item, check=checked_and_settled, **options)


def add_rows(item: SupervisionItem, duties: Iterable[dict[str, Any]], projects: Iterable[Project], since: date) -> None:
    """Store the first grid and links of an item. Raises InvalidInput."""
    for duty in duties:
        checked(ItemDuty(item=item, since=since, recorded_on=since, **duty)).save()
    for project in projects:
        checked(ItemLink(item=item, project=project, since=since)).save()


def amend(
    item: SupervisionItem,
    write: Callable[[SupervisionItem], None],
    *,
    by: User | None,
    version: int | None,
    request_key: UUID | None,
    text: str,
    action: ItemAction = ItemAction.AMEND,
) -> SupervisionItem:
    """Take a step that changes the parts of an item: `write` stores them once it is certain that this may be done (not for pages: the
    services of the parts call it)."""
    return take_item(item, action, by=by, version=version, request_key=request_key, text=text, check=write).record


@transaction.atomic
def add_duty(
    *,
    item: SupervisionItem,
    kind: str,
    unit: Unit,
    duty: str = "",
    person: Any = None,
    since: date | None = None,
    version: int | None = None,
    by: User | None,
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Add a unit, or somebody with a duty in it, to the item's grid, from a day on (today). A person brings the unit's own row along.

    Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput (incomplete, twice, a second lead unit, a day
    before the item was registered).
    """
    on = clock.today()
    since = since or on
    row = ItemDuty(item=item, kind=kind, unit=unit, duty=duty, person=person, since=since, recorded_on=on)
    name = f"{row.get_kind_display()}“{unit}”" + (f"{row.get_duty_display()}{person}" if person else "")

    def write(locked: SupervisionItem) -> None:
        if since < locked.registered_on:
            raise InvalidInput({"since": [f"起日不能早于立项日期（{chinese_day(locked.registered_on)}）：此前还没有这个事项。"]})
        standing = locked.duties.filter(until=None, kind=kind)
        if kind == ResponsibilityKind.LEAD and (other := standing.filter(duty="").exclude(unit=unit).select_related("unit").first()):
            raise InvalidInput({"unit": [f"已有牵头单位“{other.unit}”。更换时请先结束它的责任。"]})
        if duty and not standing.filter(unit=unit, duty="").exists():
            checked(ItemDuty(item=locked, kind=kind, unit=unit, since=since, recorded_on=on)).save()
        checked(row).save()

    return amend(item, write, by=by, version=version, request_key=request_key, text=f"登记{name}")


@transaction.atomic
def end_duty(
    *, duty: ItemDuty, until: date, version: int | None = None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """End a row of the item's grid on a day; with a unit its people end too. The rows stay: who answered then remains known.

    Raises NotAllowed without `supervise`, ServiceError (state, ended, the last unit that carries it out), StaleRecord, InvalidInput.
    """
    name = f"{duty.get_kind_display()}“{duty.unit}”" + (f"{duty.get_duty_display()}{duty.person}" if duty.person else "")

    def write(locked: SupervisionItem) -> None:
        rows = ItemDuty.objects.select_for_update(of=("self",)).filter(item=locked, kind=duty.kind, unit=duty.unit_id, until=None)
        found = list(rows if not duty.duty else rows.filter(pk=duty.pk))
        if not found:
            raise ServiceError("这项责任已经结束，无需再办。请刷新页面查看。")
        for row in found:
            row.until, row.ended_on = until, clock.today()
            checked(row).save()
        # Whose last day is today still carries it out today.
        tomorrow = max(until, clock.today()) + timedelta(days=1)
        if not ItemDuty.objects.filter(in_force(tomorrow), item=locked, kind__in=HANDLING, duty="").exists():
            raise ServiceError("事项须有牵头或承办单位。请先登记接替的单位，再结束这一行。")

    return amend(duty.item, write, by=by, version=version, request_key=request_key, text=f"结束{name}的责任")


@transaction.atomic
def add_link(
    *,
    item: SupervisionItem,
    project: Project,
    milestone: Milestone | None = None,
    version: int | None = None,
    by: User | None,
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Link an item with a project, or with one of its milestones. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    if milestone is not None and milestone.project_id != project.pk:
        raise InvalidInput({"milestone": ["这个节点不是该项目的。"]})
    about = f"{project}节点“{milestone}”" if milestone else str(project)

    def write(locked: SupervisionItem) -> None:
        checked(ItemLink(item=locked, project=project, milestone=milestone, since=clock.today())).save()

    return amend(item, write, by=by, version=version, request_key=request_key, text=f"关联{about}")


@transaction.atomic
def end_link(*, link: ItemLink, version: int | None = None, by: User | None, request_key: UUID | None = None) -> SupervisionItem:
    """End a link as of yesterday, so that today no longer shows it. Raises NotAllowed, ServiceError (state, ended), StaleRecord."""

    def write(locked: SupervisionItem) -> None:
        row = ItemLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if row.until is not None:
            raise ServiceError("这一关联已经取消，无需再办。")
        row.until = clock.today() - timedelta(days=1)
        checked(row).save()

    return amend(link.item, write, by=by, version=version, request_key=request_key, text=f"取消关联{link.project}")
