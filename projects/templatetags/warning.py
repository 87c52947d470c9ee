"""Showing a warning level. Built in: templates need no {% load %}."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from projects.tables.level import level_html, since_words, warning_level

register = template.Library()


@register.simple_tag
def level(value: int | str | None, word: str = "", simulated: bool = False, since: date | None = None) -> SafeString:
    """The badge of a WarningLevel (number or code): colour, shape and word; 模拟 behind it, since when as tooltip. Nothing is 未评价."""
    return SafeString(level_html(warning_level(value), word or "", title=since_words(since), simulated=simulated))
