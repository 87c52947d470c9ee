"""Problems reported directly: the list, a problem with its course, reporting one, and a page for each step."""

from collections.abc import Collection, Hashable
from functools import cached_property, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.generic import TemplateView

from erqi.common import clock, workdays
from erqi.common.access import PermissionRequiredMixin, may
from erqi.common.asof import as_of
from erqi.common.attachments import kept_of
from erqi.common.editing import EditView
from erqi.common.listing import Listing
from projects.models import Project, Responsibility
from projects.querysets.responsibility import in_force
from projects.services.grid import units_of
from projects.views.day import day_context, tab_url
from supervision.choices import IssueAction, IssueState, IssueTrack, Party
from supervision.filters.issue import IssueFilter
from supervision.forms import issue as forms
from supervision.models import Issue
from supervision.querysets.issue import READERS, IssueQuerySet
from supervision.rules.issue import ANSWERED, AT_UNIT, ESCALATED, MACHINE, UNASSIGNED, office_due, office_track, track
from supervision.sentences.issue import OFFICE_LATE, limit_words, office_words, waits_words
from supervision.services import issue as service
from supervision.services import issue_escalation as escalation
from supervision.services import issue_handling as handling
from supervision.services import issue_parties as people
from supervision.services.issue_parties import seen_by
from supervision.services.parties import ANY_UNIT, permissions_for
from supervision.tables.issue import IssueTable
from supervision.views.course import Sent, course, may_withdraw
from supervision.views.doing import ActionView, Doing, doing_buttons
from supervision.views.record_list import KeptList

A = IssueAction
DOINGS: dict[str, Doing] = {
    A.ACCEPT: Doing(forms.NoteForm, service.accept_issue, "已受理，请定级。", main=True),
    A.SEND_BACK: Doing(forms.MissingForm, service.send_back_issue, "已退回直报人补充。"),
    A.DECLINE: Doing(forms.ReasonForm, service.decline_issue, "未予受理，已告知直报人。"),
    A.RESUBMIT: Doing(forms.ResubmitForm, service.resubmit_issue, "已补充并再次直报重点项目办。", main=True),
    A.WITHDRAW: Doing(forms.WithdrawForm, service.withdraw_issue, "已撤回。"),
    A.GRADE: Doing(forms.GradeForm, service.grade_issue, "已定级，请交办。", main=True),
    A.REGRADE: Doing(forms.RegradeForm, service.regrade_issue, "定级已调整。"),
    A.ASSIGN: Doing(forms.AssignForm, service.assign_issue, "已交办，时限自今日起算。", main=True),
    A.REASSIGN: Doing(forms.ReassignForm, service.reassign_issue, "已改派，时限重新起算。"),
    A.URGE: Doing(forms.TextForm, service.urge_issue, "已催办，记入经过。"),
    A.TAKE: Doing(forms.NoteForm, handling.take_issue, "已接办。", main=True),
    A.REFUSE: Doing(forms.ReasonForm, handling.refuse_issue, "已退回重点项目办重新交办。", hint="不属本单位职责的，写明应由谁办理。"),
    A.PROGRESS: Doing(forms.EvidenceForm, handling.note_progress, "进展已登记。"),
    A.REPLY: Doing(
        forms.EvidenceForm, handling.reply_issue, "已反馈，等待核验。", hint="写明怎么解决的；整改后的照片或材料在此上传。", main=True
    ),
    A.ESCALATE: Doing(
        forms.ReasonForm, escalation.escalate_issue, "已提请重点项目办协调。", hint="本单位解决不了的，写明卡在哪里、需要谁协调。"
    ),
    A.COORDINATE: Doing(forms.TextForm, escalation.coordinate_issue, "协调意见已登记，由承办单位继续办理。", main=True),
    A.TO_MEETING: Doing(forms.ReasonForm, escalation.submit_to_meeting, "已提交专题会研究。", hint="需政府集中研究的，即时召开专题会。"),
    A.MEET: Doing(forms.MeetingForm, escalation.record_meeting, "专题会决定已登记并交办。", main=True),
    A.TO_LEADER: Doing(forms.ReasonForm, escalation.report_to_leader, "已报区主要领导。"),
    A.INSTRUCT: Doing(forms.TextForm, escalation.instruct_issue, "批示已交重点项目办落实。", main=True),
    A.TRANSCRIBE: Doing(
        forms.TranscribeForm,
        escalation.transcribe_instruction,
        "批示已转录，请落实。",
        hint="区领导没有可用的账号，照书面批示原文转录，并上传批示件。",
        main=True,
    ),
    A.VERIFY: Doing(forms.EvidenceForm, handling.verify_issue, "已核验，等待重点项目办销号。", main=True),
    A.RETURN_REPLY: Doing(forms.MissingForm, handling.return_reply, "已退回承办单位补充整改。"),
    A.CLOSE: Doing(forms.NoteForm, service.close_issue, "已销号。", main=True),
    A.REJECT_CLOSING: Doing(forms.MissingForm, service.reject_closing, "未予销号，已告知承办单位还缺什么。"),
}
TABS: list[tuple[str, tuple[IssueState, ...]]] = [
    ("全部", ()),
    ("待受理", (IssueState.REPORTED, IssueState.RETURNED)),
    ("待定级交办", (IssueState.ACCEPTED, IssueState.GRADED)),
    ("办理中", AT_UNIT),
    ("提级", ESCALATED),
    ("待核验销号", ANSWERED),
    ("已办结", tuple(state for state in IssueState if state in MACHINE.finals)),
]
LIST = {"label": "问题直报", "viewname": "supervision:issue_list"}


