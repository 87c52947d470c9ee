"""What the pages of targets say of how a target stands: numbers with their lists, states in words, filters, the course."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.charts import target_course
from projects.choices import Bound, Computed, Measure, MilestoneKind, Wording
from projects.models import Ledger, Target
from projects.services import target as service
from projects.stats.target import CoursePoint
from projects.tests.builders import (
    make_claim,
    make_entry,
    make_ledger,
    make_milestone,
    make_project,
    make_responsibility,
    make_target,
    make_unit,
    make_user,
)
from projects.tests.report_builders import file_month

BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def _business_date():
    with clock.at(TODAY):
        yield


@pytest.fixture
def ledger(db):
    return make_ledger()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"), backend=BACKEND)
    return client


def html_of(client, url, **query) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def listed(client, year=2018, **query) -> str:
    return html_of(client, reverse("projects:target_list", args=[year]), **query)


def row(html: str, indicator: str) -> str:
    """Return what stands in a target's row, as text with the addresses of links in brackets."""
    (found,) = [part for part in re.findall(r"<tr data-href.*?</tr>", html, re.DOTALL) if f">{indicator}</a>" in part]
    found = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', r"\2[\1]", found)
    return unescape(re.sub(r"<[^>]+>", "", found))


def started(ledger, name, done=None, due=None):
    project = make_project(name)
    make_entry(ledger, project)
    make_milestone(project, MilestoneKind.START, 2018, name="开工", done_on=done, due_on=due)
    return project


@pytest.fixture
def starts(ledger):
    """Two of four planned starts are done, one of them late; the target is 4."""
    for name, done, due in (
        ("甲", date(2018, 3, 30), date(2018, 3, 31)),
        ("乙", date(2018, 7, 20), date(2018, 5, 31)),
        ("丙", None, date(2018, 8, 31)),
        ("丁", None, date(2018, 11, 30)),
    ):
        started(ledger, name, done, due)
    target = make_target("新开工项目", "个", computed=Computed.STARTED)
    make_claim(target, 4, wording=Wording.STRIVE)
    return target


