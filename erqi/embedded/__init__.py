"""The embedded PostgreSQL: used whenever DATABASE_URL is not set. Imports nothing of Django, so that settings may use it."""

from erqi.embedded.account import installed_programs
from erqi.embedded.cluster import EmbeddedServer, is_running
from erqi.embedded.errors import OperatorError
from erqi.embedded.place import data_dir, socket_settings

__all__ = ["EmbeddedServer", "OperatorError", "data_dir", "installed_programs", "is_running", "socket_settings"]
