"""One correlated subquery per child aggregate: joining two children in one query would multiply their rows. And many keys as one value."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Count, DecimalField, F, Func, IntegerField, Model, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce


class Among(Func):
    """The condition that a column holds one of the keys (whole numbers), however many: `rows.filter(Among("project_id", keys))`.

    They are sent as one value. As values of their own (`__in`) ten thousand keys take longer than the answer.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: Iterable[int]) -> None:
        super().__init__(F(column))
        self.keys = f"{{{','.join(map(str, map(int, keys)))}}}"

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        """Return the SQL of the condition and its values."""
        column, values = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::bigint[])", [*values, self.keys]


def children(model: type[Model], relation: str, **conditions):
    """Return the queryset of a record's children over a reverse relation, for use in a subquery.

    The child model is reached by the relation's name, so that a parent's queryset need not import it.
    """
    field = model._meta.get_field(relation)
    child, link = field.related_model, field.field.name
    return child._default_manager.filter(**{link: OuterRef("pk")}, **conditions).order_by()


def count_children(model: type[Model], relation: str, distinct: str = "pk", **conditions) -> Coalesce:
    """Return the expression that counts the children (or the distinct values of one of their columns), 0 without any."""
    link = model._meta.get_field(relation).field.name
    counted = children(model, relation, **conditions).values(link).annotate(_n=Count(distinct, distinct=distinct != "pk"))
    return Coalesce(Subquery(counted.values("_n"), output_field=IntegerField()), Value(0))


def sum_children(model: type[Model], relation: str, column: str, **conditions) -> Subquery:
    """Return the expression that sums a column of the children; NULL without any, since a sum of nothing is unknown."""
    link = model._meta.get_field(relation).field.name
    summed = children(model, relation, **conditions).values(link).annotate(_s=Sum(column)).values("_s")
    return Subquery(summed, output_field=DecimalField(max_digits=20, decimal_places=4))
