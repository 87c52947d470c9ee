"""Loads the documented themes and mechanisms of fixtures/documented/supervision.json through the services."""

from collections import Counter
from functools import partial

from erqi.common.fixtures import Row
from projects.imports.documented import Loader, fact_key
from projects.models import Unit
from supervision.models import Mechanism, Theme
from supervision.services import mechanism as service

FILE = "supervision.json"


class DocumentedSupervision(Loader):
    """The file of the supervision app: two lists in one object."""

    def load(self) -> Counter[str]:
        """Load both lists and return the numbers of new records; raise FixtureError naming the record."""
        self.load_file(FILE, "code", self._theme, part="themes")
        self.load_file(FILE, "code", self._mechanism, part="mechanisms")
        return self.added

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
