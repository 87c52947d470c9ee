"""Leaving yellow or red (摘牌): the list, a lifting with its facts and evidence, checking, confirming and refusing it."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from erqi.common.listing import Listing, ListView
from projects.choices import LedgerKind, LedgerLevel, LiftingState, WarningLevel
from projects.filters.lifting import LiftingFilter
from projects.forms.lifting import AgainForm, ConfirmForm, RejectForm, VerifyForm
from projects.models import LedgerEntry, Lifting
from projects.services import lifting as service
from projects.tables.lifting import LiftingTable
from projects.views.day import day_context, tab_url
from projects.views.project_colour import Colour, read_colour

_ENDED = (LiftingState.CONFIRMED, LiftingState.REJECTED, LiftingState.LAPSED)


class LiftingList(ListView):
    """All liftings, what awaits somebody first; the tabs are the to-do lists of inspectors and of the supervision office."""

    permission = "business.view"
    table_class = LiftingTable
    filterset_class = LiftingFilter
    template_name = "projects/lifting_list.html"
    shows_day = True
    page_title = "摘牌"
    noun = "次"
    empty_title = "没有符合条件的摘牌"
    blank_title = "还没有摘牌"
    blank_text = "黄、红项目的数据好转后，系统会在这里提出摘牌。"

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    def get_queryset(self) -> QuerySet:
        return Lifting.objects.for_table(self.day.day)

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day}

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看某一天的摘牌")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = Lifting.objects.counts(self.day.day)
        chosen = listing.filterset.cleaned.get("state", [])
        tabs = [("全部", ()), ("待核验", (LiftingState.PROPOSED,)), ("待确认", (LiftingState.VERIFIED,)), ("已办结", _ENDED)]
        return {
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states or LiftingState),
                }
                for label, states in tabs
            ],
            "breadcrumbs": [{"label": "摘牌"}],
        }


def colour_of(lifting: Lifting, day: date) -> Colour | None:
    """Return the colour of the lifting's project and year on the day; None where the project stands in no ledger of that year."""
    entries = LedgerEntry.objects.filter(
        project=lifting.project_id, ledger__year=lifting.year, ledger__level=LedgerLevel.DISTRICT, ledger__kind=LedgerKind.PROJECTS
    )
    entry = entries.select_related("ledger").first()
    return read_colour(lifting.project, entry, day) if entry else None


def actions_of(lifting: Lifting, user: Any, overtaken: str) -> list[tuple[str, str]]:
    """Return (name of the address, label) of what the person may do with the lifting now, the main thing first; nothing while it cannot
    be carried out (`overtaken` says why)."""
    found: list[tuple[str, str]] = []
    if overtaken:
        return found
    if lifting.state == LiftingState.PROPOSED and user.can("lifting.verify"):
        found = [("lifting_verify", "核验"), ("lifting_reject", "不予摘牌")]
        if service.own_refusal(lifting, user):
            found = found[1:]
    elif lifting.state == LiftingState.VERIFIED and user.can("lifting.confirm"):
        found = [("lifting_confirm", "确认摘牌"), ("lifting_reject", "不予摘牌")]
        if lifting.verified_by_id == user.pk:
            found = found[1:]
    elif lifting.state == LiftingState.REJECTED and user.can("lifting.verify"):
        found = [("lifting_again", "重新提出")]
    return found


class LiftingDetail(PermissionRequiredMixin, TemplateView):
    """A lifting: from which level to which, the facts before and now, the evidence, and its course."""

    permission = "business.view"
    template_name = "projects/lifting_detail.html"

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        lifting = get_object_or_404(Lifting.objects.select_related("project"), pk=pk)
        on = clock.today()
        ended = lifting.ended_on or on
        colour = colour_of(lifting, ended)
        overtaken = service.overtaken(lifting, colour.row, on) if lifting.is_open and colour and colour.row else ""
        return super().get_context_data(
            **kwargs,
            page_title=f"摘牌：{lifting.project.name}",
            lifting=lifting,
            project=lifting.project,
            before=colour_of(lifting, lifting.proposed_on - timedelta(days=1)),
            colour=colour,
            evidence=service.evidence_of(lifting, service.began_on(lifting)),
            overtaken=overtaken,
            state_word=LiftingState.LAPSED.label if overtaken else lifting.get_state_display(),
            actions=actions_of(lifting, self.request.user, overtaken),
            breadcrumbs=[{"label": "摘牌", "url": reverse("projects:lifting_list")}, {"label": lifting.project.name}],
        )


