"""Units, people, areas and categories: the writers of reference data (the admin pages save through these too)."""

from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet

from erqi.common import pinyin
from erqi.common.errors import InvalidInput
from erqi.common.models import Record, User
from erqi.common.saving import checked, require
from projects.models import Area, Category, Document, Person, Post, Project, ProjectAlias, Unit, UnitAlias
from projects.rules.search import search_key
from projects.services.citation import remove_unused, review_citations


def names_with_pinyin(names: list[str]) -> str:
    """Return the stored search text: every name as it is, in full pinyin and in initials."""
    return search_key([form for name in names for form in (name, pinyin.full(name), pinyin.initials(name))])


def refresh_unit_keys(unit: Unit) -> None:
    """Write the unit's search and sort keys anew from its names and aliases."""
    names = [unit.name, unit.short_name, *unit.aliases.values_list("name", flat=True)]
    Unit.objects.filter(pk=unit.pk).update(search_key=names_with_pinyin(list(filter(None, names))), sort_key=pinyin.sort_key(unit.name))


def refresh_person_keys(person: Person) -> None:
    """Write the person's search and sort keys anew."""
    titles = list(person.posts.values_list("title", flat=True))
    Person.objects.filter(pk=person.pk).update(search_key=names_with_pinyin([person.name, *titles]), sort_key=pinyin.sort_key(person.name))


def refresh_project_keys(project: Project) -> None:
    """Write the project's search and sort keys anew from its code, name and aliases."""
    names = [project.name, *project.aliases.values_list("name", flat=True)]
    Project.objects.filter(pk=project.pk).update(
        search_key=search_key([project.code, *names_with_pinyin(names).split("\n")]), sort_key=pinyin.sort_key(project.name)
    )


def drop_aliases(aliases: QuerySet[UnitAlias] | QuerySet[ProjectAlias]) -> None:
    """Remove aliases that people no longer use; raise InvalidInput for one that a document prints: its source would be lost."""
    documented = [str(alias) for alias in aliases if alias.citations.exists()]
    if documented:
        raise InvalidInput({"aliases": [f"别名“{'、'.join(documented)}”有文件出处，不能删除。请保留这一行。"]})
    aliases.delete()


def _is_stored(record: Model) -> bool:
    """Say whether the database holds the record just as it is here."""
    stored = type(record)._default_manager.filter(pk=record.pk).first() if record.pk else None
    columns = [field.attname for field in record._meta.concrete_fields if field.editable]
    return stored is not None and all(getattr(stored, column) == getattr(record, column) for column in columns)


def _save(record: Record, parts_change: bool = False) -> bool:
    """Check and save a record and say whether there was anything to save: one that is stored just so is not written.

    A stored record gets the next version, also when only its parts (aliases, posts), which the person saw with it, change.
    """
    if _is_stored(record) and not parts_change:
        return False
    if record.pk:
        versions = type(record)._default_manager.select_for_update().values_list("version", flat=True)
        record.version = versions.get(pk=record.pk) + 1
    checked(record).save()
    return True


@transaction.atomic
def save_unit(*, unit: Unit, by: User | None, aliases: list[str] | None = None) -> Unit:
    """Save a new or changed unit, with its aliases when given, and its search keys. Raises NotAllowed, InvalidInput."""
    require(by, "reference.edit")
    known = set(unit.aliases.values_list("name", flat=True)) if unit.pk else set()
    if not _save(unit, parts_change=aliases is not None and set(aliases) != known):
        return unit
    review_citations(unit)
    if aliases is not None:
        drop_aliases(unit.aliases.exclude(name__in=aliases))
        for name in aliases:
            UnitAlias.objects.get_or_create(unit=unit, name=name)
    refresh_unit_keys(unit)
    return unit


@transaction.atomic
def save_person(*, person: Person, by: User | None, posts: list[dict[str, Any]] | None = None) -> Person:
    """Save a person, with the posts to add ({"unit", "title"}). Raises NotAllowed, InvalidInput."""
    require(by, "reference.edit")
    missing = [values for values in posts or [] if not (person.pk and person.posts.filter(**values).exists())]
    if not _save(person, parts_change=bool(missing)):
        return person
    for values in missing:
        checked(Post(person=person, **values)).save()
    refresh_person_keys(person)
    return person


@transaction.atomic
def save_reference(*, record: Area | Category, by: User | None) -> Area | Category:
    """Save an area or a category. Raises NotAllowed, InvalidInput."""
    require(by, "reference.edit")
    if _save(record):
        review_citations(record)
    return record


@transaction.atomic
def save_post(*, post: Post, by: User | None) -> Post:
    """Save a new or changed post, with the person's search keys and next version. Raises NotAllowed, InvalidInput."""
    require(by, "reference.edit")
    if _is_stored(post):
        return post
    checked(post).save()
    review_citations(post)
    # Posts are edited on the person's page: whoever opened it before this change is stale.
    Person.objects.filter(pk=post.person_id).update(version=F("version") + 1)
    refresh_person_keys(post.person)
    return post


@transaction.atomic
def delete_reference(*, record: Unit | Person | Area | Category | Document, by: User) -> None:
    """Delete a record that was made by mistake. Raises NotAllowed; ServiceError for one that is used or that a document names."""
    require(by, "reference.edit")
    remove_unused(record)