def list_crumb() -> dict[str, str]:
    """Return the first step of the trail."""
    return {"label": LIST["label"], "url": reverse(LIST["viewname"])}


class IssueList(KeptList):
    """All problems as of a day, what is late first."""

    permission = "business.view"
    table_class = IssueTable
    filterset_class = IssueFilter
    template_name = "supervision/issue_list.html"
    shows_day = True
    page_title = "问题直报"
    view_page = "issues"
    noun = "个问题"
    empty_title = "没有符合条件的直报问题"
    blank_title = "还没有直报问题"
    blank_text = "一线发现的问题可以直接报给重点项目办。"

    @cached_property
    def seen(self) -> IssueQuerySet:
        """The problems that the person may see."""
        return seen_by(self.request.user)

    def get_queryset(self) -> QuerySet:
        return self.seen.for_table(self.day.day)

    def seen_as(self) -> Hashable:
        # Whoever is not told of everything sees what was reported by oneself, or by the own unit, besides.
        return None if any(self.request.user.can(code) for code in READERS) else self.request.user.pk

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看某一天的直报问题")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = self.counts(self.seen.on_day(self.day.day))
        chosen = listing.filterset.cleaned.get("state", [])
        return {
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states or IssueState),
                }
                for label, states in TABS
            ],
            "breadcrumbs": [{"label": "问题直报"}],
            "may_report": people.may_report(self.request.user) and not self.day.asked,
        }


