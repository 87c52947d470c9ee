"""The section 暂停 of the project page: the holds that were known on the day, and what may be done about them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from erqi.common import clock
from erqi.common.dates import chinese_day
from projects.models import Hold, Project
from projects.rules.hold import HoldStanding, hold_standing

# What still concerns the day; the others are its past.
ALIVE = (HoldStanding.PENDING, HoldStanding.COMING, HoldStanding.RUNNING)


@dataclass(frozen=True)
class HoldRow:
    """A hold with how it stood on a day."""

    hold: Hold
    standing: HoldStanding
    day: date

    @classmethod
    def on(cls, hold: Hold, day: date) -> "HoldRow":
        """Return the hold as it was known on the day."""
        standing = hold_standing(hold.state, hold.decided_on, hold.since, hold.until, hold.ended_on, day)
        return cls(hold, standing, day)

    @property
    def state(self) -> str:
        return self.standing.value

    @property
    def is_alive(self) -> bool:
        return self.standing in ALIVE

    @property
    def days(self) -> int:
        """How many days it was granted or asked for."""
        return (self.hold.until - self.hold.since).days + 1

    @property
    def words(self) -> str:
        """How it stands, in words."""
        hold = self.hold
        if self.standing is HoldStanding.RUNNING:
            left = (hold.until - self.day).days
            return f"暂停中，{chinese_day(hold.until)}到期" + (f"（还有 {left} 天）" if left else "（今天是最后一天）")
        return {
            HoldStanding.PENDING: "待审批，批准以前照常评价",
            HoldStanding.REJECTED: "未同意",
            HoldStanding.WITHDRAWN: "已撤回",
            HoldStanding.COMING: f"已同意，{chinese_day(hold.since)}起暂停",
            HoldStanding.EXPIRED: f"{chinese_day(hold.until)}到期，已恢复评价",
            HoldStanding.ENDED: f"{chinese_day(hold.ended_on)}提前恢复" if hold.ended_on else "",
        }[self.standing]


def hold_context(project: Project, day: date, *, writes: bool) -> dict[str, Any]:
    """Return what templates/projects/_project_holds.html shows in one query; `writes` says whether the person may ask for a pause."""
    holds = list(Hold.objects.filter(project=project, requested_on__lte=day).order_by("-since", "-pk"))
    rows = [HoldRow.on(hold, day) for hold in holds]
    now = {HoldRow.on(hold, clock.today()).standing for hold in holds}
    action = "申请续期" if now & {HoldStanding.RUNNING, HoldStanding.COMING} else "申请暂停"
    return {
        "holds": [row for row in rows if row.is_alive],
        "past_holds": [row for row in rows if not row.is_alive],
        "hold_action": action if writes and HoldStanding.PENDING not in now else "",
    }
