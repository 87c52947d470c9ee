"""Colours that new rules turn are said to be turned by them, and those that turn anyhow are not; what a threshold has overtaken."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from erqi.common.errors import ServiceError
from erqi.tests.uploads import make_attachment, picture
from projects.choices import Dimension, LiftingState, WarningLevel
from projects.models import LedgerEntry, Lifting
from projects.rules.policy import Band, Rule
from projects.rules.presets import WARNING_POLICY
from projects.services import lifting as service
from projects.services.schedule import continue_pass, start_pass
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_user
from projects.tests.warning_builders import finish, make_policy, open_lifting, recompute, warn_ledger
from projects.tests.warning_pages import card, page, words

DAY = date(2018, 9, 28)
GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


def stricter(red: int = 15, yellow: int = 8):
    """Return the default rules with milestones yellow and red from so many days late on."""
    edges = [(GREEN, None, -7), (BLUE, -7, yellow), (YELLOW, yellow, red), (RED, red, None)]
    bands = tuple(Band(level, *(None if edge is None else Decimal(edge) for edge in ends), low_in=True) for level, *ends in edges)
    return replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(bands)})


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"))
    return client


@pytest.fixture
def ledger(db):
    ledger = make_ledger()
    warn_ledger(ledger)
    return ledger


def due(ledger, name: str, due_on: date) -> LedgerEntry:
    with clock.at(date(2018, 3, 1)):
        entry = make_entry(ledger, make_project(name))
        make_milestone(entry.project, "other", name="节点", due_on=due_on)
    return entry


def approve(effective: date, on: date = DAY, **bands: int) -> None:
    """Put other rules into force from a day on, and compute the colours by them on the day."""
    with clock.at(on):
        make_policy(effective, stricter(**bands), name="第二版")
        run = start_pass(reason="第二版", by=None, policy=None)
        while run.finished_at is None:
            run = continue_pass(run)


def test_a_turn_that_comes_anyhow_keeps_its_cause_on_the_day_of_new_rules(viewer, ledger):
    due(ledger, "照旧", date(2018, 9, 22))  # yellow on 30 September by any rules
    due(ledger, "变严", date(2018, 9, 13))  # yellow since the 21st, red on the 30th by the new ones
    approve(date(2018, 9, 30))
    html = page(viewer, "?days=7", "/warnings/upcoming/")
    lines = {name: words(line) for line in html.split('<li class="wturn ')[1:] for name in ("照旧", "变严") if f">{name}<" in line}
    assert "“节点”时限2018年9月22日，已逾期 8 天" in lines["照旧"]
    assert "开始执行" not in lines["照旧"]
    assert "开始执行“第二版”" in lines["变严"]
    by_rules = page(viewer, "", f"/projects/{LedgerEntry.objects.get(project__name='变严').project.code}/")
    anyhow = page(viewer, "", f"/projects/{LedgerEntry.objects.get(project__name='照旧').project.code}/")
    assert "9月30日起执行新规则，转为告警" in by_rules
    assert "如无新进展，9月30日转为预警" in anyhow
    assert "执行新规则" not in anyhow


def test_what_new_rules_turned_says_so(viewer, ledger, django_assert_num_queries):
    turned, late = due(ledger, "变严", date(2018, 9, 10)), due(ledger, "逾期", date(2018, 9, 20))
    approve(DAY, date(2018, 9, 27))
    rule = "因2018年9月28日起执行新规则“第二版”而变色"
    query = ("?from=2018-09-27&to=2018-09-28", "/warnings/changes/")
    rows = {name: line for line in page(viewer, *query).split("<tr>") for name in ("变严", "逾期") if f">{name}<" in line}
    assert f"{rule}；“节点”时限2018年9月10日，已逾期 18 天" in words(rows["变严"])
    assert "第二版" not in rows["逾期"]
    assert f"告警，自2018年9月28日起第 1 天，{rule}：" in page(viewer, "", f"/projects/{turned.project.code}/")
    assert "而变色" not in page(viewer, "", f"/projects/{late.project.code}/")
    # One query more than without other rules, whatever the number of projects.
    with django_assert_num_queries(12):
        page(viewer, *query)


def test_a_report_on_the_day_of_new_rules_is_told_from_them(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 12, 1))
    approve(DAY, date(2018, 9, 27))
    with clock.at(DAY):
        make_milestone(entry.project, "other", name="新登记", due_on=date(2018, 8, 1))
    html = page(viewer, "?from=2018-09-27&to=2018-09-28", "/warnings/changes/")
    assert "“新登记”时限2018年8月1日，已逾期 58 天" in words(html)
    assert "而变色" not in html


def test_rules_that_end_a_proposal_are_named_as_the_reason(ledger):
    entry = due(ledger, "甲", date(2018, 9, 10))  # yellow since the 18th
    with clock.at(date(2018, 9, 1)):
        make_milestone(entry.project, "other", name="另一节点", due_on=date(2018, 9, 22))  # six days late: blue
    finish(entry.project.milestones.get(name="节点"), date(2018, 9, 20))
    lifting = open_lifting(entry.project)
    assert (lifting.from_level, lifting.to_level) == (YELLOW, BLUE)
    approve(DAY, red=5, yellow=2)
    lifting.refresh_from_db()
    assert (lifting.state, lifting.end_note) == (LiftingState.LAPSED, "预警规则变更，按新规则已不具备摘牌条件。")


@pytest.fixture
def overtaken(ledger):
    """A project that is yellow, whose lifting is proposed on 22 June, and that by itself turns red on the 26th."""
    entry = due(ledger, "甲", date(2018, 6, 1))  # yellow from 9 June
    project = entry.project
    with clock.at(date(2018, 6, 1)):
        make_milestone(project, "start", name="开工", due_on=date(2018, 12, 1))
    finish(project.milestones.get(name="节点"), date(2018, 6, 22))
    lifting = open_lifting(project)
    with clock.at(date(2018, 6, 22)):
        make_milestone(project, "other", name="后来", due_on=date(2018, 6, 18))  # yellow again on the 26th, red on 19 July
    return entry, lifting


def test_a_proposal_is_none_from_the_day_on_which_the_project_got_worse_by_itself(client, settings, overtaken):
    entry, lifting = overtaken
    inspector = make_user("inspector")
    client.force_login(inspector)

    def seen(day: date) -> list[bool]:
        settings.FIXED_TODAY = day
        return [
            "摘牌待核验" in words(page(client, "", "/todo/")),
            "待核验" in words(card(page(client), "甲")),
            "待核验：" in words(page(client, "", f"/projects/{entry.project.code}/")),
            ">甲<" in page(client, "?state=proposed", "/warnings/liftings/"),
            f"/liftings/{lifting.pk}/verify/" in page(client, "", lifting.get_absolute_url()),
        ]

    assert seen(date(2018, 6, 25)) == [True] * 5
    assert seen(date(2018, 6, 26)) == [False] * 5
    assert seen(date(2018, 7, 20)) == [False] * 5
    assert ">甲<" in page(client, "?state=lapsed", "/warnings/liftings/")
    told = page(client, "", lifting.get_absolute_url())
    assert "按今天的数据，该项目已转为“告警”，不能摘牌。" in told
    assert "已失效" in told
    form = page(client, "", f"/warnings/liftings/{lifting.pk}/verify/")
    assert "已转为“告警”" in form
    assert 'name="verify_note"' not in form
    with pytest.raises(ServiceError, match="已转为“告警”，不能摘牌"):
        service.verify_lifting(lifting=lifting, note="看过", version=None, by=inspector)
    # As of the day before it was still open; the next record lets it lapse, and says why.
    assert "待核验" in words(card(page(client, "?as_of=2018-06-25"), "甲"))
    recompute(date(2018, 7, 20), entry.project)
    ended = Lifting.objects.get(pk=lifting.pk)
    assert ended.state == LiftingState.LAPSED
    assert ended.end_note == "办结之前，按期限项目已再次达到原状态或更重，不再具备摘牌条件。"


def test_evidence_of_a_lifting_is_what_was_there_when_it_ended(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 5, 1))
    finish(entry.project.milestones.get(), date(2018, 6, 22))
    lifting = open_lifting(entry.project)
    update = entry.project.milestones.get().updates.get()
    with clock.at(date(2018, 6, 26)):
        make_attachment(update, "当时.jpg")
    with clock.at(date(2018, 6, 27)):
        service.reject_lifting(lifting=lifting, reason="现场未见完工", version=None, by=make_user("inspector"))
    with clock.at(date(2018, 8, 24)):
        make_attachment(update, "后来.jpg", picture(colour="red"))
    html = page(viewer, "", lifting.get_absolute_url())
    assert "当时.jpg" in html
    assert "后来.jpg" not in html


def test_what_is_done_is_not_called_late_on_the_card(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 4, 10))
    finish(entry.project.milestones.get(), date(2018, 4, 9))
    with clock.at(date(2018, 5, 1)):
        make_milestone(entry.project, "other", name="主体", due_on=date(2018, 8, 1))
    text = words(card(page(viewer), "甲"))
    assert "“节点”已完成" in text
    assert "时限2018年4月10日" not in text


def test_what_lies_beyond_the_year_is_no_forecast(viewer, ledger):
    entry = due(ledger, "甲", date(2018, 12, 20))
    html = page(viewer, "", f"/projects/{entry.project.code}/")
    assert "12月28日转为预警" in html
    assert "2019年1月20日" not in html
    assert "2018年度内不会达到" in page(viewer, "", f"/projects/{entry.project.code}/colour/")
