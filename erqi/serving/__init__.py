"""What one installation keeps for itself, and how it is served. The settings read this module: it imports no Django."""

import os
import secrets
from pathlib import Path

from erqi.embedded.place import keep_line

# Without letters and digits that look alike: the password is read off a terminal and typed.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def installation_secret(place: Path) -> str:
    """Return the SECRET_KEY of the installation whose data place is given, generated once and kept there (0600).

    Raises OperatorError when the place cannot be read or written.
    """
    return keep_line(place, "secret_key", secrets.token_urlsafe(50))


def demo_password(place: Path) -> str:
    """Return the password of the demonstration accounts: ERQI_DEMO_PASSWORD, or one generated once and kept (0600).

    A generated one holds capital and small letters, digits and hyphens, so that it passes the product's own password rules.
    """
    chosen = os.environ.get("ERQI_DEMO_PASSWORD", "").strip()
    if chosen:
        return chosen
    groups = ["".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3)]
    return keep_line(place, "demo_password", f"Eq{groups[0]}-{groups[1]}-{groups[2]}{secrets.randbelow(90) + 10}")
