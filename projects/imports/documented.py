"""Loads the documented facts of fixtures/documented through the services (format: fixtures/README.md).

What exists already is left as it is, since people may have edited it; only what is missing is added. The caller holds the
transaction, so that a mistake anywhere leaves nothing behind.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.models import Model

from erqi.common.errors import ServiceError
from erqi.common.fixtures import FixtureError, Row, parents_first, read_rows
from projects.models import Area, Category, Document, Ledger, Person, Project, Target, Unit
from projects.services import document as document_service
from projects.services import entry as entry_service
from projects.services import ledger as ledger_service
from projects.services import milestone as milestone_service
from projects.services import project as project_service
from projects.services import responsibility as responsibility_service
from projects.services import target as target_service
from projects.services import unit as unit_service
from projects.services.citation import Source, cite_all


class Loader:
    """Finds records by their natural keys, registers their citations and counts what is new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.added: Counter[str] = Counter()
        self._found: dict[tuple[type[Model], str], Model] = {}
        self._sources: list[Source] = []

    def load_file(self, file: str, key: str, add: Callable[[Row, int], None], parent: str = "") -> None:
        """Load one file record by record; any refusal of a service names the record."""
        rows = read_rows(self.folder / file, key)
        for seq, row in enumerate(parents_first(rows, key, parent) if parent else rows, 1):
            try:
                add(row, seq)
                row.done()
            except FixtureError:
                raise
            except ServiceError as error:
                raise row.error(str(error).rstrip("。")) from error
        self.register_sources(file)

    def register_sources(self, file: str) -> None:
        """Register the citations noted so far; a refusal names the file."""
        try:
            self.added["出处"] += len(cite_all(self._sources))
        except ServiceError as error:
            raise FixtureError(f"{file}：{error}") from error
        self._sources.clear()

    def get(self, model: type[Model], row: Row, key: str, column: str = "name") -> Any:
        """Return the record that a key of the row refers to, or None when the row has no such key."""
        value = row.take(key)
        return None if value is None else self.find(model, row, value, column)

    def find(self, model: type[Model], row: Row, value: str, column: str = "name") -> Any:
        """Return the record with the natural key; raise FixtureError when there is none."""
        if (model, value) not in self._found:
            record = model._default_manager.filter(**{column: value}).first()
            if record is None:
                raise row.error(f"找不到{model._meta.verbose_name}“{value}”")
            self._found[model, value] = record
        return self._found[model, value]

    def cite(self, fact: Model, row: Row) -> None:
        """Note the citations listed in the row as sources of the fact; they are registered file by file."""
        for source in row.rows("cite"):
            code, _, paragraph = source.need("at").partition(":")
            document = self.find(Document, source, code, "code")
            self._sources.append(Source(fact, document, int(paragraph), source.need("printed"), source.take("field", "")))
            source.done()

    def count(self, record: Model) -> None:
        """Count a record that this load added."""
        self.added[str(record._meta.verbose_name)] += 1


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
        if not Document.objects.filter(code=code).exists():
            self.count(document_service.register_document(code=code, articles=articles, by=None, **values))

    def _unit(self, row: Row, _seq: int) -> None:
        name = row.need("name")
        values = {"parent": self.get(Unit, row, "parent"), **row.present("short_name", "kind", "note")}
        aliases = {alias.need("name"): alias for alias in row.rows("aliases")}
        unit = Unit.objects.filter(name=name).first()
        if unit is None:
            unit = unit_service.save_unit(unit=Unit(name=name, **values), by=None, aliases=list(aliases))
            self.count(unit)
        self.cite(unit, row)
        self._cite_aliases(unit, aliases)

    def _cite_aliases(self, owner: Unit | Project, rows: dict[str, Row]) -> None:
        known = {alias.name: alias for alias in owner.aliases.all()}
        for name, row in rows.items():
            if name in known:
                self.cite(known[name], row)
            row.take("cite")
            row.take("note")
            row.done()

    def _person(self, row: Row, _seq: int) -> None:
        name, note = row.need("name"), row.take("note", "")
        person = Person.objects.filter(name=name, note=note).first()
        if person is None:
            person = unit_service.save_person(person=Person(name=name, note=note), by=None)
            self.count(person)
        self.cite(person, row)
        for post in row.rows("posts"):
            values = {"unit": self.get(Unit, post, "unit"), "title": post.need("title")}
            unit_service.save_person(person=person, by=None, posts=[values])
            self.cite(person.posts.get(**values), post)
            post.take("note")
            post.done()

    def _area(self, row: Row, seq: int) -> None:
        values = {"code": row.need("code"), "parent": self.get(Area, row, "parent")}
        name = row.need("name")
        row.take("note")
        area = Area.objects.filter(name=name).first()
        if area is None:
            area = unit_service.save_reference(record=Area(name=name, seq=seq, **values), by=None)
            self.count(area)
        self.cite(area, row)

    def _category(self, row: Row, seq: int) -> None:
        code, parent = row.need("code"), self.get(Category, row, "parent", "code")
        values = {"seq": seq, **row.present("name", "seq")}
        row.take("note")
        category = Category.objects.filter(code=code).first()
        if category is None:
            category = unit_service.save_reference(record=Category(code=code, parent=parent, **values), by=None)
            self.count(category)
        self.cite(category, row)

    def _ledger(self, row: Row, _seq: int) -> None:
        code = row.need("code")
        values = {"unit": self.get(Unit, row, "unit"), **row.present("year", "name", "level", "kind", "note")}
        ledger = Ledger.objects.filter(code=code).first()
        if ledger is None:
            ledger = ledger_service.open_ledger(code=code, by=None, **values)
            self.count(ledger)
        self.cite(ledger, row)
        for scale in row.rows("revisions"):
            recorded_on = scale.day("recorded_on")
            values = {
                "total_investment": scale.decimal("total_investment"),
                "annual_plan": scale.decimal("annual_plan"),
                **scale.present("project_count", "annual_plan_bound", "note"),
            }
            revision = ledger.revisions.filter(recorded_on=recorded_on).first()
            if revision is None:
                revision = ledger_service.state_scale(ledger=ledger, recorded_on=recorded_on, by=None, **values)
                self.count(revision)
            self.cite(revision, scale)
            scale.done()

    def _project(self, row: Row, _seq: int) -> None:
        code = row.need("code")
        values = {
            "category": self.get(Category, row, "category", "code"),
            "area": self.get(Area, row, "area"),
            "owner": self.get(Unit, row, "owner"),
            "bundle_of": self.get(Project, row, "bundle_of", "code"),
            "total_investment": row.decimal("total_investment"),
            "quantity": row.decimal("quantity"),
        }
        values |= row.present("name", "grade", "content", "start_year", "end_year", "bundle_count", "quantity_unit")
        values |= row.present("highlight", "tour", "batch", "note")
        aliases = {alias.need("name"): alias for alias in row.rows("aliases")}
        project = Project.objects.filter(code=code).first()
        if project is None:
            project = project_service.add_project(code=code, by=None, aliases=list(aliases), **values)
            self.count(project)
        self.cite(project, row)
        self._cite_aliases(project, aliases)
        for entry in row.rows("entries"):
            self._entry(project, entry)
        for milestone in row.rows("milestones"):
            self._milestone(project, milestone)
        for responsibility in row.rows("responsibilities"):
            self._responsibility(project, responsibility)

    def _entry(self, project: Project, row: Row) -> None:
        ledger = self.get(Ledger, row, "ledger", "code")
        values = {"annual_plan": row.decimal("annual_plan"), "listed_on": row.day("listed_on")}
        values |= row.present("nature", "annual_goal", "note")
        entry = ledger.entries.filter(project=project).first()
        if entry is None:
            entry = entry_service.add_entry(ledger=ledger, project=project, by=None, **values)
            self.count(entry)
        self.cite(entry, row)
        row.done()

    def _milestone(self, project: Project, row: Row) -> None:
        kind, year, name = row.need("kind"), row.need("year"), row.take("name", "")
        values = {"done_known_on": row.day("done_known_on"), "done_on": row.day("done_on")}
        values |= row.present("due_phrase", "wording", "done_phrase", "note")
        found = project.milestones.filter(kind=kind, year=year)
        milestone = found.filter(name=name).first() if name else found.first()
        if milestone is None:
            milestone = milestone_service.plan_milestone(project=project, kind=kind, year=year, name=name, by=None, **values)
            self.count(milestone)
        self.cite(milestone, row)
        row.done()

    def _responsibility(self, project: Project, row: Row) -> None:
        values = {"unit": self.get(Unit, row, "unit"), "person": self.get(Person, row, "person"), **row.present("kind", "duty")}
        row.take("note")
        assigned = project.responsibilities.filter(**values).first()
        if assigned is None:
            assigned = responsibility_service.assign(project=project, by=None, **values)
            self.count(assigned)
        self.cite(assigned, row)
        row.done()

    def _target(self, row: Row, seq: int) -> None:
        year, indicator, scope = row.need("year"), row.need("indicator"), self.get(Unit, row, "scope")
        values = {"responsible": self.get(Unit, row, "responsible"), "project": self.get(Project, row, "project", "code")}
        values |= row.present("unit", "measure", "note")
        target = Target.objects.filter(year=year, indicator=indicator, scope=scope).first()
        if target is None:
            target = target_service.set_target(year=year, indicator=indicator, scope=scope, seq=seq, by=None, **values)
            self.count(target)
        self.cite(target, row)
        for claim in row.rows("claims"):
            self._claim(target, claim)
        for reading in row.rows("readings"):
            self._reading(target, reading)

    def _claim(self, target: Target, row: Row) -> None:
        sources = row.take("cite", [])
        if not sources:
            raise row.error("缺少出处（cite）")
        document = self.find(Document, row, sources[0]["at"].partition(":")[0], "code")
        value = row.decimal("value")
        values = row.present("bound", "wording", "note")
        claim = target.claims.filter(document=document).first()
        if claim is None:
            claim = target_service.register_claim(target=target, document=document, value=value, by=None, **values)
            self.count(claim)
        self.cite(claim, Row(row.place, {"cite": sources}))
        row.done()

    def _reading(self, target: Target, row: Row) -> None:
        on, value, values = row.day("on"), row.decimal("value"), row.present("bound", "note")
        reading = target.readings.filter(on=on, value=value).first()
        if reading is None:
            reading = target_service.record_reading(target=target, on=on, value=value, by=None, **values)
            self.count(reading)
        self.cite(reading, row)
        row.done()
