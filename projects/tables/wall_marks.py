"""The marks of the wall chart: a shape and a character for each kind of milestone, a small corner for its state, drawn once and used by
every row. Shapes are none of those that mean a warning level; what a colour says is said by the corner too."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from projects.choices import MilestoneKind, WarningLevel
from projects.rules.milestone import MilestoneState

# Kind → (character, outline around the middle of the mark; one pixel is one unit).
SHAPES: dict[str, tuple[str, str]] = {
    MilestoneKind.PLANNING_IDEA: ("谋", "M-3-8.5h6a8.5 8.5 0 0 1 0 17h-6a8.5 8.5 0 0 1 0-17z"),
    MilestoneKind.CONTRACT: ("签", "M-9-9h13l5 5v13h-18z"),
    MilestoneKind.PLANNING: ("规", "M-5-9h10l4 5v13h-18v-13z"),
    MilestoneKind.LAND: ("供", "M-6.5-9h13l4.5 18h-22z"),
    MilestoneKind.CLEARANCE: ("征", "M-11-9h22l-4.5 18h-13z"),
    MilestoneKind.EARLY: ("前", "M-6-9h17l-5 18h-17z"),
    MilestoneKind.START: ("开", "M-10-9h13l8 9-8 9h-13z"),
    MilestoneKind.TOPPING: ("封", "M0-12l9.5 6.5v14.5h-19v-14.5z"),
    MilestoneKind.COMPLETION: ("竣", "M-6.5-9.5h13l5.5 9.5-5.5 9.5h-13l-5.5-9.5z"),
    MilestoneKind.PRODUCTION: ("产", "M-4.5-10h9l6 6v8l-6 6h-9l-6-6v-8z"),
    MilestoneKind.SERVICE: ("用", "M-9.5-9h19v10l-9.5 9-9.5-9z"),
    MilestoneKind.RESETTLEMENT: ("迁", "M0-12l12 9h-3v12h-18v-12h-3z"),
    MilestoneKind.OTHER: ("", "M0-6.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z"),
}
# The corner of a mark, above to its right: a tick for what is done, the shape of the level for what the rules colour, an exclamation for
# what is late and has no colour.
CORNERS: dict[str, str] = {
    "done": '<circle cx="8" cy="-9" r="4.2"/><path class="wc-sign" d="M6-9l1.5 1.6 2.6-3"/>',
    "late": '<circle cx="8" cy="-9" r="4.5"/><path class="wc-sign" d="M8-11.6v3M8-7.1v.6"/>',
    "blue": '<path d="M4.2-12.8h7.6v7.6h-7.6z"/>',
    "yellow": '<path d="M8-13.8l5 8.6h-10z"/>',
    "red": '<path d="M8-14.4l5.4 5.4-5.4 5.4-5.4-5.4z"/>',
}
_COLOURED = (WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED)
# The part of a drawing that a mark standing in text takes: in the legend, among milestones without a date.
KEY_BOX = "-14 -15 28 30"
# Before the names of marks that are drawn larger.
LARGE = "l"


def sign(kind: str) -> str:
    """Return the character of a kind of milestone; 其他 has none."""
    return SHAPES[kind][0]


def definitions(scale: float = 1) -> SafeString:
    """Return what the rows of a page refer to: marks, corners, the hatching of pauses, the bar below what a document says; and all of it
    under names that begin with LARGE, so many times its size, where that is another one.

    What stands in a table's head must not be transformed: Chromium forgets that where it repeats the head on paper.
    """
    drawn = {f"wk-{kind}": f'<path d="{outline}"/>{_character(character)}' for kind, (character, outline) in SHAPES.items()}
    drawn |= {f"wc-{name}": f'<g class="wc">{corner}</g>' for name, corner in CORNERS.items()}
    drawn |= {
        "wm-doc": '<path class="wm-doc" d="M-7 12.5h14"/>',
        "wm-before": '<path class="wm-off" d="M-11-4l-4 4 4 4"/>',
        "wm-after": '<path class="wm-off" d="M11-4l4 4-4 4"/>',
        "wm-due": '<path class="wm-due" d="M0-6v12"/>',
        "wr-begun": '<path class="wr-actual" d="M1-2l-6 4 6 4z"/>',
    }
    groups = "".join(f'<g id="{name}">{shape}</g>' for name, shape in drawn.items())
    if scale != 1:
        groups += "".join(f'<g id="{LARGE}{name}"><g transform="scale({scale})">{shape}</g></g>' for name, shape in drawn.items())
    hatch = (
        '<pattern id="wm-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="wm-hatch" d="M0 0v6"/></pattern>'
    )
    return SafeString(f'<svg class="wall-defs" width="0" height="0" aria-hidden="true"><defs>{groups}{hatch}</defs></svg>')


def _character(character: str) -> str:
    # Set a little above the baseline that centring would need: the outlines are as high above the middle as below it.
    return f'<text class="wm-text" y="4">{character}</text>' if character else ""


def appearance(state: MilestoneState, level: WarningLevel | None, *, simulated: bool, moved_out: bool = False) -> tuple[str, str]:
    """Return the classes of a mark and the name of its corner ("" for none)."""
    css = [f"is-{state.value}"]
    if simulated:
        css.append("is-sim")
    if state is MilestoneState.DONE:
        if level is not None:
            css.append("lv-green")
        return " ".join(css), "done"
    if level in _COLOURED:
        css.append(f"lv-{level.code}")
        return " ".join(css), level.code
    return " ".join(css), "late" if state is MilestoneState.LATE else ""


def kinds_shown(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Return the kinds that occur, in their own order, with their names."""
    found = set(kinds)
    return [(kind.value, kind.label) for kind in MilestoneKind if kind in found]
