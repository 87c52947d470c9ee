"""Template filters and tags used by all pages. Built in: templates need no {% load %}."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from erqi.common import dates, list_html, numbers, texts

register = template.Library()


@register.filter
def money(value: Decimal | None) -> str:
    """An amount of 万元 with its unit, in 亿元 from 1亿元 on."""
    return numbers.money(value)


@register.filter
def number(value: Decimal | int | None) -> str:
    """A number without trailing zeros, thousands separated."""
    return "" if value is None else numbers.plain(Decimal(value))


@register.filter
def percent(value: Decimal | None) -> str:
    """A ratio as a percentage; — when there is none."""
    return numbers.percent(value)


@register.filter
def day(value: date | None) -> str:
    """2018年6月30日."""
    return "" if value is None else dates.chinese_day(value)


@register.filter
def shortened(text: str, most: int) -> str:
    """At most so many characters, cut with …."""
    return texts.shortened(str(text), most)


@register.filter
def clause(text: str) -> str:
    """What somebody wrote, without the stop at its end: another mark follows."""
    return texts.clause(str(text))


@register.filter
def lookup(mapping: dict, key: object) -> object:
    """The value under a key that is held in a variable."""
    return mapping.get(key)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; the label only where the icon stands alone. Ready strings: an include costs ten times as much."""
    return list_html.icon(name, css, label)
