"""`manage.py reschedule`: carries passes over all colours to their end, or begins one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erqi.common.history import recorded_as
from projects.models import Rescheduling
from projects.services.schedule import finish_passes, start_pass


class Command(BaseCommand):
    """Finishes what was cut off; with --all computes every colour anew. Each batch is stored: it can be stopped and run again."""

    help = "完成未完成的预警颜色重算（批准规则或启用预警后发起的）；加 --all 则重新计算所有项目。可随时中断，再次执行即从中断处继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", dest="everything", help="发起一次新的重算，计算所有启用预警的项目")

    def handle(self, *args: Any, everything: bool = False, **options: Any) -> None:
        with recorded_as("reschedule", name="系统重算"):
            if everything and not start_pass(reason="命令行发起重算", by=None).total:
                raise CommandError("还没有台账启用预警，没有可以计算的项目。请先在台账页面启用预警。")
            finished = finish_passes(self._tell)
        if not finished:
            self.stdout.write("没有未完成的重算。要重新计算所有项目，请加 --all。")

    def _tell(self, run: Rescheduling) -> None:
        self.stdout.write(f"{run.reason}：{run.done}／{run.total}{'，已完成' if run.finished_at else ''}")
