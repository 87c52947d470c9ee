"""Leaders' questions: asked with a due day, answered by the unit or the inspector, closed by the leader or followed by another."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from projects.choices import ReminderKind, ResponsibilityKind
from projects.models import Milestone, Person, Project, Responsibility
from projects.querysets.responsibility import in_force
from projects.rules.responsibility import reporting_unit, writing_units
from projects.services.addressees import accounts_with
from projects.services.decision import name_of
from projects.services.grid import accounts_of, grids
from supervision.choices import Addressee, InquiryAction, Party
from supervision.models import Inquiry
from supervision.rules.inquiry import DAYS, MACHINE
from supervision.services.parties import parties_of
from supervision.services.taking import Taken, take, tell_people

# Who answers where nobody reports the project.
STAND_IN = "supervise"
LEADERS = "inquiry.ask"


def default_due(day: date) -> date:
    """Return the day by which a question is to be answered where its leader names none."""
    return workdays.add_workdays(day, DAYS)


def inspector_of(project: Project) -> Person | None:
    """Return the person whom the grid names as the project's inspector today, None where it names nobody."""
    rows = Responsibility.objects.filter(in_force(clock.today()), project=project, kind=ResponsibilityKind.INSPECTOR)
    row = rows.select_related("person__account").order_by("pk").first()
    return row.person if row is not None else None


