"""Leaders' questions about milestones (领导问查) that nobody has answered."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from erqi.common.models import User
from projects.choices import UpdateLayer
from projects.models import MilestoneUpdate


def unanswered(*, projects: Collection[int] | None = None, by: User | None = None) -> dict[int, MilestoneUpdate]:
    """Return the last unanswered question about each milestone (key), of these projects or asked by the account: one query.

    It is answered by whoever reports the project, or the office, saying afterwards how the milestone stands.
    """
    answers = MilestoneUpdate.objects.filter(
        milestone=OuterRef("milestone"), pk__gt=OuterRef("pk"), layer__in=[UpdateLayer.SELF, UpdateLayer.OFFICE]
    )
    rows = MilestoneUpdate.objects.filter(~Exists(answers), layer=UpdateLayer.LEADER)
    if projects is not None:
        rows = rows.filter(milestone__project__in=projects)
    if by is not None:
        rows = rows.filter(by=by)
    return {row.milestone_id: row for row in rows.select_related("milestone__project").order_by("pk")}
