"""A row of the grid of monthly reports as its template takes it: what is shown, what may be typed, what became of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from erqi.common.editing import Author, Since, in_words, same
from erqi.common.errors import StaleRecord
from erqi.common.models import User
from erqi.common.numbers import plain, rounded
from projects.choices import GRAVE_LEVELS, DelayCause, ReportState
from projects.forms.report import ReportRowForm
from projects.models import ProgressReport, ReportStep
from projects.rules.report import EDITABLE, Punctuality
from projects.sentences.report import filed_words, refile_words, return_words, state_word
from projects.services.period import Month
from projects.services.report import prefilled
from projects.services.report_window import is_writable, refile_until
from projects.stats.report import MonthReport

CHIPS = {
    None: "",
    ReportState.DRAFT: "",
    ReportState.FILED: "accent",
    ReportState.PASSED: "solid",
    ReportState.RETURNED: "dark",
}


@dataclass
class Row:
    """A project's row: editable (`form`) or only to be read, with the sentence and the differences of what was just refused."""

    found: MonthReport
    month: Month
    day: date
    form: ReportRowForm | None
    writable: bool = True
    sentence: str = ""
    # The odd amount that the sentence asks about.
    asked: Decimal | None = None
    note: str = ""
    saved_at: str = ""
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    # What somebody else filed in the meantime, beside what was typed: without a choice, since it is filed.
    differences: list[dict[str, Any]] = field(default_factory=list)
    # Fields whose value another person changed and that were taken over: shown anew in the open row.
    taken: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.found.project.code

    @property
    def report(self) -> ProgressReport | None:
        return self.found.report

    @property
    def version(self) -> int | str:
        return self.report.version if self.report else ""

    @property
    def url(self) -> str:
        return reverse("projects:report_row", args=[self.code, self.month.year, self.month.month])

    @property
    def detail_url(self) -> str:
        return reverse("projects:report_detail", args=[self.code, self.month.year, self.month.month])

    @property
    def chip(self) -> str:
        return state_word(self.found.state)

    @property
    def chip_kind(self) -> str:
        return CHIPS[ReportState(self.found.state)] if self.found.state else ""

    @property
    def is_locked(self) -> bool:
        return self.month.is_locked(self.day)

    @property
    def must_explain(self) -> bool:
        """Whether a problem and its cause have to be named."""
        return self.found.level in GRAVE_LEVELS

    @property
    def explains(self) -> bool:
        """Whether the part about problems stands open: filled in, wrong, or needed."""
        if self.form is None:
            return False
        names = ("problem", "problem_cause", "problem_due_on")
        return self.must_explain or any(self.form[name].value() or self.form[name].errors for name in names)

    @property
    def can_repeat(self) -> bool:
        """Whether 无变化 has something to repeat."""
        return self.form is not None and self.found.earlier is not None

    @property
    def can_withdraw(self) -> bool:
        return self.found.state == ReportState.FILED and self.month.is_open(self.day) and self.writable

    @property
    def filed(self) -> str:
        report = self.report
        return filed_words(report.filed_by_name, report.filed_on, self.month.year) if report and self.found.is_done else ""

    @property
    def is_late(self) -> bool:
        """Whether the report was filed for the first time after the month's last day."""
        report = self.report
        first = report.first_filed_on if report is not None and self.found.is_done else None
        return first is not None and self.month.punctuality(first, self.day) is Punctuality.LATE

    @property
    def cause(self) -> str:
        report = self.report
        return str(DelayCause(report.problem_cause).label) if report and report.problem_cause else ""

    @property
    def plan(self) -> str:
        """What was planned to the month's cut-off, in 万元; a computed share of the year has no end of decimals."""
        return plain(rounded(self.found.planned, 2)) if self.found.planned is not None else ""

    @property
    def followers(self) -> list[str]:
        """The fields that another person changed, as they replace those of the open row."""
        return [self.form[name].as_widget(attrs={"hx-swap-oob": "true"}) for name in self.taken] if self.form else []

    @property
    def hint(self) -> str:
        """What stands in the row's line of state when nothing was refused."""
        if self.note:
            return self.note
        if self.saved_at:
            return f"已保存 {self.saved_at}"
        if self.found.state == ReportState.RETURNED and self.report is not None:
            return self._returned(self.report)
        return "草稿，尚未报送" if self.found.state == ReportState.DRAFT else ""

    def _returned(self, report: ProgressReport) -> str:
        """Why it was returned, what that means for its figures, and until when it may be filed again where the month locks before."""
        text = f"{report.reviewed_by_name}退回：{report.return_reason}（{return_words(self.found.still_counts)}）"
        last = refile_until(report)
        if last is None or last < self.day or (not self.is_locked and last <= self.month.locks_on):
            return text
        return f"{text}；{refile_words(last, self.month.year, self.is_locked)}"


