"""Leaders' questions: the list, asking from a project's page, answering, asking further, closing."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock, workdays
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.models import Project
from supervision.choices import InquiryAction, InquiryState
from supervision.filters.inquiry import InquiryFilter
from supervision.forms.acting import EvidenceForm, NoteForm
from supervision.forms.inquiry import AskForm, FurtherForm
from supervision.models import Inquiry
from supervision.querysets.acts import last_acts
from supervision.rules.inquiry import MACHINE
from supervision.rules.limit import is_late
from supervision.services import inquiry as service
from supervision.tables.inquiry import InquiryTable
from supervision.views.course import course, may_withdraw
from supervision.views.record_list import RecordList
from supervision.views.step import RecordAction, buttons

PAGES = {
    InquiryAction.ANSWER: "inquiry_answer",
    InquiryAction.CLOSE: "inquiry_close",
    InquiryAction.FURTHER: "inquiry_further",
    InquiryAction.WITHDRAW: "inquiry_withdraw",
}


class InquiryList(RecordList):
    """All questions of leaders."""

    table_class = InquiryTable
    filterset_class = InquiryFilter
    page_title = "领导问查"
    view_page = "inquiries"
    noun = "条"
    empty_title = "没有符合条件的问查"
    blank_title = "还没有问查"
    blank_text = "区领导在项目页上问一句话，成为填报单位或督察员的待办。"
    day_title = "查看某一天的问查"
    lead = "一句话问到项目，限期答复；领导了结或继续追问。"
    tabs = [
        ("全部", ()),
        ("待答复", (InquiryState.ASKED,)),
        ("待领导审阅", (InquiryState.ANSWERED,)),
        ("已了结", (InquiryState.CLOSED, InquiryState.WITHDRAWN)),
    ]

    def get_queryset(self) -> QuerySet:
        return Inquiry.objects.for_table(self.day.day)


class InquiryDetail(PermissionRequiredMixin, TemplateView):
    """A question as of a day, with all that was asked and answered."""

    permission = "business.view"
    template_name = "supervision/inquiry_detail.html"
    shows_day = True

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        on = as_of(self.request)
        inquiry = get_object_or_404(Inquiry.objects.for_table(on.day), pk=pk)
        present = on.day >= clock.today()
        parties = service.parties_of_inquiry(inquiry, self.request.user)
        state = inquiry.state_then
        told = course(last_acts(inquiry, on.day), on.day)
        return super().get_context_data(
            **kwargs,
            page_title=str(inquiry),
            inquiry=inquiry,
            as_of=on,
            state_label=InquiryState(state).label,
            is_late=state == InquiryState.ASKED and is_late(inquiry.due_then, on.day, workdays),
            is_stood_in=present and state == InquiryState.ASKED and service.inspector_gone(inquiry),
            course=told,
            withdrawable=may_withdraw(told, self.request.user, on.day),
            actions=buttons(inquiry, MACHINE, self.request.user, parties, PAGES) if present else [],
            breadcrumbs=[{"label": "领导问查", "url": reverse("supervision:inquiry_list")}, {"label": str(inquiry)}],
        )


class InquiryNew(EditView):
    """Ask about a project; `?milestone=` says about which of its milestones."""

    permission = "inquiry.ask"
    template_name = "supervision/record_action.html"
    form_class = AskForm
    page_title = "领导问查"
    submit_label = "提交问查"

    @cached_property
    def project(self) -> Project:
        return get_object_or_404(Project, code=self.kwargs["code"])

    @cached_property
    def milestones(self) -> dict[int, Any]:
        """The project's milestones that are not done, by key."""
        rows = self.project.milestones.open(clock.today()).known(clock.today()).for_project()
        return {one.pk: one for one in rows}

    def form_arguments(self) -> dict[str, Any]:
        return {"milestones": [(key, f"{one.year}年 {one.name}") for key, one in self.milestones.items()]}

    def first_values(self) -> dict[str, Any]:
        asked = self.request.GET.get("milestone", "")
        return {"due_on": service.default_due(clock.today()), "milestone": asked if asked.isdigit() else "", "addressee": "unit"}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inquiry:
        milestone = self.milestones.get(int(values.pop("milestone") or 0))
        return service.ask_inquiry(project=self.project, milestone=milestone, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inquiry) -> str:
        who = result.get_addressee_display()
        return f"已提交，{who}须在{chinese_day(result.due_on)}前答复。"

    def cancel_url(self) -> str:
        return self.project.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": self.project.name, "url": self.project.get_absolute_url()}]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(subject=self.project, subject_lines=[], **context)


class InquiryAct(RecordAction):
    """Base of the pages of one action on one question."""

    model = Inquiry
    related = ("project", "milestone", "unit", "person")
    machine = MACHINE
    parties_of = staticmethod(service.parties_of_inquiry)

    def get_record(self) -> Inquiry:
        return get_object_or_404(Inquiry.objects.told(clock.today()).select_related(*self.related), pk=self.kwargs["pk"])

    list_page = ("领导问查", "inquiry_list")

    def subject_lines(self) -> list[tuple[str, Any]]:
        one = self.record
        return [
            ("项目", one.project),
            ("节点", one.milestone),
            ("问查", f"{one.asked_by_name}：{one.text}"),
            ("答复时限", chinese_day(one.due_on)),
            ("答复", f"{one.answered_by_name}：{one.answer}" if one.answer else ""),
        ]


class InquiryAnswer(InquiryAct):
    """Answer a question."""

    permission = ("report.write", "inspect", "supervise")
    action = InquiryAction.ANSWER
    form_class = EvidenceForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inquiry:
        return service.answer_inquiry(inquiry=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inquiry) -> str:
        return "答复已提交，由提出人审阅。"


class InquiryFurther(InquiryAct):
    """Ask further."""

    permission = "inquiry.ask"
    action = InquiryAction.FURTHER
    form_class = FurtherForm

    def first_values(self) -> dict[str, Any]:
        return {"due_on": service.default_due(clock.today())}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inquiry:
        return service.ask_further(inquiry=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class InquiryClose(InquiryAct):
    """Close an answered question."""

    permission = ("inquiry.ask", "supervise")
    action = InquiryAction.CLOSE
    form_class = NoteForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inquiry:
        return service.close_inquiry(inquiry=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class InquiryWithdraw(InquiryAct):
    """Take one's own question back."""

    permission = "inquiry.ask"
    action = InquiryAction.WITHDRAW
    form_class = NoteForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inquiry:
        return service.withdraw_inquiry(inquiry=self.record, version=version, by=self.request.user, request_key=request_key, **values)
