"""Loads the documented themes and mechanisms of fixtures/documented/supervision.json through the services."""

import json
from collections import Counter

from erqi.common.errors import ServiceError
from erqi.common.fixtures import FixtureError, Row, rows_of
from projects.imports.documented import Loader
from projects.models import Unit
from supervision.models import Mechanism, Theme
from supervision.services import mechanism as service

FILE = "supervision.json"


class DocumentedSupervision(Loader):
    """The file of the supervision app: two lists in one object."""

    def load(self) -> Counter[str]:
        """Load both lists and return the numbers of new records; raise FixtureError naming the record."""
        content = json.loads((self.folder / FILE).read_text(encoding="utf-8"))
        for key, add in (("themes", self._theme), ("mechanisms", self._mechanism)):
            for seq, row in enumerate(rows_of(f"{FILE} {key}", content[key], "code"), 1):
                try:
                    add(row, seq)
                    row.done()
                except FixtureError:
                    raise
                except ServiceError as error:
                    raise row.error(str(error).rstrip("。")) from error
        self.register_sources(FILE)
        return self.added

    def _theme(self, row: Row, seq: int) -> None:
        code = row.need("code")
        values = {"seq": seq, **row.present("seq", "name", "printed_name", "note")}
        theme = Theme.objects.filter(code=code).first()
        if theme is None:
            theme = service.add_theme(code=code, by=None, **values)
            self.count(theme)
        self.cite(theme, row)

    def _mechanism(self, row: Row, seq: int) -> None:
        code = row.need("code")
        values = {"seq": seq, "unit": self.get(Unit, row, "unit"), **row.present("name", "kind", "text", "note")}
        mechanism = Mechanism.objects.filter(code=code).first()
        if mechanism is None:
            mechanism = service.add_mechanism(code=code, by=None, **values)
            self.count(mechanism)
        self.cite(mechanism, row)
