"""Findings of untrue reporting: the list, and what a unit, inspectors and the supervision office do about one."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock, workdays
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.dates import chinese_day
from supervision.choices import FindingAction, FindingState
from supervision.filters.finding import FindingFilter
from supervision.forms.acting import ReasonForm
from supervision.forms.finding import CheckForm, ExplainForm, SettleForm
from supervision.models import Finding
from supervision.querysets.acts import last_acts
from supervision.rules.finding import MACHINE, STANDING
from supervision.rules.limit import is_late
from supervision.services import finding as service
from supervision.services import finding_record as record
from supervision.services.parties import ANY_UNIT
from supervision.tables.finding import FindingTable
from supervision.views.course import course, may_withdraw
from supervision.views.record_list import RecordList
from supervision.views.step import RecordAction, buttons

PAGES = {
    FindingAction.EXPLAIN: "finding_explain",
    FindingAction.CHECK: "finding_check",
    FindingAction.SETTLE: "finding_settle",
    FindingAction.SEND_BACK: "finding_send_back",
    FindingAction.REFUSE: "finding_refuse",
}


class FindingList(RecordList):
    """All findings."""

    table_class = FindingTable
    filterset_class = FindingFilter
    page_title = "不实认定"
    view_page = "findings"
    noun = "件"
    empty_title = "没有符合条件的不实认定"
    blank_title = "还没有不实认定"
    blank_text = "督察结论为“不实”的，在这里跟踪到更正、核查、办结。"
    day_title = "查看某一天的不实认定"
    lead = "督察认定上报不实的，2 个工作日内更正并说明；办结之前标在项目颜色旁边。"
    tabs = [
        ("全部", ()),
        ("待更正说明", (FindingState.OPEN, FindingState.PAUSED)),
        ("待核查", (FindingState.EXPLAINED,)),
        ("待办结", (FindingState.CHECKED,)),
        ("已办结", (FindingState.SETTLED, FindingState.REVOKED)),
    ]

    def get_queryset(self) -> QuerySet:
        return Finding.objects.for_table(self.day.day)


class FindingDetail(PermissionRequiredMixin, TemplateView):
    """A finding as of a day."""

    permission = "business.view"
    template_name = "supervision/finding_detail.html"
    shows_day = True

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        on = as_of(self.request)
        finding = get_object_or_404(Finding.objects.for_table(on.day), pk=pk)
        present = on.day >= clock.today()
        parties = service.parties_of_finding(finding, self.request.user)
        stands = finding.state_then in STANDING
        objection = service.objection_sentence(finding.inspection) if present and stands else ""
        # What would be refused is not offered.
        pages = {action: page for action, page in PAGES.items() if action != FindingAction.SETTLE or not objection}
        told = course(last_acts(finding, on.day), on.day)
        return super().get_context_data(
            **kwargs,
            page_title=str(finding),
            finding=finding,
            as_of=on,
            state_label=FindingState(finding.state_then).label,
            stands=stands,
            objection=objection,
            points=record.points(finding) if present and stands else [],
            is_late=finding.state_then == FindingState.OPEN and is_late(finding.due_then, on.day, workdays),
            course=told,
            withdrawable=may_withdraw(told, self.request.user, on.day),
            actions=buttons(finding, MACHINE, self.request.user, parties, pages) if present else [],
            breadcrumbs=[{"label": "不实认定", "url": reverse("supervision:finding_list")}, {"label": str(finding)}],
        )


class FindingAct(RecordAction):
    """Base of the pages of one action on one finding."""

    model = Finding
    related = ("unit", "project", "item", "inspection__report_step__report", "inspection__unit", "inspection__project")
    machine = MACHINE
    parties_of = staticmethod(service.parties_of_finding)
    list_page = ("不实认定", "finding_list")

    def subject_lines(self) -> list[tuple[str, Any]]:
        one = self.record
        return [
            ("项目或事项", one.project or one.item),
            ("责任单位", one.unit),
            ("上报情况", one.reported),
            ("不实之处", one.observed),
            ("更正内容", one.corrected),
            ("原因说明", one.explanation),
            ("更正时限", chinese_day(one.due_on)),
        ]


class _Right(FindingAct):
    """Base of the steps that say that it is right now: today's records stand beside those of the day of the look."""

    def form_arguments(self) -> dict[str, Any]:
        return {"asks": bool(record.unchanged(self.record))}

    def subject_lines(self) -> list[tuple[str, Any]]:
        return [*super().subject_lines(), ("上报记录", record.lines(self.record))]


class FindingExplain(FindingAct):
    """Say what was put right, and why it was wrong."""

    permission = ("report.write", ANY_UNIT)
    action = FindingAction.EXPLAIN
    form_class = ExplainForm
    error_fields = {"text": "explanation"}

    def first_values(self) -> dict[str, Any]:
        return {"corrected": self.record.corrected, "explanation": self.record.explanation}

    def subject_lines(self) -> list[tuple[str, Any]]:
        kept = [line for line in super().subject_lines() if line[0] not in ("更正内容", "原因说明")]
        return [*kept, ("上报记录", record.lines(self.record))]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Finding:
        return service.explain_finding(finding=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Finding) -> str:
        return "已提交更正和说明，等待督察员核查。"


class FindingCheck(_Right):
    """An inspector's check that it is right now."""

    permission = "inspect"
    action = FindingAction.CHECK
    form_class = CheckForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Finding:
        return service.check_finding(finding=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Finding) -> str:
        return "已核查，等待督察办另一人（没有其他人的，由区领导）办结。"


class FindingSendBack(FindingAct):
    """Send an explanation back."""

    permission = "inspect"
    action = FindingAction.SEND_BACK
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Finding:
        return service.send_back_finding(finding=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class FindingSettle(_Right):
    """Settle a finding."""

    permission = ("supervise", "inquiry.ask")
    action = FindingAction.SETTLE
    form_class = SettleForm

    def refusal(self) -> str:
        return super().refusal() or service.objection_sentence(self.record.inspection)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Finding:
        return service.settle_finding(finding=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Finding) -> str:
        return "已办结，项目颜色旁不再标注。"


class FindingRefuse(FindingAct):
    """Refuse to settle it yet."""

    permission = ("supervise", "inquiry.ask")
    action = FindingAction.REFUSE
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Finding:
        return service.refuse_finding(finding=self.record, version=version, by=self.request.user, request_key=request_key, **values)
