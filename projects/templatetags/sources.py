"""Showing a fact with its sources. Built in: templates need no {% load %}.

The view puts `sources` into the context: `Citation.objects.index(facts)` for all facts of the page, one query. A fact that no
document states is shown as 文件未载 where the record comes from documents, as 未填 where people entered it.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Model
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

from erqi.common import dates, numbers
from projects.models import Citation
from projects.tables.sources import marks_of, page_address

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


def drawn(context: template.Context, citations: Iterable[Citation]) -> SafeString:
    """Return the marks of citations; the address of documents is resolved once for a page."""
    address = context.render_context.get("document_address")
    if address is None:
        address = context.render_context["document_address"] = page_address("projects:document_detail")
    return SafeString(marks_of(citations, address))


@register.simple_tag(takes_context=True)
def source(context: template.Context, fact: Model, field: str = "") -> SafeString:
    """The small marks that lead to the paragraphs in which the fact stands."""
    return drawn(context, citations_of(context, fact, field))


@register.simple_tag(takes_context=True)
def marks(context: template.Context, citations: Iterable[Citation]) -> SafeString:
    """The marks of citations that the view has gathered itself."""
    return drawn(context, citations or ())


@register.simple_tag(takes_context=True)
def fact(context: template.Context, record: Model, field: str) -> SafeString:
    """A column's value in words with its source marks, or the quiet word that says why there is none."""
    words = in_words(record, field)
    if not words:
        return SafeString(f'<span class="unknown">{"文件未载" if is_documented(context, record) else "未填"}</span>')
    return SafeString(conditional_escape(words) + source(context, record, field))


@register.simple_tag
def proved_facts(records: Iterable[Any]) -> SafeString:
    """The records that stand in a paragraph (projects.views.facts.Proved), each with the phrases that prove it."""
    items = []
    for proved in records:
        name = escape(proved.name)
        lines = "".join(_proved_line(line) for line in proved.lines)
        link = f'<a href="{escape(proved.url)}">{name}</a>' if proved.url else name
        items.append(f'\n  <li><span class="doc-kind">{escape(proved.kind)}</span> {link}\n    <ul>{lines}</ul></li>')
    return SafeString(f'\n<ul class="doc-facts">{"".join(items)}\n</ul>\n')


def _proved_line(line: Any) -> str:
    about = " · ".join(filter(None, (line.part, line.label)))
    before = f'<span class="quiet">{escape(about)}：</span>' if about else ""
    return f"<li>{before}“{escape(line.as_printed)}”</li>"
