"""Who may write what, by the grid of responsibility (design.md §2.5): a unit writes only what the grid gives it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q

from erqi.common import clock
from erqi.common.bulk import remembered
from erqi.common.errors import NotAllowed
from erqi.common.models import User
from erqi.common.roles import permissions_of
from erqi.common.saving import read_anew, require
from projects.choices import ReportState, ResponsibilityKind
from projects.models import Post, ProgressReport, Project, Responsibility
from projects.querysets.responsibility import in_force
from projects.rules.report import REPORTED
from projects.rules.responsibility import in_force as in_force_on
from projects.rules.responsibility import reporting_unit, reviewing_unit, writing_units

Grid = list[tuple[str, int]]


def units_of(user: User | None, day: date | None = None) -> set[int]:
    """Return the units (keys) in which the account's person holds a post on the day (default: today)."""
    if user is None:
        return set()
    day = day or clock.today()
    posts = Post.objects.filter(person__account=user).exclude(unit=None)
    rows = remembered(("posts", user.pk), lambda: list(posts.order_by().values_list("unit_id", "since", "until")))
    return {unit for unit, since, until in rows if in_force_on(since, until, day)}


def grids(projects: Collection[int], day: date | None = None) -> dict[int, Grid]:
    """Return the units that have a responsibility for each project (keys) on the day, and its owner: two queries."""
    day = day or clock.today()
    known: dict[int, Grid] = remembered(("grids", day), dict)
    if missing := [project for project in projects if project not in known]:
        found = _read_grids(missing, day)
        known |= {project: found[project] for project in missing}
    return defaultdict(list, {project: known[project] for project in projects})


def _read_grids(projects: Collection[int], day: date) -> dict[int, Grid]:
    found: dict[int, Grid] = defaultdict(list)
    rows = Responsibility.objects.filter(in_force(day), project__in=projects, unit__isnull=False, duty="").order_by("pk")
    for project, kind, unit in rows.values_list("project_id", "kind", "unit_id"):
        found[project].append((kind, unit))
    for project, owner in Project.objects.filter(pk__in=projects, owner__isnull=False).values_list("pk", "owner_id"):
        found[project].append((ResponsibilityKind.OWNER, owner))
    return found


def may_write(user: User, project: Project) -> bool:
    """Say whether the account may write the project's reports, updates and requests today."""
    if user.can("report.manage"):
        return True
    return user.can("report.write") and bool(units_of(user) & writing_units(grids([project.pk])[project.pk]))


def may_review(user: User, project: Project) -> bool:
    """Say whether the account may review the project's reports today."""
    if user.can("report.manage"):
        return True
    return user.can("report.review") and reviewing_unit(grids([project.pk])[project.pk]) in units_of(user)


def projects_behind(user: User) -> set[int]:
    """Return the projects (keys) whose reports the account may write or review today by the grid; at most four queries."""
    own = units_of(user) if user.can("report.write") or user.can("report.review") else set()
    if not own:
        return set()
    rows = Responsibility.objects.filter(in_force(clock.today()), unit__in=own, duty="").values_list("project_id", flat=True)
    near = {*rows, *Project.objects.filter(owner__in=own).values_list("pk", flat=True)}
    writes, reviews = user.can("report.write"), user.can("report.review")
    return {
        project
        for project, grid in grids(near).items()
        if (writes and own & writing_units(grid)) or (reviews and reviewing_unit(grid) in own)
    }


def may_read_evidence(report: ProgressReport, user: User) -> bool:
    """Say whether the account may read what is attached to a report: all who see business data while it counts, else (a draft, taken
    back, returned) those who write or review the project's reports."""
    return ReportState(report.state) in REPORTED or may_write(user, report.project) or may_review(user, report.project)


def require_writer(by: User | None, project: Project) -> None:
    """Raise NotAllowed unless the account may write the project's reports, updates and requests. `None` is the system itself."""
    if by is None:
        return
    fresh = read_anew(by)
    if fresh is None or not fresh.can("report.manage"):
        require(by, "report.write")
        if not may_write(fresh, project):
            raise NotAllowed(f"“{project}”不由您所在的单位填报。责任分工有误的，请联系重点项目办调整。")


def require_reviewer(by: User | None, project: Project) -> None:
    """Raise NotAllowed unless the account may review the project's reports."""
    if by is None:
        return
    fresh = read_anew(by)
    if fresh is None or not fresh.can("report.manage"):
        require(by, "report.review")
        if not may_review(fresh, project):
            raise NotAllowed(f"“{project}”不由您所在的单位审核。责任分工有误的，请联系重点项目办调整。")


def reporters(projects: Collection[int]) -> dict[int, int | None]:
    """Return the unit that reports each project (keys) today."""
    found = grids(projects)
    return {project: reporting_unit(found[project]) for project in projects}


def accounts_of(units: Collection[int], permission: str, day: date | None = None) -> dict[int, list[User]]:
    """Return the active accounts with the permission by unit, through the posts of their people."""
    day = day or clock.today()
    posts = Post.objects.filter(
        Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day), unit__in=units, person__account__is_active=True
    ).select_related("person__account")
    found: dict[int, list[User]] = defaultdict(list)
    for post in posts.prefetch_related("person__account__grants"):
        account = post.person.account
        if permission in permissions_by_grants(account) and account not in found[post.unit_id]:
            found[post.unit_id].append(account)
    return found


def permissions_by_grants(user: User) -> frozenset[str]:
    """Return the account's permissions from grants that were read already: no query per account."""
    return permissions_of({grant.role for grant in user.grants.all()})
