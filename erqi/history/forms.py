"""The filters of the history and audit pages; they live in the address."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from erqi.common.forms import DayField
from erqi.history.audit import CATEGORIES
from erqi.history.entries import ACTIONS
from erqi.history.query import Filters
from erqi.history.registry import business_kinds
from projects.models import Project


def midnight(day: Any) -> datetime:
    """Return the moment at which a day begins in the district."""
    return timezone.make_aware(datetime.combine(day, time.min))


class PeriodForm(forms.Form):
    """Who and when: what both pages filter by."""

    who = forms.CharField(
        label="经办人", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或用户名"})
    )
    since = DayField(label="从", required=False)
    until = DayField(label="到", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "止日不能早于起日。")
        return self.cleaned_data

    def period(self) -> dict[str, Any]:
        """Return who and when as the query takes them; the last day counts whole."""
        values = self.cleaned_data
        return {
            "who": values["who"],
            "since": midnight(values["since"]) if values["since"] else None,
            "until": midnight(values["until"] + timedelta(days=1)) if values["until"] else None,
        }

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class HistoryForm(PeriodForm):
    """The filters of the history page; `id` belongs to `kind` and comes with a record's own link."""

    q = forms.CharField(
        label="内容",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称、文字、拼音首字母"}),
    )
    project = forms.CharField(label="项目编号", required=False, max_length=20)
    kind = forms.ChoiceField(label="记录类别", required=False)
    action = forms.ChoiceField(label="操作", required=False, choices=[("", "全部操作"), *ACTIONS.items()])
    id = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    system = forms.BooleanField(label="含系统装入", required=False)

    field_order = ("q", "kind", "who", "project", "action", "since", "until", "system")
    # What stands behind 更多条件, so that a phone shows changes and not only filters.
    more = ("project", "action", "since", "until", "system")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(business_kinds().values(), key=lambda kind: kind.label)
        self.fields["kind"].choices = [("", "全部类别"), *((kind.code, kind.label) for kind in kinds)]

    def clean_project(self) -> Project | None:
        code = self.cleaned_data["project"]
        if not code:
            return None
        project = Project.objects.filter(code=code).first()
        if project is None:
            raise forms.ValidationError(f"没有编号为“{code}”的项目。编号形如 EQ-2018-001。")
        return project

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("id") and not self.cleaned_data.get("kind"):
            self.add_error("kind", "查看一条记录的痕迹，须同时指明类别。")
        return super().clean()

    @property
    def more_count(self) -> int:
        """How many of the filters that are not seen are set."""
        return sum(bool(self.data.get(name)) for name in self.more)

    def filters(self) -> Filters:
        """Return the cleaned filters. A record's own history is shown whole, with how the system loaded it."""
        values = self.cleaned_data
        return Filters(
            project=values["project"].pk if values["project"] else None,
            obj=values["id"],
            action=values["action"],
            text=values["q"],
            with_system=values["system"] or values["id"] is not None,
            **self.period(),
        )


class AuditForm(PeriodForm):
    """The filters of the audit page."""

    kind = forms.ChoiceField(label="类别", required=False, choices=list(CATEGORIES.items()))
    address = forms.CharField(
        label="地址", required=False, max_length=45, widget=forms.TextInput(attrs={"type": "search", "placeholder": "如 10.1. 或完整地址"})
    )
    system = forms.BooleanField(label="含系统装入", required=False)

    field_order = ("kind", "who", "address", "since", "until", "system")

    def filters(self) -> Filters:
        """Return the cleaned filters."""
        values = self.cleaned_data
        return Filters(address=values["address"], with_system=values["system"], **self.period())
