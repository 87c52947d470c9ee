"""Loads the documented facts of fixtures/documented through the services (format: fixtures/README.md).

A fact is known by its key, file and natural keys of the fixtures (`projects.json:EQ-2018-001/milestones/start/2018/开工建设`), not
by columns that people edit. What was loaded once is left as it is, since people may have changed or removed it; only what is
missing is added. The caller holds the transaction, so that a mistake anywhere leaves nothing behind.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from erqi.common.errors import ServiceError
from erqi.common.fixtures import FixtureError, Row, parents_first, read_rows
from erqi.common.seeding import Registry
from projects.models import Area, Category, Document, Ledger, Person, Post, Project, ProjectAlias, Target, Unit, UnitAlias
from projects.services import document as document_service
from projects.services import entry as entry_service
from projects.services import ledger as ledger_service
from projects.services import milestone as milestone_service
from projects.services import project as project_service
from projects.services import responsibility as responsibility_service
from projects.services import target as target_service
from projects.services import unit as unit_service
from projects.services.citation import Source, cite_all

M = TypeVar("M", bound=Model)

# Where the facts stand that others refer to.
FILES: dict[type[Model], str] = {
    Area: "areas.json",
    Category: "categories.json",
    Document: "documents.json",
    Ledger: "ledgers.json",
    Person: "people.json",
    Project: "projects.json",
    Unit: "units.json",
}


def fact_key(place: str, *names: Any) -> str:
    """Return the key of a fact: the file, or what it is listed in, and its natural keys (an absent one leaves its place empty)."""
    first, *rest = ["" if name is None else str(name) for name in names]
    return "/".join([f"{place}{'/' if ':' in place else ':'}{first}", *rest])


class Loader:
    """Finds records by the keys of their facts, registers their citations and counts what is new."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self.added: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._sources: list[Source] = []

    def load_file(self, file: str, key: str, add: Callable[[Row, int], None], parent: str = "", part: str = "") -> None:
        """Load one file, or one of its parts, record by record; any refusal of a service names the record."""
        rows = read_rows(self.folder / file, key, part)
        for seq, row in enumerate(parents_first(rows, key, parent) if parent else rows, 1):
            try:
                add(row, seq)
                row.done()
            except FixtureError:
                raise
            except ServiceError as error:
                raise row.error(str(error).rstrip("。")) from error
        try:
            self.added["出处"] += len(cite_all(self._sources))
        except ServiceError as error:
            raise FixtureError(f"{file}：{error}") from error
        self._sources.clear()
        self.registry.write()

    def fact(self, key: str, row: Row, like: QuerySet[M], add: Callable[[], M]) -> M | None:
        """Return the record of the row's fact with its citations noted, or None (and the row is passed over) for one that was removed.

        A fact that is new takes a record like it which people have made already, and is added only where there is none.
        """
        if key in self._seen:
            raise row.error("与前面的记录重复")
        self._seen.add(key)
        if not self.registry.knows(key) and not row.is_orphan:
            record = like.first() if self.registry.has_others(like.model) else None
            if record is None:
                record = add()
                self.added[str(record._meta.verbose_name)] += 1
            self.registry.add(key, record)
        found = self.registry.record(like.model, key)
        if found is None:
            row.skip()
        else:
            self._cite(found, row)
        return found

    def get(self, model: type[M], row: Row, key: str) -> M | None:
        """Return the record that a key of the row refers to; None when the row has no such key, or people removed the record."""
        value = row.take(key)
        return None if value is None else self.find(model, row, value)

    def find(self, model: type[M], row: Row, value: str) -> M | None:
        """Return the record with the natural key, or None for one that people removed; raise FixtureError when there never was one."""
        key = fact_key(FILES[model], value)
        if not self.registry.knows(key):
            raise row.error(f"找不到{model._meta.verbose_name}“{value}”")
        record = self.registry.record(model, key)
        if record is None:
            row.is_orphan = True
        return record

    def _cite(self, fact: Model, row: Row) -> None:
        """Note the citations listed in the row as sources of the fact; they are registered file by file."""
        for source in row.rows("cite"):
            code, _, paragraph = source.need("at").partition(":")
            document = self.find(Document, source, code)
            printed, field = source.need("printed"), source.take("field", "")
            if document is not None:
                self._sources.append(Source(fact, document, int(paragraph), printed, field))
            source.done()


