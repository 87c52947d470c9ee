"""What officials read: limits on the early side, the editor's check, months before reporting began, and small words that were wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from erqi.history.diff import title
from projects.choices import Basis, Dimension, WarningLevel
from projects.models import ReportPeriod
from projects.rules.policy import Band, Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.sentences.policy import band_words
from projects.services import policy as service
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_project, make_user
from projects.tests.report_builders import file_month, report_project
from projects.tests.warning_builders import close_entry, enter_coloured, make_report, warn_ledger
from projects.tests.warning_pages import page, words

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY


def of(dimension: Dimension, low: str, high: str, low_in: bool = True, high_in: bool = False, basis: Basis = Basis.RATIO) -> str:
    low, high = (Decimal(edge) if edge else None for edge in (low, high))
    return band_words(dimension, basis, Band(WarningLevel.GREEN, low, high, low_in and low is not None, high_in))


@pytest.mark.parametrize(
    ("said", "band"),
    [
        ("提前 7 天（不含）以上", of(Dimension.MILESTONE, "", "-7")),
        ("提前 2 个工作日（不含）以上", of(Dimension.ISSUE, "", "-2")),
        ("提前 2 个工作日（含）以上", of(Dimension.NOTICE, "", "-2", high_in=True)),
        ("到期之前", of(Dimension.MILESTONE, "", "0")),
        ("到期当日及以前", of(Dimension.MILESTONE, "", "0", high_in=True)),
        ("逾期 1 天（不含）以内，含未到期", of(Dimension.MILESTONE, "", "1")),
        ("逾期 31 天（含）以上", of(Dimension.MILESTONE, "31", "")),
        ("提前 7 天（含）起", of(Dimension.MILESTONE, "-7", "")),
        ("提前 7 天（含）至逾期 8 天（不含）", of(Dimension.MILESTONE, "-7", "8")),
        ("计划月份之前", of(Dimension.START, "", "0")),
        ("计划月份当月（含）以内，含以前", of(Dimension.START, "", "0", high_in=True)),
        ("计划的 60%（不含）以下", of(Dimension.INVESTMENT, "", "60")),
        ("落后 5 个百分点（不含）以下", of(Dimension.INVESTMENT, "", "5", basis=Basis.GAP)),
        ("超前 3 个百分点（不含）以上", of(Dimension.INVESTMENT, "", "-3", basis=Basis.GAP)),
    ],
)
def test_limits_read_the_way_people_count(said, band):
    assert band == said


@pytest.mark.parametrize("policy", [WARNING_POLICY, STATUS_POLICY])
def test_no_preset_reads_backwards(policy):
    for dimension, rule in policy.rules.items():
        for band in rule.bands:
            said = band_words(dimension, policy.basis, band)
            assert "以下" not in said or dimension == Dimension.INVESTMENT


def gapped():
    bands = tuple(
        Band(level, None if low is None else Decimal(low), None if high is None else Decimal(high), low_in=low is not None)
        for level, low, high in (
            (WarningLevel.GREEN, None, -7),
            (WarningLevel.BLUE, -7, 8),
            (WarningLevel.YELLOW, 12, 31),
            (WarningLevel.RED, 31, None),
        )
    )
    return replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(bands)})


def test_the_editor_names_every_gap_at_the_top_and_leads_to_it():
    author = sign_in(make_user("supervision"))
    policy = service.draft_policy(name="第二版", rules=gapped(), effective_from=date(2018, 10, 1), by=None)
    shown = text(author.get(f"/warnings/policy/{policy.pk}/edit/"))
    top = shown.partition('id="dimension-D1"')[0]
    assert "区间还有 1 处须改正" in top
    assert 'href="#dimension-D1"' in top
    assert "在逾期 8 天至逾期 12 天之间没有状态：“提醒”和“预警”之间有缺口" in words(top)


def test_a_check_looks_at_all_that_saving_looks_at():
    author = sign_in(make_user("supervision"))
    policy = service.draft_policy(name="第二版", rules=WARNING_POLICY, effective_from=date(2018, 10, 1), by=None)
    address = f"/warnings/policy/{policy.pk}/edit/"

    def check(**changes: str) -> str:
        return text(author.post(address, fill(author, address, check="1", **changes)))

    assert "检查通过" in check()
    assert "没有保存：有内容需要改正" in check(name="")
    assert "四个状态都要有称谓，互不相同" in check(label_blue="预警")
    assert "检查通过" not in check(D1_yellow_low="12")


def test_a_submitted_version_offers_no_fields():
    author = sign_in(make_user("supervision"))
    policy = service.submit_policy(
        policy=service.draft_policy(name="第二版", effective_from=date(2018, 10, 1), by=None), version=None, by=None
    )
    shown = text(author.get(f"/warnings/policy/{policy.pk}/edit/"))
    assert "要修改请先撤回" in shown
    assert 'name="D1_yellow_low"' not in shown


def test_months_that_were_over_before_reporting_began_are_not_asked_for():
    client = sign_in(make_user("office"))
    ledger = make_ledger()
    warn_ledger(ledger)  # since 1 March
    entry = make_entry(ledger, make_project("甲"))
    shown = page(client, "", "/reports/periods/")
    assert [words(row).count("不要求报送") for row in shown.split("<tr")[-12:]] == [1, 1, *[0] * 10]
    months = page(client, "", f"/projects/{entry.project.code}/").partition('id="reports"')[2]
    assert "/2018/3/" in months
    assert "/2018/2/" not in months
    # A month that somebody reported was asked for.
    with clock.at(date(2018, 2, 24)):
        make_report(entry.project, 2, 100, on=date(2018, 2, 24))
    assert [words(row).count("不要求报送") for row in page(client, "", "/reports/periods/").split("<tr")[-12:]] == [1, *[0] * 11]
    assert "/2018/2/" in page(client, "", f"/projects/{entry.project.code}/").partition('id="reports"')[2]


def test_a_month_closed_early_is_opened_again_up_to_its_own_day():
    client = sign_in(make_user("office"))
    ReportPeriod.objects.create(
        year=2018, month=9, opens_on=date(2018, 9, 20), due_on=date(2018, 9, 25), locks_on=date(2018, 9, 30), locked_on=DAY
    )
    assert 'value="2018-09-30"' in page(client, "", "/reports/periods/2018/9/unlock/")


def test_the_to_do_list_counts_what_the_queue_counts():
    office = make_user("office")
    for by in (office, make_user("office"), None):
        file_month(report_project(), 9, by=by)
    client = sign_in(office)
    shown = words(page(client, "", "/todo/"))
    assert "全区 3 份待审核" in shown
    assert "另有 1 份是您本人报送的，须由他人审核" in shown


def test_what_is_closed_or_paused_asks_for_no_look_on_the_site():
    client = sign_in(make_user("viewer"))
    ledger = make_ledger()
    warn_ledger(ledger)
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    make_report(entry.project, 8, 100, on=date(2018, 8, 25), self_level=WarningLevel.GREEN)
    assert "宜实地核实" in page(client, "", f"/projects/{entry.project.code}/")
    close_entry(entry, DAY)
    assert "宜实地核实" not in page(client, "", f"/projects/{entry.project.code}/")


def test_before_the_colours_began_the_page_says_since_when_they_are():
    client = sign_in(make_user("viewer"))
    warn_ledger(make_ledger())
    for path in ("/warnings/", "/warnings/upcoming/"):
        shown = page(client, "?as_of=2018-02-15", path)
        assert "预警自2018年3月1日起，请选择此后的日期查看。" in shown
        assert "启用预警之后" not in shown


def test_the_second_who_starts_colours_reads_that_it_was_done():
    first, second = sign_in(make_user("office", name="甲")), sign_in(make_user("office", name="乙"))
    ledger = make_ledger()
    service.approve_policy(
        policy=service.submit_policy(policy=service.draft_policy(name="一", effective_from=DAY, by=None), version=None, by=None),
        version=None,
        by=None,
    )
    address = f"/ledgers/{ledger.code}/warnings/"
    values = fill(second, address)
    first.post(address, fill(first, address))
    shown = text(second.post(address, values, follow=True))
    assert "现有记录已与您填写的一致" not in shown
    assert "已先行办理，无需再办" in shown


def test_a_refused_page_speaks_of_reporting_only_to_those_who_report(client):
    for role, told in (("reporter", True), ("inspector", False)):
        client.force_login(make_user(role))
        answer = client.get("/warnings/policy/new/")
        assert answer.status_code == 403
        assert ("责任单位只能填报" in answer.content.decode()) is told


def test_a_printed_list_has_one_head(client):
    client.force_login(make_user("viewer"))
    assert page(client, "", "/warnings/liftings/").count('class="print-title"') == 1


def test_the_history_names_a_reporting_month():
    assert title("projects.reportperiod", ReportPeriod(year=2018, month=9), {}) == "2018年9月"


def test_a_username_that_is_taken_is_said_once(client):
    make_user(name="李四", username="lisi")
    client.force_login(make_user("system_admin"))
    answer = client.post("/accounts/new/", {"username": "lisi", "name": "李四", "email": ""})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "这个用户名已被占用" in shown
    assert "已存在" not in shown
