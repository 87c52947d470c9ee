"""Draws form widgets by functions: the same HTML as Django's own widget templates, for a tenth of the work.

A page of forty rows with eight fields each would else render two thousand templates. Whatever is not drawn here (a widget with a
template of its own) is rendered as always.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_OPTION = f"{_FOLDER}select_option.html"
_INPUTS = (
    "checkbox",
    "color",
    "date",
    "datetime",
    "email",
    "hidden",
    "input",
    "number",
    "password",
    "search",
    "tel",
    "text",
    "time",
    "url",
)
Widget = Mapping[str, Any]


def _text(value: Any) -> str:
    """Return a value as a template shows it: escaped, unless it is safe already."""
    return conditional_escape(value if hasattr(value, "__html__") else str(value))


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>\n'


def _textarea(widget: Widget) -> str:
    return (
        f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{_text(widget["value"]) if widget["value"] else ""}</textarea>\n'
    )


def _option(option: Widget) -> str:
    return f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>{_text(option["label"])}</option>\n'


def _select(widget: Widget) -> str | None:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for name, options, _ in widget["optgroups"]:
        if any(option["template_name"] != _OPTION for option in options):
            return None
        if name:
            parts.append(f'\n  <optgroup label="{_text(name)}">')
        parts += map(_option, options)
        if name:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>\n")
    return "".join(parts)


_DRAWN: dict[str, Callable[[Widget], str | None]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}textarea.html": _textarea,
    f"{_FOLDER}select.html": _select,
}


class FormRenderer(TemplatesSetting):
    """Django's renderer, but for the widgets that are drawn here."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return a widget's, field's or form's HTML."""
        draw = _DRAWN.get(template_name)
        drawn = draw(context["widget"]) if draw is not None else None
        return super().render(template_name, context, request) if drawn is None else SafeString(drawn)
