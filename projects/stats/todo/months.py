"""The month's reports on somebody's desk: those to be written, returned, made up for; those to be reviewed; the office's overview."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from erqi.common import workdays
from erqi.common.sql import Among
from projects.choices import ReportState, WarningLevel
from projects.models import ProgressReport, Project, ReportCorrection, ReportStep, Unit
from projects.rules.todo import WAITS, late_level, waited_level
from projects.sentences.colour import month_day
from projects.sentences.report import calendar_words, month_name, refile_words
from projects.sentences.todo import locks_words, review_locks_words
from projects.services.grid import accounts_of
from projects.services.period import Month, month_of
from projects.services.report_window import is_writable, refile_until
from projects.stats.reporting import missing_by_unit, waiting_by_unit
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Link

# So many units are named in the office's overview, the rest is behind the link.
MOST_UNITS = 12
# So many projects are named in a reporter's line.
MOST_NAMED = 8
# Returns of so many days may still be filed again: two working days are no longer, whatever the holidays.
REFILE_REACH = timedelta(days=20)


def grid_url(month: Month, row: str = "", **query: str) -> str:
    """Return the address of a month's grid, at a project's row where one is named."""
    asked = urlencode({"year": month.year, "month": month.month, **query})
    return f"{reverse('projects:report_grid')}?{asked}{f'#row-{row}' if row else ''}"


def report_url(month: Month, project: Project) -> str:
    """Return the address of a project's report of a month."""
    return reverse("projects:report_detail", args=[project.code, month.year, month.month])


def _late_level(month: Month, day: date) -> WarningLevel:
    late = workdays.workdays_between(month.due_on, day)
    return late_level(late, overdue=day > month.due_on, reminded=day >= month.reminds_on, days_left=(month.locks_on - day).days)


def _projects(keys: Collection[int]) -> list[Project]:
    """Return the first of the projects, in their order, to be named."""
    first = list(keys)[:MOST_NAMED]
    found = Project.objects.only("code", "name").in_bulk(first)
    return [found[key] for key in first if key in found]


def _project_parts(month: Month, keys: Collection[int]) -> tuple[Link, ...]:
    """Return the projects as links to their rows, as many as are named."""
    parts = tuple(Link(project.name, grid_url(month, project.code)) for project in _projects(keys))
    return parts + ((Link(f"其余 {len(keys) - MOST_NAMED} 个", grid_url(month)),) if len(keys) > MOST_NAMED else ())


def own_reports(desk: Desk, elsewhere: Collection[int] = ()) -> list[Item]:
    """What the person's units have to report: one line for a month (not one for each project), what was missed in the last one.

    `elsewhere` are projects (keys) with a line of their own that leads to their report: counted, and not named again.
    """
    found = []
    for month in desk.open_months:
        keys = desk.reports(month.year)
        # What was returned has a line of its own.
        missing = [key for key in desk.missing(month, keys) if desk.states(month).get(key) != ReportState.RETURNED]
        if missing:
            found.append(_unreported(month, missing, elsewhere, len(keys), desk))
    return found + _missed(desk)


def _unreported(month: Month, missing: list[int], elsewhere: Collection[int], number: int, desk: Desk) -> Item:
    named = [key for key in missing if key not in elsewhere]
    words = [f"其中 {len(missing) - len(named)} 个在下面单独列出"] if len(named) < len(missing) else []
    drafts = sum(desk.states(month).get(key) == ReportState.DRAFT for key in missing)
    words += [f"{drafts} 个有草稿，尚未报送"] if drafts else []
    return Item(
        "report",
        f"{month_name(month.year, month.month, desk.day)}月报：还有 {len(missing)} 个项目未报（共 {number} 个）",
        grid_url(month),
        "去填报",
        _late_level(month, desk.day),
        month.due_on,
        text="；".join(words),
        follows=f"{_due_words(month, desk.day)}；{locks_words(month.locks_on, desk.day)}",
        parts=_project_parts(month, named),
    )


def _due_words(month: Month, day: date) -> str:
    """Return the month's deadline without its name and lock: 9月25日截止，已逾期 3 个工作日."""
    return calendar_words(month, day).partition("：")[2].partition("；")[0]


