"""The embedded PostgreSQL: used whenever DATABASE_URL is not set. Imports nothing of Django, so that settings may use it."""

from erqi.embedded.errors import OperatorError
from erqi.embedded.place import data_dir, socket_settings

__all__ = ["OperatorError", "data_dir", "socket_settings"]
