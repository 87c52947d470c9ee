"""Inspections: the list with how often units were inspected, planning, recording, reading and answering."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.attachments import kept_of
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.models import Project, Unit
from supervision.choices import FindingState, InspectionAction, InspectionLayer, InspectionState, Verdict
from supervision.filters.inspection import InspectionFilter
from supervision.forms.acting import EvidenceForm, NoteForm, ReasonForm
from supervision.forms.inspection import ChangeForm, PlanInspectionForm, SelfCheckForm
from supervision.models import Finding, Inspection, SupervisionItem
from supervision.querysets.acts import last_acts
from supervision.querysets.inspection import READERS, is_reader
from supervision.rules.inspection import MACHINE, UNANNOUNCED, layer_of
from supervision.services import inspection as service
from supervision.services.parties import ANY_UNIT, parties_of
from supervision.tables.inspection import InspectionTable, InspectorsTable
from supervision.views.course import Sent, course, may_withdraw
from supervision.views.record_list import RecordList
from supervision.views.step import RecordAction, buttons

LOOKS = READERS
PAGES = {
    InspectionAction.CONDUCT: "inspection_conduct",
    InspectionAction.ACCEPT: "inspection_accept",
    InspectionAction.OBJECT: "inspection_object",
    InspectionAction.UPHOLD: "inspection_uphold",
    InspectionAction.CHANGE: "inspection_change",
    InspectionAction.CANCEL: "inspection_cancel",
    InspectionAction.RETRACT: "inspection_retract",
}


class InspectionList(RecordList):
    """All inspections."""

    filterset_class = InspectionFilter
    page_title = "督察"
    view_page = "inspections"
    noun = "次"
    empty_title = "没有符合条件的督察"
    blank_title = "还没有督察"
    blank_text = "督察员、督察办和区领导的督察，以及单位自查，列在这里。"
    day_title = "查看某一天的督察"
    lead = "责任人自查、督察员督察、领导问查三层；上报数字按督察当日冻结，与现场所见并列。"
    tabs = [
        ("全部", ()),
        ("待实施", (InspectionState.PLANNED,)),
        ("待单位阅知", (InspectionState.CONCLUDED,)),
        ("待复议", (InspectionState.ANSWERED,)),
        ("已办结", (InspectionState.CLOSED,)),
        ("撤回、取消", (InspectionState.RETRACTED, InspectionState.CANCELLED)),
    ]

    @property
    def table_class(self) -> type[InspectionTable]:
        """The columns that the person may read."""
        return InspectorsTable if is_reader(self.request.user) else InspectionTable

    def get_queryset(self) -> QuerySet:
        return Inspection.objects.for_table(self.day.day).visible_to(self.request.user)

    def seen_as(self) -> Hashable:
        return is_reader(self.request.user)

    def buttons(self) -> list[tuple[str, str, str]]:
        found = [("督察频次", reverse("supervision:inspection_counts"), "chart-bar")]
        if any(self.request.user.can(code) for code in LOOKS):
            found = [
                ("登记督察", reverse("supervision:inspection_new"), "plus"),
                ("安排督察", reverse("supervision:inspection_plan"), "calendar-event"),
                *found,
            ]
        return found


class InspectionDetail(PermissionRequiredMixin, TemplateView):
    """An inspection as of a day: reported and observed side by side, the conclusion, and what followed."""

    permission = "business.view"
    template_name = "supervision/inspection_detail.html"
    shows_day = True

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        on = as_of(self.request)
        inspection = get_object_or_404(Inspection.objects.for_table(on.day).visible_to(self.request.user), pk=pk)
        inspection.forget_after(on.day)
        present = on.day >= clock.today()
        state = inspection.state_then
        parties = service.parties_of_inspection(inspection, self.request.user)
        may_know = is_reader(self.request.user)
        is_held = state not in UNANNOUNCED
        offered = dict(PAGES)
        if state in (InspectionState.CONCLUDED, InspectionState.CLOSED) and service.retract_refusal(inspection):
            del offered[InspectionAction.RETRACT]
        if state == InspectionState.ANSWERED and service.change_refusal(inspection, self.request.user):
            del offered[InspectionAction.CHANGE]
        finding = Finding.objects.for_table(on.day).filter(inspection=inspection).first()
        told = [one for one in course(last_acts(inspection, on.day), on.day) if may_know or one.act.to_state not in UNANNOUNCED]
        kept = kept_of(inspection, on.day)
        return super().get_context_data(
            **kwargs,
            page_title=f"{inspection.get_layer_display()}：{inspection.subject}",
            inspection=inspection,
            as_of=on,
            is_held=is_held,
            often_reason=inspection.often_reason if may_know else "",
            state_label=InspectionState(state).label,
            verdict_label=Verdict(inspection.verdict_then).label if inspection.verdict_then else "",
            is_untrue=inspection.verdict_then == Verdict.UNTRUE,
            is_changed=inspection.changed_on is not None and inspection.changed_on <= on.day,
            points=inspection.points.all(),
            milestones=inspection.milestones.all() if is_held else [],
            files=kept if is_held else None,
            withdrawable=may_withdraw(told, self.request.user, on.day, [Sent("", inspection, kept)]) if is_held else set(),
            finding=finding,
            finding_stands=finding is not None and finding.state_then != FindingState.REVOKED,
            finding_label=FindingState(finding.state_then).label if finding is not None else "",
            course=told,
            actions=buttons(inspection, MACHINE, self.request.user, parties, offered) if present else [],
            often=service.often_words(inspection.unit, inspection.planned_for) if state == InspectionState.PLANNED else "",
            breadcrumbs=[{"label": "督察", "url": reverse("supervision:inspection_list")}, {"label": str(inspection)}],
        )


class OfSubject(EditView):
    """Base of the forms of a new inspection; `?project=`, `?item=` fill in what is known."""

    @cached_property
    def project(self) -> Project | None:
        return Project.objects.filter(code=self.request.GET.get("project", "")).first()

    @cached_property
    def item(self) -> SupervisionItem | None:
        asked = self.request.GET.get("item", "")
        return SupervisionItem.objects.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 19 else None

    @property
    def layer(self) -> InspectionLayer:
        return layer_of(parties_of(self.request.user))

    def cancel_url(self) -> str:
        subject = self.project or self.item
        return subject.get_absolute_url() if subject is not None else reverse("supervision:inspection_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "督察", "url": reverse("supervision:inspection_list")}]

    def often(self) -> str:
        """Return how often the unit in question was inspected this month; an empty text while it is not known."""
        keys = service.inspected_units(self.project, self.item)
        unit = Unit.objects.filter(pk=keys[0]).first() if keys else None
        return service.often_words(unit, clock.today()) if unit is not None else ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        often = self.often()
        return super().get_context_data(subject=None, subject_lines=[("督察频次", often)] if often else [], **context)


class InspectionPlan(OfSubject):
    """Plan an inspection; how often the unit was inspected this month stands above the form."""

    permission = LOOKS
    template_name = "supervision/record_action.html"
    form_class = PlanInspectionForm
    page_title = "安排督察"
    submit_label = "安排"

    def form_arguments(self) -> dict[str, Any]:
        return {"layer": self.layer}

    def first_values(self) -> dict[str, Any]:
        return {"project": self.project, "item": self.item, "planned_for": clock.today(), "method": "field"}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.plan_inspection(by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return f"已安排{chinese_day(result.planned_for)}督察“{result.unit}”。"


class InspectionAct(RecordAction):
    """Base of the pages of one action on one inspection."""

    model = Inspection
    related = ("unit", "project", "item")
    machine = MACHINE
    parties_of = staticmethod(service.parties_of_inspection)
    list_page = ("督察", "inspection_list")

    def get_record(self) -> Inspection:
        rows = Inspection.objects.visible_to(self.request.user).select_related(*self.related)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def subject_lines(self) -> list[tuple[str, Any]]:
        one = self.record
        held = chinese_day(one.inspected_on) if one.inspected_on else ""
        return [
            ("项目或事项", one.subject),
            ("被督察单位", one.unit),
            ("督察", f"{held} {one.get_method_display()} {one.inspected_by_name}".strip()),
            ("结论", one.get_verdict_display()),
            ("督察意见", one.conclusion),
        ]


class InspectionSelfCheck(OfSubject):
    """A unit's own check of a project or an item that it carries out."""

    permission = "report.write"
    template_name = "supervision/record_action.html"
    form_class = SelfCheckForm
    page_title = "责任人自查"
    submit_label = "登记自查"

    def refusal(self) -> str:
        if self.project is None and self.item is None:
            return "请从项目页或事项页打开“责任人自查”。"
        own = set(service.inspected_units(self.project, self.item)) & service.units_of(self.request.user)
        return "" if own else f"“{self.project or self.item}”不由您所在的单位承办，不能代为自查。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.self_check(by=self.request.user, project=self.project, item=self.item, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return "自查已登记。"

    def often(self) -> str:
        return ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        context["subject_lines"] = [("自查对象", self.project or self.item)]
        return context


