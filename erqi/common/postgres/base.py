"""Django's PostgreSQL engine with automatic names of at most 30 characters.

Databases of the domestic PostgreSQL family cut identifiers at 30 characters (domain.md §7.3). Django shortens the names it
makes itself (indexes, foreign keys) to whatever the engine says; names that we choose are checked by a test.
"""

from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    def max_name_length(self) -> int:
        return 30


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
