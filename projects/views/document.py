"""Documents: what each proves paragraph by paragraph, beside its text once an office has uploaded it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import TemplateView, View

from erqi.common.access import PermissionRequiredMixin
from erqi.common.errors import InvalidInput, NotAllowed
from projects.forms.document import DocumentTextForm
from projects.models import Article, Citation, Document
from projects.rules.highlight import Segment, segments
from projects.rules.paragraphs import split_paragraphs
from projects.services.citation import numbers_of, phrase_stands
from projects.services.document import upload_text
from projects.views.facts import Proved, ProvedFacts

# A paragraph of figures can prove fifty records: so many are shown beside the text, the rest folds out.
SHOWN_AT_ONCE = 6
# Of the citations that an uploaded text does not confirm.
MISSING_AT_ONCE = 20


@dataclass(frozen=True)
class Paragraph:
    """A numbered paragraph: its text in pieces (none while the text is not uploaded) and what stands in it."""

    number: int
    segments: list[Segment]
    proved: list[Proved]

    @property
    def first(self) -> list[Proved]:
        """The records shown at once; a paragraph with a few more than fit shows all of them."""
        return self.proved if len(self.proved) <= SHOWN_AT_ONCE + 2 else self.proved[:SHOWN_AT_ONCE]

    @property
    def rest(self) -> list[Proved]:
        return self.proved[len(self.first) :]


@dataclass(frozen=True)
class Part:
    """An article with its paragraphs; the paragraphs of no article come last, without one."""

    article: Article | None
    paragraphs: list[Paragraph]


def parts_of(document: Document, citations: Iterable[Citation], proved: ProvedFacts, texts: list[str]) -> Iterator[Part]:
    """Give the articles with every paragraph that has facts, or all of them when the text is there."""
    cited: dict[int, list[Citation]] = defaultdict(list)
    for citation in citations:
        cited[citation.paragraph].append(citation)
    shown = sorted(set(cited) | set(range(1, len(texts) + 1)))
    left = set(shown)

    def paragraph(number: int) -> Paragraph:
        text = texts[number - 1] if number <= len(texts) else ""
        found = cited.get(number, [])
        return Paragraph(number, segments(text, (item.as_printed for item in found)), proved.by(found))

    for article in document.articles.all():
        numbers = left & set(numbers_of(article.paragraphs))
        left -= numbers
        if numbers:
            yield Part(article, [paragraph(number) for number in sorted(numbers)])
    if left:
        yield Part(None, [paragraph(number) for number in sorted(left)])


def unconfirmed(texts: list[str], citations: Iterable[Citation], proved: ProvedFacts) -> list[dict[str, Any]]:
    """Return the citations whose phrase does not stand in its paragraph of the text, each with the record it should prove."""
    return [
        {"citation": citation, "proved": proved.by([citation])[0]}
        for citation in citations
        if not phrase_stands(texts, citation.paragraph, citation.as_printed)
    ]


class DocumentListView(PermissionRequiredMixin, TemplateView):
    """All documents with the number of facts each proves. Everybody who sees business data."""

    permission = "business.view"
    template_name = "projects/document_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_title="文件与出处",
            breadcrumbs=[{"label": "文件与出处"}],
            documents=Document.objects.for_list(),
            **kwargs,
        )


class DocumentDetailView(PermissionRequiredMixin, TemplateView):
    """What a document proves, paragraph by paragraph, beside its text: every source mark of the product leads here."""

    permission = "business.view"
    template_name = "projects/document_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = get_object_or_404(Document.objects.for_detail(), code=kwargs["code"])
        citations = document.citations.for_document()
        proved = ProvedFacts(citations)
        text = document.texts.first()
        texts = split_paragraphs(text.text) if text else []
        missing = unconfirmed(texts, citations, proved) if text else []
        return super().get_context_data(
            page_title=f"{document.code} {document.title}",
            breadcrumbs=[{"label": "文件与出处", "url": reverse("projects:document_list")}, {"label": document.code}],
            document=document,
            text=text,
            parts=list(parts_of(document, citations, proved, texts)),
            missing=missing,
            missing_shown=MISSING_AT_ONCE,
            missing_rest=max(0, len(missing) - MISSING_AT_ONCE),
            citation_count=len(citations),
            fact_count=len({(citation.fact_type_id, citation.fact_id) for citation in citations}),
            may_upload=self.request.user.can("document.upload"),
            **kwargs,
        )


class DocumentUploadView(PermissionRequiredMixin, View):
    """Upload a document's text; what is wrong with the file is said beside the field, and nothing is stored."""

    permission = "document.upload"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(self._document(code), DocumentTextForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        document = self._document(code)
        form = DocumentTextForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(document, form, status=422)
        file = form.cleaned_data["file"]
        try:
            upload = upload_text(document=document, file_name=file.name, raw=file.read(), by=request.user)
        except InvalidInput as error:
            for field, texts in error.fields.items():
                form.add_error(field if field in form.fields else None, texts)
            return self._page(document, form, status=422)
        except NotAllowed as error:
            form.add_error(None, str(error))
            return self._page(document, form, status=403)
        if upload.missing:
            messages.warning(request, f"原文已保存，但有 {len(upload.missing)} 处出处在所引段落中找不到原文表述，已列在页面上方，请核对。")
        else:
            messages.success(request, "原文已保存，全部出处都在所引段落中找到。")
        return redirect(document)

    def _document(self, code: str) -> Document:
        return get_object_or_404(Document, code=code)

    def _page(self, document: Document, form: DocumentTextForm, status: int = 200) -> HttpResponse:
        context = {
            "page_title": "上传原文",
            "breadcrumbs": [
                {"label": "文件与出处", "url": reverse("projects:document_list")},
                {"label": document.code, "url": document.get_absolute_url()},
                {"label": "上传原文"},
            ],
            "document": document,
            "form": form,
            "text": document.texts.defer("text").first(),
        }
        return render(self.request, "projects/document_upload.html", context, status=status)