class IssueReport(EditView):
    """Report a problem straight to the office of key projects, from a phone or a desk."""

    permission = people.REPORTING
    form_class = forms.ReportForm
    template_name = "supervision/issue_form.html"
    page_title = "直报问题"
    submit_label = "直报重点项目办"

    @cached_property
    def own_projects(self) -> QuerySet[Project] | None:
        """The projects that a unit may name; None for those who may name any."""
        if may(self.request.user, ("inspect", "issue.handle", "inquiry.ask")):
            return None
        own, today = units_of(self.request.user), clock.today()
        rows = Responsibility.objects.filter(in_force(today), unit__in=own).values("project")
        return Project.objects.filter(Q(pk__in=rows) | Q(owner__in=own)).order_by("sort_key", "code")

    def form_arguments(self) -> dict[str, Any]:
        return {"projects": self.own_projects}

    def first_values(self) -> dict[str, Any]:
        code = self.request.GET.get("project", "")[:40]
        rows = Project.objects.all() if self.own_projects is None else self.own_projects
        project = rows.filter(code=code).first() if code else None
        return {"project": project} if project is not None else {}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Issue:
        return service.report_issue(by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Issue) -> str:
        return f"已直报重点项目办，编号{result.number}。"

    def cancel_url(self) -> str:
        return reverse("supervision:issue_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [list_crumb()]


class IssueDetail(PermissionRequiredMixin, TemplateView):
    """A problem as of a day: what it is, where it stands, its limit, its course, and what the person can do."""

    shows_day = True
    permission = "business.view"
    template_name = "supervision/issue_detail.html"

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        issue = get_object_or_404(seen_by(self.request.user).select_related("project", "unit", "author_unit"), pk=pk)
        on = as_of(self.request)
        acts = list(issue.acts.filter(on__lte=on.day).select_related("unit", "meeting__unit").order_by("pk"))
        if not acts:
            # Not even its title is known before the day on which it was reported.
            raise Http404
        last = acts[-1]
        state = last.to_state
        answered = next((act.on for act in reversed(acts) if act.action == A.REPLY), None) if state != IssueState.HANDLING else None
        found = track(state, last.due_on, answered, on.day, workdays)
        moved = next((act.on for act in reversed(acts) if act.moved), None)
        own = office_due(state, moved, workdays)
        user = self.request.user
        now = not on.asked or on.day == clock.today()
        told, kept = course(acts, on.day), kept_of(issue, on.day)
        return super().get_context_data(
            **kwargs,
            page_title=issue.title,
            issue=issue,
            as_of=on,
            last=last,
            unit=last.unit if state not in UNASSIGNED else None,
            description=last.description or issue.description,
            state=MACHINE.state_label(state),
            is_final=MACHINE.is_final(state),
            grade=dict(Issue._meta.get_field("grade").flatchoices).get(last.grade, ""),
            cause=dict(Issue._meta.get_field("cause").flatchoices).get(last.cause, ""),
            limit=office_words(state, own, on.day, workdays) if own else limit_words(found, last.due_on, answered, on.day, workdays),
            track=found,
            office_late_word=OFFICE_LATE,
            office_late=own is not None and office_track(own, on.day, workdays) is IssueTrack.LATE,
            course=told,
            waits_for=waits_words(issue, bool(people.standing_in(issue)), people.has_no_account(issue)) if now else "",
            files=kept,
            withdrawable=may_withdraw(told, user, on.day, [Sent("", issue, kept)]),
            buttons=doing_buttons(issue, MACHINE, user, people.issue_parties(issue, user), DOINGS, "issue") if now else [],
            breadcrumbs=[list_crumb(), {"label": issue.number}],
        )


class IssueStep(ActionView):
    """One step of a problem's course."""

    machine, doings, argument = MACHINE, DOINGS, "issue"

    @property
    def permission(self) -> tuple[str, ...]:
        return permissions_for(MACHINE, self.action, people.REPORTING, handler=(ANY_UNIT,), stand_in=(people.OFFICE,))

    def get_record(self) -> Issue:
        return get_object_or_404(seen_by(self.request.user).select_related("project", "unit"), pk=self.kwargs["pk"])

    def parties(self) -> Collection[Party]:
        return people.issue_parties(self.record, self.request.user)

    def values_of(self, record: Issue) -> dict[str, Any]:
        names = {"grade", "cause", "description"} & set(self.form_class.base_fields)
        return {name: getattr(record, name) for name in names}

    def stands_as_asked(self, current: Any, values: dict[str, Any]) -> bool:
        # The same grade or cause again is a step of its own.
        return False

    def first_values(self) -> dict[str, Any]:
        """Suggest the unit that has it, or that reports its project; another one is not guessed at."""
        if self.action == A.REASSIGN:
            return {}
        if "unit" not in self.form_class.base_fields or self.record.unit is not None or self.record.project is None:
            return {"unit": self.record.unit} if "unit" in self.form_class.base_fields and self.record.unit else {}
        return {"unit": handling.likely_unit(self.record)}

    def success_text(self, result: Issue) -> str:
        # Handed over to a unit without an account it waits for the office.
        return super().success_text(result) + waits_words(result, False, people.has_no_account(result))

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [list_crumb(), {"label": self.record.number, "url": self.record.get_absolute_url()}]


def step_paths() -> list[Any]:
    """Return the address of each step's page: issues/7/accept/."""
    view = partial(IssueStep.as_view)
    return [path(f"issues/<int:pk>/{action.replace('_', '-')}/", view(action=action), name=f"issue_{action}") for action in DOINGS]
