"""The settings of the tests: the product's own, but passwords are hashed quickly and static files need no collecting first."""

from erqi.settings import *  # noqa: F403
from erqi.settings import MIDDLEWARE, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

# Whitenoise complains of a missing folder at every client; the tests serve static files from their sources.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]
