"""A day that was asked for goes along on links between pages that show a day, and to no others."""

import html as entities
import re
from datetime import date

import pytest
from django.urls import resolve

from erqi.common.asof_links import shows_day, with_day
from erqi.common.roles import Role
from erqi.tests.permissions import TABLE, address_of, samples
from projects.choices import WarningLevel
from projects.tests.builders import make_ledger, make_user
from projects.tests.warning_builders import enter_coloured, warn_ledger

DAY = date(2018, 9, 28)


def addresses(text: str, start: str) -> list[str]:
    found = [entities.unescape(one) for one in re.findall(r'href="([^"]*)"', text)]
    return [one for one in found if one.startswith(start)]


@pytest.fixture
def viewer(client, db, settings):
    settings.FIXED_TODAY = DAY
    client.force_login(make_user("viewer"))
    return client


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a class="x" href="/warnings/">', '<a class="x" href="/warnings/?as_of=2018-06-30">'),
        ('<a href="/warnings/?view=table&amp;group=area#t">', '<a href="/warnings/?view=table&amp;group=area&amp;as_of=2018-06-30#t">'),
        ('<tr data-href="/projects/X/">', '<tr data-href="/projects/X/?as_of=2018-06-30">'),
        # A day of its own, the way back, a page that shows no day, another place on the page, nowhere.
        ('<a href="/warnings/?as_of=2018-01-01">', None),
        ('<a data-today href="/projects/X/">', None),
        ('<a href="/todo/">', None),
        ('<a href="?page=2">', None),
        ('<a href="/nowhere/">', None),
        ('<a href="/attachments/1/">', None),
    ],
)
def test_the_day_goes_where_a_day_is_shown(before, after):
    assert with_day(before, "2018-06-30") == (after or before)


@pytest.mark.django_db
def test_what_reads_the_day_says_so(client, settings):
    """Every page that shows the banner of another day takes the day from links; those that do not are given none."""
    settings.FIXED_TODAY = DAY
    user = make_user(Role.OFFICE)
    client.force_login(user)
    filled, wrong = samples(user), []
    for name, rule in TABLE.items():
        if rule.path or name.startswith("admin:") or name == "logout" or not rule.allows(user, "GET"):
            continue
        address = address_of(name, rule, filled)
        answer = client.get(address + ("&" if "?" in address else "?") + "as_of=2018-06-30")
        is_page = answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/html")
        banner = is_page and "正在查看" in answer.content.decode()
        marked = shows_day(resolve(address.partition("?")[0]).func)
        if banner and not marked:
            wrong.append(f"{name} shows a day and does not say so")
        if marked and answer.status_code == 302 and "as_of=2018-06-30" not in answer["Location"]:
            wrong.append(f"{name} leads on without the day")
        if marked and is_page and not banner and name != "projects:warning_changes":
            wrong.append(f"{name} says it shows a day and does not")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "why"), [("2018-09-29", "晚于今天（2018年9月28日），只能查看"), ("2018-13-45", "无法识别")])
def test_every_page_says_the_day_that_it_does_not_show(client, settings, text, why):
    """One rule for all pages that read the day: a day to come and what is no date are said, and the present is shown."""
    settings.FIXED_TODAY = DAY
    user = make_user(Role.OFFICE)
    client.force_login(user)
    filled, wrong = samples(user), []
    for name, rule in TABLE.items():
        if rule.path or name.startswith("admin:") or name in ("logout", "projects:warning_changes") or not rule.allows(user, "GET"):
            continue
        address = address_of(name, rule, filled)
        if not shows_day(resolve(address.partition("?")[0]).func):
            continue
        answer = client.get(address + ("&" if "?" in address else "?") + f"as_of={text}", follow=True)
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        if "正在查看" in page or page.count(f"日期“{text}”{why}") != 1:
            wrong.append(f"{name}: {page.count(f'日期“{text}”{why}')}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def red(viewer):
    ledger = make_ledger()
    warn_ledger(ledger)
    return enter_coloured(ledger, WarningLevel.RED, "某项目", on=DAY).project


@pytest.mark.parametrize("path", ["/warnings/", "/warnings/?view=table", "/ledgers/2018/", "/warnings/upcoming/?days=90", "/plans/2018/"])
def test_a_project_opens_on_the_day_of_the_page_it_was_found_on(viewer, red, path):
    text = viewer.get(f"{path}{'&' if '?' in path else '?'}as_of=2018-09-20").content.decode()
    found = [one for one in addresses(text, f"/projects/{red.code}/") if one.partition("?")[0] == f"/projects/{red.code}/"]
    assert all(one.endswith("?as_of=2018-09-20") for one in found)
    assert found or "upcoming" in path
    # The pages beside it, too; to-dos are of today.
    assert "/warnings/upcoming/?as_of=2018-09-20" in addresses(text, "/warnings/upcoming/")
    assert addresses(text, "/todo/") == ["/todo/"]
    assert "as_of=2018-09-20" not in "".join(addresses(viewer.get(path).content.decode(), "/"))


def test_the_comparison_of_two_days_leads_to_its_last_one(viewer, red):
    text = viewer.get("/warnings/changes/?from=2018-09-01&to=2018-09-20").content.decode()
    assert set(addresses(text, f"/projects/{red.code}/")) == {f"/projects/{red.code}/?as_of=2018-09-20"}
    assert "2018年9月13日至2018年9月20日" in viewer.get("/warnings/changes/?as_of=2018-09-20").content.decode()
    assert set(addresses(viewer.get("/warnings/changes/?from=2018-09-01").content.decode(), "/projects/")) == {f"/projects/{red.code}/"}


def test_the_way_back_leads_to_the_present(viewer, red):
    text = viewer.get(f"/projects/{red.code}/?as_of=2018-09-20").content.decode()
    assert re.search(r'data-today href="/projects/[^"?]*">返回当前', text)
    assert '<input type="hidden" name="as_of" value="2018-09-20">' in text


@pytest.mark.parametrize("text", ["2018-13-45", "昨天", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/warnings/", "/warnings/upcoming/", "/ledgers/2018/", "/projects/{}/", "/plans/2018/"])
def test_a_day_that_is_none_is_said(viewer, red, path, text):
    answer = viewer.get(path.format(red.code), {"as_of": text}).content.decode()
    reason = {"0": "早于2000年", "9": "晚于今天（2018年9月28日）"}.get(text[0], "无法识别")
    assert f"日期“{text}”{reason}" in answer
    assert "正在查看" not in answer
