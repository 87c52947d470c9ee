"""The cockpit: each number is what the list shows that it leads to, on any day; everybody begins with what is theirs."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from erqi.common.dates import parse_day
from erqi.common.models import User
from projects.choices import WarningLevel
from projects.filters.ledger import LedgerFilter
from projects.models import Ledger, LedgerEntry
from projects.querysets.ledger_figures import figure_basis
from projects.stats import ledger_totals
from projects.tests.builders import make_ledger, make_user
from projects.tests.target_lists import check
from projects.tests.warning_builders import enter_coloured, warn_ledger
from projects.views.cockpit import Cell, Scope, YearView, scopes_of
from projects.views.cockpit_attention import due, grave, turned, turning
from projects.views.cockpit_year import ranked, targets

YEAR = 2018
TODAY = date(2018, 9, 28)
FIRST, LAST = date(2018, 1, 1), date(2018, 12, 31)


def on_any_day(test):
    """Run a test on today, on the day on which colours began, and on days drawn at random."""
    for day in (TODAY, date(2018, 3, 1)):
        test = example(day=day)(test)
    quick = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    return quick(given(day=st.dates(FIRST, LAST))(test))


def entries_at(url: str):
    """Return the entries that the ledger shows at an address, and the day of the address."""
    parts = urlsplit(url)
    params = QueryDict(parts.query)
    day = parse_day(params.get("as_of", "")) or TODAY
    ledger = Ledger.objects.get(code=parts.path.strip("/").split("/")[-1])
    filters = LedgerFilter(params, LedgerEntry.objects.for_ledger(ledger, day, delisted=True), as_of=day, year=ledger.year)
    assert filters.problems == []
    return filters.qs, day


def count_at(url: str) -> int:
    return entries_at(url)[0].count()


def views(day: date):
    """Return the year as the whole district, a unit and a patron see it."""
    ledger = Ledger.objects.main().get(year=YEAR)
    people = [User.objects.get(username=name) for name in ("reporter", "leader")]
    scopes = [Scope("all", "全区", {}), *(scopes_of(user, day)[0] for user in people)]
    return [YearView(ledger, day, scope, asked=day != TODAY) for scope in scopes]


@on_any_day
def test_every_number_is_that_of_the_list_behind_it(demo_db, day):
    for view in views(day) if day == TODAY else views(day)[:1]:
        tiles = {tile.label: tile for tile in view.tiles(milestones=True)}
        for label, tile in tiles.items():
            if label != "本年累计完成投资" and tile.url:
                assert int(tile.value) == count_at(tile.url), (view.scope.label, label)
            for text, url in tile.notes:
                if url and (planned := re.search(r"计划 (\d+) 个", text)):
                    assert int(planned[1]) == count_at(url), text
        money = tiles["本年累计完成投资"]
        rows, on = entries_at(money.url)
        done = ledger_totals(rows, on, figure_basis(YEAR, on)).reported.done.total
        assert (money.exact or None) == (f"{done / 10000:,f}".rstrip("0").rstrip(".") + "亿元" if done else None)
        for bar in view.colour_bar():
            assert bar.number == count_at(bar.url), bar.word
        for groups in (view.colours_by_unit(), view.colours_by_category()):
            chart = view.colour_chart(groups)
            assert sum(row[-1].text for row in chart["rows"]) == view.totals.entries
            for row in chart["rows"]:
                for cell in row[1:]:
                    assert isinstance(cell, Cell)
                    assert cell.text == (count_at(cell.url) if cell.url else 0), str(row[0])
        for row in view.funnel()["rows"]:
            assert row[1].text == (count_at(row[1].url) if row[1].url else 0)
        if unknown := view.funnel()["unknown"]:
            assert unknown[0] == count_at(unknown[1])


@on_any_day
def test_every_target_and_every_rank_is_that_of_the_list_behind_it(demo_db, day):
    whole = views(day)[0]
    lines = targets(whole)
    assert {line.target.computed for line in lines} == {"invested", "started", "completed", "listed"}
    assert sum(check(line.status.found) for line in lines)
    for view in views(day) if day == TODAY else [whole]:
        if not view.is_warned:
            continue
        found = ranked(view)
        assert found["groups"]
        for _, units in found["groups"]:
            for one in units:
                rows, on = entries_at(one.url)
                figures = one.line.figures
                assert figures.entries == rows.count()
                assert (one.red, one.yellow) == tuple(count_at(f"{one.url}&colour={colour}") for colour in ("red", "yellow"))
                assert figures.of_plan == ledger_totals(rows, on, figure_basis(YEAR, on)).reported.of_plan


@on_any_day
def test_what_turned_and_what_will_turn_is_as_many_as_on_the_pages_behind(demo_db, day):
    client = Client()
    client.force_login(User.objects.get(username="viewer"))
    for view in views(day):
        if not view.is_warned:
            return
        if day > TODAY:
            # The pages behind show no day that has not come.
            return
        assert client.get(turned(view)["url"]).context["numbers"] == turned(view)["numbers"], view.scope.label
        ahead = turning(view)
        assert client.get(ahead["url"]).context["worse"] == ahead["count"], view.scope.label
        assert ahead["count"] >= len(ahead["lines"])
        coming = due(view)
        assert coming["count"] == count_at(coming["url"])
        assert len(coming["lines"]) == min(5, coming["count"])
        worst = grave(view)
        assert worst["count"] == count_at(view.url(colour=["red", "yellow"]))
        assert worst["more"] == worst["count"] - len(worst["cards"])


@on_any_day
def test_each_point_of_the_curve_is_the_ledgers_total_of_its_day(demo_db, day):
    view = views(day)[0]
    drawn = 0
    for point, row in zip(view.course, view.curve()["rows"], strict=True):
        if point.done is not None:
            rows, on = entries_at(row[2].url)
            assert on == point.day
            assert point.done == ledger_totals(rows, on, figure_basis(YEAR, on)).reported.done.total
            drawn += 1
    assert drawn or day < date(2018, 3, 24)


def test_the_page_says_what_the_ledgers_page_says(demo_db, client):
    client.force_login(User.objects.get(username="viewer"))
    page = client.get("/", {"as_of": "2018-06-30"}).content.decode()
    for query in ("due=late", "achieved=start", "colour=red", "stage=4"):
        link = re.search(rf'href="(/ledgers/2018/\?[^"]*{query}[^"]*)"[^>]*>(?:<span[^>]*>.*?</span></span>)?(?:<strong>)?(\d+)', page)
        assert link, query
        ledger = client.get(link[1].replace("&amp;", "&")).content.decode()
        assert re.search(rf"共 <strong>{link[2]}</strong> 条", ledger) or (link[2] == "0" and "没有符合条件的项目" in ledger), query


@pytest.mark.parametrize(
    ("username", "scope", "todo"),
    [
        ("reporter", "本单位项目", True),
        ("leader", "我分包的", True),
        ("inspector", "我督察的", True),
        ("office", "全区", True),
        ("viewer", "全区", False),
    ],
)
def test_everybody_begins_with_what_is_theirs(demo_db, client, username, scope, todo):
    client.force_login(User.objects.get(username=username))
    answer = client.get("/")
    assert answer.context["scope"].label == scope
    assert ("我的待办<span" in answer.content.decode()) is todo
    # What waits is today's: it has no place on the page of another day or year.
    assert "我的待办<span" not in client.get("/", {"year": "2017"}).content.decode()
    assert "我的待办<span" not in client.get("/", {"as_of": "2018-06-30"}).content.decode()


def test_a_day_to_come_is_said_and_the_present_shown(demo_db, client):
    client.force_login(User.objects.get(username="viewer"))
    answer = client.get("/", {"as_of": "2018-10-01"})
    assert "日期“2018-10-01”晚于今天（2018年9月28日），只能查看今天和以前的状态；现按2018年9月28日显示。" in answer.content.decode()
    assert answer.context["as_of"].day == date(2018, 9, 28)
    assert answer.context["turned"] is not None


def test_figures_that_are_simulated_say_so(demo_db, client):
    client.force_login(User.objects.get(username="viewer"))
    tiles = {tile.label: tile.simulated for tile in client.get("/").context["tiles"]}
    assert tiles.pop("在账项目") is False
    assert set(tiles.values()) == {True}


def test_documented_figures_are_not_called_simulated(seeded_db, client):
    client.force_login(User.objects.get(username="viewer"))
    assert not any(tile.simulated for tile in client.get("/", {"year": "2018"}).context["tiles"])


def test_a_year_without_colours_and_reports_asks_for_none(seeded_db, client):
    client.force_login(User.objects.get(username="viewer"))
    answer = client.get("/", {"year": "2022"})
    page = answer.content.decode()
    assert answer.context["tiles"][-1].value == "—"
    assert "没有投资计划和月报" in page
    assert "四色分布" not in page


def test_without_any_ledger_the_page_says_what_to_do(db, client):
    client.force_login(make_user("office"))
    assert "建立台账" in client.get("/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_projects(db, client, django_assert_num_queries, number):
    ledger = make_ledger()
    warn_ledger(ledger)
    for level in (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE)[:number]:
        enter_coloured(ledger, level, on=TODAY)
    client.force_login(make_user("viewer"))
    client.get("/")
    with django_assert_num_queries(54):
        client.get("/")


def test_addresses_carry_the_day_that_was_asked_for(demo_db, client):
    client.force_login(User.objects.get(username="leader"))
    page = client.get("/", {"as_of": "2018-06-30", "scope": "all"}).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    for address in re.findall(r'href="(/(?:ledgers|projects)/[^"]*)"', main):
        assert parse_qs(urlsplit(address.replace("&amp;", "&")).query).get("as_of"), address


def test_what_is_left_out_is_said_with_the_list_that_has_it(demo_db, client):
    client.force_login(User.objects.get(username="viewer"))
    answer = client.get("/")
    page, found = answer.content.decode(), answer.context
    assert f">{found['grave']['more']} 个告警、预警项目</a>" in page
    for name, unit in (("turned", "个"), ("turning", "次"), ("due", "个")):
        count, named = found[name]["count"], len(found[name]["lines"])
        assert (f"共 {count} {unit}，列出前 {named} {unit}" in page) is (count > named), name
    assert found["turned"]["count"] > 5


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"year": "2030"}, ["没有“2030”年度的区级重点项目台账，现按2018年显示。"]),
        ({"year": "abc"}, ["没有“abc”年度的区级重点项目台账，现按2018年显示。"]),
        ({"scope": "xyz"}, ["没有“xyz”这个范围，现按“我分包的”显示。"]),
        ({"year": "2018", "scope": "patron"}, []),
        ({"year": "2017", "scope": "patron"}, []),
    ],
)
def test_what_of_the_address_does_not_count_is_said(demo_db, client, query, said):
    client.force_login(User.objects.get(username="leader"))
    answer = client.get("/", query)
    assert answer.context["problems"] == said
    assert all(sentence in answer.content.decode() for sentence in said)


def test_a_scope_that_a_year_does_not_have_is_kept_for_the_next(demo_db, client):
    client.force_login(User.objects.get(username="leader"))
    answer = client.get("/", {"year": "2017", "scope": "patron"})
    assert answer.context["scope"].key == "all"
    back = next(year["url"] for year in answer.context["years"] if year["label"] == "2018年")
    assert client.get("/" + back).context["scope"].key == "patron"
    # What is no scope at all does not go along.
    assert all("xyz" not in year["url"] for year in client.get("/", {"scope": "xyz"}).context["years"])
