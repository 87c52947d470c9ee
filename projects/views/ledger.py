"""The ledger page, and saved views of lists."""

from collections.abc import Hashable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from erqi.common import clock, numbers
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.asof_links import with_query
from erqi.common.errors import NotAllowed, ServiceError
from erqi.common.kept import Keeper
from erqi.common.listing import Listing, ListView
from erqi.common.models import SavedView
from erqi.common.saved_views import delete_view, save_view, withdraw_view
from projects.choices import LedgerKind, LedgerLevel
from projects.filters.ledger import LedgerFilter
from projects.models import Citation, Ledger, LedgerEntry, LedgerRevision, Rescheduling
from projects.stats import Amount, LedgerTotals, ledger_totals
from projects.tables.ledger import LedgerTable


def resolved(url_name: str, *args: Any) -> str:
    """Return an address, or "" while there is no such page."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


class LedgerCurrent(PermissionRequiredMixin, View):
    """Leads to the district ledger of the business date's year, or the latest one; without any, says how to open one."""

    shows_day = True
    permission = "business.view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        ledgers = Ledger.objects.main().order_by("-year")
        found = ledgers.filter(year=clock.today().year).first() or ledgers.first() or Ledger.objects.for_list().first()
        if found is None:
            create = resolved("projects:ledger_create") if request.user.can("ledger.edit") else ""
            return render(request, "projects/ledger_none.html", {"page_title": "重点项目台账", "create_url": create})
        return redirect(with_query(request, found.get_absolute_url()))


