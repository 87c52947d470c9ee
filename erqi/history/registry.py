"""Which records have a history. Found from the models themselves, so that a new tracked model appears without a word here."""

from dataclasses import dataclass, field
from functools import cache

import pghistory.models
from django.apps import apps
from django.db import models

from erqi.common.models import Simulated

# Accounts, roles and the installation are the audit's; the history of business records leaves them out.
_ACCOUNT_APP = "common"
_LONGEST_PATH = 3


@dataclass(frozen=True)
class Kind:
    """A kind of record with a history.

    `events` is the table that the triggers write; `project` is the lookup from there to the project's id, empty for records
    that belong to no project. `private` says which events are not everybody's, `visible` what the person at the page may see of
    them, `hidden` which columns of them the person may not (erqi.history.privacy).
    """

    code: str
    label: str
    model: type[models.Model]
    events: type[models.Model]
    project: str
    is_account: bool
    private: models.Q | None = None
    # The permissions with which somebody reads what is private, instead of the grid of responsibility.
    readers: tuple[str, ...] = ()
    visible: models.Q = field(default_factory=models.Q)
    # Hidden from everybody until somebody is known to read them.
    hidden: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of record with a history by its code (the model's name), in a fixed order."""
    found = _tracked()
    by_code = {kind.code: kind for kind in sorted(found, key=lambda kind: kind.code)}
    if len(by_code) != len(found):
        raise RuntimeError("Two models with a history have the same name; addresses could not tell them apart.")
    return by_code


def business_kinds() -> dict[str, Kind]:
    """Return the kinds that the history page shows."""
    return {code: kind for code, kind in kinds().items() if not kind.is_account}


def _tracked() -> list[Kind]:
    return [
        Kind(
            code=tracked._meta.model_name,
            label=str(tracked._meta.verbose_name),
            model=tracked,
            events=events,
            project=project_path(tracked),
            is_account=tracked._meta.app_label == _ACCOUNT_APP and not issubclass(tracked, Simulated),
            private=getattr(tracked, "history_private", None),
            readers=getattr(tracked, "history_readers", ()),
            hidden=getattr(tracked, "history_hidden", ()),
        )
        for events in apps.get_models()
        if issubclass(events, pghistory.models.Event) and not events._meta.proxy
        if (tracked := events.pgh_tracked_model) is not None
    ]


def project_path(model: type[models.Model], depth: int = 1) -> str:
    """Return the lookup that leads from a record to its project's id (project_id, milestone__project_id), or an empty text.

    The shortest way wins, and of two equally short ones the column that the model declares first.
    """
    project = apps.get_model("projects", "Project")
    if model is project:
        return "id"
    relations = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
    for relation in relations:
        if relation.related_model is project:
            return f"{relation.name}_id"
    if depth == _LONGEST_PATH:
        return ""
    ways = [
        f"{field.name}__{way}"
        for field in relations
        # A child's way leads over what it cannot be without.
        if not field.null and field.related_model is not model and (way := project_path(field.related_model, depth + 1))
    ]
    return min(ways, key=lambda way: way.count("__"), default="")
