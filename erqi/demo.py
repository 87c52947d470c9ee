"""The demonstration: one account per role, a fixed business date and a simulated year, so that a newcomer can look at everything at
once."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from erqi.common import accounts, clock
from erqi.common.bulk import at_once
from erqi.common.models import Installation, User
from erqi.common.roles import Role
from projects.imports.simulation import run
from projects.imports.simulation.inbox import settle_inboxes
from projects.models import InvestmentPlan, Milestone, ProgressReport
from supervision.imports.simulation.run import story as supervision_story
from supervision.models import Escalation, Finding, Inquiry, Inspection, Issue, Notice, SupervisionItem

STORY = Path(settings.BASE_DIR) / "fixtures" / "demo"

# A Friday in the year of the fullest ledger (design.md §8).
BUSINESS_DATE = date(2018, 9, 28)

# Invented people: none of them is an official of the documents, and each name says that it is one of the demonstration.
DEMO_ACCOUNTS: list[tuple[str, str, Role]] = [
    ("leader", "演示·区领导", Role.LEADER),
    ("office", "演示·重点项目办", Role.OFFICE),
    ("supervision", "演示·督察办", Role.SUPERVISION),
    ("inspector", "演示·督察员", Role.INSPECTOR),
    ("reporter", "演示·填报员", Role.REPORTER),
    ("reviewer", "演示·牵头审核", Role.REVIEWER),
    ("viewer", "演示·查阅", Role.VIEWER),
    ("sysadmin", "演示·系统管理员", Role.SYSTEM_ADMIN),
    ("secadmin", "演示·安全管理员", Role.SECURITY_ADMIN),
    ("auditor", "演示·审计管理员", Role.AUDIT_ADMIN),
]


def make_demo(password: str) -> int:
    """Create the demonstration's accounts and fixed date where they are missing; return the number of new accounts.

    The password is written anew only for accounts that this call creates; a demonstration's date stays as it is. The caller
    holds the transaction.
    """
    installation, _ = Installation.objects.get_or_create(pk=1)
    if not installation.is_demo:
        installation.is_demo, installation.fixed_today = True, BUSINESS_DATE
        installation.save(update_fields=["is_demo", "fixed_today"])
        clock.forget()
    added = 0
    with at_once():
        for username, name, role in DEMO_ACCOUNTS:
            if User.objects.filter(username=username).exists():
                continue
            user, _ = accounts.add_account(username=username, name=name, by=None, password=password, must_change=False, is_demo=True)
            accounts.grant_role(user=user, role=role, by=None)
            added += 1
    return added


def live_demo(password: str) -> Iterator[date]:
    """Live through the simulated days of projects and of supervision, and yield each one that is over (projects.imports.simulation.run)."""
    supervision = supervision_story(STORY)
    for day in run.simulate(STORY, password):
        supervision.live(day)
        yield day
    supervision.end()


def simulate_demo(password: str, progress: Callable[[str], None]) -> Counter[str]:
    """Live through the simulated months (projects.imports.simulation) and return how many records of which kind they left.

    Nothing is done a second time, nor where people have begun to keep the year's plans and reports themselves. The caller holds the
    transaction, and no history context: each simulated day has its own.
    """
    made: Counter[str] = Counter()
    if run.is_wanted():
        progress("模拟数据")
        for _ in live_demo(password):
            pass
        settle_inboxes()
        for model in (Milestone, InvestmentPlan, ProgressReport, Issue, Notice, Escalation, SupervisionItem, Inspection, Finding, Inquiry):
            made[f"模拟{model._meta.verbose_name}"] = model.objects.filter(simulated=True).count()
    return made
