"""Yellow or red set by hand by the supervision office (人工定级, domain.md §1.6, §5.5): with a reason and an end, never for ever."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require, save_changes
from projects.choices import GRAVE_LEVELS, WarningLevel
from projects.models import LevelOverride, Project, WarningSchedule
from projects.services.decision import name_of
from projects.services.locks import lock_project
from projects.services.schedule import refresh

ENDED_BY_ITSELF = "到期自动解除"


def row_on(project: Project, year: int, on: date) -> WarningSchedule:
    """Return the schedule row of the project that holds on the day, with its rules; raise ServiceError without one."""
    row = WarningSchedule.objects.of_year(year).on(on).filter(project=project).select_related("policy").first()
    if row is None:
        raise ServiceError(f"该项目{year}年度没有启用预警，不能人工定级。")
    return row


def year_refusal(year: int, on: date) -> str:
    """Return why no level can be set in a year that is over, an empty text for another one: its colours are those of its last day."""
    return f"{year}年度已结束，其预警停在12月31日，不再人工定级。" if year < on.year else ""


@transaction.atomic
def set_level(
    *, project: Project, year: int, level: WarningLevel, until: date, reason: str, by: User | None, request_key: UUID | None = None
) -> LevelOverride:
    """Set a project's colour of the year to yellow or red from today until a day, whatever the figures say, and return the record.

    A colour that the figures make worse stays worse. The same form sent twice counts once. Raises NotAllowed without
    `lifting.confirm`, InvalidInput (another level, a milder one than is shown, an end in the past or later than the rules allow, no
    reason), ServiceError where there are no colours, for a past year or a closed project, or while a level is set already.
    """
    require(by, "lifting.confirm")
    on = clock.today()
    project = lock_project(project.pk)
    if refusal := year_refusal(year, on):
        raise ServiceError(refusal)
    # Under the lock: of two submits at the same moment the second finds what the first made.
    if earlier := already(LevelOverride.objects.all(), request_key):
        return earlier
    row = row_on(project, year, on)
    shown = row.level_on(on)
    if shown == WarningLevel.DONE:
        raise ServiceError("该项目已销号，不能人工定级。如需定级，请先由重点项目办恢复。")
    policy = row.policy.policy
    wrong: dict[str | None, list[str]] = {}
    if level not in GRAVE_LEVELS:
        wrong["level"] = [f"只能定为{policy.label(WarningLevel.YELLOW)}或{policy.label(WarningLevel.RED)}。"]
    elif shown in GRAVE_LEVELS and level < shown:
        wrong["level"] = [f"该项目现为{policy.label(shown)}，人工定级只能更重；要减轻请办理摘牌。"]
    latest = on + timedelta(days=policy.manual_max_days)
    if not on <= until <= latest:
        wrong["until"] = [f"止日应在{chinese_day(on)}至{chinese_day(latest)}之间：按现行规则，一次最长 {policy.manual_max_days} 天。"]
    if not reason.strip():
        wrong["reason"] = ["请写明理由。"]
    if wrong:
        raise InvalidInput(wrong)
    standing = LevelOverride.objects.select_for_update().filter(project=project, year=year, ended_on=None).first()
    if standing is not None and standing.until >= on:
        raise ServiceError(standing_sentence(standing))
    if standing is not None:
        # It ended by itself; the record says so once another one follows.
        save_changes(standing, {"ended_on": standing.until + timedelta(days=1), "end_reason": ENDED_BY_ITSELF})
    override = LevelOverride(
        project=project, year=year, level=level, since=on, until=until, reason=reason.strip(), set_by=by, set_by_name=name_of(by)
    )
    if request_key:
        override.request_key = request_key
    checked(override).save()
    refresh(project)
    return override


@transaction.atomic
def end_override(*, override: LevelOverride, reason: str, version: int | None, by: User | None) -> LevelOverride:
    """End a level set by hand before its day: from today on the colour is again what the figures give.

    Raises NotAllowed without `lifting.confirm`, InvalidInput without a reason, ServiceError when it is over, StaleRecord.
    """
    require(by, "lifting.confirm")
    on = clock.today()
    project = lock_project(override.project_id)
    override = locked(LevelOverride.objects.all(), override.pk, version)
    if refusal := over(override, on):
        raise ServiceError(refusal)
    if not reason.strip():
        raise InvalidInput({"end_reason": ["请写明解除的理由。"]})
    override = save_changes(override, {"ended_on": on, "end_reason": reason.strip()})
    refresh(project)
    return override


def standing_sentence(override: LevelOverride) -> str:
    """Return why no level can be set while another one holds."""
    words = override.get_level_display()
    return f"该项目已由{override.set_by_name}定为{words}，至{chinese_day(override.until)}止。请先解除，再重新定级。"


def over(override: LevelOverride, on: date) -> str:
    """Return why a level set by hand is over on the day, an empty text while it holds."""
    if override.ended_on is not None:
        return f"这次人工定级已于{chinese_day(override.ended_on)}解除，无需再办。"
    return f"这次人工定级已于{chinese_day(override.until)}到期，无需解除。" if override.until < on else ""
