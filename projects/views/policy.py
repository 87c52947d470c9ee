"""The warning rules: the version in force in words, all versions, one of them with its differences, trying it out."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.errors import ServiceError
from erqi.common.models import User
from projects.choices import LEVELS, PolicyState, WarningLevel
from projects.models import Rescheduling, WarningPolicy
from projects.rules.policy import Policy
from projects.sentences.policy_terms import Difference, DimensionWords, LevelLine, Term, differences, dimension_words, terms
from projects.services.policy import EDITABLE, OWN_POLICY, is_own, unfit, unfit_day
from projects.services.policy_trial import LISTED, Simulation, simulate

# Who may try rules out: those who write them and those who decide on them.
TRIERS = ("policy.edit", "policy.approve")
# On a version's own page a longer list of projects is folded.
FOLDED = 20
# What a trial can turn from and to; what is paused or closed stays so.
SHOWN_LEVELS = (WarningLevel.UNRATED, *LEVELS)


@dataclass(frozen=True)
class PolicyWords:
    """A policy as pages show it: a row for each dimension with a cell for each level, and the other terms."""

    heads: list[tuple[WarningLevel, str]]
    rows: list[tuple[DimensionWords, list[LevelLine | None]]]
    terms: list[Term]

    @classmethod
    def of(cls, policy: Policy) -> "PolicyWords":
        """Put a policy into words."""
        rows = []
        for dimension in dimension_words(policy):
            lines = {line.level: line for line in dimension.lines}
            rows.append((dimension, [lines.get(level) for level in LEVELS]))
        return cls([(level, policy.label(level)) for level in LEVELS], rows, terms(policy))


def state_of(policy: WarningPolicy, in_force: WarningPolicy | None) -> tuple[str, str]:
    """Return what a version's state is called, and the kind of its badge (components/badge.html)."""
    if policy == in_force:
        return "现行", "solid"
    if policy.state != PolicyState.APPROVED:
        return policy.get_state_display(), "dark" if policy.state == PolicyState.SUBMITTED else ""
    return ("待生效", "accent") if policy.effective_from > clock.today() else ("曾执行", "quiet")


def crumbs() -> list[dict[str, str]]:
    """Return the way to the pages of the rules."""
    return [{"label": "预警规则", "url": reverse("projects:policy_list")}]


@dataclass(frozen=True)
class VersionRow:
    """A version in the list."""

    policy: WarningPolicy
    state: str
    kind: str
    until: Any


class PolicyList(PermissionRequiredMixin, TemplateView):
    """The version in force in full, every version with its state, and the passes that are not finished."""

    permission = "business.view"
    template_name = "projects/policy_list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        on = clock.today()
        versions = list(WarningPolicy.objects.for_list())
        in_force = next((one for one in versions if one.state == PolicyState.APPROVED and one.effective_from <= on), None)
        user = self.request.user
        return super().get_context_data(
            page_title="预警规则",
            breadcrumbs=[{"label": "预警规则"}],
            in_force=in_force,
            words=PolicyWords.of(in_force.policy) if in_force else None,
            versions=list(version_rows(versions, in_force)),
            passes=Rescheduling.objects.filter(finished_at=None),
            create_url=reverse("projects:policy_create") if user.can("policy.edit") else "",
            **context,
        )


def version_rows(versions: list[WarningPolicy], in_force: WarningPolicy | None) -> list[VersionRow]:
    """Return the list's rows, each approved version with the day before which another one replaced (or will replace) it."""
    rows, following = [], None
    for one in versions:
        until = None
        if one.state == PolicyState.APPROVED:
            until, following = following, one.effective_from
        rows.append(VersionRow(one, *state_of(one, in_force), until))
    return rows


class PolicyPage(PermissionRequiredMixin, TemplateView):
    """Base of the pages that show one version."""

    permission: str | tuple[str, ...] = "business.view"

    @cached_property
    def policy(self) -> WarningPolicy:
        return get_object_or_404(WarningPolicy, pk=self.kwargs["pk"])

    @cached_property
    def in_force(self) -> WarningPolicy | None:
        return WarningPolicy.objects.in_force(clock.today()).first()

    @property
    def compared(self) -> WarningPolicy | None:
        """The version in force, unless this is it."""
        return self.in_force if self.in_force != self.policy else None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        state, kind = state_of(self.policy, self.in_force)
        return super().get_context_data(policy=self.policy, state=state, state_kind=kind, compared=self.compared, **context)


