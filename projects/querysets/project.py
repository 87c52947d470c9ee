"""Querysets of projects: the project page and lists across years."""

from django.db.models import QuerySet

from projects.querysets.unit import SearchableQuerySet


class ProjectQuerySet(SearchableQuerySet):
    """Projects for their own page and for lists across years."""

    def for_detail(self) -> QuerySet:
        """Return projects with what the head of the project page shows."""
        return self.select_related("category__parent", "area", "owner", "bundle_of").prefetch_related("aliases", "members")

    def for_list(self) -> QuerySet:
        """Return projects with their category, area and entries, for lists across years."""
        return self.select_related("category", "area").prefetch_related("entries__ledger").order_by("code")
