"""Charts of the supervision app as Chart.js takes them."""

from collections.abc import Sequence
from typing import Any


def causes(labels: Sequence[str], closed: Sequence[int], open_: Sequence[int], links: Sequence[str]) -> dict[str, Any]:
    """Return the problems by cause as bars that lie: closed and open ones, stacked; a bar leads to its list."""
    return {
        "type": "bar",
        "data": {
            "labels": list(labels),
            "links": list(links),
            "datasets": [
                {"label": "已销号", "data": list(closed), "backgroundColor": "token:chart-2", "stack": "all"},
                {"label": "未办结", "data": list(open_), "backgroundColor": "token:chart-1", "stack": "all"},
            ],
        },
        "options": {
            "indexAxis": "y",
            "scales": {"x": {"stacked": True, "ticks": {"precision": 0}}, "y": {"stacked": True}},
        },
    }
