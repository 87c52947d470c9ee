"""Themes and mechanisms."""

from typing import Any

from django.db import transaction

from erqi.common.models import User
from erqi.common.saving import checked, locked, require
from projects.services.citation import remove_unused, save_cited
from supervision.models import Mechanism, Theme


@transaction.atomic
def add_theme(*, code: str, seq: int, name: str, by: User | None, **values: Any) -> Theme:
    """Add a supervision theme and return it. Raises NotAllowed without `mechanism.edit`, InvalidInput."""
    require(by, "mechanism.edit")
    theme = checked(Theme(code=code, seq=seq, name=name, **values))
    theme.save()
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