def parties_of_inquiry(inquiry: Inquiry, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the question: whoever was asked handles it, and where nobody of those could, who stands in for
    them; a question of a leader who is none any more is every leader's."""
    if user is None:
        return parties_of(None)
    leaders = frozenset({Party.AUTHOR, Party.STAND_IN}) if user in _askers(inquiry) and user.pk != inquiry.asked_by_id else frozenset()
    if inquiry.asked_by_id is None:
        # Asked in the leaders' name by what the rules say: nobody stands in for anybody.
        leaders -= {Party.STAND_IN}
    if inquiry.addressee == Addressee.INSPECTOR:
        found = leaders | parties_of(user, author=inquiry.asked_by_id)
        if user not in inspectors_asked(inquiry):
            return found
        stands_in = inquiry.person is not None and inquiry.person.account_id != user.pk
        return found | {Party.HANDLER} | ({Party.STAND_IN} if stands_in else set())
    handlers = writing_units(grids([inquiry.project_id])[inquiry.project_id]) if inquiry.project_id else set()
    found = leaders | parties_of(user, handlers=handlers, author=inquiry.asked_by_id, stand_in=STAND_IN)
    return found if handlers or not user.can(STAND_IN) else found | {Party.HANDLER, Party.STAND_IN}


def _askers(inquiry: Inquiry) -> list[User]:
    """Return whose the question is: its leader's, every leader's where that one is none any more (or the rules asked)."""
    leaders = accounts_with(LEADERS)
    return [user for user in leaders if user.pk == inquiry.asked_by_id] or leaders


def inspectors_asked(inquiry: Inquiry, inspectors: list[User] | None = None) -> list[User]:
    """Return which inspectors a question awaits: the named one; any where nobody is named, or not by an account that is in use and
    inspects; the supervision office where there is none. `inspectors`: all there are, where they are known."""
    everybody = accounts_with("inspect") if inspectors is None else inspectors
    named = inquiry.person.account_id if inquiry.person is not None else None
    return [user for user in everybody if user.pk == named] or everybody or accounts_with(STAND_IN)


def inspector_gone(inquiry: Inquiry) -> bool:
    """Say whether the inspector who is named has no account in use: others answer."""
    if inquiry.addressee != Addressee.INSPECTOR or inquiry.person is None:
        return False
    return inquiry.person.account_id not in {user.pk for user in inspectors_asked(inquiry)}


def addressees_of(inquiries: Iterable[Inquiry]) -> list[tuple[Inquiry, list[User]]]:
    """Return the accounts that each question awaits an answer of: a constant number of queries."""
    rows = list(inquiries)
    if not rows:
        return []
    found = grids([row.project_id for row in rows])
    units = {row.pk: writing_units(found[row.project_id]) for row in rows}
    people = accounts_of({unit for keys in units.values() for unit in keys}, "report.write")
    inspectors, office = accounts_with("inspect"), accounts_with(STAND_IN)
    asked = []
    for row in rows:
        if row.addressee == Addressee.INSPECTOR:
            asked.append((row, inspectors_asked(row, inspectors)))
            continue
        # Where nobody reports the project the supervision office answers.
        asked.append((row, [user for unit in sorted(units[row.pk]) for user in people[unit]] or office))
    return asked


def _take(
    inquiry: Inquiry, action: InquiryAction, text: str, version: int | None, by: User | None, key: UUID | None, **values: Any
) -> Taken[Inquiry]:
    return take(
        inquiry,
        MACHINE,
        action,
        by=by,
        parties=parties_of_inquiry,
        version=version,
        request_key=key,
        text=text,
        values=values,
        check=_settle_unit,
    )


def _settle_unit(inquiry: Inquiry) -> None:
    """Give a question the unit that reports its project today: a project may have changed hands since it was asked."""
    unit = reporting_unit(grids([inquiry.project_id])[inquiry.project_id])
    if unit is not None:
        inquiry.unit_id = unit


def _check_due(due_on: date) -> None:
    if due_on < clock.today():
        raise InvalidInput({"due_on": ["答复时限不能早于今天。"]})


@transaction.atomic
def ask_inquiry(
    *,
    project: Project,
    text: str,
    by: User | None,
    milestone: Milestone | None = None,
    addressee: str = Addressee.UNIT,
    due_on: date | None = None,
    request_key: UUID | None = None,
) -> Inquiry:
    """Ask about a project, or one of its milestones, in one sentence, and return the question: it becomes the to-do of those who report
    the project, or of its inspector, with a due day (five working days where none is named).

    A form sent twice asks once. Raises NotAllowed without `inquiry.ask`, InvalidInput (no words, more than a sentence, a day gone by).
    """
    on = clock.today()
    due_on = due_on or default_due(on)
    _check_due(due_on)
    unit = reporting_unit(grids([project.pk])[project.pk])
    inquiry = Inquiry(
        project=project,
        milestone=milestone,
        text=text.strip(),
        addressee=addressee,
        unit_id=unit,
        person=inspector_of(project) if addressee == Addressee.INSPECTOR else None,
        asked_on=on,
        asked_by=by,
        asked_by_name=name_of(by),
        due_on=due_on,
    )
    taken = _take(inquiry, InquiryAction.ASK, text, None, by, request_key)
    if taken.is_new:
        _tell_asked(taken)
    return taken.record


def _tell_asked(taken: Taken[Inquiry]) -> None:
    inquiry = taken.record
    about = f"{inquiry.project}" + (f"节点“{inquiry.milestone}”" if inquiry.milestone else "")
    tell_people(
        addressees_of([inquiry])[0][1],
        taken.act,
        f"{inquiry.asked_by_name}问查：{about}",
        text=f"{chinese_day(inquiry.due_on)}前答复。{inquiry.text}",
    )


@transaction.atomic
def answer_inquiry(
    *,
    inquiry: Inquiry,
    text: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Inquiry:
    """Answer a question, with photos or documents; its leader is told.

    Raises NotAllowed (who was not asked), ServiceError (state), StaleRecord, InvalidInput (no words, a wrong file).
    """
    values = {"answer": text.strip(), "answered_on": clock.today(), "answered_by_name": name_of(by)}
    taken = _take(inquiry, InquiryAction.ANSWER, text, version, by, request_key, **values)
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        tell_people(_askers(taken.record), taken.act, f"问查已答复：{inquiry.project}", kind=ReminderKind.DECIDED)
    return taken.record


@transaction.atomic
def ask_further(
    *, inquiry: Inquiry, text: str, due_on: date | None, version: int | None, by: User | None, request_key: UUID | None = None
) -> Inquiry:
    """Ask further after an answer, with a new due day. Raises NotAllowed (whose question it is not), ServiceError, StaleRecord,
    InvalidInput."""
    due_on = due_on or default_due(clock.today())
    _check_due(due_on)
    taken: Taken[Inquiry] = take(
        inquiry,
        MACHINE,
        InquiryAction.FURTHER,
        by=by,
        parties=parties_of_inquiry,
        version=version,
        request_key=request_key,
        text=text,
        values={"text": text.strip(), "due_on": due_on},
        check=_settle_unit,
    )
    if taken.is_new:
        _tell_asked(taken)
    return taken.record


@transaction.atomic
def close_inquiry(*, inquiry: Inquiry, version: int | None, by: User | None, text: str = "", request_key: UUID | None = None) -> Inquiry:
    """Close an answered question (了结): its leader (any where that one is none any more), or the supervision office for the leader unless
    it answered itself.

    Raises NotAllowed, ServiceError (state), StaleRecord.
    """
    return _take(inquiry, InquiryAction.CLOSE, text, version, by, request_key).record


@transaction.atomic
def withdraw_inquiry(*, inquiry: Inquiry, version: int | None, by: User | None, text: str = "", request_key: UUID | None = None) -> Inquiry:
    """Take one's own question back before it is answered; those who were asked are told. Raises NotAllowed, ServiceError, StaleRecord."""
    taken = _take(inquiry, InquiryAction.WITHDRAW, text, version, by, request_key)
    if taken.is_new:
        tell_people(addressees_of([taken.record])[0][1], taken.act, f"问查已撤回：{inquiry.project}", kind=ReminderKind.DECIDED)
    return taken.record