class TestList:
    def test_a_computed_number_leads_to_its_list_and_says_how_it_stands(self, viewer, starts):
        text = row(listed(viewer), "新开工项目")
        assert "2个[/ledgers/2018/?achieved=start&" in text
        assert "as_of=2018-09-28]" in text
        assert "台账计算，截至2018-09-28" in text
        assert "50.0%" in text
        assert "欠序时 24.2 个百分点（序时 74.2%）" in text
        assert re.search(r"计划到期 3个\[/ledgers/2018/\?node=start&due=reached&[^]]*\]，其中已完成 2个\[[^]]*achieved=start", text)
        assert "落后计划" in text

    def test_the_list_behind_shows_the_same_number(self, viewer, starts):
        (address,) = re.findall(r'href="(/ledgers/2018/\?achieved=start[^"]*)"><strong>2个', listed(viewer))
        html = html_of(viewer, unescape(address))
        assert "共 <strong>2</strong> 条" in html
        assert "实际开工" in html

    def test_the_bar_says_in_words_what_it_draws(self, viewer, starts):
        html = listed(viewer)
        assert 'aria-label="完成目标的 50.0%，序时 74.2%"' in html
        assert 'class="gauge-fill" width="50.0"' in html
        assert "M74.2 0V8" in html

    def test_a_bar_is_full_at_most(self, viewer, starts):
        service.change_target(target=starts, version=None, by=None, indicator="开工数")
        claim = make_claim(starts, 1)
        service.adopt_claim(claim=claim, reason="核定", known=service.seen(service.standing_claim(starts)), by=make_user("office"))
        html = listed(viewer)
        assert 'class="gauge-fill" width="100.0"' in html
        assert "200.0%" in row(html, "开工数")
        assert "已达成" in row(html, "开工数")

    def test_an_earlier_day_is_judged_as_it_stood(self, viewer, starts):
        text = row(listed(viewer, as_of="2018-04-30"), "新开工项目")
        assert "1个[/ledgers/2018/?achieved=start" in text
        assert "as_of=2018-04-30" in text
        assert f"[{starts.get_absolute_url()}?as_of=2018-04-30]" in text
        assert "按计划推进" in text
        assert "计划到期 1个" in text

    def test_the_year_over_a_missed_effort_is_called_so(self, viewer, starts):
        with clock.at(date(2018, 12, 31)):
            assert "未达力争目标" in row(listed(viewer), "新开工项目")

    def test_a_registered_result_stands_beside_the_computed_one(self, viewer, starts):
        service.record_reading(target=starts, on=date(2018, 6, 30), value=Decimal(3), by=None)
        text = row(listed(viewer), "新开工项目")
        assert "比登记的少 1个" in text
        assert re.search(r"登记 3个\s*截至2018-06-30", text)

    def test_what_the_ledger_cannot_say_is_no_zero(self, viewer, ledger):
        started(ledger, "甲", due=date(2018, 5, 31))
        make_claim(make_target("新开工项目", "个", computed=Computed.STARTED), 65)
        text = row(listed(viewer), "新开工项目")
        assert "台账算不出" in text
        assert "无法判断" in text
        assert "没有登记不等于没有完成" in text
        assert "0个" not in text
        assert "%" not in text

    def test_growth_says_how_it_compares(self, viewer):
        target = make_target("地区生产总值增长", "%", measure=Measure.GROWTH)
        make_claim(target, 9, bound=Bound.ABOUT)
        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal("8.5"), by=None)
        text = row(listed(viewer), "地区生产总值增长")
        assert "目前低于目标" in text
        assert "低于目标 0.5 个百分点" in text

    def test_counts_by_state_lead_to_what_they_count(self, viewer, starts):
        make_target("别的", "个")
        html = listed(viewer)
        assert '<a href="?state=behind">进度落后 <strong>1</strong></a>' in html
        assert '<a href="?state=unknown">无法判断 <strong>1</strong></a>' in html
        assert "别的" not in listed(viewer, state="behind")
        assert "新开工项目" not in listed(viewer, state="unknown")
        assert "新开工项目" in listed(viewer, state="nonsense"), "what is unknown filters nothing"

    def test_filters_by_where_results_come_from(self, viewer, starts):
        make_target("别的", "个")
        for source, found in (("computed", "新开工项目"), ("started", "新开工项目"), ("reading", "别的")):
            html = listed(viewer, source=source)
            assert [name for name in ("新开工项目", "别的") if f">{name}</a>" in html] == [found]
        chips = listed(viewer, source="started", state="behind")
        assert "完成数字来自：</span>本年开工数" in chips
        assert "状态：</span>进度落后" in chips

    def test_who_may_edit_registers_a_result_from_the_row(self, viewer, client, starts):
        address = reverse("projects:reading_create", args=[2018, starts.pk])
        assert address not in listed(viewer)
        client.force_login(make_user("office"), backend=BACKEND)
        assert f'href="{address}"' in listed(client)

    def test_simulated_numbers_are_marked(self, viewer, demo_db):
        html = html_of(viewer, reverse("projects:target_list", args=[2018]))
        (line,) = [part for part in re.findall(r"<tr data-href.*?</tr>", html, re.DOTALL) if ">年度投资</a>" in part and "480亿元" in part]
        assert line.count('<span class="sim">模拟</span>') == 2

    def test_queries_do_not_grow_with_rows(self, viewer, ledger, django_assert_num_queries):
        def add(number):
            for place in range(number):
                project = started(ledger, f"项目{Target.objects.count()}-{place}", date(2018, 3, 1), date(2018, 3, 1))
                unit = make_unit()
                make_responsibility(project, unit, "undertake")
                file_month(project, 9, 100)
                for computed, measured in ((Computed.STARTED, "个"), (Computed.INVESTED, "亿元")):
                    for more in ({"project": project}, {"scope": unit}, {}):
                        target = make_target("", measured, computed=computed, **more)
                        make_claim(target, 5)
                        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(1), by=None)

        add(1)
        listed(viewer)
        # As without computed targets; ledger, units, rules in force, first report, first update, two for each of two kinds of lists.
        with django_assert_num_queries(17):
            listed(viewer)
        add(2)
        with django_assert_num_queries(17):
            listed(viewer)


