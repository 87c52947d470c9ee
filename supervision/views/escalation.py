"""Proposals to escalate: the list, one with its grounds and what it asks for, confirming and declining it, proposing what is due."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.editing import EditView
from erqi.common.listing import Listing
from projects.choices import WarningLevel
from projects.views.day import day_context, tab_url
from supervision.choices import EscalationAction, EscalationState, EscalationTrigger, Party
from supervision.filters.escalation import EscalationFilter
from supervision.forms import escalation as forms
from supervision.models import Escalation, Notice
from supervision.rules.escalation import DOCUMENTS, MACHINE
from supervision.services import escalation as service
from supervision.services.parties import parties_of
from supervision.tables.escalation import EscalationTable
from supervision.views.course import course
from supervision.views.doing import ActionView, Doing, doing_buttons
from supervision.views.notice import running_notices
from supervision.views.record_list import KeptList

DOINGS: dict[str, Doing] = {
    EscalationAction.CONFIRM: Doing(
        forms.ConfirmForm,
        service.confirm_escalation,
        "通知单已拟稿，请核对正文后送审签；下发后按已采纳处理。",
        hint="按项目现状拟出通知单，数字和病因自动填入；核对后送审签、下发，下发后该提议即为已采纳。",
        main=True,
    ),
    EscalationAction.DECLINE: Doing(forms.DeclineForm, service.decline_escalation, "未采纳，理由已记入。"),
}
_ENDED = (EscalationState.CONFIRMED, EscalationState.DECLINED, EscalationState.LAPSED)


def list_crumb() -> dict[str, str]:
    """Return the first step of the trail."""
    return {"label": "升级提议", "url": reverse("supervision:escalation_list")}


class EscalationList(KeptList):
    """All proposals as of a day, what waits first."""

    permission = Escalation.history_readers
    table_class = EscalationTable
    filterset_class = EscalationFilter
    template_name = "supervision/escalation_list.html"
    shows_day = True
    page_title = "升级提议"
    noun = "项"
    empty_title = "没有符合条件的升级提议"
    blank_title = "还没有升级提议"
    blank_text = "项目转黄、转红或连续几期不消，系统会在这里提出下一步。"

    def get_queryset(self) -> QuerySet:
        return Escalation.objects.for_table(self.day.day)

    def filter_options(self) -> dict[str, Any]:
        return {"kept": self.kept}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看某一天的升级提议")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = self.counts(Escalation.objects.on_day(self.day.day))
        chosen = listing.filterset.cleaned.get("state", [])
        tabs = [("全部", ()), ("待处置", (EscalationState.PROPOSED,)), ("拟稿中", (EscalationState.DRAFTED,)), ("已处置", _ENDED)]
        decides = self.request.user.can("supervise") and not self.day.asked
        return {
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states or EscalationState),
                }
                for label, states in tabs
            ],
            "breadcrumbs": [{"label": "升级提议"}],
            "missing": self.kept("missing", service.missing_today) if decides else 0,
        }


class EscalationDetail(PermissionRequiredMixin, TemplateView):
    """A proposal as of a day: the colour and its grounds, what is proposed, what it asks for, how it was decided."""

    shows_day = True
    permission = Escalation.history_readers
    template_name = "supervision/escalation_detail.html"

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        escalation = get_object_or_404(Escalation.objects.select_related("project", "unit", "notice"), pk=pk)
        on, user = as_of(self.request), self.request.user
        acts = list(escalation.acts.filter(on__lte=on.day).select_related("unit").order_by("pk"))
        if not acts:
            # Not even of which project it is is known before the day on which it was made.
            raise Http404
        state = acts[-1].to_state
        now = not on.asked or on.day == clock.today()
        return super().get_context_data(
            **kwargs,
            page_title=f"升级提议：{escalation.project}",
            escalation=escalation,
            as_of=on,
            last=acts[-1],
            state=MACHINE.state_label(state),
            level=WarningLevel(escalation.level),
            document=DOCUMENTS[EscalationTrigger(escalation.trigger)],
            notice=self._shown(escalation.notice) if state in (EscalationState.DRAFTED, EscalationState.CONFIRMED) else None,
            is_drafting=state == EscalationState.DRAFTED,
            # What runs besides is said of today; a past day is not read from it.
            others=running_notices(user, escalation.project, escalation.notice_id) if now else [],
            course=course(acts, on.day),
            buttons=doing_buttons(escalation, MACHINE, user, parties_of(user), DOINGS, "escalation") if now else [],
            breadcrumbs=[list_crumb(), {"label": str(escalation.project)}],
        )

    def _shown(self, notice: Notice | None) -> Notice | None:
        """Return a notice that the person may see: drafts are their writers' and signers'."""
        return notice if notice is not None and (not notice.is_internal or self._sees_drafts) else None

    @property
    def _sees_drafts(self) -> bool:
        return any(self.request.user.can(code) for code in Notice.history_readers)


class EscalationStep(ActionView):
    """Confirming or declining a proposal."""

    machine, doings, argument = MACHINE, DOINGS, "escalation"
    permission = "supervise"
    template_name = "supervision/escalation_form.html"

    def get_record(self) -> Escalation:
        return get_object_or_404(Escalation.objects.select_related("project", "unit"), pk=self.kwargs["pk"])

    def parties(self) -> Collection[Party]:
        return parties_of(self.request.user)

    def first_values(self) -> dict[str, Any]:
        if self.action != EscalationAction.CONFIRM:
            return {}
        return {"days": DOCUMENTS[EscalationTrigger(self.record.trigger)].days}

    def success_url(self, result: Escalation) -> str:
        return result.notice.get_absolute_url() if result.notice is not None else result.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [list_crumb(), {"label": str(self.record.project), "url": self.record.get_absolute_url()}]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            escalation=self.record,
            level=WarningLevel(self.record.level),
            document=DOCUMENTS[EscalationTrigger(self.record.trigger)],
            running=running_notices(self.request.user, self.record.project) if self.action == EscalationAction.CONFIRM else [],
            **context,
        )


class EscalationRefresh(EditView):
    """Propose what today's colours ask for and was not proposed yet; the day's run does the same."""

    permission = "supervise"
    form_class = forms.RefreshForm
    template_name = "supervision/escalation_refresh.html"
    page_title = "列入新提议"
    submit_label = "列入"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> list[Escalation]:
        return service.propose_escalations(by=self.request.user)

    def success_text(self, result: list[Escalation]) -> str:
        return f"新列入 {len(result)} 项升级提议。" if result else "没有新的升级提议。"

    def success_url(self, result: list[Escalation]) -> str:
        return reverse("supervision:escalation_list")

    def cancel_url(self) -> str:
        return reverse("supervision:escalation_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [list_crumb()]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(missing=service.missing_today(), **context)
