"""History by trigger: every insert, update and delete of a tracked record leaves an event row that nobody can change.

`tracked` is the one way to declare it, so that all event tables look alike and the history page can read them together.
The context of an event (who, from where, by which page or command) is set by the middleware and by `recorded_as`.
"""

import pghistory
from django.db import models


def tracked(*, exclude: tuple[str, ...] = ()):
    """Return the class decorator that records every version of a model; `exclude` names columns that are kept out."""
    return pghistory.track(
        pghistory.InsertEvent("insert"),
        pghistory.UpdateEvent("update"),
        pghistory.DeleteEvent("delete"),
        exclude=list(exclude),
        meta={"indexes": [models.Index(fields=["-pgh_created_at"]), models.Index(fields=["pgh_obj_id", "-pgh_id"])]},
    )


def recorded_as(source: str, **more):
    """Return a context manager under which changes are recorded with their source (a command's name, say)."""
    return pghistory.context(source=source, **more)
