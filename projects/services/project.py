"""Projects: registering them, changing their master data."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from erqi.common import clock
from erqi.common.errors import InvalidInput
from erqi.common.models import NumberSeries, User
from erqi.common.saving import already, checked, locked, next_number, require
from projects.models import Ledger, Project, ProjectAlias
from projects.rules.codes import parse_project_code, project_code
from projects.rules.search import normal
from projects.services.citation import save_cited
from projects.services.entry import add_entry
from projects.services.ledger import refuse_locked
from projects.services.unit import drop_aliases, refresh_project_keys

# The row of this name is no number: whoever changes what is bundled in what holds it.
_BUNDLES = "bundles"


def _free_code(year: int) -> str:
    """Return the code after the year's highest: codes follow the order of registration and never fill a gap."""
    next_number(f"project-{year}")  # the series' row lock: two people never get the same code
    taken = Project.objects.filter(code__startswith=f"EQ-{year}-").values_list("code", flat=True)
    return project_code(year, max((parsed[1] for code in taken if (parsed := parse_project_code(code))), default=0) + 1)


def _set_aliases(project: Project, aliases: list[str]) -> None:
    kept = [name for name in dict.fromkeys(alias.strip() for alias in aliases) if name and name != project.name]
    drop_aliases(project.aliases.exclude(name__in=kept))
    for name in kept:
        if not project.aliases.filter(name=name).exists():
            checked(ProjectAlias(project=project, name=name)).save()


@transaction.atomic
def add_project(
    *,
    name: str,
    by: User | None,
    code: str = "",
    year: int | None = None,
    aliases: list[str] | None = None,
    request_key: UUID | None = None,
    **values: Any,
) -> Project:
    """Register a project and return it; without a code it gets the next one of the year (this year's by default).

    Money is in 万元. Raises NotAllowed without `ledger.edit`, InvalidInput (a malformed code, years in the wrong order …).
    """
    require(by, "ledger.edit")
    if earlier := already(Project.objects.all(), request_key):
        return earlier
    if code and parse_project_code(code) is None:
        raise InvalidInput({"code": ["项目编号应形如 EQ-2018-001。"]})
    project = Project(code=code or _free_code(year or clock.today().year), name=name.strip(), **values)
    if request_key:
        project.request_key = request_key
    checked(project).save()
    _set_aliases(project, aliases or [])
    refresh_project_keys(project)
    return project


@transaction.atomic
def add_listed_project(
    *, ledger: Ledger, entry: dict[str, Any], by: User | None, request_key: UUID | None = None, **values: Any
) -> Project:
    """Register a project and enter it into a ledger, both or neither, and return the project.

    Takes the entry's values (`nature`, `annual_goal`, `annual_plan`, `listed_on`) and those of `add_project`. Raises NotAllowed,
    ServiceError when the ledger is locked, InvalidInput.
    """
    require(by, "ledger.edit")
    # The ledger row first: a second submit of the same form waits here, and then finds what the first one made.
    ledger = Ledger.objects.select_for_update().get(pk=ledger.pk)
    if earlier := already(Project.objects.all(), request_key):
        return earlier
    refuse_locked(ledger)
    project = add_project(by=by, request_key=request_key, **{"year": ledger.year, **values})
    add_entry(ledger=ledger, project=project, by=by, **entry)
    return project


def namesakes(names: list[str], but: Project | None = None) -> list[Project]:
    """Return the projects that have one of the names, or an alias like it, when marks, spaces and width are left aside."""
    wanted = {key for name in names if (key := normal(name))}
    likely = Q(pk=None)
    for key in wanted:
        likely |= Q(search_key__contains=key)
    found = Project.objects.filter(likely).prefetch_related("aliases").order_by("code")
    return [
        project
        for project in (found.exclude(pk=but.pk) if but else found)
        if wanted & {normal(project.name), *(normal(alias.name) for alias in project.aliases.all())}
    ]


@transaction.atomic
def change_project(*, project: Project, version: int | None, by: User | None, aliases: list[str] | None = None, **values: Any) -> Project:
    """Change a project's master data and return it. Its code never changes.

    Raises NotAllowed, StaleRecord when somebody else saved in between, InvalidInput (a bundle inside its own member …).
    """
    require(by, "ledger.edit")
    if values.get("bundle_of") is not None:
        # Before the project's own row: who holds that one never waits for this one.
        _bundle_one_at_a_time()
    project = locked(Project.objects.all(), project.pk, version)
    _refuse_circle(project, values.get("bundle_of"))
    before = project.version
    save_cited(project, values)
    if aliases is not None and set(aliases) != set(project.aliases.values_list("name", flat=True)):
        _set_aliases(project, aliases)
        if project.version == before:
            # Aliases are part of what the person saw: whoever opened the form before this change is stale too.
            project.version += 1
            project.save(update_fields=["version"])
    refresh_project_keys(project)
    return project


def _bundle_one_at_a_time() -> None:
    """Wait until nobody else is changing bundles: two edits, each right by itself, could close a loop together."""
    NumberSeries.objects.get_or_create(key=_BUNDLES)
    NumberSeries.objects.select_for_update().get(key=_BUNDLES)


def _refuse_circle(project: Project, bundle: Project | None) -> None:
    """Raise InvalidInput when the bundle is, step by step, part of the project. Reads what is stored, under the lock of bundles."""
    seen, key = {project.pk}, bundle.pk if bundle else None
    while key is not None:
        if key in seen:
            raise InvalidInput({"bundle_of": ["打捆关系不能成环：所选项目本身（逐级）属于本项目。"]})
        seen.add(key)
        key = Project.objects.values_list("bundle_of", flat=True).get(pk=key)
