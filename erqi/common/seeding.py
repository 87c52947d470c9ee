"""What earlier seeds made of the documented facts: read once in a run, so that no fact is loaded a second time."""

from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from erqi.common.models import SeededFact

M = TypeVar("M", bound=Model)


class Registry:
    """The records of the documented facts by their keys (`units.json:二七新区管委会`), whatever people renamed since."""

    def __init__(self) -> None:
        rows = SeededFact.objects.values_list("key", "fact_type", "fact_id")
        kind = ContentType.objects.get_for_id
        self._ids: dict[str, tuple[type[Model] | None, int]] = {key: (kind(fact_type).model_class(), pk) for key, fact_type, pk in rows}
        self._records: dict[type[Model], dict[int, Model]] = {}
        self._others: dict[type[Model], bool] = {}
        self._new: list[SeededFact] = []

    def knows(self, key: str) -> bool:
        """Say whether the fact was loaded at some time, also when its record has been removed since."""
        return key in self._ids

    def record(self, model: type[M], key: str) -> M | None:
        """Return the fact's record; None for a fact that was never loaded and for a record that people removed."""
        kind, pk = self._ids.get(key, (None, 0))
        return self._of(model).get(pk) if kind is model else None  # type: ignore[return-value]

    def has_others(self, model: type[Model]) -> bool:
        """Say whether there were records of the model, at the first asking, which no seed has loaded."""
        if model not in self._others:
            self._others[model] = model._default_manager.exclude(pk__in=list(self._of(model))).exists()
        return self._others[model]

    def add(self, key: str, record: Model) -> None:
        """Note the record that a fact has become."""
        self._of(type(record))[record.pk] = record
        self._ids[key] = (type(record), record.pk)
        self._new.append(SeededFact(key=key, fact_type=ContentType.objects.get_for_model(record), fact_id=record.pk))

    def write(self) -> None:
        """Store what was noted since the last writing."""
        SeededFact.objects.bulk_create(self._new)
        self._new.clear()

    def _of(self, model: type[Model]) -> dict[int, Model]:
        """Return the records of a model by primary key, read at once."""
        if model not in self._records:
            self._records[model] = model._default_manager.in_bulk([pk for kind, pk in self._ids.values() if kind is model])
        return self._records[model]
