"""manage.py seed: load the documented facts, all or nothing, adding only what is missing; and the demonstration, but never unasked
into an installation that people use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from erqi import serving
from erqi.common.errors import ServiceError
from erqi.common.history import recorded_as
from erqi.common.models import Installation, User
from erqi.common.seeding import Registry
from erqi.demo import make_demo, simulate_demo
from projects.imports.documented import DocumentedFacts
from supervision.imports.documented import DocumentedSupervision

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "documented"


class Command(BaseCommand):
    """Loads what is missing in one transaction and prints what was added."""

    help = (
        "装入 fixtures/documented 中的文件事实；空库或演示库还建立演示账号、演示业务日期和模拟数据，已有实际数据的库不建立。"
        "可重复执行，只补缺，不覆盖人工修改，不恢复人工删除的记录。"
    )

    # `up` shows what is going on in a line of its own.
    stealth_options = ("progress",)

    def add_arguments(self, parser: CommandParser) -> None:
        demonstration = parser.add_mutually_exclusive_group()
        demonstration.add_argument("--documents-only", action="store_true", help="只装入文件事实，不建立演示账号，不固定业务日期")
        demonstration.add_argument("--demo", action="store_true", help="即使已有实际数据，也改为演示库：建立演示账号，固定业务日期")
        parser.add_argument("--no-simulation", action="store_true", help="建立演示账号，但不装入2018年的模拟数据")
        parser.add_argument("--if-empty", action="store_true", help="只在从未装入过时执行")

    def handle(
        self,
        *args: Any,
        documents_only: bool = False,
        demo: bool = False,
        no_simulation: bool = False,
        if_empty: bool = False,
        progress: Callable[[str], None] | None = None,
        **options: Any,
    ) -> None:
        """Load what is missing; `progress` hears what is going on, else a line of the output says it."""
        if if_empty and Installation.objects.filter(seeded_at__isnull=False).exists():
            return
        progress = progress or (lambda doing: self.stdout.write(f"{doing}…"))
        try:
            with transaction.atomic():
                with recorded_as("seed", name="系统装入"):
                    # Two seeds at once would both find everything missing: the second waits here and then finds all present.
                    Installation.objects.get_or_create(pk=1)
                    installation = Installation.objects.select_for_update().get(pk=1)
                    in_use = not installation.is_demo and (installation.seeded_at is not None or User.objects.exists())
                    demonstrates = demo or not (documents_only or in_use)
                    registry = Registry()
                    added = DocumentedFacts(FOLDER, registry).load() + DocumentedSupervision(FOLDER, registry).load()
                    if demonstrates:
                        added["演示账号"] = make_demo(serving.demo_password(settings.DATA_DIR))
                        installation.refresh_from_db()
                    if installation.seeded_at is None:
                        installation.seeded_at = timezone.now()
                        installation.save(update_fields=["seeded_at"])
                # The simulated days are recorded in the history each on its own business date, not as this one loading.
                if demonstrates and not no_simulation:
                    added += simulate_demo(serving.demo_password(settings.DATA_DIR), progress)
        except ServiceError as error:
            raise CommandError(f"数据未装入（没有写入任何内容）：{error}") from error
        counts = [f"{name} {number}" for name, number in added.items() if number]
        told = f"新增：{'、'.join(counts)}。" if counts else "数据已齐全，没有新增。"
        if in_use and not (demo or documents_only):
            told += "这里已有实际数据，不是演示库，因此没有建立演示账号；确要改为演示库，请加 --demo。"
        self.stdout.write(told)
