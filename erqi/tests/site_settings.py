"""The settings of the server process that browser tests talk to: the product's own, with the tests' quick password hasher."""

from erqi.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
