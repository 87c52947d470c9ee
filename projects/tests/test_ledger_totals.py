"""Totals of the ledger against sums made by hand: bundles, joins, entries that have left."""

from datetime import date
from decimal import Decimal

import pytest

from projects.choices import ResponsibilityKind
from projects.models import LedgerEntry
from projects.stats import Amount, ledger_totals
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_responsibility, make_unit, make_user
from projects.tests.ledger_pages import foot, page

DAY = date(2018, 9, 28)


@pytest.fixture
def ledger(db):
    return make_ledger()


def enter(ledger, name, entry=None, **values):
    return make_entry(ledger, make_project(name, **values), **entry or {})


def totals(ledger, day=DAY, **conditions):
    return ledger_totals(LedgerEntry.objects.for_ledger(ledger, day, delisted=True).filter(**conditions), day)


def test_sums_are_exact_and_say_how_many_rows_have_a_figure(ledger):
    enter(ledger, "甲", {"annual_plan": Decimal("0.0001")}, total_investment=Decimal("793000"))
    enter(ledger, "乙", {"annual_plan": Decimal("0.0002")}, total_investment=Decimal("0.3"))
    enter(ledger, "丙", {"annual_plan": 0})
    enter(ledger, "丁")
    found = totals(ledger)
    assert (found.count, found.entries, found.projects) == (4, 4, 4)
    assert found.total_investment == Amount(Decimal("793000.3"), 2, 0)
    assert found.annual_plan == Amount(Decimal("0.0003"), 3, 0)


def test_nothing_known_is_not_zero(ledger):
    enter(ledger, "甲")
    assert totals(ledger).total_investment == Amount(None, 0, 0)
    empty = totals(ledger, seq=99)
    assert (empty.count, empty.projects, empty.annual_plan.total) == (0, 0, None)


def test_children_never_multiply_a_sum(ledger):
    entry = enter(ledger, "甲", {"annual_plan": 10}, total_investment=100)
    for name in ("一", "二", "三"):
        make_milestone(entry.project, name=name)
        make_responsibility(entry.project, make_unit(name), ResponsibilityKind.COOPERATE)
    units = list(entry.project.responsibilities.values_list("unit", flat=True))
    found = ledger_totals(LedgerEntry.objects.for_ledger(ledger, DAY).of_units(units, DAY), DAY)
    assert (found.count, found.total_investment.total, found.annual_plan.total) == (1, 100, 10)


def test_a_bundle_counts_with_its_number_and_its_listed_members_only_once(ledger):
    roads = enter(ledger, "道路", {"annual_plan": 380000}, bundle_count=158, total_investment=793000)
    enter(ledger, "甲路", {"annual_plan": 5}, bundle_of=roads.project, total_investment=100)
    enter(ledger, "乙路", bundle_of=roads.project)
    enter(ledger, "公园", total_investment=7)
    found = totals(ledger)
    # By hand: 158 roads, of which two are also named, and one park.
    assert (found.entries, found.projects) == (4, 159)
    assert found.total_investment == Amount(Decimal(793007), 2, 1)
    assert found.annual_plan == Amount(Decimal(380000), 1, 1)


def test_members_count_for_themselves_where_the_bundle_is_not_among_the_rows(ledger):
    roads = enter(ledger, "道路", bundle_count=158, total_investment=793000)
    member = enter(ledger, "甲路", bundle_of=roads.project, total_investment=100)
    found = totals(ledger, pk=member.pk)
    assert (found.projects, found.total_investment) == (1, Amount(Decimal(100), 1, 0))


def test_members_add_up_where_their_bundle_has_no_figure_itself(ledger):
    roads = enter(ledger, "道路", bundle_count=3)
    for name in ("甲路", "乙路"):
        enter(ledger, name, {"annual_plan": 2}, bundle_of=roads.project, total_investment=50)
    found = totals(ledger)
    assert found.projects == 3
    assert found.total_investment == Amount(Decimal(100), 2, 0)
    assert found.annual_plan == Amount(Decimal(4), 2, 0)


def test_bundles_inside_bundles_count_once(ledger):
    schools = enter(ledger, "学校", bundle_count=35, total_investment=1000)
    ready = enter(ledger, "年内建成", bundle_count=6, bundle_of=schools.project, total_investment=200)
    inner = enter(ledger, "81中", bundle_of=ready.project, total_investment=30)
    assert totals(ledger).projects == 35
    assert totals(ledger).total_investment == Amount(Decimal(1000), 1, 2)
    without_middle = totals(ledger, pk__in=[schools.pk, inner.pk])
    assert (without_middle.projects, without_middle.total_investment.total) == (35, 1000)


def test_entries_that_have_left_are_shown_but_not_counted(ledger):
    enter(ledger, "留", {"annual_plan": 1}, total_investment=10)
    enter(ledger, "退", {"annual_plan": 2, "delisted_on": DAY, "delist_reason": "放弃"}, total_investment=20, bundle_count=9)
    now = totals(ledger)
    assert (now.count, now.entries, now.gone, now.projects) == (2, 1, 1, 1)
    assert now.total_investment == Amount(Decimal(10), 1, 0)
    before = totals(ledger, date(2018, 9, 27))
    assert (before.entries, before.gone, before.projects, before.annual_plan.total) == (2, 0, 10, 3)


def test_a_list_says_how_many_it_is_with_each_bundle_as_one(ledger):
    roads = enter(ledger, "道路", bundle_count=158)
    enter(ledger, "甲路", bundle_of=roads.project)
    enter(ledger, "公园")
    found = totals(ledger)
    assert (found.entries, found.inside, found.bundled, found.projects) == (3, 1, 2, 159)
    without = totals(ledger, project__bundle_count=None)
    assert (without.entries, without.inside, without.bundled) == (2, 0, 2)


def quantities(ledger, **conditions):
    rows = LedgerEntry.objects.for_ledger(ledger, DAY, delisted=True).filter(**conditions)
    return ledger_totals(rows, DAY, quantity=True)


def test_quantities_add_up_where_they_have_one_unit(ledger):
    homes = enter(ledger, "安置房", bundle_count=3, quantity=260, quantity_unit="万㎡")
    enter(ledger, "甲房", bundle_of=homes.project, quantity=20, quantity_unit="万㎡")
    enter(ledger, "乙房", quantity=10, quantity_unit="万㎡")
    enter(ledger, "无数")
    found = quantities(ledger)
    assert (found.quantity, found.quantity_unit) == (Amount(Decimal(270), 2, 1), "万㎡")
    enter(ledger, "公厕", quantity=24, quantity_unit="座")
    assert quantities(ledger).quantity_unit is None
    assert quantities(ledger, project__name="无数").quantity == Amount(None, 0, 0)
    assert totals(ledger).quantity is None


def test_the_page_shows_both_counts_and_the_sum_of_quantities(ledger, client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    homes = enter(ledger, "安置房", bundle_count=3, quantity=260, quantity_unit="万㎡&")
    enter(ledger, "甲房", bundle_of=homes.project)
    html = page(client, "?cols=quantity&as_of=2018-09-28")
    assert "打捆为 <strong>1</strong> 个，含打捆计 <strong>3</strong> 个" in html
    assert "2 条|打捆为 1 个，含打捆计 3 个" in foot(html)
    assert "260万㎡&amp;|1 项有数" in foot(html)
    enter(ledger, "公厕", quantity=24, quantity_unit="座")
    assert "—|单位不一" in foot(page(client, "?cols=quantity&as_of=2018-09-28"))