class InspectionAccept(InspectionAct):
    """Say that the conclusion was read."""

    permission = ("report.write", ANY_UNIT)
    action = InspectionAction.ACCEPT
    form_class = NoteForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.accept_conclusion(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class InspectionObject(InspectionAct):
    """Object to a conclusion."""

    permission = ("report.write", ANY_UNIT)
    action = InspectionAction.OBJECT
    form_class = EvidenceForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.object_conclusion(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return "异议已提交督察办复议。"


class InspectionUphold(InspectionAct):
    """Uphold a conclusion."""

    permission = ("supervise", "inquiry.ask")
    action = InspectionAction.UPHOLD
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.uphold_conclusion(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class InspectionChange(InspectionAct):
    """Change a conclusion."""

    permission = ("supervise", "inquiry.ask")
    action = InspectionAction.CHANGE
    form_class = ChangeForm

    def refusal(self) -> str:
        return super().refusal() or service.change_refusal(self.record, self.request.user)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.change_conclusion(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return f"结论已更正为“{result.get_verdict_display()}”。"


class InspectionCancel(InspectionAct):
    """Call a planned inspection off."""

    permission = LOOKS
    action = InspectionAction.CANCEL
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.cancel_inspection(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class InspectionRetract(InspectionAct):
    """Take back what one registered by mistake."""

    permission = (*LOOKS, "report.write")
    action = InspectionAction.RETRACT
    form_class = ReasonForm

    def refusal(self) -> str:
        return super().refusal() or service.retract_refusal(self.record)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.retract_inspection(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return "登记已撤回，不计入督察频次。"
