"""As what an account acts on a problem reported directly, and who is there for it: no problem waits for an account that is gone."""

from collections.abc import Iterable

from erqi.common.models import User
from projects.services.addressees import accounts_with
from projects.services.grid import permissions_by_grants, units_of
from supervision.choices import IssueAction, IssueState, Party
from supervision.models import Issue, IssueAct
from supervision.querysets.issue import IssueQuerySet
from supervision.rules.issue import AT_UNIT, MACHINE
from supervision.services.parties import ANY_UNIT, acting_for, parties_of, without_account

# Who may report a problem directly.
REPORTING = ("report.write", "report.review", "inspect", "issue.handle", "inquiry.ask")
OFFICE, LEADERS = "issue.handle", "inquiry.ask"


def seen_by(user: User) -> IssueQuerySet:
    """Return the problems that the account may see."""
    return Issue.objects.visible_to(user, units_of(user))


def decide_reading(owner: Issue | IssueAct, user: User) -> bool:
    """Say whether the account may read what is attached to a problem or to a step of one."""
    return seen_by(user).filter(pk=owner.pk if isinstance(owner, Issue) else owner.issue_id).exists()


def may_report(user: User) -> bool:
    """Say whether the account may report a problem."""
    return any(user.can(code) for code in REPORTING)


def issue_parties(issue: Issue, user: User | None) -> frozenset[Party]:
    """Return as what an account acts on a problem. The office stands in for a unit without an account, and for leaders without one; for
    whoever reported it the colleagues do (`standing_in`)."""
    # Whoever stands in for the unit does not stand in for others while it is not the unit's turn.
    handlers = [issue.unit_id] if issue.unit_id and issue.state in AT_UNIT else []
    found = parties_of(user, handlers=handlers, author=issue.author_id, stand_in=ANY_UNIT)
    return found | {Party.STAND_IN} if user is not None and user in standing_in(issue) else found


def standing_in(issue: Issue) -> list[User]:
    """Return who takes the next step of a problem that waits for one person, or for leaders, without an account in use: nobody while there
    is one."""
    if issue.state == IssueState.RETURNED:
        return dict(authors_gone([issue])).get(issue, [])
    if issue.state == IssueState.AT_LEADER:
        return [] if accounts_with(LEADERS) else accounts_with(OFFICE)
    return []


def authors_gone(issues: Iterable[Issue]) -> list[tuple[Issue, list[User]]]:
    """Return those of the problems whose author can do nothing about them any more (the account is stopped or may not report), each with
    those who stand in: who may report in the author's unit, else the office. A constant number of queries."""
    issues = list(issues)
    if not issues:
        return []
    authors = User.objects.filter(pk__in={issue.author_id for issue in issues}, is_active=True).prefetch_related("grants")
    there = {user.pk for user in authors if permissions_by_grants(user) & set(REPORTING)}
    gone = [issue for issue in issues if issue.author_id not in there]
    if not gone:
        return []
    people = acting_for({issue.author_unit_id for issue in gone if issue.author_unit_id}, by=REPORTING, stand_in=OFFICE)
    office = accounts_with(OFFICE)
    return [(issue, people[issue.author_unit_id] if issue.author_unit_id else office) for issue in gone]


def unit_people(issue: Issue) -> list[User]:
    """Return the accounts that act for the unit that handles a problem: its own, else those who stand in for it."""
    return acting_for({issue.unit_id})[issue.unit_id] if issue.unit_id else []


def has_no_account(issue: Issue) -> bool:
    """Say whether the unit that has a problem now has no account that could do anything about it."""
    return issue.state in AT_UNIT and bool(without_account({issue.unit_id}))


def closers(issues: Iterable[Issue]) -> dict[int, list[User]]:
    """Return who closes each verified problem (key): who of the office neither replied nor verified in this round, else leaders.
    Five queries at most."""
    rounds: dict[int, list[tuple[str, int | None]]] = {issue.pk: [] for issue in issues}
    acts = Issue._meta.get_field("acts").related_model.objects.filter(issue__in=rounds).order_by("pk")
    for key, action, by in acts.values_list("issue_id", "action", "by_id"):
        rounds[key].append((action, by))
    office, leaders, found = accounts_with(OFFICE), accounts_with(LEADERS), {}
    for key, done in rounds.items():
        seen = {by for action, by in MACHINE.this_round(done) if action in (IssueAction.REPLY, IssueAction.VERIFY)}
        found[key] = [user for user in office if user.pk not in seen] or leaders
    return found