def _missed(desk: Desk) -> list[Item]:
    """The last month that was locked with reports missing: they can still be made up for by a correction slip, until the next month
    is open, whose cumulative figures say as much."""
    locked = [month for month in desk.months if month.opens_on <= desk.day and month.is_locked(desk.day)]
    month = locked[-1] if locked else None
    # A month that nobody reported at all was before the system came.
    if month is None or desk.open_months or not desk.own or not desk.has_reports(month):
        return []
    missing = desk.missing(month, desk.own)
    if any(desk.states(month).get(key) == ReportState.RETURNED for key in missing):
        # Returned to be changed, it counts all the same; and what may still be filed again has a line of its own.
        steps = ReportStep.objects.standing().filter(report__year=month.year, report__month=month.month, report__project__in=missing)
        settled = set(steps.values_list("report__project_id", flat=True)) | set(returned_reports(desk))
        missing = [key for key in missing if key not in settled]
    asked = ReportCorrection.objects.pending().filter(report__year=month.year, report__month=month.month, report__project__in=missing)
    waiting = set(asked.values_list("report__project_id", flat=True))
    missing = [key for key in missing if key not in waiting]
    if not missing:
        return []
    first, *more = _projects(missing)
    single = reverse("projects:correction_new", args=[first.code, month.year, month.month])
    return [
        Item(
            "report",
            f"{month_name(month.year, month.month, desk.day)}月报缺报 {len(missing)} 个项目",
            grid_url(month) if more else single,
            "去补报" if more else "填更正单",
            WarningLevel.YELLOW,
            month.locks_on,
            follows="已锁定；补报获批之前，投资按上一次报送的数字评价",
            remedy="填更正单补报，经重点项目办审批后计入",
            parts=_project_parts(month, missing),
        )
    ]


def returned_reports(desk: Desk) -> dict[int, tuple[ProgressReport, Month]]:
    """Return the reports of the person's own projects that were returned and may be filed again, by project, with whether their figures
    `still_count`. One query."""
    months = {(month.year, month.month): month for month in (*desk.months, *desk.open_months)}
    asked = Q(reviewed_on__gte=desk.day - REFILE_REACH)
    for month in desk.open_months:
        asked |= Q(year=month.year, month=month.month)
    counting = ReportStep.objects.standing().filter(report=OuterRef("pk"))
    rows = ProgressReport.objects.filter(asked, state=ReportState.RETURNED, project__in=_own_of(desk)).select_related("project")
    found = {}
    for report in rows.annotate(still_counts=Exists(counting)).order_by("year", "month"):
        month = months.get((report.year, report.month)) or month_of(report.year, report.month)
        if is_writable(month, report, desk.day):
            found[report.project_id] = (report, month)
    return found


def _own_of(desk: Desk) -> set[int]:
    """Return the projects that the person's units report in this year or in another one whose months are open."""
    return {key for year in {desk.day.year, *(month.year for month in desk.open_months)} for key in desk.reports(year)}


def returned_item(report: ProgressReport, month: Month, desk: Desk) -> Item:
    """Return the line of a report that was returned."""
    who = report.reviewed_by_name or "审核人"
    when = f"{month_day(report.reviewed_on, desk.day)}" if report.reviewed_on else ""
    return Item(
        "report",
        f"{month_name(month.year, month.month, desk.day)}月报被退回",
        report_url(month, report.project),
        "修改后重报",
        max(_late_level(month, desk.day), WarningLevel.YELLOW),
        month.due_on,
        text=f"{who}{when}退回：{report.return_reason}",
        follows=f"{'重报之前，原报数字仍计入' if report.still_counts else '重报之前，本月数据不计入'}；{_refile(report, month, desk.day)}",
        project=report.project,
        simulated=report.simulated,
    )


def _refile(report: ProgressReport, month: Month, day: date) -> str:
    """Until when a returned report may be filed again: the month's lock, or later where it was returned just before."""
    last = refile_until(report)
    if last is None or last <= month.locks_on:
        return locks_words(month.locks_on, day)
    return refile_words(last, day.year, month.is_locked(day))


def reviews(desk: Desk) -> list[Item]:
    """One line a month for the reports that await the person's review."""
    found = []
    for month in desk.open_months:
        keys = desk.reviews(month.year)
        if keys and (item := _review(month, keys, desk)):
            found.append(item)
    return found


def _review_url(month: Month) -> str:
    return f"{reverse('projects:report_review')}?{urlencode({'year': month.year, 'month': month.month})}"