class LedgerDetail(ListView):
    """A ledger as it stood on a day: head with its stated scale, filters, rows, totals."""

    shows_day = True
    permission = "business.view"
    table_class = LedgerTable
    filterset_class = LedgerFilter
    template_name = "projects/ledger_detail.html"
    view_page = "ledger"
    has_money = True
    totals = True
    empty_title = "没有符合条件的项目"
    empty_text = "请去掉一些筛选条件再试。"

    @cached_property
    def ledger(self) -> Ledger:
        return get_object_or_404(Ledger.objects.select_related("unit"), code=self.kwargs["code"])

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request, self.ledger.year)

    @property
    def page_title(self) -> str:
        return self.ledger.name

    @property
    def export_unit(self) -> str:
        return str(self.ledger.unit or "")

    def get_queryset(self) -> QuerySet:
        return LedgerEntry.objects.for_ledger(self.ledger, self.day.day, delisted=True)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper()

    def kept_as(self) -> tuple[Keeper, Hashable]:
        # What is due is said from the business day on.
        return self.keeper, ("ledger", self.ledger.pk, self.day.day, clock.today())

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "year": self.ledger.year, "keeper": self.keeper}

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "year": self.ledger.year}

    def get_totals(self, rows: QuerySet, listing: Listing) -> LedgerTotals:
        names = listing.table.names
        shows_figures, quantity = not {"done", "planned", "of_plan", "of_year"}.isdisjoint(names), "quantity" in names

        def read() -> LedgerTotals:
            return ledger_totals(rows, self.day.day, listing.table.basis if shows_figures else None, quantity=quantity)

        key = ("ledger totals", self.ledger.pk, self.day.day, listing.filterset.key, shows_figures, quantity)
        return read() if self.ticks else self.keeper.get(key, read)

    def list_context(self, listing: Listing) -> dict[str, Any]:
        reported = listing.totals.reported
        return {
            **super().list_context(listing),
            "ledger": self.ledger,
            "as_of": self.day,
            "totals": listing.totals,
            "money_totals": [
                money_line("总投资", listing.totals.total_investment),
                money_line("年度计划", listing.totals.annual_plan),
                *([money_line("本年累计完成", reported.done, reported.done_simulated)] if reported else []),
            ],
            "print_unit": f"单位：{'亿元' if listing.money_unit == 'yi' else '万元'}",
            "print_subtitle": f"建账单位：{self.ledger.unit}" if self.ledger.unit else "",
            "summary_template": "projects/ledger_summary.html",
            "extra_tools": "projects/ledger_day.html",
            "blank_title": "这本台账在所示日期还没有项目",
            "blank_text": self._blank_text(),
            "elsewhere": self._elsewhere(listing),
        }

    def _elsewhere(self, listing: Listing) -> list[dict[str, str]]:
        """Return the other ledgers in which the search finds something: the box at the top of every page searches one only."""
        words = listing.filterset.cleaned.get("q", "")
        if listing.count or not words:
            return []
        found = LedgerEntry.objects.exclude(ledger=self.ledger).search(words).order_by("-ledger__year")
        counted = found.values_list("ledger__code", "ledger__name").annotate(Count("pk"))
        query = urlencode({"q": words})
        return [
            {"label": f"{name}（{number} 条）", "url": f"{reverse('projects:ledger_detail', args=[code])}?{query}"}
            for code, name, number in counted
        ]

    def _blank_text(self) -> str:
        if self.ledger.is_locked:
            return "台账已锁定；解锁后才能列入项目。也可换一个日期查看。"
        if self.request.user.can("ledger.edit"):
            return "可在右上方新增项目，或换一个日期查看。"
        return "可换一个日期查看；列入项目由重点项目办办理。"

    def get_context(self, listing: Listing) -> dict[str, Any]:
        tabs, revisions, sources, passes = self.keeper.get(("ledger head", self.ledger.pk), self._head)
        in_force = [revision for revision in revisions if revision.recorded_on <= self.day.day]
        scale = in_force[-1] if in_force else None
        named = listing.totals
        if listing.filterset.is_active:
            all_rows = LedgerEntry.objects.filter(ledger=self.ledger).listed(self.day.day)
            key = ("ledger totals", self.ledger.pk, self.day.day, (), False, False)
            named = self.keeper.get(key, lambda: ledger_totals(all_rows, self.day.day))
        user = self.request.user
        return {
            "breadcrumbs": [{"label": "台账", "url": reverse("projects:ledger_current")}, {"label": self.ledger.name}],
            "ledgers": tabs,
            "revisions": [{"revision": revision, "current": revision == scale} for revision in revisions],
            "scale": scale,
            "named": named,
            "gap": scale_sentence(scale, named),
            "sources": sources,
            "passes": passes,
            "actions": self._actions() if user.can("ledger.edit") else [],
            "lock_action": self._lock_action() if user.can("ledger.lock") else None,
            "warnings_url": self._warnings_url() if user.can("warning.start") else "",
        }

    def _head(self) -> tuple[list[dict[str, Any]], list[LedgerRevision], Any, list[Rescheduling]]:
        """Return what stands above the list: the other ledgers, the scales that documents state, their sources, unfinished passes."""
        revisions = list(self.ledger.revisions.all())
        sources = Citation.objects.index([self.ledger, *revisions])
        return self._ledger_tabs(), revisions, sources, list(Rescheduling.objects.unfinished())

    def _ledger_tabs(self) -> list[dict[str, Any]]:
        """The district's ledgers by year, then the others."""
        ledgers = Ledger.objects.order_by("-year", "level", "code")
        main = {LedgerLevel.DISTRICT, LedgerKind.PROJECTS}
        tabs = [
            {
                "label": f"{ledger.year}年" if {ledger.level, ledger.kind} == main else ledger.name,
                "url": ledger.get_absolute_url(),
                "active": ledger.pk == self.ledger.pk,
                "main": {ledger.level, ledger.kind} == main,
            }
            for ledger in ledgers
        ]
        return sorted(tabs, key=lambda tab: not tab["main"])

    def _actions(self) -> list[dict[str, str]]:
        """What the office can do to this ledger; the first is the main button."""
        code = self.ledger.code
        create = resolved("projects:project_create")
        named = [
            ("plus", "新增项目", f"{create}?ledger={code}" if create else ""),
            ("pencil", "修改台账", resolved("projects:ledger_edit", code)),
            ("file-text", "登记规模", resolved("projects:ledger_scale", code)),
        ]
        if self.ledger.is_locked:
            named = []
        named.append(("plus", "建立台账", resolved("projects:ledger_create")))
        return [{"icon": icon, "label": label, "url": url} for icon, label, url in named if url]

    def _warnings_url(self) -> str:
        """Where colours are started for this ledger; empty when it has them or is none that gets them."""
        ledger = self.ledger
        may_have = (ledger.level, ledger.kind) == (LedgerLevel.DISTRICT, LedgerKind.PROJECTS) and ledger.year >= clock.today().year
        return resolved("projects:warning_start", ledger.code) if may_have and ledger.warned_since is None else ""

    def _lock_action(self) -> dict[str, str] | None:
        name, label = ("ledger_unlock", "解锁") if self.ledger.is_locked else ("ledger_lock", "锁定")
        url = resolved(f"projects:{name}", self.ledger.code)
        return {"label": label, "url": url} if url else None


