"""What is done to a version of the warning rules: drafting, editing, submitting, deciding; the start of colours; the pass."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from erqi.common.errors import InvalidInput
from erqi.common.forms import EditForm
from projects.choices import Family, LedgerKind, LedgerLevel, PolicyState
from projects.forms.policy import NewPolicyForm, PolicyForm, ReturnPolicyForm, flat, policy_of
from projects.models import Ledger, Rescheduling, WarningPolicy
from projects.rules.presets import PRESETS
from projects.sentences.policy_terms import differences
from projects.services import policy as service
from projects.services.policy import EDITABLE, OWN_POLICY, is_own, refusal_of, unfit, unfit_day
from projects.services.schedule import continue_pass, start_warnings, warned_years
from projects.views.ledger import resolved
from projects.views.ledger_edit import LedgerAction
from projects.views.policy import crumbs


class PolicyCreate(EditView):
    """Begin a draft: from the rules in force or from a preset; its bands are edited on the next page."""

    permission = "policy.edit"
    form_class = NewPolicyForm
    page_title = "拟定预警规则"
    submit_label = "建立草稿"

    def _in_force(self) -> WarningPolicy | None:
        return WarningPolicy.objects.in_force(clock.today()).first()

    def form_arguments(self) -> dict[str, Any]:
        return {"has_rules": self._in_force() is not None}

    def first_values(self) -> dict[str, Any]:
        asked = self.request.GET.get("base", "")
        standing = NewPolicyForm.IN_FORCE if self._in_force() else Family.WARNING.value
        return {"base": asked if asked in {NewPolicyForm.IN_FORCE, *Family} else standing}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        base = values.pop("base")
        in_force = self._in_force()
        rules = in_force.policy if base == NewPolicyForm.IN_FORCE and in_force else PRESETS.get(base, PRESETS[Family.WARNING])
        return service.draft_policy(rules=rules, by=self.request.user, request_key=request_key, **values)

    def success_url(self, result: WarningPolicy) -> str:
        return reverse("projects:policy_edit", args=[result.pk])

    def success_text(self, result: WarningPolicy) -> str:
        return f"已建立草稿“{result.name}”。请核对各项区间，再提交审批。"

    def cancel_url(self) -> str:
        return reverse("projects:policy_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs()


class PolicyAction(EditView):
    """Base of what is done to one version: refused from the wrong state before anybody types."""

    permission = "policy.edit"
    template_name = "projects/policy_confirm.html"
    # The form shows the rules figure by figure; the column that holds them is no text for people.
    shown_otherwise: ClassVar[set[str]] = {"rules"}
    states: ClassVar[tuple[str, ...]] = ()
    record: WarningPolicy

    def get_record(self) -> WarningPolicy:
        return get_object_or_404(WarningPolicy, pk=self.kwargs["pk"])

    def refusal(self) -> str:
        return refusal_of(self.record, self.states)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [*crumbs(), {"label": self.record.name, "url": self.record.get_absolute_url()}]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(policy=self.record, **context)


class PolicyEdit(PolicyAction):
    """The editor. “检查” shows what the bands come to without saving; so does any change, where there is script."""

    form_class = PolicyForm
    template_name = "projects/policy_form.html"
    page_title = "修改规则"
    submit_label = "保存草稿"
    states = EDITABLE
    error_fields = {"labels": "label_green", "escalations": "step_remind_times"}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "check" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.record = self.get_record()
        form = self.make_form(self.record, request.POST)
        if form.is_valid():
            # What saving would refuse, a check refuses too.
            try:
                service.sensible(policy_of(form.values, self.record.policy.family))
            except InvalidInput as error:
                for name, texts in error.fields.items():
                    form.add_error(self.error_fields.get(name or "", name), texts)
        return self.show(form, 200, refusal=self.refusal(), checked=True)

    def values_of(self, record: WarningPolicy) -> dict[str, Any]:
        return {**super().values_of(record), **flat(record.policy)}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        described = {name: values[name] for name in ("name", "effective_from", "note")}
        rules = policy_of(values, self.record.policy.family)
        return service.change_policy(policy=self.record, version=version, by=self.request.user, rules=rules, **described)

    def success_text(self, result: WarningPolicy) -> str:
        wrong = len(unfit(result, clock.today()).get(None, []))
        return f"草稿已保存；还有 {wrong} 处区间须改正，才能提交。" if wrong else "草稿已保存。"


class PolicySubmit(PolicyAction):
    """Submit a draft; refused with every fault in words."""

    page_title = "提交审批"
    submit_label = "确认提交"
    states = EDITABLE

    def stands_as_asked(self, current: WarningPolicy, values: dict[str, Any]) -> bool:
        return current.state == PolicyState.SUBMITTED

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        return service.submit_policy(policy=self.record, version=version, by=self.request.user)

    def success_text(self, result: WarningPolicy) -> str:
        return f"“{result.name}”已提交，由拟稿人、提交人以外的人审批。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        wrong = unfit(self.record, clock.today()) if self.record.state in EDITABLE else {}
        return super().get_context_data(action="submit", unfit=[sentence for found in wrong.values() for sentence in found], **context)


class PolicyWithdraw(PolicyAction):
    """Take a submitted version back."""

    page_title = "撤回"
    submit_label = "确认撤回"
    states = (PolicyState.SUBMITTED,)

    def stands_as_asked(self, current: WarningPolicy, values: dict[str, Any]) -> bool:
        return current.state == PolicyState.DRAFT

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        return service.withdraw_policy(policy=self.record, version=version, by=self.request.user)

    def success_text(self, result: WarningPolicy) -> str:
        return f"“{result.name}”已撤回为草稿，可以修改。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(action="withdraw", **context)


class PolicyDiscard(PolicyAction):
    """Discard a draft; a repeated click finds nothing and changes nothing."""

    page_title = "删除草稿"
    submit_label = "确认删除"
    states = EDITABLE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and request.user.can(self.permission) and not WarningPolicy.objects.filter(pk=kwargs["pk"]).exists():
            return redirect("projects:policy_list")
        return super().dispatch(request, *args, **kwargs)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> None:
        return service.discard_policy(policy=self.record, version=version, by=self.request.user)

    def success_url(self, result: Any) -> str:
        return reverse("projects:policy_list") if result is None else result.get_absolute_url()

    def success_text(self, result: Any) -> str:
        return f"草稿“{self.record.name}”已删除。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(action="discard", **context)


class PolicyApprove(PolicyAction):
    """Approve a submitted version: somebody else's. The colours are computed on the page of the pass that follows."""

    permission = "policy.approve"
    page_title = "批准规则"
    submit_label = "确认批准"
    states = (PolicyState.SUBMITTED,)

    def refusal(self) -> str:
        if refusal := super().refusal():
            return refusal
        if is_own(self.record, self.request.user):
            return OWN_POLICY
        late = unfit_day(self.record, clock.today())
        return f"{late}现在不能批准，请退回修改。" if late else ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        return service.approve_policy(policy=self.record, version=version, by=self.request.user)

    def success_url(self, result: WarningPolicy) -> str:
        run = result.passes.filter(finished_at=None).first()
        return reverse("projects:policy_pass", args=[run.pk]) if run is not None else result.get_absolute_url()

    def success_text(self, result: WarningPolicy) -> str:
        return f"“{result.name}”已批准，{chinese_day(result.effective_from)}起执行。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        in_force = WarningPolicy.objects.in_force(clock.today()).first()
        found = differences(in_force.policy, self.record.policy) if in_force and in_force != self.record else []
        return super().get_context_data(action="approve", compared=in_force, differences=found, **context)


