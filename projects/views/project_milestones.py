"""The section 节点 of the project page: milestones as they stood on the day, what was said of them, and what the person may do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from erqi.common import attachments, contributions
from erqi.common.models import Attachment, User
from projects.choices import DecisionState, UpdateLayer
from projects.models import DateChange, DateRequest, Milestone, MilestoneUpdate, Project
from projects.rules.decision import state_on
from projects.rules.milestone import MilestoneState, Standing, standing, value_on
from projects.services.grid import may_write

# How many updates of a layer are shown at once; the earlier ones are folded.
RECENT = 3
LAYERS = (UpdateLayer.SELF, UpdateLayer.OFFICE, UpdateLayer.INSPECTOR, UpdateLayer.LEADER)


@dataclass(frozen=True)
class Said:
    """An update with its attachments."""

    update: MilestoneUpdate
    attachments: list[Attachment]

    @property
    def done_words(self) -> str:
        """What it says of completion, besides its words."""
        if not self.update.changes_done:
            return ""
        return "登记完成" if self.update.done_on else "撤销完成"


@dataclass(frozen=True)
class Layer:
    """What was said in one layer, the latest first."""

    code: str
    label: str
    recent: list[Said]
    earlier: list[Said]

    @property
    def count(self) -> int:
        return len(self.recent) + len(self.earlier)


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone with its standing on the page's day, and what was known of it then."""

    milestone: Milestone
    standing: Standing
    done_on: date | None
    layers: list[Layer] = field(default_factory=list)
    changes: list[DateChange] = field(default_factory=list)
    pending: DateRequest | None = None
    refused: list[DateRequest] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        """Whether anything stands below the line of dates."""
        return bool(self.pending or self.changes or self.refused or self.milestone.note or self.layers or self.actions)

    @property
    def state(self) -> str:
        """The name of the mark that the time line shows."""
        return self.standing.state.value

    @property
    def done_by(self) -> date | None:
        """The day on which, or by which, it was done, as it was known on the page's day."""
        return self.done_on or self.milestone.done_known_on

    @property
    def moved(self) -> bool:
        """Whether the valid date differs from the baseline."""
        return self.standing.due_on != self.milestone.baseline_due_on

    @property
    def words(self) -> str:
        """How it stands, in words."""
        late = self.standing.days_late
        if self.standing.state is MilestoneState.DONE:
            return "已完成" if not late or late <= 0 else f"已完成，晚 {late} 天"
        if self.standing.state is MilestoneState.LATE:
            return f"已过时限 {late} 天，未见完成记录"
        if self.standing.state is MilestoneState.UNDATED:
            return "未定日期"
        return "今日到期" if late == 0 else f"距时限 {-(late or 0)} 天"


@dataclass(frozen=True)
class Rights:
    """What the person may do about the milestones of a project."""

    edits: bool
    writes: bool
    inspects: bool
    user: User

    @classmethod
    def of(cls, user: User, project: Project) -> "Rights":
        """Return the rights of an account; only for a reporter the grid is asked."""
        return cls(user.can("ledger.edit"), may_write(user, project), user.can("lifting.verify"), user)

    def actions(self, milestone: Milestone) -> list[tuple[str, str]]:
        """Return (label, address) of what the person may do about a milestone now."""
        is_open, pk = milestone.done_by is None, [milestone.pk]
        found = []
        speaks = [label for label, may in (("更新进展", self.writes), ("督察", self.inspects)) if may]
        if speaks:
            # One form for all who have something to say; it asks in which layer where somebody has several.
            found.append(("、".join(speaks), "milestone_update"))
        if self.writes and milestone.done_on is None:
            found.append(("登记完成", "milestone_complete"))
        waits = any(request.is_pending for request in milestone.date_requests.all())
        if self.writes and is_open and milestone.due_on is not None and not waits:
            found.append(("申请变更时限", "date_request_new"))
        if self.edits and is_open:
            found.append(("变更时限", "milestone_move"))
        if self.edits:
            found.append(("修改", "milestone_edit"))
        if self.edits and milestone.done_on is not None:
            found.append(("撤销完成", "milestone_reopen"))
        own = [(label, reverse(f"projects:{name}", args=pk)) for label, name in found]
        return [*own, *contributions.milestone_actions(self.user, milestone)]


def milestone_rows(project: Project, day: date, rights: Rights) -> list[MilestoneRow]:
    """Return the milestones known on the day with what was known of each: five queries, whatever their number."""
    milestones = list(project.milestones.known(day).for_project())
    said = [update for milestone in milestones for update in milestone.updates.all() if update.recorded_on <= day]
    files = attachments.for_owners(said)
    return [_row(milestone, day, files, rights) for milestone in milestones]


def _row(milestone: Milestone, day: date, files: dict[int, list[Attachment]], rights: Rights) -> MilestoneRow:
    changes = [(change.recorded_on, change.from_due_on) for change in milestone.date_changes.all()]
    updates = [(update.recorded_on, update.from_done_on) for update in milestone.updates.all() if update.changes_done]
    asked = [request for request in milestone.date_requests.all() if request.requested_on <= day]
    states = [(request, state_on(request.state, request.decided_on, day)) for request in asked]
    return MilestoneRow(
        milestone,
        standing(milestone.due_on, changes, milestone.done_on, milestone.done_known_on, day, updates),
        value_on(milestone.done_on, updates, day),
        _layers([update for update in milestone.updates.all() if update.recorded_on <= day], files),
        [change for change in milestone.date_changes.all() if change.recorded_on <= day],
        next((request for request, state in states if state is DecisionState.PENDING), None),
        [request for request, state in states if state is DecisionState.REJECTED],
        rights.actions(milestone),
    )


def _layers(updates: Sequence[MilestoneUpdate], files: dict[int, list[Attachment]]) -> list[Layer]:
    """Return what was said by layer, those in which nobody spoke left out."""
    by_layer: dict[str, list[Said]] = defaultdict(list)
    for update in reversed(updates):
        by_layer[update.layer].append(Said(update, files.get(update.pk, [])))
    return [Layer(layer.value, layer.label, by_layer[layer][:RECENT], by_layer[layer][RECENT:]) for layer in LAYERS if by_layer[layer]]
