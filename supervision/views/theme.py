"""Supervision ledgers by theme (督察台账)."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from erqi.common.exporting import PageExport
from erqi.common.kept import Keeper
from erqi.common.workbook.declare import SUM, Column, Row, Sheet
from projects.exports.summary import INCLUDES, SIMULATED
from projects.models import Citation
from supervision.forms.theme import ThemeForm
from supervision.models import Theme
from supervision.services.mechanism import open_theme
from supervision.views.item import theme_counts

# What the list counts of each ledger's items.
_COUNTED = {"all": "事项", "done": "已销号", "yellow": "预警", "red": "告警"}


class ThemeListView(PermissionRequiredMixin, PageExport, TemplateView):
    """The supervision ledgers, numbered as printed, with what stands in each on the day."""

    permission = "business.view"
    template_name = "supervision/theme_list.html"
    shows_day = True

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @cached_property
    def rows(self) -> list[tuple[Theme, dict[str, int]]]:
        """The ledgers of the day, each with how many of its items stand how."""
        day = self.day.day
        counts = Keeper().get(("theme counts", day), lambda: theme_counts(day))
        nothing = dict.fromkeys(_COUNTED, 0)
        return [(theme, counts.get(theme.pk, nothing)) for theme in Theme.objects.known(self.day.day)]

    def export_title(self) -> str:
        return "督察台账"

    def export_day(self) -> AsOf:
        return self.day

    def export_sheets(self) -> list[Sheet]:
        columns = [
            Column("seq", "序号", "number"),
            Column("name", "台账", widest=30),
            *(Column(code, label, "number", total=SUM) for code, label in _COUNTED.items()),
            Column("printed", "原文误印", hide_empty=True),
            Column("note", "编者说明", "long", widest=50, hide_empty=True),
            SIMULATED,
        ]
        rows = [
            Row(
                [
                    *(theme.seq, theme.name, *(counts[code] for code in _COUNTED), theme.misprint, theme.note or None),
                    INCLUDES if counts["simulated"] else None,
                ],
                simulated=bool(counts["simulated"]),
            )
            for theme, counts in self.rows
        ]
        info = ("", f"数据截止：{chinese_day(self.day.day)}", "单位：项")
        sums, title = {"total": True, "noun": "本", "blank": "还没有督察台账"}, self.export_title()
        return [Sheet(name=title, title=title, columns=columns, rows=rows, info=info, keyed=False, **sums)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        themes = [theme for theme, _ in self.rows]
        return super().get_context_data(
            page_title="督察台账",
            breadcrumbs=[{"label": "督察台账"}],
            as_of=self.day,
            themes=themes,
            rows=self.rows,
            export=self.page_menu() if self.rows else None,
            may_add=self.request.user.can("supervise"),
            sources=Citation.objects.index(themes),
            **kwargs,
        )


class ThemeDetailView(PermissionRequiredMixin, TemplateView):
    """A theme with the phrases that name it."""

    permission = "business.view"
    template_name = "supervision/theme_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theme = get_object_or_404(Theme, code=kwargs["code"])
        citations = list(Citation.objects.of_facts([theme]))
        sources: dict[tuple, list[Citation]] = {}
        for citation in citations:
            sources.setdefault(("theme", theme.pk, citation.field), []).append(citation)
        return super().get_context_data(
            page_title=theme.name,
            breadcrumbs=[{"label": "督察台账", "url": reverse("supervision:theme_list")}, {"label": theme.name}],
            theme=theme,
            citations=citations,
            sources=sources,
            **kwargs,
        )


class ThemeNew(EditView):
    """Open a further ledger."""

    permission = "supervise"
    form_class = ThemeForm
    page_title = "新建督察台账"
    submit_label = "新建"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Theme:
        return open_theme(by=self.request.user, request_key=request_key, **values)

    def success_url(self, result: Theme) -> str:
        return reverse("supervision:theme_ledger", args=[result.code])

    def success_text(self, result: Theme) -> str:
        return f"“{result}”台账已建立，可以立项。"

    def cancel_url(self) -> str:
        return reverse("supervision:theme_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "督察台账", "url": reverse("supervision:theme_list")}]
