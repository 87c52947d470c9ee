"""Pages on which an office registers targets and their figures, and decides which figure counts."""

import re
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.urls import reverse

from erqi.common import clock
from erqi.common.dates import clamp_to_year
from erqi.common.editing import EditView
from erqi.common.errors import ServiceError, StaleRecord
from erqi.common.forms import EditForm
from projects.choices import AdoptionRule, Bound, Wording
from projects.forms.target import AdoptForm, ClaimForm, DecisionForm, ReadingForm, TargetForm, WithdrawForm, confirmed_reading
from projects.models import Target, TargetClaim, TargetReading
from projects.services import target as service
from projects.services.citation import cite
from projects.views.target_row import Row, rows_of


class TargetEditView(EditView):
    """What the pages of one target share: the target itself, the way back and the trail."""

    permission = "target.edit"

    @cached_property
    def target(self) -> Target:
        return get_object_or_404(Target.objects.with_claims(), pk=self.kwargs["pk"], year=self.kwargs["year"])

    @cached_property
    def row(self) -> Row:
        """The target with its claims as the pages show them."""
        (row,), _ = rows_of([self.target], clock.today())
        return row

    def success_url(self, result: Any) -> str:
        return self.target.get_absolute_url()

    def cancel_url(self) -> str:
        return self.target.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        year = self.kwargs["year"]
        return [
            {"label": f"{year}年目标", "url": reverse("projects:target_list", args=[year])},
            {"label": self.target.indicator, "url": self.target.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(target=self.target, row=self.row, **context)


class TargetCreateView(EditView):
    """Register a target without a figure; figures follow as claims, each with its document."""

    permission = "target.edit"
    form_class = TargetForm
    page_title = "登记目标"
    success_message = "目标已登记。请接着登记各文件给出的数字。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Target:
        return service.set_target(year=self.kwargs["year"], by=self.request.user, request_key=request_key, **values)

    def success_url(self, result: Target) -> str:
        return result.get_absolute_url()

    def cancel_url(self) -> str:
        return reverse("projects:target_list", args=[self.kwargs["year"]])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": f"{self.kwargs['year']}年目标", "url": self.cancel_url()}]


class TargetChangeView(TargetEditView):
    """Change a target's own fields; its figures are changed as claims and readings."""

    form_class = TargetForm
    page_title = "修改目标"

    def get_record(self) -> Target:
        return self.target

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Target:
        return service.change_target(target=self.target, version=version, by=self.request.user, **values)


def cite_figure(fact: Model, values: dict[str, Any]) -> None:
    """Register the printed words as the source of the figure, and of its bound and wording where the words carry them."""
    fields = ["value"]
    for name, choices in (("bound", Bound), ("wording", Wording)):
        if values.get(name) and choices(values[name]).label in values["as_printed"]:
            fields.append(name)
    for name in fields:
        cite(
            fact=fact,
            document=values["document"],
            paragraph=values["paragraph"],
            as_printed=values["as_printed"],
            field=name,
        )


class ClaimCreateView(TargetEditView):
    """Enter the figure that one document gives, with the phrase that proves it."""

    form_class = ClaimForm
    page_title = "登记来源数字"
    template_name = "projects/target_figure_form.html"
    success_message = "来源数字已登记。"

    def form_arguments(self) -> dict[str, Any]:
        return {"measured_in": self.target.unit}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> TargetClaim:
        with transaction.atomic():
            claim = service.register_claim(
                target=self.target,
                document=values["document"],
                value=values["value"],
                bound=values["bound"],
                wording=values["wording"],
                by=self.request.user,
                request_key=request_key,
            )
            cite_figure(claim, values)
        return claim

    def success_text(self, result: TargetClaim) -> str:
        return "来源数字已登记，并按规则采用。" if result.adopted else "来源数字已登记；采用的数字没有变。"


class ReadingCreateView(TargetEditView):
    """Enter a result reached by a day, with the phrase that proves it."""

    form_class = ReadingForm
    page_title = "登记完成数字"
    template_name = "projects/target_reading_form.html"
    # The result that the day has already and that the form asks about (services.target.DayTaken).
    asked: TargetReading | None = None
    repeated = False

    def first_values(self) -> dict[str, Any]:
        return {"on": clamp_to_year(clock.today(), self.target.year)}

    def form_arguments(self) -> dict[str, Any]:
        return {"measured_in": self.target.unit}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> TargetReading:
        figure = {name: values[name] for name in ("on", "value", "bound", "note")}
        with transaction.atomic():
            try:
                reading = service.record_reading(
                    target=self.target,
                    by=self.request.user,
                    request_key=request_key,
                    confirmed=confirmed_reading(self.request.POST),
                    **figure,
                )
            except service.DayTaken as question:
                self.asked = question.reading
                raise
            if values["document"]:
                cite_figure(reading, values)
        self.repeated = reading.request_key != request_key
        return reading

    def success_text(self, result: TargetReading) -> str:
        return "这一天已登记过同样的完成数字，没有重复登记。" if self.repeated else "完成数字已登记。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = "还没有登记：这一天已有完成数字" if self.asked else ""
        return super().get_context_data(asked=self.asked, errors_title=title, **context)


class ReadingWithdrawView(TargetEditView):
    """Withdraw a result that was registered wrongly: it no longer counts but stays on the page, with the reason."""

    form_class = WithdrawForm
    page_title = "撤回登记有误的完成数字"
    submit_label = "撤回"
    template_name = "projects/target_reading_withdraw.html"
    success_message = "已撤回，数字和原因仍可查；需要时请重新登记。"
    error_fields = {"withdraw_reason": "reason"}

    @cached_property
    def reading(self) -> TargetReading:
        return get_object_or_404(TargetReading, pk=self.kwargs["reading"], target=self.target)

    def get_record(self) -> None:
        # Also one that was withdrawn by now: the second of two clicks meets what the first did.
        _ = self.reading

    def refusal(self) -> str:
        return f"这个数字已经撤回（{self.reading.withdraw_reason}），无需再办。" if self.reading.withdrawn_on else ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> TargetReading:
        return service.withdraw_reading(reading=self.reading, reason=values["reason"], by=self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(reading=self.reading, figure=self.row.words(self.reading), **context)


class ClaimWithdrawView(TargetEditView):
    """Withdraw a figure entered by mistake: it no longer counts but stays on the page, with the reason."""

    form_class = WithdrawForm
    page_title = "撤回登记有误的数字"
    submit_label = "撤回"
    template_name = "projects/target_decision.html"
    success_message = "已撤回，数字和原因仍可查；需要时请重新登记。"
    error_fields = {"withdraw_reason": "reason"}

    @cached_property
    def claim(self) -> TargetClaim:
        return get_object_or_404(TargetClaim.objects.standing().select_related("document"), pk=self.kwargs["claim"], target=self.target)

    def get_record(self) -> TargetClaim:
        return self.claim

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> TargetClaim:
        return service.withdraw_claim(claim=self.claim, reason=values["reason"], version=version, by=self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(withdrawn=self.claim, figure=self.row.words(self.claim), **context)


class DecisionView(TargetEditView):
    """A decision is made against the one that stood on the page: whoever decided in between is shown, not overwritten."""

    permission = "target.adopt"
    form_class = DecisionForm
    template_name = "projects/target_decision.html"

    @staticmethod
    def mark(claim: TargetClaim | None) -> str:
        return f"{claim.pk}.{claim.version}" if claim else ""

    def first_values(self) -> dict[str, Any]:
        return {"seen": self.mark(service.standing_claim(self.target))}

    def make_form(self, record: Any, data: Any = None) -> EditForm:
        self.form = super().make_form(record, data)
        return self.form

    def decide(self, values: dict[str, Any], known: service.Seen) -> Any:
        """Call the service with the decision that stood on the page."""
        raise NotImplementedError

    def is_decided(self, standing: TargetClaim | None, values: dict[str, Any]) -> bool:
        """Say whether what is asked for stands already: then the form was sent twice."""
        raise NotImplementedError

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        mark = re.fullmatch(r"(\d+)\.(\d+)", values["seen"])
        try:
            return self.decide(values, (int(mark[1]), int(mark[2])) if mark else None)
        except StaleRecord as error:
            now = error.current
            if self.is_decided(now, values):
                return now
            # The next submit is made in knowledge of what this page now shows.
            self.form.data["seen"] = self.mark(now)
            again = f"{self.what_stands(now)}请核对；仍要这样决定的，请再按一次“{self.submit_label}”。"
            raise ServiceError(again) from error

    def what_stands(self, claim: TargetClaim | None) -> str:
        if claim is None:
            return "您打开本页之后，采用的数字有变动。"
        figure = f"{claim.document.code} 的 {self.row.words(claim)}"
        if claim.adopted_rule == AdoptionRule.PERSON:
            return f"您打开本页之后，{claim.adopted_by} 已改为采用 {figure}（理由：{claim.adoption_reason}）。"
        return f"您打开本页之后，已改为按规则采用 {figure}。"


class ClaimAdoptView(DecisionView):
    """Adopt a figure against the rule. Asks for `target.adopt` and a reason that the page shows from then on."""

    form_class = AdoptForm
    page_title = "改为采用这个数字"
    submit_label = "采用"
    success_message = "已采用，姓名、日期和理由随数字显示。"
    error_fields = {"adoption_reason": "reason"}

    @cached_property
    def claim(self) -> TargetClaim:
        claims = TargetClaim.objects.standing().select_related("document")
        return get_object_or_404(claims, pk=self.kwargs["claim"], target=self.target)

    def decide(self, values: dict[str, Any], known: service.Seen) -> TargetClaim:
        return service.adopt_claim(claim=self.claim, reason=values["reason"], known=known, by=self.request.user)

    def is_decided(self, standing: TargetClaim | None, values: dict[str, Any]) -> bool:
        return standing == self.claim and standing.adopted_by == self.request.user and standing.adoption_reason == values["reason"].strip()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(claim=self.claim, figure=self.row.words(self.claim), **context)


class AdoptByRuleView(DecisionView):
    """Return to the figure that rank and date of the documents choose. Asks for `target.adopt`."""

    page_title = "恢复按规则采用"
    submit_label = "按规则采用"
    success_message = "已恢复按规则采用。"

    def refusal(self) -> str:
        standing = service.standing_claim(self.target)
        if standing is None:
            return "这项目标还没有来源数字。"
        return "" if standing.adopted_rule == AdoptionRule.PERSON else "这项目标现在就是按规则采用的，无需恢复。"

    def decide(self, values: dict[str, Any], known: service.Seen) -> None:
        return service.adopt_by_rule(target=self.target, known=known, by=self.request.user)

    def is_decided(self, standing: TargetClaim | None, values: dict[str, Any]) -> bool:
        return standing is not None and standing.adopted_rule == AdoptionRule.RANK
