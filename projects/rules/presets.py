"""The two policies that ship (domain.md §1.3, §1.6): family B, the default, and family A, where green means finished."""

from decimal import Decimal

from projects.choices import Basis, Curve, Dimension, EscalationStep, Family, WarningLevel
from projects.rules.policy import Band, Escalation, Policy, Rule

_GREEN, _BLUE, _YELLOW, _RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


def _rising(*steps: tuple[WarningLevel, int | None], counts: bool = True) -> Rule:
    """Return a rule on a line where more is worse: each level from its figure (included) to the next level's."""
    ends = [*(low for _, low in steps[1:]), None]
    bands = tuple(
        Band(level, None if low is None else Decimal(low), None if high is None else Decimal(high), low_in=low is not None)
        for (level, low), high in zip(steps, ends, strict=True)
    )
    return Rule(bands, counts)


def _falling(*steps: tuple[WarningLevel, int | None]) -> Rule:
    """Return a rule on a line where less is worse: each level from its figure (included) up to the better level's."""
    highs = [None, *(low for _, low in steps[:-1])]
    bands = tuple(
        Band(level, None if low is None else Decimal(low), None if high is None else Decimal(high), low_in=low is not None)
        for (level, low), high in zip(steps, highs, strict=True)
    )
    return Rule(bands)


_ESCALATIONS = (
    Escalation(_BLUE, 0, EscalationStep.REMIND),
    Escalation(_YELLOW, 0, EscalationStep.NOTICE),
    Escalation(_YELLOW, 2, EscalationStep.INTERVIEW),
    Escalation(_RED, 0, EscalationStep.URGE),
    Escalation(_RED, 3, EscalationStep.INQUIRY),
)
_LATE_WORKDAYS = ((_GREEN, None), (_BLUE, -2), (_YELLOW, 1))

WARNING_POLICY = Policy(
    family=Family.WARNING,
    basis=Basis.RATIO,
    curve=Curve.MONTHLY_PLAN,
    min_eval_month=3,
    labels={_GREEN: "正常", _BLUE: "提醒", _YELLOW: "预警", _RED: "告警"},
    rules={
        Dimension.MILESTONE: _rising((_GREEN, None), (_BLUE, -7), (_YELLOW, 8), (_RED, 31)),
        Dimension.INVESTMENT: _falling((_GREEN, 100), (_BLUE, 80), (_YELLOW, 60), (_RED, None)),
        Dimension.START: _rising((_GREEN, None), (_BLUE, 0), (_YELLOW, 1), (_RED, 3)),
        Dimension.ISSUE: _rising(*_LATE_WORKDAYS, (_RED, 16)),
        Dimension.NOTICE: _rising(*_LATE_WORKDAYS, (_RED, 6)),
        Dimension.REPORTING: _rising(*_LATE_WORKDAYS, (_RED, 4), counts=False),
    },
    escalations=_ESCALATIONS,
)

STATUS_POLICY = Policy(
    family=Family.STATUS,
    basis=Basis.RATIO,
    curve=Curve.MONTHLY_PLAN,
    min_eval_month=3,
    labels={_GREEN: "已完成", _BLUE: "正常推进", _YELLOW: "滞后", _RED: "严重滞后"},
    rules={
        Dimension.MILESTONE: _rising((_BLUE, None), (_YELLOW, 1), (_RED, 31)),
        Dimension.INVESTMENT: _falling((_BLUE, 100), (_YELLOW, 60), (_RED, None)),
        Dimension.START: _rising((_BLUE, None), (_YELLOW, 1), (_RED, 3)),
        Dimension.ISSUE: _rising((_BLUE, None), (_YELLOW, 1), (_RED, 16)),
        Dimension.NOTICE: _rising((_BLUE, None), (_YELLOW, 1), (_RED, 6)),
        Dimension.REPORTING: _rising((_BLUE, None), (_YELLOW, 1), (_RED, 4), counts=False),
    },
    escalations=_ESCALATIONS,
)

PRESETS: dict[Family, Policy] = {Family.WARNING: WARNING_POLICY, Family.STATUS: STATUS_POLICY}
