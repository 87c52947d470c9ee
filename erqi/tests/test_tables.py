"""Columns, tables, filters and addresses of lists, on accounts (records that need no app)."""

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from erqi.common.filters import BaseFilterSet, ManyFilter, NumberFilter, OneFilter, Option, SearchFilter, tree_options
from erqi.common.listing import Listing, without_empty
from erqi.common.models import User
from erqi.common.roles import Role
from erqi.common.tables import (
    NOT_FILLED_IN,
    BaseTable,
    ChoiceColumn,
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
)


class Table(BaseTable):
    username = LinkColumn("账号", url=lambda user: f"/accounts/{user.pk}/?a=1&b=2", pinned=True)
    name = Column("姓名", sort=["name"])
    login = DateColumn("最近登录", accessor="last_login", sort=["last_login"])
    size = NumberColumn("个数", accessor="pk", sort=[], shown=False)

    def row_link(self, record):
        return f"/accounts/{record.pk}/"

    def footer(self, totals):
        return {"username": "合计", "size": "3"}


class Filter(BaseFilterSet):
    q = SearchFilter(label="姓名")
    who = ManyFilter(label="人", options=[("a", "甲"), ("b", "乙")])
    state = OneFilter(label="状态", options="state_options")
    most = NumberFilter(label="不超过", unit="万元", more=True)

    asked = 0

    def state_options(self):
        type(self).asked += 1
        return [Option("on", "在用")]

    def filter_q(self, queryset, name, value):
        return queryset.filter(name__contains=value)

    def filter_who(self, queryset, name, value):
        return queryset.filter(username__in=value)

    def filter_state(self, queryset, name, value):
        return queryset.filter(is_active=True)

    def filter_most(self, queryset, name, value):
        return queryset.filter(pk__lte=value)


def listing(query="", **options):
    return Listing(QueryDict(query), User.objects.order_by("username"), Table, Filter, **options)


def cell(column, value, money_unit="wan"):
    table = SimpleNamespace(empty=lambda record: NOT_FILLED_IN, money_unit=money_unit, flat=False)
    column.bind("field", table)
    record = SimpleNamespace(field=value)
    return column.cell(record), column.value(record)


@pytest.mark.parametrize(
    ("column", "value", "html", "plain"),
    [
        (Column("文"), "<b>&", "&lt;b&gt;&amp;", "<b>&"),
        (Column("文"), "", NOT_FILLED_IN, None),
        (Column("文"), None, NOT_FILLED_IN, None),
        (NumberColumn("数"), 0, "0", 0),
        (NumberColumn("数"), 1234567, "1,234,567", 1234567),
        (NumberColumn("数"), Decimal("12.5000"), "12.5", Decimal("12.5")),
        (MoneyColumn("钱"), Decimal("793000.0000"), "793,000", Decimal(793000)),
        (MoneyColumn("钱"), Decimal(0), "0", Decimal(0)),
        (DateColumn("日"), date(2018, 6, 30), "2018-06-30", date(2018, 6, 30)),
        (ChoiceColumn("选", Role), "office", "重点项目办", "重点项目办"),
        (ChoiceColumn("选", Role), "<old>", "&lt;old&gt;", "<old>"),
        (TextColumn("长"), "短", "<div>短</div>", "短"),
        (TextColumn("长"), '"' * 30, f'<div title="{"&quot;" * 30}">{"&quot;" * 30}</div>', '"' * 30),
        (LinkColumn("链", url=lambda record: '/"x'), "<i>", '<a href="/&quot;x">&lt;i&gt;</a>', "<i>"),
        (LinkColumn("链", url=lambda record: ""), "名", "名", "名"),
    ],
)
def test_a_column_gives_escaped_html_and_a_plain_value(column, value, html, plain):
    assert cell(column, value) == (html, plain)


def test_money_follows_the_unit_of_its_table_and_loses_nothing():
    assert cell(MoneyColumn("钱"), Decimal("12345.6789"), "yi") == ("1.23456789", Decimal("1.23456789"))
    assert cell(MoneyColumn("钱"), None, "yi") == (NOT_FILLED_IN, None)


def test_an_accessor_stops_at_an_empty_relation():
    column = Column("级", accessor="field__parent__name")
    assert cell(column, None) == (NOT_FILLED_IN, None)
    assert cell(column, SimpleNamespace(parent=None)) == (NOT_FILLED_IN, None)
    assert cell(column, SimpleNamespace(parent=SimpleNamespace(name="上"))) == ("上", "上")


