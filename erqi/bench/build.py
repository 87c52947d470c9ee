"""Builds the district in an empty scratch database, and lets the real services compute its colours."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from erqi.bench.days import CONFIRMED, PLANNED, TODAY, WARNED, YEAR
from erqi.bench.months import build_months
from erqi.bench.people import build_people
from erqi.bench.projects import build_projects
from erqi.bench.rows import settle_keys
from erqi.bench.supervision import SUPERVISION, build_supervision
from erqi.common import clock
from erqi.common.history import recorded_as
from erqi.common.models import Installation
from erqi.common.simulation import simulating
from projects.choices import WarningLevel
from projects.models import (
    InvestmentPlan,
    Ledger,
    LedgerEntry,
    Milestone,
    Person,
    ProgressReport,
    Project,
    ReportStep,
    Rescheduling,
    Responsibility,
    Unit,
    WarningSchedule,
)
from projects.services.ledger import open_ledger, state_scale
from projects.services.policy import approve_policy, draft_policy, submit_policy
from projects.services.schedule import BATCH, Floor, finish_passes, refresh_many, start_warnings

CODE = str(YEAR)
COUNTED = (Project, LedgerEntry, Responsibility, Milestone, InvestmentPlan, ProgressReport, ReportStep, WarningSchedule, Unit, Person)
_STATUS = Path("/proc/self/status")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Pass:
    """What a pass over all colours took: projects, seconds, the process's memory at most during it and by how much it grew for it, in
    MB (None where the system does not say)."""

    projects: int
    seconds: float
    peak_mb: float | None
    grown_mb: float | None


@dataclass(frozen=True)
class Built:
    """What was built: rows by model, seconds, and the pass after the rules had changed."""

    rows: dict[str, int]
    seconds: float
    rescheduling: Pass


def build(size: int, say: Say) -> Built:
    """Fill the empty database in use with a district of so many projects as of 28 September 2018 and return what it took.

    Colours are computed by the real services: when they are started in June, when most of what got better is confirmed in September,
    and when other rules come into force on the business date. That last pass is the one that is measured.
    """
    begun = time.monotonic()
    with simulating():
        with transaction.atomic(), clock.at(PLANNED), recorded_as("bench", name="测速"):
            say(f"建立 {size} 个项目")
            Installation.objects.create(pk=1, fixed_today=TODAY, is_demo=True, seeded_at=timezone.now())
            district = build_people(size)
            ledger = open_ledger(code=CODE, year=YEAR, name=f"测试区{YEAR}年重点项目台账", by=None)
            state_scale(ledger=ledger, recorded_on=date(2018, 2, 24), project_count=size, by=None)
            build_projects(ledger, size, district)
            settle_keys(Unit, Person, Project)
            _bring_into_force("测速规则", PLANNED)
            say("登记三月至九月的完成、变更和月报")
            build_months(size)
            settle_keys(Milestone, ProgressReport)
        clock.forget()
        analyze()
        say("启用预警，首次计算颜色")
        with clock.at(WARNED), recorded_as("bench", name="测速"):
            start_warnings(ledger=Ledger.objects.get(pk=ledger.pk), version=None, by=None)
            finish_passes()
        say("确认大部分摘牌")
        with clock.at(CONFIRMED), recorded_as("bench", name="测速"):
            _confirm(size)
        say("登记五年的督察记录")
        with transaction.atomic(), clock.at(TODAY), recorded_as("bench", name="测速"):
            build_supervision(size, district)
        analyze()
        say("更换规则，重算全部颜色")
        with recorded_as("bench", name="测速"):
            _bring_into_force("测速规则（修订）", TODAY)
            rescheduling = measured_pass()
        draft_policy(name="测速规则（拟调整）", by=None)
    analyze()
    rows = {model._meta.model_name: model.objects.count() for model in (*COUNTED, *SUPERVISION)}
    return Built(rows, time.monotonic() - begun, rescheduling)


def _bring_into_force(name: str, day: date) -> None:
    """Draft, submit and approve the default rules as of the day; the pass that follows is begun, not carried out."""
    policy = draft_policy(name=name, by=None, effective_from=day)
    policy = submit_policy(policy=policy, version=policy.version, by=None)
    approve_policy(policy=policy, version=policy.version, by=None)


def _confirm(size: int) -> None:
    """Let yellow and red be left by most projects whose facts allow it; every fifteenth still waits for its confirmation."""
    for first in range(1, size + 1, BATCH):
        batch = range(first, min(first + BATCH, size + 1))
        refresh_many(batch, YEAR, confirmed={number: Floor(WarningLevel.UNRATED) for number in batch if number % 15})


def measured_pass() -> Pass:
    """Carry the passes that have begun to their end, as `manage.py reschedule` does, and return what that took."""
    total = sum(Rescheduling.objects.filter(finished_at=None).values_list("total", flat=True))
    before = _resident("VmRSS") if _forget_peak() else None
    begun = time.monotonic()
    finish_passes()
    seconds = time.monotonic() - begun
    after = _resident("VmHWM") if before is not None else None
    if before is None or after is None:
        return Pass(total, seconds, None, None)
    return Pass(total, seconds, after / 1024, max(after - before, 0) / 1024)


def _forget_peak() -> bool:
    """Let the kernel count this process's highest memory anew from now on; say whether it can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def _resident(name: str) -> int | None:
    """Return a figure of this process's memory in KiB."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return None


def analyze() -> None:
    """Let the server know the tables as it would after an hour: without it the first plans are guesses."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
