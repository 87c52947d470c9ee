"""The parts of a list's tools that repeat for every choice, drawn by functions: as templates, a menu of seventy units and a chooser
of twenty columns would cost more than the table itself. What comes from data is escaped here; the frame stays in templates."""

from functools import cache
from html import escape
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString


@cache
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Return an icon of the sprite (components/icon.html), rendered once per process."""
    return get_template("components/icon.html").render({"name": name, "class": css, "label": label})


def count_badge(count: int) -> str:
    """Return how many values of a filter are chosen; nothing for none."""
    return f'<span class="filter-count"><span class="vh">已选</span>{count}</span>' if count else ""


def _boxes(control: Any, item: str) -> str:
    name = escape(control.name)
    return "".join(
        item.format(
            depth=option.depth,
            box=f'<label><input type="checkbox" name="{name}" value="{escape(option.value)}"{" checked" if chosen else ""}>'
            f"{escape(option.label)}</label>",
        )
        for option, chosen in control.options
    )


def _search(control: Any) -> str:
    label, name, value = escape(control.label), escape(control.name), escape(control.value)
    hint = escape(control.hint or control.label)
    entry = f'type="search" name="{name}" value="{value}" placeholder="{hint}" autocomplete="off" maxlength="100" data-search'
    return f'<label class="filter-field is-search"><span class="vh">{label}</span><input class="input" {entry}></label>'


def _number(control: Any) -> str:
    unit = f'<span class="unit">{escape(control.unit)}</span>' if control.unit else ""
    return (
        f'<label class="filter-field"><span class="filter-label">{escape(control.label)}</span><input class="input num" type="text" '
        f'inputmode="decimal" name="{escape(control.name)}" value="{escape(control.value)}" autocomplete="off">{unit}</label>'
    )


def _code(control: Any) -> str:
    return (
        f'<label class="filter-field"><span class="filter-label">{escape(control.label)}</span><input class="input" type="text" '
        f'name="{escape(control.name)}" value="{escape(control.value)}" placeholder="{escape(control.hint)}" autocomplete="off"></label>'
    )


def _day(control: Any) -> str:
    return (
        f'<label class="filter-field"><span class="filter-label">{escape(control.label)}</span><input class="input" type="date" '
        f'name="{escape(control.name)}" value="{escape(control.value)}"></label>'
    )


def _select(control: Any) -> str:
    options = "".join(
        f'<option value="{escape(option.value)}"{" selected" if chosen else ""}>{escape(option.label)}</option>'
        for option, chosen in control.options
    )
    return (
        f'<label class="filter-field"><span class="filter-label">{escape(control.label)}</span>'
        f'<select class="input" name="{escape(control.name)}">{options}</select></label>'
    )


def _group(control: Any) -> str:
    return (
        f'<fieldset class="filter-field is-group"><legend class="filter-label">{escape(control.label)}</legend>'
        f"{_boxes(control, '{box}')}</fieldset>"
    )


def _menu(control: Any) -> str:
    label = escape(control.label)
    boxes = _boxes(control, '<li class="depth-{depth}">{box}</li>') or '<li class="quiet">没有可选项</li>'
    count = f'<span id="count-{escape(control.name)}">{count_badge(control.chosen)}</span>'
    summary = f'<summary class="btn btn-sm">{label}{count}{icon("chevron-down", "menu-caret")}</summary>'
    menu = f'<ul class="columns-list" role="group" aria-label="{label}">{boxes}</ul>'
    return f'<details class="menu">{summary}<div class="menu-body">{menu}</div></details>'


def filter_control(control: Any) -> SafeString:
    """Return one filter (erqi.common.filters.Control) as HTML."""
    if control.kind == "many":
        draw = _group if control.more else _menu
    else:
        draw = {"search": _search, "number": _number, "one": _select, "code": _code, "day": _day}[control.kind]
    return SafeString(draw(control))


def column_item(choice: dict[str, Any]) -> SafeString:
    """Return one line of the column chooser: a tick box, and buttons that move it (they need script)."""
    label = escape(choice["label"])
    state = " checked" if choice["visible"] or choice["locked"] else ""
    state += " disabled" if choice["locked"] else ""
    state += " data-default" if choice["default"] else ""
    box = f'<label><input type="checkbox" name="cols" value="{escape(choice["key"])}"{state}>{label}'
    if choice["locked"]:
        return SafeString(f'<li>{box}<span class="quiet small">固定</span></label></li>')
    buttons = "".join(
        f'<button type="button" class="js-only" data-move="{way}" aria-label="{label}{word}">{icon(f"chevron-{way}")}</button>'
        for way, word in (("up", "上移"), ("down", "下移"))
    )
    return SafeString(f"<li>{box}</label>{buttons}</li>")
