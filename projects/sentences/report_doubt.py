"""What is asked about a cumulative amount before it is filed."""

from collections.abc import Sequence
from decimal import Decimal

from erqi.common.numbers import plain, rounded
from projects.rules.report_doubt import Doubt, DoubtKind


def _wan(value: Decimal, places: int | None = None) -> str:
    """Return an amount in 万元 whatever its size: figures that are compared stand in one unit."""
    return f"{plain(value if places is None else rounded(value, places))} 万元"


def doubt_words(doubt: Doubt, earlier_month: int | None) -> str:
    """Return one doubt as the rest of a sentence that begins with the amount."""
    if doubt.kind is DoubtKind.LESS:
        return f"比{earlier_month}月的 {_wan(doubt.against)}少 {_wan(doubt.by)}"
    if doubt.kind is DoubtKind.OVER_YEAR:
        return f"超过年度计划 {_wan(doubt.against)}"
    since = f"比{earlier_month}月多" if earlier_month else "本年新增"
    return f"{since} {_wan(doubt.by)}，为平常（{_wan(doubt.against, 0)}）的 {plain(rounded(doubt.by / doubt.against, 1))} 倍"


def question(cumulative: Decimal, found: Sequence[Doubt], earlier_month: int | None) -> str:
    """Return the question: 本年累计 9,000 万元比8月的 46,972 万元少 37,972 万元，确认按此报送？"""
    return f"本年累计 {_wan(cumulative)}{'，'.join(doubt_words(doubt, earlier_month) for doubt in found)}，确认按此报送？"
