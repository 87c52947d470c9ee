"""History by trigger: every insert, update and delete of a tracked record leaves an event row that nobody can change.

`tracked` (and `appended`, for tables whose rows are facts) are the only ways to declare it, so that all event tables look alike
and the history page can read them together. The context of an event (who, from where, by which page or command, on which
business date) is set by the middleware and by `recorded_as`.
"""

import pghistory
from django.db import models

from erqi.common import clock
from erqi.common.kept import watched


def _meta() -> dict[str, list[models.Index]]:
    return {"indexes": [models.Index(fields=["-pgh_created_at"]), models.Index(fields=["pgh_obj_id", "-pgh_id"])]}


def tracked(*, exclude: tuple[str, ...] = (), steps: tuple[str, ...] = ()):
    """Return the class decorator that records every version of a model; `exclude` names columns that are kept out.

    What is written to the table steps the version of the data (erqi.common.kept); with `steps`, of updates only those of these columns.
    """
    events = (pghistory.InsertEvent("insert"), pghistory.UpdateEvent("update"), pghistory.DeleteEvent("delete"))
    return _declared(events, exclude, steps)


def appended(*, updates: bool = False, exclude: tuple[str, ...] = ()):
    """Return the class decorator for an append-only model: its history says who inserted each row, from where and when.

    `updates` is for the few whose triggers let a mark change (a citation that no longer stands, a withdrawal).
    """
    events = (pghistory.InsertEvent("insert"), *([pghistory.UpdateEvent("update")] if updates else []))
    return _declared(events, exclude)


def _declared(events: tuple, exclude: tuple[str, ...], steps: tuple[str, ...] = ()):
    track = pghistory.track(*events, exclude=list(exclude), meta=_meta())
    return lambda model: watched(track(model), steps)


def business_date() -> str:
    """Return the business date as a context carries it: master data are read as of it, whatever the machine's clock says."""
    return clock.today().isoformat()


def sent_by(form: object):
    """Return a context manager under which changes are recorded with the key of the form that sent them: one account may stand open
    in two windows, and what one of them wrote is as foreign to the other as another person's word."""
    return pghistory.context(form=str(form or ""))


def recorded_as(source: str, **more):
    """Return a context manager under which changes are recorded with their source (a command's name, say)."""
    return pghistory.context(source=source, business_date=business_date(), **more)
