"""`manage.py states`: draw docs/states.md from the tables of the state machines."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from supervision.rules.machines import MACHINES
from supervision.sentences.states import document

FILE = Path(settings.BASE_DIR) / "docs" / "states.md"


class Command(BaseCommand):
    """Draw the document; say where it is."""

    help = "Draws docs/states.md from the state machines in supervision/rules."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FILE.write_text(document(MACHINES), encoding="utf-8")
        self.stdout.write(f"{FILE}\n")
