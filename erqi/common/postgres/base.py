"""Django's PostgreSQL engine with automatic names of at most 30 characters.

Databases of the domestic PostgreSQL family cut identifiers at 30 characters (domain.md §7.3). Django shortens the names it
makes itself (indexes, foreign keys) to whatever the engine says; names that we choose are checked by a test.
"""

from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Shortens automatic names to what every database of the family takes."""

    def max_name_length(self) -> int:
        return 30


class DatabaseWrapper(base.DatabaseWrapper):
    """Shortens automatic names to what every database of the family takes."""

    ops_class = DatabaseOperations
