"""manage.py remind, as a timer calls it: one line, an exit code, and nothing twice."""

from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from erqi.common import clock
from erqi.common.models import User
from erqi.tests.mail import BACKEND, FragileBackend
from projects.models import Digest, Reminder
from projects.services.schedule import start_pass
from projects.tests.builders import make_unit
from projects.tests.report_builders import district_ledger, make_reporter, report_projects
from projects.tests.warning_builders import warn_ledger

pytestmark = pytest.mark.django_db

# A Friday, three days after the last day of September's reports.
DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = BACKEND
    settings.BASE_URL = "https://ledger.example.gov.cn"
    yield FragileBackend
    FragileBackend.mend()


@pytest.fixture
def reporter():
    unit = make_unit()
    user = make_reporter(unit)
    User.objects.filter(pk=user.pk).update(email="reporter@example.gov.cn")
    report_projects(10, unit)
    return user


def remind(day: date = DAY, **options) -> str:
    out = StringIO()
    with clock.at(day):
        call_command("remind", stdout=out, **options)
    return out.getvalue()


def test_it_says_in_one_line_what_it_did(reporter):
    assert remind() == "2018年9月28日：新提醒 1 条，发出邮件 1 封。\n"
    assert Reminder.objects.get().title == "9月月报已逾期：还有 10 个项目未报"
    assert "https://ledger.example.gov.cn/reports/monthly/?year=2018&month=9" in mail.outbox[0].body


def test_a_second_run_does_nothing(reporter):
    remind()
    assert remind() == "2018年9月28日：新提醒 0 条，发出邮件 0 封。\n"
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_is_an_error_that_the_next_run_mends(reporter, server):
    server.down = True
    with pytest.raises(CommandError) as caught:
        remind()
    assert caught.value.returncode == 1
    assert str(caught.value) == (
        "2018年9月28日：新提醒 1 条，发出邮件 0 封。邮件服务器不通（[Errno 111] Connection refused），还有 1 封没有发出。"
        "提醒已在收件箱中，下次运行时补发邮件。"
    )
    assert Reminder.objects.count() == 1
    server.mend()
    assert remind() == "2018年9月28日：新提醒 0 条，发出邮件 1 封。\n"


def test_an_address_that_is_refused_is_an_error_too(reporter, server):
    server.refused = frozenset({"reporter@example.gov.cn"})
    with pytest.raises(CommandError, match="1 封被邮件服务器拒收，请核对这些账号的邮箱"):
        remind()


def test_days_off_are_left_in_peace_and_made_up_for(reporter):
    saturday, monday = date(2018, 9, 22), date(2018, 9, 25)
    assert remind(saturday) == "2018年9月22日是休息日，不提醒；下一个工作日补上。\n"
    assert not Reminder.objects.exists()
    assert "新提醒 1 条" in remind(saturday, any_day=True)
    assert "新提醒 1 条" in remind(monday)
    assert [key.rpartition("/")[2] for key in Reminder.objects.order_by("pk").values_list("key", flat=True)] == ["3", "1"]


def test_a_saturday_that_is_worked_is_no_day_off(reporter):
    # Worked in exchange for the National Day of 2018.
    assert "新提醒 2 条" in remind(date(2018, 9, 29))


def test_without_a_server_it_says_where_the_mails_are(reporter, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert remind() == f"2018年9月28日：新提醒 1 条，写出邮件 1 封（未设 ERQI_EMAIL_URL，存于 {tmp_path}）。\n"
    assert Digest.objects.exclude(sent_at=None).count() == 1


def test_a_pass_that_nobody_carried_on_is_finished_first_also_on_a_day_off(reporter):
    with clock.at(DAY):
        warn_ledger(district_ledger())
        run = start_pass(reason="批准规则", by=None)
    assert run.finished_at is None
    out = remind()
    assert out.startswith("已完成 1 次预警颜色重算。\n2018年9月28日：")
    run.refresh_from_db()
    assert (run.done, run.finished_at is not None) == (10, True)
    with clock.at(DAY):
        start_pass(reason="又一次", by=None)
    assert remind(date(2018, 9, 30)).startswith("已完成 1 次预警颜色重算。\n")
    assert "重算" not in remind()