def make(*names):
    return [User.objects.create(username=username, name=name) for username, name in names]


def test_rows_are_made_by_one_function_with_labels_links_and_pins(db):
    (user,) = make(("a", "<甲>"))
    found = listing()
    assert found.count == 1
    assert found.table.body() == (
        f'<tr data-href="/accounts/{user.pk}/"><td class="name pin-1" data-label="账号">'
        f'<a href="/accounts/{user.pk}/?a=1&amp;b=2">a</a></td><td data-label="姓名">&lt;甲&gt;</td>'
        f'<td class="date nil" data-label="最近登录">{NOT_FILLED_IN}</td></tr>'
    )
    assert found.table.values() == [["a", "<甲>", None]]


def test_the_totals_row_follows_the_visible_columns(db):
    assert re.sub("<[^>]+>", "|", listing("cols=size").table.foot(None)) == "|合计||3|"
    assert re.sub("<[^>]+>", "|", listing("cols=name").table.foot(None)) == "|合计|||"


def test_headings_turn_the_order_round(db):
    def urls(query):
        return {head.name: (head.aria_sort, url) for head, url in listing(query).heads}

    assert urls("")["name"] == ("", "?sort=name")
    assert urls("sort=name")["name"] == ("ascending", "?sort=-name")
    assert urls("sort=-name")["name"] == ("descending", "?sort=name")
    assert urls("sort=-name&cols=size")["size"] == ("", "")


def test_one_table_does_not_change_another(db):
    first, second = listing("cols=size"), listing()
    assert (first.columns, second.columns) == (["username", "size"], ["username", "name", "login"])
    assert [column.visible for column in Table.base_columns.values()] == [True, True, True, True]


def test_several_sort_keys_count_in_their_order(db):
    make(("a", "乙"), ("b", "甲"), ("c", "乙"))
    assert [user.username for user in listing("sort=-name,-username").page_obj] == ["b", "c", "a"]


def test_only_filters_that_the_address_names_ask_for_their_choices(db):
    before = Filter.asked
    listing("q=x").page_obj.object_list  # noqa: B018
    assert Filter.asked == before
    found = listing("state=on")
    found.filterset.controls()
    assert found.chips == [{"label": "状态", "value": "在用", "remove_url": "?"}]
    assert Filter.asked == before + 1


def test_a_filter_is_described_in_words_and_taken_away_by_its_chip(db):
    found = listing("who=a&who=b&most=1.50&sort=name&page=3")
    assert found.summary == "人：甲、乙；不超过：1.5万元"
    assert found.query == "who=a&who=b&most=1.5&sort=name"
    assert [chip["remove_url"] for chip in found.chips] == [
        "?who=b&most=1.5&sort=name",
        "?who=a&most=1.5&sort=name",
        "?who=a&who=b&sort=name",
    ]
    assert found.clear_url == "?sort=name"
    assert found.filterset.counts == [("who", 2), ("more", 1)]


def test_wrong_parameters_are_named_and_left_out_of_links(db):
    found = listing("who=z&state=off&most=-1&per_page=33&money=x&sort=size,foo&cols=bar")
    assert len(found.problems) == 8
    assert found.query == ""


def test_empty_parameters_of_a_form_are_dropped():
    assert without_empty(QueryDict("q=&who=a&who=&x=%20")).urlencode() == "who=a"


def test_the_count_is_one_query_and_totals_save_even_that(db, django_assert_num_queries):
    make(("a", "甲"), ("b", "乙"))
    with django_assert_num_queries(2):
        assert listing().count == 2
    with django_assert_num_queries(2):
        found = listing(totals=lambda rows, listing: SimpleNamespace(count=rows.count()))
        assert found.count == 2


def test_a_tree_of_choices_survives_missing_parents_and_gives_all_parts():
    options, with_parts = tree_options([(1, "a", "甲", None), (2, "b", "乙", 1), (3, "c", "丙", 2), (4, "d", "丁", 99)])
    assert [(option.label, option.depth) for option in options] == [("甲", 0), ("乙", 1), ("丙", 2), ("丁", 0)]
    assert with_parts(["a"]) == {1, 2, 3}
    assert with_parts(["c", "d"]) == {3, 4}