class TestDetail:
    def test_the_course_is_drawn_with_its_table(self, viewer, starts):
        html = html_of(viewer, starts.get_absolute_url())
        chart = json.loads(re.search(r'<script id="target-course" type="application/json">(.*?)</script>', html, re.DOTALL)[1])
        lines = {
            line["label"]: {date(2018, 1, 1) + timedelta(point["x"]): point["y"] for point in line["data"]}
            for line in chart["data"]["datasets"]
        }
        assert set(lines) == {"序时应完成（个）", "台账计算（个）"}
        computed = lines["台账计算（个）"]
        # Before the first was recorded nothing is known; what is to come is not drawn.
        days = [(2, 26), (4, 25), (9, 28), (10, 25)]
        assert [computed[date(2018, *day)] for day in days] == [None, 1, 2, None]
        assert lines["序时应完成（个）"][date(2018, 12, 31)] == 4
        table = html[html.index("看数据表") :]
        assert re.search(r"<td>2018-09-25</td><td class=\"num\">2.94个</td><td class=\"num\">2个</td><td class=\"num\">68.1%</td>", table)
        assert "js/charts" in html

    def test_it_says_what_is_counted_and_where(self, viewer, starts):
        html = html_of(viewer, starts.get_absolute_url())
        assert "本年度内有“开工”节点完成的项目数（全区台账）" in html
        assert "截至2018年9月28日完成 <strong>2个</strong>（台账计算），占目标 50.0%：落后计划。" in html

    def test_without_figures_it_says_why_there_is_no_curve(self, viewer):
        target = make_target("一般公共预算收入增长", "%", measure=Measure.GROWTH)
        html = html_of(viewer, target.get_absolute_url())
        assert "没有曲线：截至2018年9月28日，也没有登记过完成数字。" in html
        assert "target-course" not in html
        assert "charts" not in html

    def test_readings_are_drawn_against_the_figure(self, viewer):
        target = make_target("一般公共预算收入增长", "%", measure=Measure.GROWTH)
        make_claim(target, 6)
        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(5), by=None)
        html = html_of(viewer, target.get_absolute_url())
        chart = json.loads(re.search(r'<script id="target-course" type="application/json">(.*?)</script>', html, re.DOTALL)[1])
        assert {line["label"] for line in chart["data"]["datasets"]} == {"目标（%）", "登记（%）"}
        assert "目前低于目标" in html

    def test_a_day_is_as_wide_as_another(self):
        due = [(date(2018, 1, 24), 24), (date(2018, 2, 24), 55), (date(2018, 9, 28), 271), (date(2018, 12, 31), 365)]
        points = [CoursePoint(day, None, None, Decimal(share), simulated=False) for day, share in due]
        chart = target_course(points, "个", year=2018, level=True)
        steps = [(point["x"], point["y"]) for point in chart["data"]["datasets"][0]["data"]]
        # What grows by the day is a straight line: y is x and one more, wherever the days lie.
        assert steps == [(share - 1, share) for _, share in due]
        assert chart["options"]["scales"]["x"] == {"type": "linear", "min": 0, "max": 364}
        assert chart["options"]["daysSince"] == "2018-01-01"
        late = [*points, CoursePoint(date(2019, 2, 1), None, Decimal(66), Decimal(365), simulated=False)]
        assert target_course(late, "个", year=2018, level=True)["options"]["scales"]["x"]["max"] == 396

    def test_queries(self, viewer, starts, django_assert_num_queries):
        html_of(viewer, starts.get_absolute_url())
        # The page itself 9; on the day: ledger, rules, first report, first update, lists 4; over the year the same without rules.
        with django_assert_num_queries(24):
            html_of(viewer, starts.get_absolute_url())
        started(Ledger.objects.get(), "戊", date(2018, 2, 1))
        with clock.at(date(2018, 12, 31)), django_assert_num_queries(24):
            html_of(viewer, starts.get_absolute_url())


class TestForm:
    @pytest.fixture
    def office(self, client, db):
        client.force_login(make_user("office", name="王主任"), backend=BACKEND)
        return client

    def sent(self, client, url, **values):
        form = client.get(url).context["form"]
        data = {name: form[name].value() for name in form.fields}
        data |= {f"initial-{name}": form[name].value() for name in form.fields if form.fields[name].show_hidden_initial}
        return client.post(url, {name: "" if value is None else value for name, value in {**data, **values}.items()})

    def test_the_office_says_how_a_target_is_measured(self, office, starts):
        url = reverse("projects:target_edit", args=[2018, starts.pk])
        html = html_of(office, url)
        assert "台账计算 · 本年开工数：本年度内有“开工”节点完成的项目数" in html
        assert "打捆按所含个数计" in html
        assert self.sent(office, url, computed="completed").status_code == 302
        starts.refresh_from_db()
        assert starts.computed == Computed.COMPLETED

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"computed": "invested"}, "按金额计算的，计量单位须为亿元或万元。"),
            ({"unit": "亿元"}, "计量单位是金额的，只能按总投资或完成投资计算。"),
            ({"measure": "growth"}, "台账只能计算总量；增速、占比须由人登记完成数字。"),
            ({"computed": "magic"}, "选择一个有效的选项"),
        ],
    )
    def test_what_the_ledger_cannot_compute_is_refused_in_words(self, office, starts, values, message):
        response = self.sent(office, reverse("projects:target_edit", args=[2018, starts.pk]), **values)
        assert response.status_code == 422
        assert message in response.content.decode()
        starts.refresh_from_db()
        assert starts.computed == Computed.STARTED
