"""The daily mail: one a day whatever happens, carrying what is unread, surviving a mail server that does not."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.models import Installation, User
from erqi.tests.mail import BACKEND, FragileBackend
from projects.choices import ReminderKind
from projects.models import Digest, Reminder
from projects.services import digest as digest_service
from projects.services.daily import write_reminders
from projects.services.digest import Sent, send_digests
from projects.services.reminder import mark_read, notify
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.concurrency import at_once
from projects.tests.report_builders import district_ledger, make_reporter, report_project
from projects.tests.warning_builders import FROM, recompute, warn_ledger

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = BACKEND
    settings.DEFAULT_FROM_EMAIL = "重点项目平台 <ledger@example.gov.cn>"
    yield FragileBackend
    FragileBackend.mend()


def reachable(name: str = "张三", email: str = "", **values) -> User:
    user = make_user("reporter", name=name)
    User.objects.filter(pk=user.pk).update(email=email or f"{user.username}@example.gov.cn", **values)
    return User.objects.get(pk=user.pk)


def tell(*users: User, key: str = "a", on: date = DAY, **values) -> None:
    with clock.at(on):
        notify(users=users, kind=ReminderKind.DUE, key=key, **{"title": f"提醒{key}", "url": "/ledgers/", **values})


def send(on: date = DAY, base_url: str = "") -> Sent:
    with clock.at(on):
        return send_digests(base_url)


# One mail a day


def test_everything_of_a_day_is_one_mail():
    user = reachable()
    for key in "abc":
        tell(user, key=key, text="正文")
    assert send() == Sent(1)
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert message.from_email == "重点项目平台 <ledger@example.gov.cn>"
    assert message.subject == "重点项目平台：3 条新提醒（2018-09-28）"
    assert "张三，您好：" in message.body
    assert "1. 提醒a\n   正文\n2. 提醒b" in message.body
    assert "/ledgers/" not in message.body


def test_ten_milestones_that_fall_due_are_one_mail():
    unit = make_unit()
    reporter = make_reporter(unit)
    User.objects.filter(pk=reporter.pk).update(email="reporter@example.gov.cn")
    with clock.at(FROM):
        warn_ledger(district_ledger())
        for number in range(10):
            project = report_project(unit, f"项目{number}")
            make_milestone(project, "other", name="封顶", due_on=date(2018, 9, 13))
            recompute(FROM, project)
    with clock.at(date(2018, 9, 12)):
        assert write_reminders() == 10
        assert send_digests() == Sent(1)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].body.count("即将到期") == 10


def test_links_carry_the_installations_address():
    tell(reachable())
    send(base_url="https://ledger.example.gov.cn/")
    assert "\n   https://ledger.example.gov.cn/ledgers/\n" in mail.outbox[0].body
    assert "https://ledger.example.gov.cn/todo/" in mail.outbox[0].body


def test_what_is_simulated_says_so():
    user = reachable()
    tell(user)
    Reminder.objects.update(simulated=True)
    send()
    assert "1. 【模拟】提醒a" in mail.outbox[0].body


def test_a_long_mail_is_cut_with_the_number_of_the_rest():
    user = reachable()
    for number in range(53):
        tell(user, key=f"{number:02}")
    send()
    assert "其余 3 条请登录后在收件箱查看。" in mail.outbox[0].body
    assert "53 条新提醒" in mail.outbox[0].subject
    assert "提醒50" not in mail.outbox[0].body


def test_a_second_run_sends_nothing():
    tell(reachable())
    assert send() == Sent(1)
    assert send() == Sent(0)
    assert len(mail.outbox) == 1


def test_what_comes_after_the_days_mail_waits_for_tomorrows():
    user = reachable()
    tell(user, key="a")
    send()
    tell(user, key="b")
    assert send() == Sent(0)
    assert send(DAY + timedelta(days=1)) == Sent(1)
    assert "提醒b" in mail.outbox[1].body
    assert "提醒a" not in mail.outbox[1].body


# Who gets one


def test_only_who_has_an_address_an_account_and_something_unread_gets_one():
    user, closed, read = reachable(), reachable(is_active=False), reachable()
    without = make_user("reporter")
    tell(user, closed, read, without)
    mark_read(user=read)
    assert send() == Sent(1)
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert Digest.objects.count() == 1
    # The others' lines stay in their inboxes.
    assert Reminder.objects.unread().filter(user=without, digest=None).count() == 1


def test_somebody_who_gets_an_address_gets_what_is_news():
    user = make_user("reporter")
    tell(user, key="old", on=DAY - timedelta(days=15))
    tell(user, key="new", on=DAY - timedelta(days=14))
    send(DAY - timedelta(days=1))
    User.objects.filter(pk=user.pk).update(email="late@example.gov.cn")
    assert send() == Sent(1)
    assert "提醒new" in mail.outbox[0].body
    assert "提醒old" not in mail.outbox[0].body


def test_what_was_read_before_the_mail_went_out_is_not_in_it(server):
    user = reachable()
    tell(user, key="a")
    tell(user, key="b")
    server.down = True
    send()
    mark_read(user=user, reminders=[Reminder.objects.get(key="a").pk])
    server.mend()
    assert send() == Sent(1)
    assert "提醒a" not in mail.outbox[0].body
    assert "1 条新提醒" in mail.outbox[0].subject


def test_a_mail_with_nothing_left_to_say_is_forgotten(server):
    user = reachable()
    tell(user)
    server.down = True
    send()
    mark_read(user=user)
    server.mend()
    assert send() == Sent(0)
    assert not Digest.objects.exists()


# Trouble


def test_a_server_that_is_down_leaves_everything_to_the_next_run(server):
    users = [reachable(), reachable()]
    tell(*users)
    server.down = True
    assert send() == Sent(0, left=2, trouble="[Errno 111] Connection refused")
    assert Digest.objects.filter(sent_at=None).count() == 2
    server.mend()
    assert send() == Sent(2)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in users)


def test_a_server_that_is_down_for_days_is_made_up_for_by_one_mail(server):
    user = reachable()
    server.down = True
    for number in range(3):
        tell(user, key=f"{number}", on=DAY + timedelta(days=number))
        send(DAY + timedelta(days=number))
    server.mend()
    assert send(DAY + timedelta(days=3)) == Sent(1)
    assert "3 条新提醒（2018-10-01）" in mail.outbox[0].subject
    assert Digest.objects.count() == 1


def test_a_line_that_breaks_is_taken_up_where_it_broke(server):
    users = [reachable(), reachable(), reachable()]
    tell(*users)
    server.after = 1
    found = send()
    assert (found.number, found.left, found.trouble) == (1, 2, "Connection unexpectedly closed")
    server.mend()
    assert send() == Sent(2)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in users)


def test_an_address_that_is_refused_keeps_the_others_not(server):
    wrong, right = reachable(), reachable()
    tell(wrong, right)
    server.refused = frozenset({wrong.email})
    assert send() == Sent(1, refused=1)
    assert mail.outbox[0].to == [right.email]
    server.mend()
    assert send() == Sent(1)
    assert mail.outbox[1].to == [wrong.email]


class Killed(BaseException):
    """The process ends here."""


def test_a_run_killed_between_storing_and_sending_goes_on_with_the_next(server, monkeypatch):
    users = [reachable(), reachable()]
    tell(*users)
    monkeypatch.setattr(server, "open", lambda self: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        send()
    assert Digest.objects.filter(sent_at=None).count() == 2
    monkeypatch.undo()
    assert send() == Sent(2)
    assert len(mail.outbox) == 2


def test_a_machine_that_dies_after_sending_sends_that_one_mail_again_and_no_other(server):
    users = [reachable(), reachable()]
    tell(*users)
    server.dies = Killed
    with pytest.raises(Killed):
        send()
    server.mend()
    assert send() == Sent(2)
    addresses = [message.to[0] for message in mail.outbox]
    assert addresses.count(users[0].email) == 2
    assert addresses.count(users[1].email) == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_each_mail_once():
    users = [reachable() for _ in range(6)]
    tell(*users)
    results = at_once(send, send, send)
    assert sum(result.number for result in results) == 6
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in users)
    assert Digest.objects.exclude(sent_at=None).count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_day_at_once_write_it_once():
    unit = make_unit()
    reporters = [make_reporter(unit) for _ in range(3)]
    report_project(unit)
    # Every installation has this row; runs wait for each other at it.
    Installation.objects.get_or_create(pk=1)

    def write():
        with clock.at(date(2018, 9, 24)):
            return write_reminders()

    assert sum(at_once(write, write, write, write)) == Reminder.objects.count() == len(reporters)


def test_files_are_a_mail_server_too(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    tell(reachable(), reachable())
    assert send() == Sent(2)
    (written,) = (tmp_path / "mail").iterdir()
    assert written.read_text(encoding="utf-8").count("您有 1 条新提醒") == 2


@pytest.mark.parametrize("number", [1, 3])
def test_storing_takes_the_same_queries_for_one_line_and_for_three(number):
    user = reachable()
    for key in range(number):
        tell(user, key=f"{key}")
    with CaptureQueriesContext(connection) as queries:
        send()
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 11


@pytest.mark.parametrize("number", [1, 3])
def test_the_mails_of_a_day_are_stored_in_the_same_queries_for_any_number_of_people(number, django_assert_num_queries):
    for place in range(number):
        tell(reachable(f"人{place}"), key=f"a{place}")
        tell(reachable(f"人{place}"), key=f"b{place}")
    with clock.at(DAY), django_assert_num_queries(STORE_QUERIES):
        digest_service._store()
    assert Digest.objects.count() == 2 * number
    for line in Reminder.objects.select_related("digest"):
        assert (line.digest.user_id, line.digest.day) == (line.user_id, DAY)


# begin, people, sent already, lines, mails, new mails, lines into mails, mails left over, end
STORE_QUERIES = 9
