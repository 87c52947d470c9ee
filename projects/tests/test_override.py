"""Levels set by hand: who may, what, until when; two at a time; the end; what the project page and the forms say."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.choices import Family, WarningLevel
from projects.models import LedgerEntry, LevelOverride, Lifting, Project
from projects.rules.presets import PRESETS, WARNING_POLICY
from projects.services import override as service
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_project, make_user
from projects.tests.warning_builders import close_entry, enter_coloured, levels, make_policy, warn_ledger

pytestmark = pytest.mark.django_db

GREEN, BLUE, YELLOW, RED = (
    WarningLevel.GREEN,
    WarningLevel.BLUE,
    WarningLevel.YELLOW,
    WarningLevel.RED,
)
TODAY = date(2018, 9, 28)
MORE = {"level": RED, "until": date(2018, 10, 20), "reason": "现场进度与上报不符"}


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def coloured(level: WarningLevel = GREEN, policy: Any = WARNING_POLICY) -> LedgerEntry:
    ledger = make_ledger()
    make_policy(policy=policy)
    warn_ledger(ledger)
    return enter_coloured(ledger, level, "道路工程", on=TODAY)


def set_level(project: Project, **values: Any) -> LevelOverride:
    return service.set_level(**{"project": project, "year": 2018, "by": None, **MORE, **values})


def test_a_level_holds_from_today_to_its_last_day_and_then_the_figures_count_again() -> None:
    project = coloured().project
    override = set_level(project, by=make_user("supervision", name="督察办乙"))
    assert (override.since, override.set_by_name) == (TODAY, "督察办乙")
    days = [date(2018, 9, 27), TODAY, date(2018, 10, 20), date(2018, 10, 21)]
    assert [levels([project], day)[0] for day in days] == [GREEN, RED, RED, GREEN]
    # It ends by itself: nobody has to lift it.
    with clock.at(date(2018, 10, 25)):
        from projects.services.schedule import refresh

        refresh(project)
    assert not Lifting.objects.exists()


def test_what_the_figures_make_worse_stays_worse() -> None:
    project = coloured(YELLOW).project
    set_level(project, level=YELLOW)
    # The milestone, 15 days late today, is 31 days late on 14 October.
    assert [levels([project], day)[0] for day in (TODAY, date(2018, 10, 13), date(2018, 10, 14))] == [YELLOW, YELLOW, RED]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"level": BLUE}, "level", "只能定为预警或告警"),
        ({"until": date(2018, 9, 27)}, "until", "2018年9月28日至2018年10月28日"),
        ({"until": date(2018, 10, 29)}, "until", "一次最长 30 天"),
        ({"reason": "  "}, "reason", "请写明理由"),
    ],
)
def test_what_is_refused(values: dict[str, Any], field: str, words: str) -> None:
    project = coloured().project
    with pytest.raises(InvalidInput, match=words) as refused:
        set_level(project, **values)
    assert set(refused.value.fields) == {field}
    assert not LevelOverride.objects.exists()


@pytest.mark.parametrize("until", [TODAY, date(2018, 10, 28)])
def test_the_first_and_the_last_day_allowed(until: date) -> None:
    assert set_level(coloured().project, until=until).until == until


def test_the_longest_time_is_that_of_the_rules_in_force() -> None:
    project = coloured(policy=replace(WARNING_POLICY, manual_max_days=5)).project
    with pytest.raises(InvalidInput, match="一次最长 5 天"):
        set_level(project, until=date(2018, 10, 4))
    assert set_level(project, until=date(2018, 10, 3)).until == date(2018, 10, 3)


def test_red_is_not_made_milder_by_hand() -> None:
    project = coloured(RED).project
    with pytest.raises(InvalidInput, match="现为告警，人工定级只能更重"):
        set_level(project, level=YELLOW)
    assert set_level(project, level=RED).level == RED


def test_without_colours_or_once_closed_nothing_is_set() -> None:
    entry = coloured()
    close_entry(entry, TODAY)
    with pytest.raises(ServiceError, match="已销号，不能人工定级"):
        set_level(entry.project)
    with pytest.raises(ServiceError, match="2018年度没有启用预警"):
        set_level(make_project())


@pytest.mark.parametrize("role", ["viewer", "reporter", "reviewer", "inspector", "office", "leader"])
def test_only_the_supervision_office_may(role: str) -> None:
    project, user = coloured().project, make_user(role)
    with pytest.raises(NotAllowed):
        set_level(project, by=user)
    override = set_level(project)
    with pytest.raises(NotAllowed):
        service.end_override(override=override, reason="已核实", version=1, by=user)


def test_a_permission_withdrawn_meanwhile_counts() -> None:
    project, user = coloured().project, make_user("supervision")
    withdraw_role(user=user, role="supervision", by=make_user("security_admin"))
    with pytest.raises(NotAllowed, match="权限刚被收回"):
        set_level(project, by=user)


def test_the_same_form_counts_once_and_another_one_is_told_of_the_first() -> None:
    project, key = coloured().project, uuid4()
    assert set_level(project, request_key=key) == set_level(project, request_key=key)
    with pytest.raises(ServiceError, match="已由系统定为告警，至2018年10月20日止。请先解除"):
        set_level(project, request_key=uuid4())
    assert LevelOverride.objects.count() == 1


def test_after_one_has_run_out_another_may_follow() -> None:
    project = coloured().project
    first = set_level(project)
    with clock.at(date(2018, 10, 21)):
        set_level(project, until=date(2018, 11, 1))
    first.refresh_from_db()
    assert (first.ended_on, first.end_reason) == (date(2018, 10, 21), "到期自动解除")
    assert levels([project], date(2018, 10, 25)) == [RED]


def test_ending_it_early_needs_a_reason_and_shows_the_figures_again() -> None:
    project = coloured().project
    override = set_level(project)
    with clock.at(date(2018, 10, 8)):
        with pytest.raises(InvalidInput, match="请写明解除的理由"):
            service.end_override(override=override, reason=" ", version=1, by=None)
        with pytest.raises(StaleRecord):
            service.end_override(override=override, reason="已核实", version=7, by=None)
        ended = service.end_override(override=override, reason="已核实", version=1, by=None)
        assert (ended.ended_on, ended.version) == (date(2018, 10, 8), 2)
        with pytest.raises(ServiceError, match="已于2018年10月8日解除"):
            service.end_override(override=override, reason="已核实", version=2, by=None)
    assert [levels([project], date(2018, 10, day))[0] for day in (7, 8)] == [RED, GREEN]


def test_what_ran_out_is_not_ended() -> None:
    override = set_level(coloured().project)
    with clock.at(date(2018, 10, 21)), pytest.raises(ServiceError, match="已于2018年10月20日到期"):
        service.end_override(override=override, reason="x", version=1, by=None)


def test_from_form_to_form() -> None:
    project = coloured(YELLOW, PRESETS[Family.STATUS]).project
    client = sign_in(make_user("supervision", name="督察办乙"))
    address = reverse("projects:level_set", args=[project.code])
    shown = client.get(address)
    assert "严重滞后" in text(shown)
    assert "最晚2018年10月28日" in text(shown)
    assert fields(shown)["until"] == "2018-10-28"
    wrong = client.post(address, fill(client, address, level="4", until="2018-12-31", reason="现场停工"))
    assert (wrong.status_code, "一次最长 30 天" in text(wrong)) == (422, True)
    data = fill(client, address, level="4", until="2018年10月20日", reason="现场停工")
    response = client.post(address, data)
    assert (response.status_code, response.url) == (302, project.get_absolute_url())
    assert said(client, response) == "已定为告警，至2018年10月20日止。"
    # The second click on the button.
    assert client.post(address, data).status_code == 302
    override = LevelOverride.objects.get()
    assert "请先解除，再重新定级" in text(client.get(address))
    page = text(client.get(project.get_absolute_url()))
    assert "人工定级：督察办乙2018年9月28日定，至2018年10月20日止；理由：现场停工" in page
    end = reverse("projects:override_end", args=[override.pk])
    assert end in page
    data = fill(client, end, end_reason="已复工")
    assert client.post(end, data).url == project.get_absolute_url()
    assert client.post(end, data).url == project.get_absolute_url()
    assert "已于2018年9月28日解除" in text(client.get(end))
    assert "人工定级：" not in text(client.get(project.get_absolute_url()))


def test_a_project_without_colours_says_so_before_anybody_types() -> None:
    entry = make_entry(make_ledger())
    shown = sign_in(make_user("supervision")).get(reverse("projects:level_set", args=[entry.project.code]))
    assert "该项目没有启用预警，不能人工定级。" in text(shown)
