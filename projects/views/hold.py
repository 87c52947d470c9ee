"""Holds (暂停): asking for one or its renewal, the hold's page, deciding, taking back, resuming."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from erqi.common import clock
from erqi.common.dates import chinese_day
from projects.choices import DecisionState
from projects.forms.decision import HoldForm, ResumeForm
from projects.models import Hold
from projects.rules.hold import HoldStanding
from projects.services import hold as service
from projects.views.decision import OneRequest, RequestAction, RequestDecide, RequestDetail, RequestWithdraw
from projects.views.project_edit import NewOfProject
from projects.views.project_holds import HoldRow
from projects.views.writing import WRITERS, writer_refusal

ONE_DAY = timedelta(days=1)


class HoldNew(NewOfProject):
    """Ask for a pause; while one stands, for its renewal, filled in with what was said last."""

    permission = WRITERS
    form_class = HoldForm
    template_name = "projects/hold_form.html"
    submit_label = "提交申请"
    renewed: Hold | None = None
    paused_until: date | None = None

    def get_record(self) -> None:
        super().get_record()
        on = clock.today()
        self.paused_until = service.pause_of(self.project, on)[1]
        if self.paused_until is not None:
            self.renewed = Hold.objects.approved().filter(project=self.project).order_by("-until", "-pk").first()

    @property
    def page_title(self) -> str:
        return "申请续期暂停" if self.renewed else "申请暂停"

    def first_values(self) -> dict[str, Any]:
        if self.renewed is None or self.paused_until is None:
            return {"since": clock.today()}
        return {
            "since": self.paused_until + ONE_DAY,
            "reason": self.renewed.reason,
            "summary": self.renewed.summary,
            "steps": self.renewed.steps,
        }

    def refusal(self) -> str:
        if sentence := writer_refusal(self.request.user, self.project):
            return sentence
        pending = Hold.objects.pending().filter(project=self.project).exists()
        return service.PENDING if pending else ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Hold:
        return service.request_hold(project=self.project, by=self.request.user, request_key=request_key, **values)

    def success_url(self, result: Hold) -> str:
        return result.get_absolute_url()

    def success_text(self, result: Hold) -> str:
        return f"已申请暂停至{chinese_day(result.until)}，待重点项目办审批；批准以前照常评价。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            longest=service.longest_hold(clock.today()), renewed=self.renewed, paused_until=self.paused_until, **context
        )


class OneHold(OneRequest):
    """The pages of one hold."""

    noun = "暂停申请"
    facts_template = "projects/_hold.html"
    url_prefix = "hold"

    def rows(self) -> QuerySet[Hold]:
        return Hold.objects.select_related("project")

    def facts(self) -> dict[str, Any]:
        return {"row": HoldRow.on(self.asked, clock.today())}


class HoldDetail(OneHold, RequestDetail):
    """A hold: why, what is being done, its days, the decision, and how it ended."""

    def actions(self) -> list[tuple[str, str]]:
        standing = HoldRow.on(self.asked, clock.today()).standing
        if standing not in (HoldStanding.RUNNING, HoldStanding.COMING) or writer_refusal(self.request.user, self.project):
            return []
        found = [("恢复施工" if standing is HoldStanding.RUNNING else "取消暂停", self.url("resume"))]
        if not Hold.objects.pending().filter(project=self.project).exists():
            found.append(("申请续期", reverse("projects:hold_new", args=[self.project.code])))
        return found


class HoldDecide(OneHold, RequestDecide):
    """Approve a pause or refuse it with a reason."""

    def decide(self, *, approve: bool, reason: str, version: int | None) -> Hold:
        return service.decide_hold(hold=self.asked, approve=approve, reason=reason, version=version, by=self.request.user)

    def success_text(self, result: Hold) -> str:
        if result.state == DecisionState.APPROVED:
            return f"已同意：{chinese_day(result.since)}至{chinese_day(result.until)}暂停评价，到期自动恢复。"
        return "已答复不同意：该项目照常评价；理由已告知申请人。"


class HoldWithdraw(OneHold, RequestWithdraw):
    """Take one's own request back."""

    success_message = "暂停申请已撤回。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Hold:
        return service.withdraw_hold(hold=self.asked, version=version, by=self.request.user)


class HoldResume(OneHold, RequestAction):
    """End a pause before its last day: the colour shows again from today on."""

    permission = WRITERS
    form_class = ResumeForm
    page_title = "恢复施工"
    submit_label = "确认恢复"
    success_message = "已恢复，自今天起照常评价。"

    def refusal(self) -> str:
        if HoldRow.on(self.asked, clock.today()).standing not in (HoldStanding.RUNNING, HoldStanding.COMING):
            return "该项目现在没有这项暂停，无需恢复。"
        return writer_refusal(self.request.user, self.project)

    def stands_as_asked(self, current: Hold, values: dict[str, Any]) -> bool:
        return current.ended_on is not None

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Hold:
        return service.end_hold(hold=self.asked, reason=values["end_reason"], version=version, by=self.request.user)