def money_line(label: str, amount: Amount, simulated: bool = False) -> dict[str, Any]:
    """Return a sum as the summary line says it: 总投资 79.3亿元（1 项有数）."""
    return {"label": label, "text": numbers.money(amount.total) or "—", "known": amount.known, "simulated": simulated}


def scale_sentence(scale: LedgerRevision | None, named: LedgerTotals) -> str:
    """Return how the entries that are known by name relate to the number of projects that documents state.

    A bundle may stand for more projects than the ledger's scale counts (158 roads are not 158 of the 165): then the sentence
    says that the two cannot be set against each other.
    """
    bundles = f"（含打捆计 {named.projects} 个）" if named.projects != named.entries else ""
    if scale is None or scale.project_count is None:
        return f"所示日期文件未载项目总数；已具名 {named.entries} 条{bundles}。"
    stated = scale.project_count
    if named.entries >= stated:
        return f"已具名 {named.entries} 条{bundles}。"
    if named.projects > stated:
        return f"其中已具名 {named.entries} 条（打捆按个数计 {named.projects} 个，与所载 {stated} 个口径不同），其余文件未载。"
    return f"其中已具名 {named.entries} 条{bundles}，其余文件未载。"


class SavedViewAction(PermissionRequiredMixin, View):
    """Base of what is posted about saved views: leads back to the list it came from, with a sentence."""

    permission = "business.view"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        target = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        try:
            messages.success(request, self.act(**kwargs))
        except NotAllowed as error:
            messages.error(request, str(error))
        except ServiceError as error:
            messages.warning(request, f"没有保存。{error}")
        return redirect(target if safe and target else reverse("projects:ledger_current"))

    def act(self, **kwargs: Any) -> str:
        """Do what is asked and return the sentence that says so."""
        raise NotImplementedError


class ViewSave(SavedViewAction):
    """Keeps the present filters, columns and order under a name."""

    def act(self) -> str:
        data = self.request.POST
        page = data.get("page", "")
        if page not in ListView.saved_pages:
            raise ServiceError("这一页不能保存视图。")
        view = save_view(
            page=page,
            name=data.get("name", ""),
            query=data.get("query", ""),
            shared=bool(data.get("shared")),
            replace=bool(data.get("replace")),
            by=self.request.user,
        )
        return f"已{'保存并共享' if view.shared else '保存'}视图“{view.name}”。"


class ViewDelete(SavedViewAction):
    """Removes one's own view; a repeated click finds nothing and changes nothing."""

    def act(self, pk: int) -> str:
        view = SavedView.objects.filter(pk=pk).first()
        if view is not None:
            if view.owner_id != self.request.user.pk and not view.shared:
                raise NotAllowed("只能删除自己保存的视图。")
            delete_view(view=view, by=self.request.user)
        return "视图已删除。"


class ViewWithdraw(SavedViewAction):
    """Makes a shared view private to its owner again."""

    def act(self, pk: int) -> str:
        view = get_object_or_404(SavedView, Q(shared=True) | Q(owner=self.request.user), pk=pk)
        withdraw_view(view=view, by=self.request.user)
        return f"已取消共享视图“{view.name}”。"