class PolicyDetail(PolicyPage):
    """One version: in words, how it differs from the one in force, what can be done to it."""

    template_name = "projects/policy_detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rules, user, on = self.policy.policy, self.request.user, clock.today()
        found: list[Difference] = differences(self.compared.policy, rules) if self.compared else []
        is_open = self.policy.state != PolicyState.APPROVED or self.policy.effective_from > on
        wrong = unfit(self.policy, on) if self.policy.state in EDITABLE else {}
        may_try = any(user.can(code) for code in TRIERS) and is_open
        return super().get_context_data(
            page_title=self.policy.name,
            breadcrumbs=[*crumbs(), {"label": self.policy.name}],
            words=PolicyWords.of(rules),
            differences=found,
            actions=actions_of(self.policy, user),
            unfit=[sentence for sentences in wrong.values() for sentence in sentences],
            own=OWN_POLICY if self.policy.state == PolicyState.SUBMITTED and is_own(self.policy, user) else "",
            late=unfit_day(self.policy, on) if self.policy.state == PolicyState.SUBMITTED else "",
            trial_url=reverse("projects:policy_simulate", args=[self.policy.pk]) if may_try and None not in wrong else "",
            passes=self.policy.passes.filter(finished_at=None),
            **context,
        )


def actions_of(policy: WarningPolicy, user: User) -> list[dict[str, str]]:
    """Return what the person can do to a version in its state; the first is the main button."""
    drafts, approves = user.can("policy.edit"), user.can("policy.approve")
    named: list[tuple[bool, str, str, str]] = []
    if policy.state in EDITABLE:
        named = [
            (drafts, "policy_submit", "提交审批", "send"),
            (drafts, "policy_edit", "修改", "edit"),
            (drafts, "policy_discard", "删除草稿", "trash"),
        ]
    elif policy.state == PolicyState.SUBMITTED:
        approves = approves and not is_own(policy, user)
        named = [
            (approves, "policy_approve", "批准", "check"),
            (approves, "policy_return", "退回", "arrow-back-up"),
            (drafts, "policy_withdraw", "撤回", "arrow-back-up"),
        ]
    return [{"label": label, "icon": icon, "url": reverse(f"projects:{name}", args=[policy.pk])} for may, name, label, icon in named if may]


class PolicySimulate(PolicyPage):
    """What a version would make of today's colours: how many turn from what to what, and which projects, why."""

    permission = TRIERS
    template_name = "projects/policy_simulation.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rules, only, refusal, found = self.policy.policy, self._only(), "", None
        try:
            found = simulate(rules, clock.today(), only=only)
        except ServiceError as error:
            refusal = str(error)
        before = self.in_force.policy if self.in_force else rules
        return super().get_context_data(
            page_title="测算",
            breadcrumbs=[*crumbs(), {"label": self.policy.name, "url": self.policy.get_absolute_url()}, {"label": "测算"}],
            refusal=refusal,
            simulation=found,
            heads=[(level, rules.label(level)) for level in SHOWN_LEVELS],
            matrix=matrix_of(found, before) if found else [],
            turned=[(one, before.label(one.before), rules.label(one.after)) for one in found.turned] if found else [],
            only=(only[0], before.label(only[0]), only[1], rules.label(only[1])) if only else None,
            unlisted=max(self._number(found, only) - LISTED, 0) if found else 0,
            # Blue of one family is a reminder, of the other one in time: then no colour is worse than another.
            worse=found.worse if found and before.family == rules.family else 0,
            other_family=f"{before.family.label}，{rules.family.label}" if before.family != rules.family else "",
            is_open=found is not None and (not self.request.htmx or len(found.turned) <= FOLDED),
            **context,
        )

    @staticmethod
    def _number(found: Simulation, only: tuple[WarningLevel, WarningLevel] | None) -> int:
        return found.counts[only] if only else found.changed

    def _only(self) -> tuple[WarningLevel, WarningLevel] | None:
        """Return the cell of the matrix that the address asks for."""
        codes = {level.code: level for level in SHOWN_LEVELS}
        before, after = (codes.get(self.request.GET.get(name, "")) for name in ("from", "to"))
        return (before, after) if before is not None and after is not None and before != after else None


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix: how many turn, and the address that lists only them."""

    after: WarningLevel
    number: int
    query: str


def matrix_of(found: Simulation, before: Policy) -> list[tuple[WarningLevel, str, list[Cell], int]]:
    """Return the rows of the matrix: the level now, what it is called, a cell for each level then, and the sum."""
    rows = []
    for one in SHOWN_LEVELS:
        cells = [
            Cell(other, found.counts[one, other], f"?from={one.code}&to={other.code}" if one != other else "") for other in SHOWN_LEVELS
        ]
        rows.append((one, before.label(one), cells, sum(cell.number for cell in cells)))
    return [row for row in rows if row[3] or row[0] != WarningLevel.UNRATED]