class LiftingAction(EditView):
    """Base of what is done to one lifting; `states` are those from which it can be."""

    template_name = "projects/lifting_form.html"
    states: tuple[LiftingState, ...] = ()

    @cached_property
    def lifting(self) -> Lifting:
        return get_object_or_404(Lifting.objects.select_related("project"), pk=self.kwargs["pk"])

    def get_record(self) -> Lifting:
        return self.lifting

    def refusal(self) -> str:
        return service.refusal_of(self.record, self.states) or self.overtaken()

    def overtaken(self) -> str:
        """Return why the colour would not fall today, an empty text where that is not asked."""
        on = clock.today()
        return service.overtaken(self.record, service.row_of(self.record, on), on)

    @cached_property
    def evidence(self) -> list[service.Evidence]:
        return service.evidence_of(self.record, service.began_on(self.record))

    def cancel_url(self) -> str:
        return self.record.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [
            {"label": "摘牌", "url": reverse("projects:lifting_list")},
            {"label": self.record.project.name, "url": self.record.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            lifting=self.record,
            project=self.record.project,
            colour=colour_of(self.record, clock.today()),
            evidence=self.evidence,
            **context,
        )


class LiftingVerify(LiftingAction):
    """An inspector's check, with photos from the site."""

    permission = "lifting.verify"
    form_class = VerifyForm
    page_title = "核验摘牌"
    submit_label = "提交核验"
    states = (LiftingState.PROPOSED,)

    def refusal(self) -> str:
        return super().refusal() or service.own_refusal(self.record, self.request.user)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Lifting:
        return service.verify_lifting(
            lifting=self.record, note=values["verify_note"], uploads=values["uploads"], version=version, by=self.request.user
        )

    def success_text(self, result: Lifting) -> str:
        return f"已核验“{result.project}”，等待督察办确认。"


class LiftingConfirm(LiftingAction):
    """The supervision office's confirmation: the colour falls."""

    permission = "lifting.confirm"
    form_class = ConfirmForm
    page_title = "确认摘牌"
    submit_label = "确认摘牌"
    states = (LiftingState.VERIFIED,)

    def refusal(self) -> str:
        if self.record.state == LiftingState.VERIFIED and self.record.verified_by_id == self.request.user.pk:
            return "这次摘牌是您核验的，请由督察办的其他人确认。"
        return super().refusal() or ("" if service.relied_on(self.record, self.evidence) else service.NO_EVIDENCE_LEFT)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Lifting:
        return service.confirm_lifting(lifting=self.record, note=values["end_note"], version=version, by=self.request.user)

    def success_text(self, result: Lifting) -> str:
        if result.observed_until is not None:
            return f"“{result.project}”已摘牌，观察至{chinese_day(result.observed_until)}，其间仍为{WarningLevel.YELLOW.label}。"
        return f"“{result.project}”已摘牌。"


class LiftingReject(LiftingAction):
    """Refusing it, with the reason: the inspector's before the check, the supervision office's after it."""

    form_class = RejectForm
    page_title = "不予摘牌"
    submit_label = "不予摘牌"
    states = (LiftingState.PROPOSED, LiftingState.VERIFIED)

    def overtaken(self) -> str:
        """What is refused need not be fit to be lifted."""
        return ""

    @property
    def permission(self) -> str:
        return "lifting.confirm" if self.lifting.state == LiftingState.VERIFIED else "lifting.verify"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Lifting:
        return service.reject_lifting(lifting=self.record, reason=values["end_note"], version=version, by=self.request.user)

    def success_text(self, result: Lifting) -> str:
        return f"未予摘牌，“{result.project}”的状态不变；有新的填报或数据好转时会重新提出。"


class LiftingAgain(LiftingAction):
    """Asking for another look at what was refused."""

    permission = "lifting.verify"
    form_class = AgainForm
    page_title = "重新提出摘牌"
    submit_label = "重新提出"
    states = (LiftingState.REJECTED,)

    def refusal(self) -> str:
        return "" if self.record.state == LiftingState.REJECTED else "只有未通过的摘牌可以重新提出。"

    def stands_as_asked(self, current: Lifting, values: dict[str, Any]) -> bool:
        return False

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Lifting:
        return service.propose_again(lifting=self.record, by=self.request.user)

    def success_text(self, result: Lifting) -> str:
        return f"已重新提出“{result.project}”的摘牌，请现场核验。"
