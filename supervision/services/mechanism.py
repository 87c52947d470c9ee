"""Themes and mechanisms."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from erqi.common import clock
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, next_number, require
from projects.services.citation import remove_unused, save_cited
from supervision.models import Mechanism, MechanismPart, Theme


@transaction.atomic
def add_theme(*, code: str, seq: int, name: str, by: User | None, **values: Any) -> Theme:
    """Add a supervision theme and return it. Raises NotAllowed without `mechanism.edit`, InvalidInput."""
    require(by, "mechanism.edit")
    theme = checked(Theme(code=code, seq=seq, name=name, **values))
    theme.save()
    return theme


@transaction.atomic
def open_theme(*, name: str, by: User | None, note: str = "", request_key: UUID | None = None) -> Theme:
    """Open a further supervision ledger, numbered after the last, and return it; a form sent twice opens one.

    Raises NotAllowed without `supervise`, InvalidInput (a name that another ledger has).
    """
    require(by, "supervise")
    if earlier := already(Theme.objects.all(), request_key):
        return earlier
    last = Theme.objects.aggregate(last=Max("seq"))["last"] or 0
    theme = Theme(code=f"theme-{next_number('theme')}", seq=last + 1, name=name.strip(), note=note.strip(), opened_on=clock.today())
    if request_key:
        theme.request_key = request_key
    checked(theme).save()
    return theme


@transaction.atomic
def change_theme(*, theme: Theme, version: int | None, by: User, **values: Any) -> Theme:
    """Change a theme's number, names or use; its code is fixed. Raises NotAllowed without `mechanism.edit`, StaleRecord, InvalidInput."""
    require(by, "mechanism.edit")
    return save_cited(locked(Theme.objects.all(), theme.pk, version), values)


@transaction.atomic
def delete_theme(*, theme: Theme, by: User) -> None:
    """Delete a theme that was made by mistake. Raises NotAllowed; ServiceError for one that is used or that a document names."""
    require(by, "mechanism.edit")
    remove_unused(theme)


@transaction.atomic
def add_mechanism(*, code: str, name: str, kind: str, by: User | None, **values: Any) -> Mechanism:
    """Add a named mechanism and return it. Raises NotAllowed without `mechanism.edit`, InvalidInput."""
    require(by, "mechanism.edit")
    mechanism = checked(Mechanism(code=code, name=name, kind=kind, **values))
    mechanism.save()
    return mechanism


@transaction.atomic
def change_mechanism(*, mechanism: Mechanism, version: int | None, by: User, text: str) -> Mechanism:
    """Write a mechanism's text as the district words it. Raises NotAllowed without `mechanism.edit`, StaleRecord."""
    require(by, "mechanism.edit")
    return save_cited(locked(Mechanism.objects.all(), mechanism.pk, version), {"text": text.strip()})


@transaction.atomic
def set_parts(*, mechanism: Mechanism, parts: Iterable[tuple[str, str]], by: User | None) -> Mechanism:
    """Say which parts of the system carry a mechanism out: (part, in what). Those that are not named are no longer said to.

    The last word counts, and the history keeps all. Raises NotAllowed without `mechanism.edit`, InvalidInput.
    """
    require(by, "mechanism.edit")
    mechanism = locked(Mechanism.objects.all(), mechanism.pk, None)
    wanted = {part: note.strip() for part, note in parts}
    standing = {row.part: row for row in mechanism.parts.all()}
    for part, row in standing.items():
        if part not in wanted:
            row.delete()
    for part, note in wanted.items():
        row = standing.get(part) or MechanismPart(mechanism=mechanism, part=part)
        if row.pk is None or row.note != note:
            row.note = note
            checked(row).save()
    return mechanism
