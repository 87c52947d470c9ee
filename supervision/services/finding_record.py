"""What stands in the reports today of what an inspection found untrue: shown beside the frozen figures before anybody says it is right."""

from dataclasses import dataclass

from erqi.common import clock
from erqi.common.errors import InvalidInput
from erqi.common.numbers import money
from projects.models import ReportStep
from projects.services.correction import standing_step
from supervision.models import Finding, Inspection
from supervision.services.inspection_frozen import done_on


@dataclass(frozen=True)
class Point:
    """One thing that was reported: as it was frozen, as it stands today, and whether the inspection found otherwise."""

    label: str
    then: str
    now: str
    disputed: bool = False

    @property
    def stands(self) -> bool:
        """Whether it still says what it said."""
        return self.then == self.now

    def __str__(self) -> str:
        if self.stands:
            return f"{self.label}：督察当日 {self.then}，今日仍为 {self.now}"
        return f"{self.label}：督察当日 {self.then}，今日 {self.now}"


def points(finding: Finding) -> list[Point]:
    """Return what was reported and found untrue, with what stands of it today. Where the inspection did not say which figure, all that was
    reported by then."""
    inspection = finding.inspection
    found = [*_figures(inspection), *_milestones(inspection)]
    return [point for point in found if point.disputed] or found


def lines(finding: Finding) -> str:
    """Return the points in words, one a line, as forms show them."""
    return "\n".join(str(point) for point in points(finding))


def unchanged(finding: Finding) -> list[Point]:
    """Return what still stands as it was found untrue: what was disputed and was not changed; without figures in dispute all that was
    reported, as long as none of it has changed."""
    found = points(finding)
    standing = [point for point in found if point.stands]
    return standing if any(point.disputed for point in found) or len(standing) == len(found) else []


def refuse_unchanged(finding: Finding, confirmed: bool, text: str) -> None:
    """Raise InvalidInput while what was found untrue still stands in the reports, unless that was looked at (`confirmed`) and explained."""
    standing = unchanged(finding)
    if standing and not confirmed:
        sentence = f"上报记录还没有改：{_words(standing)}。请退回单位更正；确不需要改的，请勾选并写明理由。"
        raise InvalidInput({"confirmed": [sentence]})
    if standing and not text.strip():
        raise InvalidInput({"text": ["上报记录没有改，请说明为什么不需要改。"]})


def confirmed_text(finding: Finding, text: str) -> str:
    """Return the words of somebody who confirmed that nothing is to be changed, with what stands: it is read by whoever comes next."""
    standing = unchanged(finding)
    return f"{text.strip()}（已核对，上报记录未改：{_words(standing)}）" if standing and text.strip() else text


def _words(standing: list[Point]) -> str:
    return "；".join(f"{point.label}仍为 {point.now}" for point in standing)


def _figures(inspection: Inspection) -> list[Point]:
    then = inspection.report_step
    if then is None:
        return []
    now = standing_step(then.report)
    month = f"{inspection.reported_month}月月报"
    return [
        Point(f"{month}累计完成投资", _amount(then), _amount(now), inspection.cumulative_differs),
        Point(f"{month}形象进度", _progress(then), _progress(now), inspection.percent_differs),
    ]


def _amount(step: ReportStep | None) -> str:
    return money(step.cumulative) if step is not None and step.cumulative is not None else "未填"


def _progress(step: ReportStep | None) -> str:
    if step is None:
        return "未填"
    percent = f"{step.physical_percent}%" if step.physical_percent is not None else ""
    return f"{percent} {step.physical}".strip() or "未填"


def _milestones(inspection: Inspection) -> list[Point]:
    """Return the milestones that were reported as done, or found otherwise than reported."""
    rows = [one for one in inspection.milestones.all() if one.differs or one.reported_done_on]
    now = done_on([one.milestone_id for one in rows], clock.today())
    return [
        Point(
            f"节点“{one.name}”",
            "已完成" if one.reported_done_on else "未完成",
            "已完成" if now.get(one.milestone_id) else "未完成",
            one.differs,
        )
        for one in rows
    ]
