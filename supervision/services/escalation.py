"""Escalation (domain.md §1.7): what the day's colours ask for is proposed; a person of the supervision office confirms or declines.

Proposals are computed from the colours' schedules and the reporting cut-offs, by the day's run (`manage.py remind`) or when the office
asks for it; each trigger of one stretch of a colour stands, and is decided, once. Confirming drafts the notice of that kind; it is carried
out when that is issued (services.escalation_answer). What lapses: services.escalation_lapse.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day, in_year
from erqi.common.models import Installation, User
from erqi.common.saving import require
from erqi.common.simulation import is_simulated
from erqi.common.texts import clause, shortened
from projects.choices import GRAVE_LEVELS, ReminderKind, WarningLevel
from projects.models import WarningSchedule
from projects.rules.calendar import cutoffs
from projects.rules.colour import cutoffs_passed
from projects.rules.policy import Policy
from projects.rules.warning import assess
from projects.sentences.warning import reason_words
from projects.services.addressees import accounts_with
from projects.services.facts import CHUNK, newest_years, schedules_of
from projects.services.grid import reporters
from projects.services.locks import lock_project
from projects.services.reminder import notify
from supervision.choices import EscalationAction, EscalationState, EscalationTrigger, NoticeKind, NoticeSource, NoticeState
from supervision.models import Escalation, EscalationAct, Finding, Inquiry, Notice
from supervision.rules.escalation import DOCUMENTS, MACHINE, answers, due_trigger, weight
from supervision.rules.notice import ASKED
from supervision.services import acting
from supervision.services.escalation_lapse import Due, let_lapse
from supervision.services.inquiry import ask_inquiry, withdraw_inquiry
from supervision.services.notice import draft_notice
from supervision.services.notice_words import Words, correcting_words, first_words
from supervision.services.parties import parties_of

_LONGEST = 300
INQUIRY = "该项目连续三期红：为何仍未扭转，何时、由谁、怎样赶上？请书面专报。"


# Who finds reports untrue adds here what is found and not settled on a day.
UNTRUE: list[Callable[[date], Iterable[Due]]] = []


def due_on_day(day: date, *, worded: bool = True) -> list[Due]:
    """Return what the colours and the untrue reports ask for on the day: the gravest step of each project. The number of queries does not
    grow with projects beyond two more for every five hundred. `worded`: with the reasons, which take most of the time.

    A project's colour is that of the newest year in which it has one: at the turn of the year what was yellow or red goes on being asked
    for by the old year's schedule, as that year is read (on its 31 December), until the new ledger is started with the project in it.
    """
    found: list[Due] = []
    by_year: dict[int, list[int]] = {}
    for project, year in newest_years(day).items():
        by_year.setdefault(year, []).append(project)
    for year, keys in sorted(by_year.items()):
        found += _due_in(year, keys, in_year(day, year), worded)
    for source in UNTRUE:
        found += source(day)
    return found


def _due_in(year: int, projects: list[int], day: date, worded: bool) -> list[Due]:
    """Return what the colours of a year ask for on a day of it."""
    days = cutoffs(year, workdays.is_workday)
    grave = WarningSchedule.objects.of_year(year).with_level(day).filter(level__in=[int(level) for level in GRAVE_LEVELS])
    wanted = sorted(set(grave.filter(project__in=projects).order_by().values_list("project_id", flat=True)))
    rows = (row for start in range(0, len(wanted), CHUNK) for row in schedules_of(wanted[start : start + CHUNK], day, year))
    return [due for row, policy in rows if (due := _due(row, policy, day, days, worded)) is not None]


def _due(row: WarningSchedule, policy: Policy, day: date, days: list[date], worded: bool) -> Due | None:
    level, began = WarningLevel(row.level_on(day)), row.since(day)
    bounds = row.bounds
    by_hand = bounds.manual_level == level and bounds.manual_until is not None and day <= bounds.manual_until
    if row.dates.level(day) < level and not by_hand:
        # It is only observed after red, or waits for its lifting to be verified: there is nothing left to press for.
        return None
    passed = cutoffs_passed(began, day, days)
    pulled = due_trigger(level.code, began, day, days, [(item.level.code, item.times, str(item.step)) for item in policy.escalations])
    if pulled is None:
        return None
    reason = ""
    if worded:
        why = reason_words(level, policy, assess(policy, row.known_facts, workdays, day), bounds, day)
        lasting = f"自{began.month}月{began.day}日起{policy.label(level)}" + (f"，已过 {passed} 个月报截止日" if passed else "")
        reason = f"{lasting}：{why}"[:_LONGEST]
    return Due(row.project_id, row.year, pulled[0], level, began, pulled[1], reason, simulated=row.simulated)


def _unanswered(found: list[Due]) -> list[Due]:
    """Leave out what the office has issued a notice for by itself since the trigger was pulled: one query.

    A notice answers what it was drafted for: the trigger of its own proposal, or (drafted by hand from the project's colour) the one whose
    document it is. A draft answers nothing, nor does what a meeting asked for.
    """
    issued: dict[tuple[int, EscalationTrigger], date] = {}
    rows = Notice.objects.filter(project__in={due.project for due in found}, source=NoticeSource.PROJECT).exclude(issued_on=None)
    rows = rows.exclude(state=NoticeState.REVOKED).order_by().annotate(drafted_on=Min("acts__on"))
    for project, kind, proposed, on in rows.values_list("project_id", "kind", "escalation__trigger", "drafted_on"):
        if (trigger := answers(kind, proposed)) is not None:
            issued[project, trigger] = max(on, issued.get((project, trigger), on))
    return [due for due in found if issued.get((due.project, due.trigger), date.min) < due.pulled_on]


def missing_today() -> int:
    """Return how many proposals are due today and were not made yet."""
    return len(missing(_unanswered(due_on_day(clock.today(), worded=False))))


def missing(found: Iterable[Due]) -> list[Due]:
    """Return what does not stand as a proposal yet: neither waiting nor decided. What lapsed was not decided. One query."""
    rows = list(found)
    known = Escalation.objects.filter(project__in={due.project for due in rows}).exclude(state=EscalationState.LAPSED).order_by()
    keys = set(known.values_list("project_id", "year", "trigger", "since", "finding"))
    return [due for due in rows if due.key not in keys]


@transaction.atomic
def propose_escalations(*, by: User | None = None) -> list[Escalation]:
    """Propose what today's colours and findings ask for and is no proposal yet; let lapse what they ask for no more. Returns the new
    ones. `by=None` is the day's run. Raises NotAllowed without `supervise`."""
    require(by, "supervise")
    # Two runs at once come one after the other: the second finds every proposal.
    list(Installation.objects.select_for_update().values_list("pk"))
    today = clock.today()
    due = due_on_day(today)
    left = _unanswered(due)
    let_lapse({(one.project, one.finding): one for one in due}, {one.key for one in left})
    new = missing(left)
    units = reporters({one.project for one in new})
    rows = [
        Escalation(
            project_id=one.project,
            year=one.year,
            trigger=one.trigger,
            weight=weight(one.trigger),
            level=one.level,
            since=one.began_on,
            finding=one.finding,
            proposed_on=today,
            reason=one.reason[:_LONGEST],
            unit_id=one.unit or units[one.project],
            simulated=one.simulated or is_simulated(),
        )
        for one in new
    ]
    texts = [f"{one.reason.rstrip('。')}。建议：{DOCUMENTS[one.trigger].kind.label}" for one in new]
    return acting.act_many(rows, MACHINE, EscalationAction.PROPOSE, by=by, texts=texts)


def _parties(escalation: Escalation, user: User | None) -> frozenset:
    return parties_of(user)


@transaction.atomic
def confirm_escalation(
    *,
    escalation: Escalation,
    version: int | None,
    by: User | None,
    note: str = "",
    days: int | None = None,
    request_key: UUID | None = None,
) -> Escalation:
    """Confirm a proposal: the notice of its kind is drafted with the project's figures, for the person to complete and have signed.

    After an untrue report it goes to the unit that was found so, and says what was reported and what was seen; three reds also ask in the
    leaders' name (领导问查). `days`: working days for the reply, by domain.md §1.7 where none are given. A second click drafts nothing
    more. Raises as `acting.act`
    (needs `supervise`), InvalidInput where no unit answers for the project.
    """
    lock_project(escalation.project_id)
    document = DOCUMENTS[EscalationTrigger(escalation.trigger)]
    # Not at a second click.
    done: list[Escalation] = []

    def draft(found: Escalation) -> None:
        done.append(found)
        words = _words(found)
        found.notice = draft_notice(
            kind=document.kind,
            source=document.source,
            project=found.project,
            title=words.title,
            text=words.text,
            basis=shortened(f"{found.get_trigger_display()}：{found.reason}", 200),
            unit=found.unit,
            days=days or document.days,
            origin=found,
            by=by,
        )

    found, act = _decide(escalation, EscalationAction.CONFIRM, version, by, request_key, note, draft)
    if done and found.trigger == EscalationTrigger.RED_LONG:
        _ask_for_leaders(found, act)
    return found


def _words(escalation: Escalation) -> Words:
    """Return what the notice says first: what was found untrue, or how the project stands (by the newest year), and what is asked for."""
    if not escalation.finding:
        document = DOCUMENTS[EscalationTrigger(escalation.trigger)]
        return first_words(escalation.project, document.kind, clock.today(), document.other)
    return correcting_words(Finding.objects.select_related("project", "inspection").get(pk=int(escalation.finding)))


def asked_of(notice: Notice) -> Sequence[str]:
    """Return what the reply to a notice has to hold: one query."""
    escalation = Escalation.objects.filter(notice=notice).first()
    return DOCUMENTS[EscalationTrigger(escalation.trigger)].asked if escalation else ASKED[NoticeKind(notice.kind)]


def _ask_for_leaders(escalation: Escalation, act: EscalationAct) -> None:
    """Ask in the leaders' name (领导问查, domain.md §1.7) whoever reports the project, and tell the leaders: each of them may ask further
    and close it. Once for a stretch of red, also where the notice was drafted anew."""
    same = {name: getattr(escalation, name) for name in ("project", "year", "trigger", "since")}
    earlier = EscalationAct.objects.filter(action=EscalationAction.CONFIRM, **{f"escalation__{name}": of for name, of in same.items()})
    if earlier.exclude(pk=act.pk).exists():
        return
    inquiry = ask_inquiry(project=escalation.project, text=INQUIRY, by=None)
    notify(
        users=[user for user in accounts_with("inquiry.ask") if user.pk != act.by_id],
        kind=ReminderKind.TASK,
        key=f"escalation/{escalation.pk}/{act.pk}",
        title=f"连续三期红，已发起领导问查：{escalation.project}",
        text=f"{clause(escalation.reason)}。{chinese_day(inquiry.due_on)}前答复，请届时审阅；可追问、了结。",
        url=inquiry.get_absolute_url(),
        simulated=escalation.simulated,
    )


@transaction.atomic
def decline_escalation(
    *, escalation: Escalation, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Escalation:
    """Decline a proposal with the reason; the same trigger of this stretch is not proposed again. Raises as `acting.act`; needs
    `supervise`."""
    found, _ = _decide(escalation, EscalationAction.DECLINE, version, by, request_key, reason, None)
    if found.trigger == EscalationTrigger.RED_LONG:
        # What was asked in the leaders' name with a notice that came to nothing is asked no longer.
        for inquiry in Inquiry.objects.awaiting().filter(project=found.project, asked_by=None, text=INQUIRY):
            withdraw_inquiry(inquiry=inquiry, version=None, by=None, text=f"升级提议未采纳：{reason.strip()}")
    return found


def _decide(
    escalation: Escalation,
    action: EscalationAction,
    version: int | None,
    by: User | None,
    request_key: UUID | None,
    text: str,
    check: Callable[[Escalation], None] | None,
) -> tuple[Escalation, EscalationAct]:
    return acting.act(
        escalation,
        MACHINE,
        action,
        by=by,
        parties=_parties,
        version=version,
        request_key=request_key,
        text=text,
        check=check,
    )