def may_type(found: MonthReport, month: Month, day: date, writable: bool) -> bool:
    """Say whether the row's report may be typed into."""
    return writable and is_writable(month, found.report, day) and (ReportState(found.state) if found.state else None) in EDITABLE


def row_form(found: MonthReport, data: Any = None) -> ReportRowForm:
    """Return the row's form: the draft as it stands, or what a new month begins with."""
    report = found.report
    shown = {name: getattr(report, name) for name in ReportRowForm.columns} if report else prefilled(found.earlier)
    carried = {} if report else {name: value for name, value in shown.items() if name not in ReportRowForm.columns}
    return ReportRowForm(data, record=report, initial=shown, carried=carried, auto_id=f"{found.project.code}-%s")


def make_row(found: MonthReport, month: Month, day: date, *, writable: bool, form: ReportRowForm | None = None) -> Row:
    """Return a row; `form` is one that comes back with what was typed."""
    typed = may_type(found, month, day, writable)
    return Row(found, month, day, (form or row_form(found)) if typed else None, writable)


@dataclass
class Merge:
    """What two people typed into one report, taken apart: the fields at odds, those that only the other one changed, and the values
    that say both where they are not."""

    conflicts: list[dict[str, Any]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    author: str = ""


def merge(
    error: StaleRecord, form: ReportRowForm, values: dict[str, Any], version: int | None, earlier: ReportStep | None, user: User
) -> Merge:
    """Take apart what the person typed (`values`) and what stands by now, both set against what the person had seen.

    What this very form wrote meanwhile (in a request whose answer was lost) is no other's word: what is typed now takes its place.
    The same account in another window is another: units share accounts.
    """
    own = str(form.cleaned_data.get("request_key") or "")
    current, since = error.current, Since(error.current, version or 0)
    seen: Any = since.events[0] if version and since.events else None
    begun = prefilled(earlier)
    found = Merge(author=author_words(since.last, user))
    for name, mine in values.items():
        if name not in form.fields:
            # Carried over, not typed: whoever began the report carried the same.
            continue
        theirs = getattr(current, name)
        base = getattr(seen, name) if seen is not None else begun.get(name)
        author = since.author(name) or since.first
        found.values[name] = mine
        if same(mine, theirs) or same(base, theirs) or (own and author.form == own):
            continue
        if same(base, mine):
            found.values[name] = theirs
            found.taken.append(name)
            continue
        found.conflicts.append(_conflict(form, name, theirs, author, user))
    return found


def author_words(author: Author, user: User) -> str:
    """Return who made a change, as the person reads it: one's own account in another window is named as such."""
    return f"{author.name}（另一窗口）" if author.user_id == user.pk else author.name


def _conflict(form: ReportRowForm, name: str, theirs: Any, author: Author, user: User) -> dict[str, Any]:
    """Return a field at odds as the row's panel takes it."""
    shown = form.fields[name]
    return {
        "name": name,
        "label": shown.label,
        "mine": in_words(shown, form.kept.get(name)),
        "theirs": in_words(shown, theirs),
        "raw": shown.prepare_value(theirs),
        "chosen": form.data.get(f"chosen-{name}", "theirs"),
        "changed_by": author_words(author, user),
        "changed_at": author.at,
    }


def undecided(current: ProgressReport, form: ReportRowForm, names: list[str], earlier: ProgressReport | None, user: User) -> Merge:
    """Take apart what the person typed into a row of which a panel asks between two values (`names`) and nobody has chosen yet."""
    found = merge(StaleRecord(current), form, form.kept, form.cleaned_data.get("version"), earlier, user)
    since = Since(current, 0)
    asked = {item["name"] for item in found.conflicts}
    for name in names:
        if name not in asked:
            found.conflicts.append(_conflict(form, name, getattr(current, name), since.author(name) or since.first, user))
        found.taken = [other for other in found.taken if other != name]
    return found
