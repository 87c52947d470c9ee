"""Loads the documented themes and mechanisms of fixtures/documented/supervision.json through the services."""

import json
from collections import Counter
from functools import partial

from erqi.common.fixtures import Row
from projects.imports.documented import Loader, fact_key
from projects.models import Unit
from supervision.models import Mechanism, MechanismPart, Theme
from supervision.services import mechanism as service

FILE = "supervision.json"
# Which parts of the system carry a mechanism out is no documented fact: a proposal of ours, which the supervision office edits.
PARTS = "mechanism_parts.json"


class DocumentedSupervision(Loader):
    """The file of the supervision app: two lists in one object."""

    def load(self) -> Counter[str]:
        """Load both lists and return the numbers of new records; raise FixtureError naming the record."""
        self.load_file(FILE, "code", self._theme, part="themes")
        self.load_file(FILE, "code", self._mechanism, part="mechanisms")
        self._load_parts()
        return self.added

    def _load_parts(self) -> None:
        """Propose the parts of each mechanism of which nobody has said any yet; what people removed is not brought back."""
        event = MechanismPart.events.field.model  # type: ignore[attr-defined]
        said = set(event.objects.values_list("mechanism", flat=True))
        mechanisms = {row.code: row for row in Mechanism.objects.all() if row.pk not in said}
        for row in json.loads((self.folder.parent / PARTS).read_text(encoding="utf-8")):
            if (mechanism := mechanisms.get(row["code"])) is not None:
                service.set_parts(mechanism=mechanism, parts=row["parts"].items(), by=None)
                self.added["机制的落实"] += len(row["parts"])

    def _theme(self, row: Row, seq: int) -> None:
        code = row.need("code")
        values = {"seq": seq, **row.present("seq", "name", "printed_name", "note")}
        add = partial(service.add_theme, code=code, by=None, **values)
        self.fact(fact_key(FILE, "themes", code), row, Theme.objects.filter(code=code), add)

    def _mechanism(self, row: Row, seq: int) -> None:
        code = row.need("code")
        values = {"seq": seq, "unit": self.get(Unit, row, "unit"), **row.present("name", "kind", "text", "note")}
        add = partial(service.add_mechanism, code=code, by=None, **values)
        self.fact(fact_key(FILE, "mechanisms", code), row, Mechanism.objects.filter(code=code), add)