def _review(month: Month, keys: list[int], desk: Desk) -> Item | None:
    waiting = _filed(month, keys, desk)
    if not waiting:
        return None
    first = min(waiting.values())
    days = workdays.workdays_between(first, desk.day)
    review_by = f"应于{month_day(month.review_by, desk.day)}前审完；" if desk.day <= month.review_by else "已过审核时限；"
    return Item(
        "review",
        f"{month_name(month.year, month.month, desk.day)}月报：{len(waiting)} 份待审核",
        _review_url(month),
        "去审核",
        waited_level(days),
        first,
        text=f"最早的一份报送于{month_day(first, desk.day)}" + (f"，已等 {days} 个工作日" if days else ""),
        follows=f"{review_by}{review_locks_words(month.locks_on, desk.day)}",
    )


def _filed(month: Month, keys: Collection[int], desk: Desk) -> dict[int, date]:
    """Return since when the reports of the projects have awaited a review; not those that the person filed."""
    rows = ProgressReport.objects.of_month(month.year, month.month).filter(state=ReportState.FILED).exclude(filed_by=desk.user)
    rows = rows.filter(Among("project_id", keys), filed_on__isnull=False).order_by()
    return dict(rows.values_list("project_id", "filed_on"))


def overview(desk: Desk) -> list[Item]:
    """The office's lines of each open month: who has not reported, what has not been reviewed and by whom. The units are counted by the
    database: a constant number of rows is read, however many projects there are."""
    found = []
    for month in desk.open_months:
        entries = desk.ledger(month.year)
        counts = missing_by_unit(entries, month, desk.day)
        if counts:
            found.append(_missing_units(month, counts, entries.count(), desk))
        if item := _unreviewed(month, *waiting_by_unit(entries, month, desk.day, desk.user), desk):
            found.append(item)
    return found


def _missing_units(month: Month, counts: Counter[int | None], number: int, desk: Desk) -> Item:
    units = Unit.objects.in_bulk([key for key in counts if key is not None])
    people = accounts_of(units, "report.write", desk.day)
    order = sorted(counts, key=lambda key: (-counts[key], units[key].sort_key if key in units else ""))
    parts = tuple(
        Link(f"{units[key]} {counts[key]}", grid_url(month, unit=str(key)), "" if people.get(key) else "没有填报员")
        if key in units
        else Link(f"没有填报单位 {counts[key]}", grid_url(month, unit="none"))
        for key in order[:MOST_UNITS]
    )
    if len(order) > MOST_UNITS:
        parts += (Link(f"其余 {len(order) - MOST_UNITS} 个单位", grid_url(month)),)
    alone = sum(counts[key] for key in order if not people.get(key))
    return Item(
        "report",
        f"{month_name(month.year, month.month, desk.day)}月报：全区还有 {counts.total()} 个项目未报（共 {number} 个）",
        grid_url(month),
        "查看并代报" if alone else "查看",
        _late_level(month, desk.day),
        month.due_on,
        text=f"涉及 {len(order)} 个单位" + (f"；其中 {alone} 个项目没有填报员，须由重点项目办代报" if alone else ""),
        follows=f"{_due_words(month, desk.day)}；{locks_words(month.locks_on, desk.day)}",
        parts=parts,
    )


def _unreviewed(month: Month, waiting: Counter[tuple[int | None, date]], own: int, desk: Desk) -> Item | None:
    """The reports that nobody but the office can review, and those that their units leave waiting; beside them those
    that the person filed (`own`), which are for somebody else."""
    people = accounts_of({unit for unit, _ in waiting if unit is not None}, "report.review", desk.day)
    alone = {key: number for key, number in waiting.items() if not people.get(key[0] or 0)}
    slow = {
        (unit, filed_on): number
        for (unit, filed_on), number in waiting.items()
        if (unit, filed_on) not in alone and workdays.workdays_between(filed_on, desk.day) >= WAITS
    }
    if not alone and not slow:
        return None
    first = min(filed_on for _, filed_on in [*alone, *slow])
    words = [f"{sum(alone.values())} 份没有牵头审核人，须由重点项目办审核"] if alone else []
    words += [f"{sum(slow.values())} 份牵头单位已搁置 {WAITS} 个工作日以上，请催办或代为审核"] if slow else []
    words += [f"另有 {own} 份是您本人报送的，须由他人审核"] if own else []
    return Item(
        "review",
        f"{month_name(month.year, month.month, desk.day)}月报：全区 {waiting.total() + own} 份待审核",
        _review_url(month),
        "去审核",
        waited_level(workdays.workdays_between(first, desk.day)),
        first,
        text="；".join(words),
        follows=review_locks_words(month.locks_on, desk.day),
    )
