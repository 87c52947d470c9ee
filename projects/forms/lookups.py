"""How forms find units, people and projects by what people type: exact names first, and a sentence with the nearest otherwise."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from projects.models import Person, Project, Unit
from projects.rules.codes import PATTERN
from projects.rules.search import normal

_NEAR = 5
# More suggestions than this slow the page down and help nobody; whatever is not among them can still be typed.
_SUGGESTED = 1000


def only(found: list[Any], text: str, kind: str, near: QuerySet, label: Callable[[Any], str]) -> Any:
    """Return the one record found.

    Takes what was found under the text, the kind of record in words, the records to suggest from when nothing was, and how
    one is written. Raises ValidationError when there is none, with the nearest, or more than one, with how to tell them apart.
    """
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(f"“{label(record)}”" for record in found[:_NEAR])
        raise ValidationError(f"“{text}”对应 {len(found)} 个{kind}，请写明是哪一个：{names}。", code="ambiguous")
    nearest = [label(record) for record in near.search(text)[:_NEAR]] if normal(text) else []
    hint = f"相近的有：{'、'.join(nearest)}。" if nearest else "请从下拉提示中选择，或先在基础数据中登记。"
    raise ValidationError(f"没有找到{kind}“{text}”。{hint}", code="unknown")


class UnitLookup:
    """Units by name, short name or alias; a unit no longer in use is found when no other has the name."""

    def suggestions(self) -> Iterable[tuple[str, str]]:
        return Unit.objects.filter(is_active=True).values_list("name", "short_name")[:_SUGGESTED]

    def label(self, record: Unit) -> str:
        return record.name

    def find(self, text: str) -> Unit:
        text = text.strip()
        if unit := Unit.objects.filter(name=text).first():
            return unit
        named = Unit.objects.filter(Q(short_name=text) | Q(aliases__name=text)).distinct()
        found = list(named.filter(is_active=True) or named)
        if not found and normal(text):
            likely = Unit.objects.search(text).prefetch_related("aliases")
            found = [unit for unit in likely if normal(text) in {normal(name) for name in self._names(unit)}]
        return only(found, text, "单位", Unit.objects.filter(is_active=True), self.label)

    @staticmethod
    def _names(unit: Unit) -> list[str]:
        return [unit.name, unit.short_name, *(alias.name for alias in unit.aliases.all())]


class PersonLookup:
    """People by name; those who share one are told apart by their note, or else by their number."""

    def suggestions(self) -> Iterable[tuple[str, str]]:
        people = list(Person.objects.prefetch_related("posts")[:_SUGGESTED])
        bearers = Counter(person.name for person in people)
        for person in people:
            yield self._written(person, bearers[person.name] > 1), "、".join(post.title for post in person.posts.all())

    def label(self, record: Person) -> str:
        return self._written(record, Person.objects.filter(name=record.name).exclude(pk=record.pk).exists())

    @staticmethod
    def _written(person: Person, shared: bool) -> str:
        if not shared:
            return person.name
        return f"{person.name}（{person.note}）" if person.note else f"{person.name}（编号{person.pk}）"

    def find(self, text: str) -> Person:
        text = text.strip()
        name, _, note = text.replace("(", "（").replace(")", "）").removesuffix("）").partition("（")
        found = list(Person.objects.filter(name=name.strip()))
        if note:
            found = [person for person in found if note.strip() in {person.note, f"编号{person.pk}"}]
        return only(found, text, "人员", Person.objects.all(), self.label)


class ProjectLookup:
    """Projects by code, name or alias; `bundles` alone are suggested, since a list of all projects helps nobody."""

    def suggestions(self) -> Iterable[tuple[str, str]]:
        for project in Project.objects.filter(bundle_count__isnull=False)[:_SUGGESTED]:
            yield self.label(project), ""

    def label(self, record: Project) -> str:
        return f"{record.code} {record.name}"

    def find(self, text: str) -> Project:
        text = text.strip()
        if coded := PATTERN.match(text):
            found = list(Project.objects.filter(code=coded.group(0)))
        else:
            found = list(Project.objects.filter(Q(name=text) | Q(aliases__name=text)).distinct())
        return only(found, text, "项目", Project.objects.all(), self.label)