class DocumentedFacts(Loader):
    """The files of the projects app."""

    def load(self) -> Counter[str]:
        """Load everything and return the numbers of new records by Chinese name; raise FixtureError naming the record."""
        self.load_file("documents.json", "code", self._document)
        self.load_file("units.json", "name", self._unit, parent="parent")
        self.load_file("people.json", "name", self._person)
        self.load_file("areas.json", "name", self._area, parent="parent")
        self.load_file("categories.json", "code", self._category, parent="parent")
        self.load_file("ledgers.json", "code", self._ledger)
        self.load_file("projects.json", "code", self._project, parent="bundle_of")
        self.load_file("targets.json", "indicator", self._target)
        return self.added

    def _document(self, row: Row, _seq: int) -> None:
        code = row.need("code")
        values = {"published_on": row.day("published_on"), "dated_after": row.day("dated_after")}
        values |= row.present("title", "kind", "date_note", "rank", "rank_note", "note")
        articles = [article.present("seq", "heading", "byline", "paragraphs", "note") for article in row.rows("articles")]
        add = partial(document_service.register_document, code=code, articles=articles, by=None, **values)
        self.fact(fact_key("documents.json", code), row, Document.objects.filter(code=code), add)

    def _unit(self, row: Row, _seq: int) -> None:
        name = row.need("name")
        key, values = fact_key("units.json", name), {"parent": self.get(Unit, row, "parent"), **row.present("short_name", "kind", "note")}
        aliases = {alias.need("name"): alias for alias in row.rows("aliases")}
        add = partial(unit_service.save_unit, unit=Unit(name=name, **values), by=None, aliases=list(aliases))
        unit = self.fact(key, row, Unit.objects.filter(name=name), add)
        if unit is not None:
            self._aliases(key, unit, aliases, lambda names: unit_service.save_unit(unit=unit, by=None, aliases=names))

    def _aliases(self, key: str, owner: Unit | Project, rows: dict[str, Row], save: Callable[[list[str]], object]) -> None:
        """Find the aliases, which an owner that is new has been given already."""

        def add(name: str) -> UnitAlias | ProjectAlias:
            save([*owner.aliases.values_list("name", flat=True), name])
            return owner.aliases.get(name=name)

        for name, row in rows.items():
            alias_key = fact_key(key, "aliases", name)
            row.take("note")
            if name == owner.name and not self.registry.knows(alias_key):
                # People made it the owner's name in the meantime.
                row.skip()
            else:
                self.fact(alias_key, row, owner.aliases.filter(name=name), partial(add, name))
            row.done()

    def _person(self, row: Row, _seq: int) -> None:
        name, note = row.need("name"), row.take("note", "")
        key = fact_key("people.json", name, note) if note else fact_key("people.json", name)
        posts = []
        for post in row.rows("posts"):
            post_key = fact_key(key, "posts", post.peek("unit"), post.peek("title"))
            posts.append((post_key, post, {"unit": self.get(Unit, post, "unit"), "title": post.need("title")}))
        held = [values for _, post, values in posts if not post.is_orphan]
        same = Person.objects.filter(name=name, note=note)
        person = self.fact(key, row, same, partial(unit_service.save_person, person=Person(name=name, note=note), by=None, posts=held))
        if person is None:
            return
        for post_key, post, values in posts:
            post.take("note")
            self.fact(post_key, post, person.posts.filter(**values), partial(_add_post, person, values))
            post.done()

    def _area(self, row: Row, seq: int) -> None:
        name, values = row.need("name"), {"code": row.need("code"), "parent": self.get(Area, row, "parent")}
        row.take("note")
        add = partial(unit_service.save_reference, record=Area(name=name, seq=seq, **values), by=None)
        self.fact(fact_key("areas.json", name), row, Area.objects.filter(name=name), add)

    def _category(self, row: Row, seq: int) -> None:
        code, values = row.need("code"), {"parent": self.get(Category, row, "parent"), "seq": seq, **row.present("name", "seq")}
        row.take("note")
        add = partial(unit_service.save_reference, record=Category(code=code, **values), by=None)
        self.fact(fact_key("categories.json", code), row, Category.objects.filter(code=code), add)

    def _ledger(self, row: Row, _seq: int) -> None:
        code = row.need("code")
        key, values = fact_key("ledgers.json", code), {"unit": self.get(Unit, row, "unit")}
        values |= row.present("year", "name", "level", "kind", "note")
        scales = list(row.rows("revisions"))
        add = partial(ledger_service.open_ledger, code=code, by=None, **values)
        ledger = self.fact(key, row, Ledger.objects.filter(code=code), add)
        if ledger is not None:
            for scale in scales:
                self._scale(key, ledger, scale)

    def _scale(self, key: str, ledger: Ledger, row: Row) -> None:
        recorded_on = row.day("recorded_on")
        values = {"total_investment": row.decimal("total_investment"), "annual_plan": row.decimal("annual_plan")}
        values |= row.present("project_count", "annual_plan_bound", "note")
        add = partial(ledger_service.state_scale, ledger=ledger, recorded_on=recorded_on, by=None, **values)
        self.fact(fact_key(key, "revisions", recorded_on), row, ledger.revisions.filter(recorded_on=recorded_on), add)
        row.done()

    def _project(self, row: Row, _seq: int) -> None:
        code = row.need("code")
        key = fact_key("projects.json", code)
        values = {
            "category": self.get(Category, row, "category"),
            "area": self.get(Area, row, "area"),
            "owner": self.get(Unit, row, "owner"),
            "bundle_of": self.get(Project, row, "bundle_of"),
            "total_investment": row.decimal("total_investment"),
            "quantity": row.decimal("quantity"),
        }
        values |= row.present("name", "grade", "content", "start_year", "end_year", "bundle_count", "quantity_unit")
        values |= row.present("highlight", "tour", "batch", "note")
        aliases = {alias.need("name"): alias for alias in row.rows("aliases")}
        parts = [(add, list(row.rows(name))) for name, add in self._parts_of_project.items()]
        add = partial(project_service.add_project, code=code, by=None, aliases=list(aliases), **values)
        project = self.fact(key, row, Project.objects.filter(code=code), add)
        if project is None:
            return
        change = partial(project_service.change_project, project=project, version=None, by=None)
        self._aliases(key, project, aliases, lambda names: change(aliases=names))
        for add_part, rows in parts:
            for part in rows:
                add_part(self, key, project, part)
                part.done()

    def _entry(self, key: str, project: Project, row: Row) -> None:
        key = fact_key(key, "entries", row.peek("ledger"))
        ledger = self.get(Ledger, row, "ledger")
        values = {"annual_plan": row.decimal("annual_plan"), "listed_on": row.day("listed_on")}
        values |= row.present("nature", "annual_goal", "note")
        add = partial(entry_service.add_entry, ledger=ledger, project=project, by=None, **values)
        self.fact(key, row, project.entries.filter(ledger=ledger), add)

    def _milestone(self, key: str, project: Project, row: Row) -> None:
        kind, year, name = row.need("kind"), row.need("year"), row.take("name", "")
        values = {"done_known_on": row.day("done_known_on"), "done_on": row.day("done_on")}
        values |= row.present("due_phrase", "wording", "done_phrase", "note")
        same = project.milestones.filter(kind=kind, year=year, **({"name": name} if name else {}))
        add = partial(milestone_service.plan_milestone, project=project, kind=kind, year=year, name=name, by=None, **values)
        self.fact(fact_key(key, "milestones", kind, year, *filter(None, [name])), row, same, add)

    def _responsibility(self, key: str, project: Project, row: Row) -> None:
        key = fact_key(key, "responsibilities", *map(row.peek, ("kind", "unit", "person", "duty")))
        values = {"unit": self.get(Unit, row, "unit"), "person": self.get(Person, row, "person"), **row.present("kind", "duty")}
        since = row.day("since")
        row.take("note")
        add = partial(responsibility_service.assign, project=project, by=None, since=since, **values)
        self.fact(key, row, project.responsibilities.filter(**values), add)

    _parts_of_project = {"entries": _entry, "milestones": _milestone, "responsibilities": _responsibility}

    def _target(self, row: Row, seq: int) -> None:
        key = fact_key("targets.json", *map(row.peek, ("year", "indicator", "scope")))
        year, indicator, scope = row.need("year"), row.need("indicator"), self.get(Unit, row, "scope")
        values = {"responsible": self.get(Unit, row, "responsible"), "project": self.get(Project, row, "project")}
        values |= row.present("unit", "measure", "note")
        computed = row.take("computed", "")
        claims, readings = list(row.rows("claims")), list(row.rows("readings"))
        add = partial(target_service.set_target, year=year, indicator=indicator, scope=scope, seq=seq, computed=computed, by=None, **values)
        target = self.fact(key, row, Target.objects.filter(year=year, indicator=indicator, scope=scope), add)
        if target is None:
            return
        if computed and not target.computed and target.version == 1:
            # Loaded before targets could be computed, and untouched since.
            target_service.change_target(target=target, version=None, by=None, computed=computed)
        for claim in claims:
            self._claim(key, target, claim)
        for reading in readings:
            self._reading(key, target, reading)

    def _claim(self, key: str, target: Target, row: Row) -> None:
        sources = row.peek("cite")
        if not sources:
            raise row.error("缺少出处（cite）")
        code = sources[0]["at"].partition(":")[0]
        document, value = self.find(Document, row, code), row.decimal("value")
        values = row.present("bound", "wording", "note")
        add = partial(target_service.register_claim, target=target, document=document, value=value, by=None, **values)
        self.fact(fact_key(key, "claims", code), row, target.claims.filter(document=document), add)
        row.done()

    def _reading(self, key: str, target: Target, row: Row) -> None:
        on, value, values = row.day("on"), row.decimal("value"), row.present("bound", "note")
        add = partial(target_service.record_reading, target=target, on=on, value=value, by=None, **values)
        self.fact(fact_key(key, "readings", on, value), row, target.readings.filter(on=on, value=value), add)
        row.done()


def _add_post(person: Person, values: dict[str, Any]) -> Post:
    unit_service.save_person(person=person, by=None, posts=[values])
    return person.posts.get(**values)
