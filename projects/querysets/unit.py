"""Querysets of units and people."""

from django.db.models import Case, CharField, F, QuerySet, When

from erqi.common.sql import count_children
from projects.rules.search import search_terms


def label_of(path: str = "") -> Case:
    """Return the expression of a unit's short name, or its name where it has none; `path` leads to the unit ("unit__")."""
    return Case(When(**{f"{path}short_name": ""}, then=F(f"{path}name")), default=F(f"{path}short_name"), output_field=CharField())


class SearchableQuerySet(QuerySet):
    """Records with a `search_key` of names, aliases and pinyin (rules.search)."""

    def search(self, text: str) -> "SearchableQuerySet":
        """Return the records in which every word of the text occurs, as characters, full pinyin or initials."""
        found = self
        for term in search_terms(text):
            found = found.filter(search_key__contains=term)
        return found


class UnitQuerySet(SearchableQuerySet):
    def for_list(self) -> "UnitQuerySet":
        """Return units with what they answer for: `project_count` (current responsibilities) and `target_count`."""
        return (
            self.select_related("parent")
            .prefetch_related("aliases")
            .annotate(
                project_count=count_children(self.model, "responsibilities", "project", until=None, duty=""),
                target_count=count_children(self.model, "targets"),
                post_count=count_children(self.model, "posts"),
            )
            .order_by("kind", "sort_key", "name")
        )


class PersonQuerySet(SearchableQuerySet):
    def for_list(self) -> "PersonQuerySet":
        """Return people with their posts and units."""
        return self.prefetch_related("posts__unit").order_by("sort_key", "name")
