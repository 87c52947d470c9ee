"""Pages of one request that somebody else decides on (a new date, a hold): its course, the decision, taking it back."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import attachments
from erqi.common.access import PermissionRequiredMixin
from erqi.common.editing import EditView
from projects.choices import DecisionState
from projects.forms.decision import DecideForm, WithdrawForm
from projects.models import Project
from projects.models.revision import Decision
from projects.views.project_edit import crumbs
from projects.views.writing import WRITERS, writer_refusal


class OneRequest:
    """What the pages of one request share. A subclass names the kind of request and finds it."""

    # What the request is called, the template of its facts, and the first part of its addresses' names.
    noun = ""
    facts_template = ""
    url_prefix = ""
    # Who decides on it.
    decides_with = "request.decide"

    def rows(self) -> Any:
        """Return the queryset in which the request is found."""
        raise NotImplementedError

    @cached_property
    def asked(self) -> Any:
        """The request of this page."""
        return get_object_or_404(self.rows(), pk=self.kwargs["pk"])

    def project_of(self, asked: Any) -> Project:
        """Return the project that a request is about."""
        return asked.project

    def facts(self) -> dict[str, Any]:
        """Return what the template of the facts needs beside the request and its project."""
        return {}

    @property
    def project(self) -> Project:
        return self.project_of(self.asked)

    def is_own(self) -> bool:
        """Say whether the person asked for this."""
        return self.asked.requested_by_id == self.request.user.pk

    def url(self, action: str) -> str:
        """Return the address of an action on the request."""
        return reverse(f"projects:{self.url_prefix}_{action}", args=[self.asked.pk])

    def shown(self) -> dict[str, Any]:
        """Return what every page of the request shows of it."""
        return {
            "asked": self.asked,
            "project": self.project,
            "noun": self.noun,
            "facts_template": self.facts_template,
            "attachments": list(attachments.of(self.asked)),
            **self.facts(),
        }


class RequestDetail(OneRequest, PermissionRequiredMixin, TemplateView):
    """A request: what is asked for and why, its course, and what the person may do about it."""

    permission = "business.view"
    template_name = "projects/request_detail.html"

    def actions(self) -> list[tuple[str, str]]:
        """Return (label, address) of what else the person may do."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, asked = self.request.user, self.asked
        decides = asked.is_pending and user.can(self.decides_with)
        withdraws = asked.is_pending and self.is_own() and not writer_refusal(user, self.project)
        return super().get_context_data(
            page_title=self.noun,
            breadcrumbs=[*crumbs(self.project), {"label": self.noun}],
            form=DecideForm(record=asked) if decides and not self.is_own() else None,
            decide_url=self.url("decide"),
            waits_for_others=decides and self.is_own(),
            actions=[*([("撤回申请", self.url("withdraw"))] if withdraws else []), *self.actions()],
            **self.shown(),
            **kwargs,
        )


class RequestAction(OneRequest, EditView):
    """Base of what is done about a request; it begins and ends on the request's page."""

    template_name = "projects/request_action.html"

    def get_record(self) -> Decision:
        return self.asked

    def values_of(self, record: Decision) -> dict[str, Any]:
        return {}

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [*crumbs(self.project), {"label": self.noun, "url": self.asked.get_absolute_url()}]

    def ended_sentence(self) -> str:
        """Return that the request is decided already; empty while it is pending."""
        who = f"，由{self.asked.decided_by_name}办理" if self.asked.decided_by_name else ""
        return "" if self.asked.is_pending else f"这份申请{self.asked.get_state_display()}{who}，无需再办。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**self.shown(), **context)


class RequestDecide(RequestAction):
    """Approve a request or refuse it with a reason."""

    permission = "request.decide"
    form_class = DecideForm
    submit_label = "提交审批意见"
    error_fields = {"decision_reason": "reason"}

    @property
    def page_title(self) -> str:
        return f"审批{self.noun}"

    def refusal(self) -> str:
        return self.ended_sentence() or ("不能审批自己提出的申请，请由他人审批。" if self.is_own() else "")

    def decide(self, *, approve: bool, reason: str, version: int | None) -> Any:
        """Call the service that decides and return the request."""
        raise NotImplementedError

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        return self.decide(approve=values["decision"] == DecisionState.APPROVED, reason=values["reason"], version=version)


class RequestWithdraw(RequestAction):
    """Take one's own request back."""

    permission = WRITERS
    form_class = WithdrawForm
    submit_label = "确认撤回"

    @property
    def page_title(self) -> str:
        return f"撤回{self.noun}"

    def refusal(self) -> str:
        if sentence := self.ended_sentence():
            return sentence
        return writer_refusal(self.request.user, self.project) if self.is_own() else "只能撤回自己提出的申请。"
