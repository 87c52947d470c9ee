"""The one mail a day that carries a person's unread reminders (design.md §1, domain.md §6.3: merged, never one mail a line)."""

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.models import User
from projects.models import Digest, Reminder

# What is older is news to nobody: an address that is entered today does not get the year's.
FRESH = timedelta(days=14)
# A mail is read on a phone; the rest stands in the inbox.
MOST = 50


@dataclass
class Sent:
    """What became of the day's mails: how many went out, whose were refused and why, and what stopped the others."""

    number: int = 0
    refused: int = 0
    trouble: str = ""
    left: int = 0


def send_digests(base_url: str = "") -> Sent:
    """Send each person with an address one mail with the unread lines that no mail carried yet, and return what became of them.

    The day's mail is stored before it is sent and marked after, under a lock: a run that was cut off, or a mail server that was down,
    leaves it to the next run, today's or a later day's. Nobody gets two mails of a day unless the machine dies between the sending and
    the mark.
    """
    _store()
    return _send(list(Digest.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True)), base_url)


@transaction.atomic
def _store() -> None:
    """Put the lines that no mail carried into the day's mails. What comes after the day's mail waits for tomorrow's."""
    day = clock.today()
    fresh = Reminder.objects.unread().filter(Q(digest=None) | Q(digest__sent_at=None), recorded_on__gte=day - FRESH)
    # One person after the other: two runs at once do not put the same lines into two mails.
    reachable = fresh.filter(user__is_active=True).exclude(user__email="")
    users = User.objects.filter(pk__in=reachable.values("user")).order_by("pk").select_for_update(no_key=True)
    keys = list(users.values_list("pk", flat=True))
    sent_already = Digest.objects.filter(day=day, user__in=keys).exclude(sent_at=None).values_list("user_id", flat=True)
    lines: dict[int, list[int]] = defaultdict(list)
    for pk, user in fresh.filter(user__in=set(keys) - set(sent_already)).order_by("pk").values_list("pk", "user_id"):
        lines[user].append(pk)
    mails = {digest.user_id: digest for digest in Digest.objects.filter(day=day, user__in=lines)}
    mails |= {
        one.user_id: one for one in Digest.objects.bulk_create([Digest(user_id=user, day=day) for user in lines if user not in mails])
    }
    # All at once: a mail of the day is the one of the line's own person.
    of_day = Digest.objects.filter(day=day, user=OuterRef("user")).values("pk")[:1]
    Reminder.objects.filter(pk__in=[*chain.from_iterable(lines.values())]).update(digest=Subquery(of_day))
    # An earlier day's mail that never went out has nothing left to say; nor has one whose lines were all read, or that nobody gets.
    Digest.objects.filter(sent_at=None).exclude(pk__in=[digest.pk for digest in mails.values()]).delete()


def _send(digests: Collection[int], base_url: str) -> Sent:
    found = Sent(left=len(digests))
    if not digests:
        return found
    connection = get_connection()
    try:
        connection.open()
        for pk in digests:
            _send_one(pk, connection, base_url, found)
            found.left -= 1
    except OSError as error:
        # Nobody answers, or not any more: the others are not tried either, each would wait as long.
        found.trouble = _words(error)
    finally:
        # Where the line is dead already, what was sent was sent.
        with suppress(OSError):
            connection.close()
    return found


def _words(error: OSError) -> str:
    text = str(error).strip() or type(error).__name__
    return text if len(text) <= 200 else f"{text[:199]}…"


@transaction.atomic
def _send_one(pk: int, connection: BaseEmailBackend, base_url: str, found: Sent) -> None:
    """Send a stored mail and mark it, locked in between: another run passes it over. Raises OSError when nobody answers."""
    digest = Digest.objects.select_for_update(of=("self",), skip_locked=True).select_related("user").filter(pk=pk, sent_at=None).first()
    if digest is None:
        return
    reminders = list(digest.reminders.unread().order_by("pk"))
    if not reminders or not digest.user.is_active or not digest.user.email:
        return
    try:
        connection.send_messages([message(digest, reminders, base_url)])
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError, UnicodeError):
        # This address, not the server: the others get theirs, and this one is tried again.
        found.refused += 1
        return
    Digest.objects.filter(pk=pk).update(sent_at=timezone.now())
    found.number += 1


def message(digest: Digest, reminders: Collection[Reminder], base_url: str = "") -> EmailMessage:
    """Return the mail of a digest: one line each, with the address of its page when the installation's own is known."""
    root = base_url.rstrip("/")
    lines = [f"{digest.user}，您好：", "", f"截至{chinese_day(digest.day)}，您有 {len(reminders)} 条新提醒：", ""]
    for number, reminder in enumerate(list(reminders)[:MOST], 1):
        lines.append(f"{number}. {'【模拟】' if reminder.simulated else ''}{reminder.title}")
        lines += [f"   {text}" for text in (reminder.text, f"{root}{reminder.url}" if root and reminder.url else "") if text]
    if len(reminders) > MOST:
        lines.append(f"其余 {len(reminders) - MOST} 条请登录后在收件箱查看。")
    lines += ["", f"办理请登录平台{f'：{root}/todo/' if root else '，打开“我的待办”'}。本邮件由系统自动发送，无需回复。"]
    subject = f"重点项目平台：{len(reminders)} 条新提醒（{digest.day}）"
    return EmailMessage(subject=subject, body="\n".join(lines), to=[digest.user.email])
