"""The settings of the tests: the product's own, but passwords are hashed quickly and static files need no collecting first."""

from erqi.settings import *  # noqa: F403
from erqi.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
