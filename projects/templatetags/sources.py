"""Showing a fact with its sources. Built in: templates need no {% load %}.

The view puts `sources` into the context: `Citation.objects.index(facts)` for all facts of the page, one query. A fact that no
document states is shown as 文件未载 where the record comes from documents, as 未填 where people entered it.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Model
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from erqi.common import dates, numbers

register = template.Library()

MONEY_FIELDS = frozenset({"total_investment", "annual_plan"})


def citations_of(context: template.Context, fact: Model, field: str) -> list:
    """Return the citations of one column of a fact from the page's index (empty field: of the record as a whole)."""
    return (context.get("sources") or {}).get((fact._meta.model_name, fact.pk, field), [])


def is_documented(context: template.Context, fact: Model) -> bool:
    """Say whether any document is cited for the record: then what is empty is 文件未载."""
    documented = context.render_context.get("documented_facts")
    if documented is None:
        documented = {key[:2] for key, found in (context.get("sources") or {}).items() if found}
        context.render_context["documented_facts"] = documented
    return (fact._meta.model_name, fact.pk) in documented


def in_words(fact: Model, field: str) -> str:
    """Return a column's value as people read it: choice label, money with unit, Chinese date, plain number."""
    if hasattr(fact, f"get_{field}_display"):
        return getattr(fact, f"get_{field}_display")()
    value: Any = getattr(fact, field)
    if value is None:
        return ""
    if field in MONEY_FIELDS:
        return numbers.money(value)
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, Decimal):
        return numbers.plain(value)
    if isinstance(value, date):
        return dates.chinese_day(value)
    return str(value)


@register.simple_tag(takes_context=True)
def source(context: template.Context, fact: Model, field: str = "") -> SafeString | str:
    """The small marks that lead to the paragraphs in which the fact stands."""
    found = citations_of(context, fact, field)
    return get_template("components/source_mark.html").render({"citations": found}) if found else ""


@register.simple_tag(takes_context=True)
def fact(context: template.Context, record: Model, field: str) -> SafeString:
    """A column's value in words with its source marks, or the quiet word that says why there is none."""
    words = in_words(record, field)
    if not words:
        return get_template("components/unknown.html").render({"documented": is_documented(context, record)})
    return SafeString(conditional_escape(words) + source(context, record, field))
