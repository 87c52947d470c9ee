"""Source marks inside tables: the citations of a whole page in one query, each mark ready as HTML."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.urls import NoReverseMatch, reverse

from projects.models import Citation

# A column of a fact that is cited: (model name, field; empty for the record as a whole).
Fact = tuple[str, str]
CHANGED = ' class="is-changed"'
NOT_STANDING = "；现值已由人修改，与文件不同"
# Document, paragraph, phrase, whether it still stands for what the column holds.
Cited = tuple[str, int, str, bool]


def page_address(url_name: str, *before: Any) -> Callable[[str], str]:
    """Return the function that gives a record's address by its code, resolved once for a whole table; "" while there is no such page.

    `before` are the arguments of the address that stand before the code.
    """
    placeholder = "code-of-a-record"
    try:
        start, end = reverse(url_name, args=[*before, placeholder]).split(placeholder)
    except NoReverseMatch:
        return lambda code: ""
    return lambda code: f"{start}{code}{end}"


def mark(address: str, code: str, name: str, paragraph: int, printed: str, stands: bool, more: str = "") -> str:
    """Return the small link behind a documented fact (D2¶14) as HTML: to its paragraph, with the words printed there as tooltip.

    `name` is how the tooltip calls the document; `stands` is false once people changed the value that was cited.
    """
    title = escape(f"{name} 第{paragraph}段：“{printed}”{'' if stands else NOT_STANDING}{more}")
    spoken = escape(f"出处：{name}第{paragraph}段{'' if stands else '，现值与文件不同'}")
    return (
        f'<a href="{escape(address)}#p-{paragraph}"{"" if stands else CHANGED} title="{title}" aria-label="{spoken}">'
        f"{escape(code)}¶{paragraph}{'' if stands else ' 已改'}</a>"
    )


def marks_of(citations: Iterable[Citation], address: Callable[[str], str]) -> str:
    """Return the marks of a fact's citations, documents fetched; nothing for none. Marks are not printed."""
    links = [
        mark(address(cited.document.code), cited.document.code, cited.document.title, cited.paragraph, cited.as_printed, cited.stands)
        for cited in citations
    ]
    return f'<span class="src">{"".join(links)}</span>' if links else ""


class Sources:
    """The citations of a page's facts. Takes the keys of the facts by model; asks the database once, for nothing when there are none."""

    def __init__(self, facts: dict[type[Model], Iterable[int | None]]) -> None:
        self._address = page_address("projects:document_detail")
        self._found: dict[tuple[str, int, str], list[tuple[str, int, str, bool]]] = defaultdict(list)
        self.documented: set[tuple[str, int]] = set()
        self._marks: dict[tuple[str, int, str, int], str] = {}
        names: dict[int, str] = {}
        wanted = Q()
        for model, keys in facts.items():
            if ids := {key for key in keys if key is not None}:
                kind = ContentType.objects.get_for_model(model)
                names[kind.pk] = model._meta.model_name
                wanted |= Q(fact_type=kind, fact_id__in=ids)
        if not wanted:
            return
        rows = (
            Citation.objects.filter(wanted)
            .order_by("document__code", "paragraph", "pk")
            .values_list("fact_type_id", "fact_id", "field", "document__code", "paragraph", "as_printed", "stands")
        )
        for kind, key, field, document, paragraph, printed, stands in rows:
            self._found[names[kind], key, field].append((document, paragraph, printed, stands))
            self.documented.add((names[kind], key))

    def marks(self, model: str, key: int | None, field: str, most: int = 2) -> str:
        """Return the marks of a fact as HTML, at most so many; the last one's tooltip says how many more there are."""
        if key is None:
            return ""
        found = self._found.get((model, key, field))
        if not found:
            return ""
        wanted = (model, key, field, most)
        if wanted not in self._marks:
            self._marks[wanted] = self._html(found, most)
        return self._marks[wanted]

    def same_place(self, project: int) -> bool:
        """Say whether a bundle's number stands in the paragraph by which its name is shown."""
        name, number = self._found.get(("project", project, "")), self._found.get(("project", project, "bundle_count"))
        return bool(name and number) and name[0][:2] == number[0][:2]

    def _html(self, found: list[Cited], most: int) -> str:
        places: dict[tuple[str, int], tuple[str, bool]] = {}
        for document, paragraph, printed, stands in found:
            places.setdefault((document, paragraph), (printed, stands))
        links = []
        for place, ((document, paragraph), (printed, stands)) in enumerate(list(places.items())[:most], start=1):
            more = f"（另有{len(places) - most}处）" if place == most and len(places) > most else ""
            links.append(mark(self._address(document), document, document, paragraph, printed, stands, more))
        return f'<span class="src">{"".join(links)}</span>'
