"""The inbox: what people are told once, and what opening a line does."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.simulation import simulating
from projects.choices import ReminderKind
from projects.models import Reminder
from projects.services.reminder import Line, mark_read, notify, tell
from projects.stats.inbox import settled, unread
from projects.tests.browsing import said, sign_in, text
from projects.tests.builders import make_milestone, make_project, make_unit, make_user
from projects.tests.concurrency import at_once
from projects.tests.report_builders import file_month, make_reporter, report_projects

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 28)


def remind(user, key="k", title="月报被退回", url="/ledgers/", **values):
    with clock.at(DAY):
        notify(users=[user], kind=ReminderKind.RETURNED, key=key, title=title, url=url, **values)
    return Reminder.objects.get(user=user, key=key)


@pytest.fixture
def user():
    return make_user("reporter")


@pytest.fixture
def client(user):
    return sign_in(user)


# Telling


def test_a_line_is_written_once_for_each_key_and_person(user):
    other = make_user("viewer")
    lines = [Line([user, other, user], ReminderKind.DUE, "a", "标题"), Line([user], ReminderKind.DUE, "b", "标题")]
    assert tell(lines) == 3
    assert tell(lines) == 0
    assert notify(users=[user, make_user()], kind=ReminderKind.DUE, key="a", title="别的标题") == 1
    assert Reminder.objects.filter(user=user, key="a").get().title == "标题"


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once(user):
    def told():
        return notify(users=[user], kind=ReminderKind.DUE, key="a", title="标题")

    at_once(told, told, told)
    assert Reminder.objects.filter(user=user).count() == 1


def test_what_is_too_long_is_cut_and_not_refused(user):
    found = remind(user, title="题" * 200, text="文" * 400)
    assert (len(found.title), found.title[-1], len(found.text), found.text[-1]) == (120, "…", 300, "…")


def test_what_a_simulation_tells_is_marked(user):
    with simulating():
        remind(user, "a")
    remind(user, "b")
    assert dict(Reminder.objects.values_list("key", "simulated")) == {"a": True, "b": False}


def test_many_lines_take_few_queries(user):
    def lines(number):
        return [Line([user], ReminderKind.DUE, f"{number}/{place}", "标题") for place in range(number)]

    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            tell(lines(number))
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts == [2, 2]


# Reading


def test_opening_a_line_marks_it_read_and_leads_on(client, user):
    first, second = remind(user, "a", url="/ledgers/"), remind(user, "b")
    answer = client.post("/inbox/read/", {"reminder": first.pk})
    assert answer["Location"] == "/ledgers/"
    first.refresh_from_db()
    assert first.read_at is not None
    read_at = first.read_at
    client.post("/inbox/read/", {"reminder": first.pk})
    first.refresh_from_db()
    assert first.read_at == read_at
    assert list(Reminder.objects.unread()) == [second]


def test_a_line_that_leads_nowhere_leads_back(client, user):
    assert client.post("/inbox/read/", {"reminder": remind(user, url="").pk})["Location"] == "/inbox/"


def test_nobody_opens_anothers_line(client, user):
    other = remind(make_user("viewer"))
    assert client.post("/inbox/read/", {"reminder": other.pk}).status_code == 404
    other.refresh_from_db()
    assert other.read_at is None
    assert mark_read(user=user, reminders=[other.pk]) == 0
    assert not client.get("/inbox/").context["page_obj"].object_list


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 30, "1 2", "²"])
def test_a_key_that_is_none_marks_nothing(client, user, key):
    remind(user)
    assert client.post("/inbox/read/", {"reminder": key})["Location"] == "/inbox/"
    assert Reminder.objects.unread().count() == 1


@pytest.mark.parametrize("url", ["https://evil.example.cn/", "//evil.example.cn/", "javascript:alert(1)"])
def test_the_request_never_says_where_a_line_leads(client, user, url):
    found = remind(user)
    assert client.post("/inbox/read/", {"reminder": found.pk, "next": url})["Location"] == "/ledgers/"
    assert client.post("/inbox/read/", {"all": "1", "next": url})["Location"] == "/inbox/"


def test_all_are_marked_but_for_what_came_since_the_page_was_opened(client, user):
    remind(user, "a")
    remind(user, "b")
    other = remind(make_user("viewer"))
    page = client.get("/inbox/")
    late = remind(user, "c")
    answer = client.post("/inbox/read/", {"all": "1", "last": page.context["last"]})
    assert said(client, answer) == "已将 2 条提醒标为已读。"
    assert set(Reminder.objects.unread()) == {late, other}


def test_reading_takes_a_post(client):
    assert client.get("/inbox/read/").status_code == 405


# Pages


def test_the_inbox_shows_the_latest_first_and_only_ones_own(client, user):
    remind(make_user("viewer"), title="别人的")
    remind(user, "a", title="第一条", text="内容在此")
    second = remind(user, "b", title="第二条")
    mark_read(user=user, reminders=[second.pk])
    page = text(client.get("/inbox/"))
    assert page.index("第二条") < page.index("第一条")
    assert "内容在此" in page
    assert "别人的" not in page
    assert page.count("未读：") == 1
    unread = text(client.get("/inbox/?unread=1"))
    assert "第一条" in unread
    assert "第二条" not in unread


def test_an_empty_inbox_says_what_will_come(client):
    assert "没有提醒" in text(client.get("/inbox/"))
    assert "没有未读的提醒" in text(client.get("/inbox/?unread=1"))


def test_the_bell_counts_what_is_unread(client, user):
    assert text(client.get("/inbox/count/")).strip() == ""
    remind(user, "a")
    remind(user, "b")
    assert '<span class="inbox-count">2</span>' in text(client.get("/inbox/count/"))


def test_a_long_inbox_has_pages(client, user):
    tell([Line([user], ReminderKind.DUE, f"{place}", f"第{place}条") for place in range(55)])
    assert len(client.get("/inbox/").context["page_obj"]) == 50
    assert len(client.get("/inbox/?page=2").context["page_obj"]) == 5
    assert len(client.get("/inbox/?per_page=all").context["page_obj"]) == 55


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(client, user, number):
    for place in range(number):
        remind(user, f"{place}")
    counts = []
    for address in ("/inbox/", "/inbox/count/"):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts == [7, 4]


# What was done since


def test_a_reminder_of_a_month_is_done_when_everything_is_filed_and_counts_no_more():
    unit = make_unit("区建设局")
    user, projects = make_reporter(unit), report_projects(2, unit)
    remind(user, "report/2018-9/2018-09-25/overdue", "9月月报已逾期：还有 2 个项目未报")
    client = sign_in(user)

    def seen() -> tuple[str, str]:
        with clock.at(DAY):
            return text(client.get("/inbox/")), text(client.get("/inbox/count/"))

    file_month(projects[0])
    page, count = seen()
    assert "已办" not in page
    assert "1" in count
    file_month(projects[1])
    page, count = seen()
    assert "已办" in page
    assert "未读：" not in page
    assert "1" not in count


def test_a_reminder_of_a_milestone_is_done_when_it_is_done_or_moved():
    user, project = make_user("reporter"), make_project("道路")
    stays, done, moved = (make_milestone(project, "other", 2018, name=name, due_on=DAY) for name in "甲乙丙")
    type(done).objects.filter(pk=done.pk).update(done_on=DAY)
    type(moved).objects.filter(pk=moved.pk).update(due_on=date(2018, 10, 31))
    rows = {one.pk: remind(user, f"milestone/{one.pk}/{DAY}/1") for one in (stays, done, moved)}
    assert settled(user, [(row.pk, row.key) for row in rows.values()], DAY) == {rows[done.pk].pk, rows[moved.pk].pk}
    assert unread(user, DAY) == [rows[stays.pk].pk]
