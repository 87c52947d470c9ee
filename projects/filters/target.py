"""Filters of the target list. A year has some dozens of targets, all of which the page has loaded for its counts, so they are
filtered here and not in the database."""

from collections.abc import Sequence
from typing import Any

from django import forms

from erqi.common import pinyin
from projects.choices import Computed
from projects.models import Target
from projects.rules.search import normal, search_terms
from projects.rules.target import State
from projects.sentences.target import STATES
from projects.stats.target import COMPUTED, READING, TargetState

NOBODY = "none"
# Where results come from, besides each way of computing them.
SOURCES = {COMPUTED: "台账计算（全部）", READING: "登记"}


def search_text(target: Target) -> str:
    """Return what a search looks through: indicator, scope, unit and project as written, in full pinyin and in initials."""
    names = [target.indicator, target.scope, target.responsible, target.project]
    texts = [str(name) for name in names if name]
    if target.responsible:
        texts.append(target.responsible.short_name)
    return "\n".join(normal(form) for text in texts for form in (text, pinyin.full(text), pinyin.initials(text)))


class TargetFilter(forms.Form):
    """What the address asks for: `q`, `state`, `source` (computed, reading, or one way of computing), `unit` (key of the responsible unit,
    or none) and `conflict`. Unknown values are ignored."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *((state.value, STATES[state]) for state in State)])
    source = forms.ChoiceField(label="完成数字来自", required=False)
    unit = forms.ChoiceField(label="责任单位", required=False)
    conflict = forms.BooleanField(label="只看来源不一致的", required=False)

    def __init__(self, data: Any, targets: Sequence[Target]) -> None:
        super().__init__(data)
        units = {str(target.responsible.pk): target.responsible.label for target in targets if target.responsible}
        self.fields["unit"].choices = [
            ("", "全部"),
            *sorted(units.items(), key=lambda unit: pinyin.sort_key(unit[1])),
            (NOBODY, "文件未载责任单位"),
        ]
        ways = {target.computed for target in targets if target.computed}
        self.fields["source"].choices = [
            ("", "全部"),
            *([(COMPUTED, SOURCES[COMPUTED])] if ways else []),
            *((way.value, f"　{way.label}") for way in Computed if way in ways),
            (READING, SOURCES[READING]),
        ]
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs.update({"placeholder": "指标、单位、项目或拼音首字母", "data-search": True})
        self.is_valid()

    def asked(self, name: str) -> Any:
        """Return the valid value of a filter, or None."""
        return self.cleaned_data.get(name) or None

    def matches(self, found: TargetState, conflicting: bool) -> bool:
        """Say whether a target passes; `conflicting` says whether its documents disagree."""
        target = found.target
        if self.asked("conflict") and not conflicting:
            return False
        if self.asked("state") not in (None, found.state.value):
            return False
        source = self.asked("source")
        measured = {target.computed, COMPUTED if target.computed else READING}
        if source is not None and source not in measured:
            return False
        unit = self.asked("unit")
        if (unit == NOBODY and target.responsible_id) or unit not in (None, NOBODY, str(target.responsible_id)):
            return False
        text = search_text(target) if self.asked("q") else ""
        return all(term in text for term in search_terms(self.asked("q") or ""))

    def chips(self, request_get: Any) -> list[dict[str, str]]:
        """Return the filters in force as label, value and the address without each."""
        labels = {name: dict(self.fields[name].choices) for name in ("state", "source", "unit")}
        shown = {
            "q": ("文字", self.asked("q")),
            "state": ("状态", labels["state"].get(self.asked("state"))),
            "source": ("完成数字来自", (labels["source"].get(self.asked("source")) or "").strip("　")),
            "unit": ("责任单位", labels["unit"].get(self.asked("unit"))),
            "conflict": ("来源", "不一致" if self.asked("conflict") else None),
        }
        chips = []
        for name, (label, value) in shown.items():
            if value:
                rest = request_get.copy()
                rest.pop(name, None)
                chips.append({"label": label, "value": value, "remove_url": f"?{rest.urlencode()}"})
        return chips
