"""manage.py remind: the day's reminders into the inboxes, and one mail to everybody who has an address. For a daily timer."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day
from erqi.common.history import recorded_as
from projects.services.daily import write_reminders
from projects.services.digest import Sent, send_digests
from projects.services.schedule import finish_passes

FILES = "django.core.mail.backends.filebased.EmailBackend"


class Command(BaseCommand):
    """Writes and sends what is new; a second run the same day adds nothing, and goes on where the first one was cut off."""

    help = (
        "先完成未完成的预警颜色重算；"
        "再写入当天的提醒（到期前 7、3、1 天，逾期，转色，久等的审批），并给有邮箱的人每天发一封汇总邮件。可重复执行，不会重复提醒；"
        "休息日不提醒，下一个工作日补上。邮件服务器不通时退出码为 1，下次运行时补发。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--any-day", action="store_true", help="休息日也执行")

    def handle(self, *args: Any, any_day: bool = False, **options: Any) -> None:
        """Write the reminders and send the mails; raise CommandError when mails could not be sent."""
        day = clock.today()
        # Nobody may have kept the page of a pass open since the rules were approved: the reminders tell the colours that hold.
        with recorded_as("remind", name="系统重算"):
            if finished := finish_passes():
                self.stdout.write(f"已完成 {finished} 次预警颜色重算。")
        if not any_day and not workdays.is_workday(day):
            self.stdout.write(f"{chinese_day(day)}是休息日，不提醒；下一个工作日补上。")
            return
        lines = write_reminders()
        sent = send_digests(settings.BASE_URL)
        told = f"{chinese_day(day)}：新提醒 {lines} 条，{_mails(sent.number)}。"
        if sent.trouble or sent.refused:
            raise CommandError(f"{told}{_troubles(sent)}")
        self.stdout.write(told)


def _mails(number: int) -> str:
    if settings.EMAIL_BACKEND == FILES:
        return f"写出邮件 {number} 封（未设 ERQI_EMAIL_URL，存于 {settings.EMAIL_FILE_PATH}）"
    return f"发出邮件 {number} 封"


def _troubles(sent: Sent) -> str:
    """Return in one sentence what was not sent, why, and what happens next."""
    parts = []
    if sent.trouble:
        what = "邮件写不进数据目录" if settings.EMAIL_BACKEND == FILES else "邮件服务器不通"
        parts.append(f"{what}（{sent.trouble}），还有 {sent.left} 封没有发出")
    if sent.refused:
        parts.append(f"{sent.refused} 封被邮件服务器拒收，请核对这些账号的邮箱")
    return f"{'；'.join(parts)}。提醒已在收件箱中，下次运行时补发邮件。"