class PolicyReturn(PolicyAction):
    """Return a submitted version with the reason."""

    permission = "policy.approve"
    form_class: type[EditForm] = ReturnPolicyForm
    page_title = "退回修改"
    submit_label = "确认退回"
    states = (PolicyState.SUBMITTED,)

    def values_of(self, record: WarningPolicy) -> dict[str, Any]:
        return {}

    def stands_as_asked(self, current: WarningPolicy, values: dict[str, Any]) -> bool:
        return current.state == PolicyState.RETURNED and current.return_reason == (values.get("return_reason") or "").strip()

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> WarningPolicy:
        return service.return_policy(policy=self.record, reason=values["return_reason"], version=version, by=self.request.user)

    def success_text(self, result: WarningPolicy) -> str:
        return f"“{result.name}”已退回{result.created_by_name}修改。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(action="return", **context)


class WarningStart(LedgerAction):
    """Give a district ledger colours, from today on."""

    permission = "warning.start"
    form_class = EditForm
    template_name = "projects/policy_start.html"
    page_title = "启用预警"
    submit_label = "确认启用"

    def refusal(self) -> str:
        if (self.record.level, self.record.kind) != (LedgerLevel.DISTRICT, LedgerKind.PROJECTS):
            return "只有区级重点项目台账可以启用预警。"
        if self.record.year < clock.today().year:
            return "往年的台账只供查阅，不再启用预警。"
        if self.record.warned_since is not None:
            return f"这本台账自{chinese_day(self.record.warned_since)}起已启用预警，无需再办。"
        if not WarningPolicy.objects.in_force(clock.today()).exists():
            return "还没有生效的预警规则。请先由督察办拟定规则并经批准。"
        return ""

    def stands_as_asked(self, current: Ledger, values: dict[str, Any]) -> bool:
        return current.warned_since is not None

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Rescheduling:
        return start_warnings(ledger=self.record, version=version, by=self.request.user)

    def success_url(self, result: Any) -> str:
        if isinstance(result, Rescheduling) and result.finished_at is None:
            return reverse("projects:policy_pass", args=[result.pk])
        return self.record.get_absolute_url()

    def success_text(self, result: Any) -> str:
        return f"“{self.record.name}”自{chinese_day(clock.today())}起启用预警。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            entry_count=self.record.entries.listed(clock.today()).count(),
            in_force=WarningPolicy.objects.in_force(clock.today()).first(),
            today=clock.today(),
            **context,
        )


class PassDetail(PermissionRequiredMixin, TemplateView):
    """How far a pass is. The page itself carries it on, batch by batch, for those who may; without script by a button."""

    permission = "business.view"
    template_name = "projects/policy_pass.html"
    carry = "warning.start"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        run = context.pop("run", None) or get_object_or_404(Rescheduling.objects.select_related("policy"), pk=self.kwargs["pk"])
        board = resolved("projects:warning_board")
        return super().get_context_data(
            page_title="重算预警颜色",
            breadcrumbs=[*crumbs(), {"label": "重算"}],
            run=run,
            may_carry=self.request.user.can(self.carry),
            board_url=board if warned_years(clock.today()) else "",
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.can(self.carry):
            raise PermissionDenied("您的账号没有发起重算的权限。")
        run = continue_pass(get_object_or_404(Rescheduling, pk=pk))
        if request.htmx:
            return self.render_to_response(self.get_context_data(run=run))
        if run.finished_at is not None:
            messages.success(request, "重算已完成。")
        return redirect("projects:policy_pass", pk)
