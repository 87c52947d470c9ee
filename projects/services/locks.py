"""The one order of locks: a ledger first, then a project, then what is recorded about it (milestones, reports, requests, liftings).

Whoever writes about a project takes its row before anything of its own, and reads afterwards: what a colour, a closing or a pass over
all projects is computed from does not change until its transaction ends.
"""

from collections.abc import Iterable

from projects.models import Project


def lock_project(key: int) -> Project:
    """Lock a project (key) until the transaction ends and return it as it is now."""
    return Project.objects.select_for_update(no_key=True).get(pk=key)


def lock_projects(keys: Iterable[int]) -> None:
    """Lock the projects (keys) until the transaction ends, in one order for everybody."""
    list(Project.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
