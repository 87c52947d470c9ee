"""What is sent from one row of the grid: saved as one types, saved, filed, filed as unchanged, taken back.

With script the answer is a part of the page: the row's line of state, or the whole row. Without it the grid comes back with the row
and its sentence. Whatever is refused, what was typed stays: valid fields are kept as a draft even where others are wrong.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.generic import View

from erqi.common.access import PermissionRequiredMixin, may
from erqi.common.editing import in_words, same, submit, tell
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.history import sent_by
from projects.choices import ReportState
from projects.forms.report import CONFIRM, ReportRowForm, confirmed_amount
from projects.models import ProgressReport, Project
from projects.services import report as service
from projects.services.report_doubt import Unconfirmed
from projects.views.report_grid import GridPage
from projects.views.report_rows import Merge, Row, merge, row_form, undecided
from projects.views.writing import WRITERS

AUTOSAVE, SAVE, FILE, UNCHANGED, WITHDRAW = "autosave", "save", "file", "unchanged", "withdraw"
RESOLVE = "resolve"
# Answered by the row's line of state, so that nobody who goes on typing loses the place; the others show the row anew.
QUIET = {AUTOSAVE, SAVE}
GONE = "没有保存：这个项目不在本月应报的项目之列（可能刚退出台账或已销号）。"
WITHDRAWN = "没有保存：您没有填报的权限（或权限刚被收回）。如需填报，请联系安全管理员。"
# What of the grid's address a row carries along.
PLACE = ("unit", "page")


class ReportRow(PermissionRequiredMixin, View):
    """Takes what one row sends (`action`)."""

    permission = WRITERS
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.htmx and not may(request.user, self.permission):
            # Withdrawn while the grid was open: said in the row, where what was typed still stands.
            return _retargeted(HttpResponse(escape(WITHDRAWN), status=403), "state", kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
        self.project = get_object_or_404(Project, code=code)
        self.action = request.POST.get("action", SAVE)
        self.confirmed, self.action = confirmed_amount(request.POST), FILE if self.action == CONFIRM else self.action
        self.query = QueryDict(mutable=True)
        self.query.update({"year": str(year), "month": str(month), **{name: request.POST.get(name, "") for name in PLACE}})
        self.of_row = {"project": self.project, "year": year, "month": month, "by": request.user}
        row = self._row()
        if row is None:
            return self._refuse(None, GONE, 409)
        names = self._undecided()
        form = self._bound(row, names)
        try:
            if names and row.form is not None and row.report is not None and not form.non_field_errors():
                return self._choose_first(row, row.report, form, names)
            with sent_by(form.cleaned_data.get("request_key")):
                return self._act(row, form)
        except StaleRecord as error:
            return self._stale(row, form, error)
        except NotAllowed as error:
            return self._refuse(form, f"没有保存：{error}", 403)
        except InvalidInput as error:
            return self._invalid(form, error)
        except ServiceError as error:
            return self._refuse(form, f"没有保存：{error}", 409)

    def _row(self, form: ReportRowForm | None = None) -> Row | None:
        """Return the row as it stands now, with the form that comes back."""
        return GridPage(self.request.user, self.query, self.project).row(form)

    def _undecided(self) -> list[str]:
        """Return the fields of which the row's panel asks whose value to keep, unless its own button was pressed: the panel marks the
        other's value, so that any other button would file that one in the person's name."""
        if self.action in (RESOLVE, WITHDRAW):
            return []
        return [name for name in ReportRowForm.columns if f"choose-{name}" in self.request.POST]

    def _bound(self, row: Row, names: list[str]) -> ReportRowForm:
        """Return the form with what was typed, judged; a row that was not begun when it was sent carries no version."""
        data = self.request.POST.copy()
        for name in names:
            data[f"chosen-{name}"] = data.pop(f"choose-{name}")[-1]
        form = row_form(row.found, data)
        if not self.request.POST.get("version"):
            form.record = None
        form.is_valid()
        return form

    # What is done

    def _act(self, row: Row, form: ReportRowForm) -> HttpResponse:
        seen = {name: form.cleaned_data.get(name) for name in ("version", "request_key")}
        if form.non_field_errors():
            return self._refuse(form, form.non_field_errors()[0], 422)
        if self.action == WITHDRAW:
            if row.report is not None:
                service.withdraw_report(report=row.report, version=seen["version"], by=self.request.user)
            return self._done(f"{self.project}的月报已撤回，可以修改后重新报送。")
        if self.action == UNCHANGED:
            submit(lambda: service.file_unchanged(**self.of_row, **seen))
            return self._done(f"{self.project}已按“无变化”报送。")
        if self.action == FILE and not form.errors:
            submit(lambda: service.file_report(**self.of_row, **seen, values=form.kept, confirmed=self.confirmed))
            return self._done(f"{self.project}已报送。")
        report = submit(lambda: service.save_draft(**self.of_row, **seen, values=form.kept))
        return self._partly(form, report) if form.errors else self._saved(form, report)

    def _saved(self, form: ReportRowForm, report: ProgressReport, found: Merge | None = None) -> HttpResponse:
        """Answer a draft that was kept, and say what of another person's was taken over."""
        note = ""
        if found is not None and found.taken:
            labels = "、".join(form.fields[name].label for name in found.taken)
            note = f"已保存 {_now()}；{found.author}刚改了“{labels}”，已一并保留"
        if not self.request.htmx:
            return self._led_back(note or f"{self.project}的月报已存为草稿。")
        if self.action not in QUIET:
            return self._whole(self._row(), 200)
        row = self._row(_rebound(form, report, found) if found else None)
        row.saved_at, row.note, row.taken = _now(), note, found.taken if found else []
        return self._state(row, 200)

    def _done(self, sentence: str) -> HttpResponse:
        """Answer what was filed or taken back: the row as it is now."""
        return self._whole(self._row(), 200) if self.request.htmx else self._led_back(sentence)

    # What is refused

    def _invalid(self, form: ReportRowForm, error: InvalidInput) -> HttpResponse:
        """Answer a report that says too little, or something impossible: what can be kept is kept as a draft."""
        if self.action != FILE:
            return self._refuse(form, "没有保存：" + "".join(text for texts in error.fields.values() for text in texts), 422)
        values, seen = form.kept, {name: form.cleaned_data.get(name) for name in ("version", "request_key")}
        for name, texts in error.fields.items():
            form.add_error(name if name in form.fields else None, texts)
        try:
            report = service.save_draft(**self.of_row, **seen, values=values)
        except ServiceError:
            return self._refuse(form, "没有报送：" + "".join(form_sentences(form)), 422)
        return self._partly(form, report, error if isinstance(error, Unconfirmed) else None)

    def _partly(self, form: ReportRowForm, report: ProgressReport, question: Unconfirmed | None = None) -> HttpResponse:
        """Answer a form that is wrong in places, or whose amount is asked about: the others were kept."""
        row = self._row(_rebound(form, report))
        said = "".join(form_sentences(form))
        if question is not None:
            row.sentence, row.asked = str(question), question.amount
        elif self.action == FILE:
            row.sentence = f"没有报送：{said}（已存为草稿）"
        else:
            row.sentence = f"有一处没有保存：{said}其余内容已保存 {_now()}。"
        if not self.request.htmx:
            return self._grid(row, 422)
        return self._state(row, 422) if self.action in QUIET else self._whole(row, 422)

    def _choose_first(self, row: Row, current: ProgressReport, form: ReportRowForm, names: list[str]) -> HttpResponse:
        """Answer a button that was pressed over the panel: nothing is written before a person chose."""
        found = undecided(current, form, names, row.found.earlier, self.request.user)
        return self._at_odds(form, current, found, f"没有{self._doing}：请先逐项选择保留哪一个值，按“按所选保存”，再{self._doing}。")

    @property
    def _doing(self) -> str:
        return "报送" if self.action in (FILE, UNCHANGED) else "保存"

    def _at_odds(self, form: ReportRowForm, current: ProgressReport, found: Merge, sentence: str) -> HttpResponse:
        """Answer with both values of what is at odds, or with what was taken over, to be looked at."""
        stale = self._row(_rebound(form, current, found))
        stale.conflicts, stale.taken, stale.sentence = found.conflicts, found.taken, sentence
        if not self.request.htmx:
            return self._grid(stale, 409)
        return self._state(stale, 409) if found.conflicts else self._whole(stale, 409)

    def _stale(self, row: Row, form: ReportRowForm, error: StaleRecord) -> HttpResponse:
        """Answer a row in which somebody else was faster: what is not at odds is saved together; what is, is shown with both values."""
        current = error.current
        found = merge(error, form, form.kept, form.cleaned_data.get("version"), row.found.earlier, self.request.user)
        if self.action in (UNCHANGED, WITHDRAW):
            if current.state == (ReportState.FILED if self.action == UNCHANGED else ReportState.DRAFT):
                return self._done(f"{self.project}的月报已是“{current.get_state_display()}”。")
            return self._refuse(form, f"没有办理：{found.author}刚修改了这份月报，请看过现在的内容再办理。", 409, anew=True)
        if not found.conflicts and not form.errors and not (self.action == FILE and found.taken):
            try:
                written = {**self.of_row, "values": found.values, "version": current.version}
                filing = self.action == FILE
                report = service.file_report(**written, confirmed=self.confirmed) if filing else service.save_draft(**written)
            except StaleRecord as again:
                return self._stale(row, form, again)
            except Unconfirmed as question:
                return self._invalid(_rebound(form, current), question)
            except ServiceError as refused:
                return self._refuse(form, f"没有保存：{refused}", 409)
            return self._done(f"{self.project}已报送。") if self.action == FILE else self._saved(form, report, found)
        head = f"没有{self._doing}：{found.author}刚修改了这份月报"
        said = f"{head}。请逐项选择保留哪一个值。" if found.conflicts else f"{head}，与您填写的没有冲突。请核对后再报送一次。"
        return self._at_odds(form, current, found, said)

    def _refuse(self, form: ReportRowForm | None, sentence: str, status: int, *, anew: bool = False) -> HttpResponse:
        """Answer with one sentence in the row; what was typed stays where it is, beside what was filed by somebody else."""
        row = self._row()
        if row is None:
            if not self.request.htmx:
                return self._led_back(sentence)
            return _retargeted(HttpResponse(escape(sentence), status=status), "state", self.project.code)
        row.sentence = sentence
        if form is not None and row.form is None and row.report is not None:
            row.differences = _differences(form, row.report)
        elif form is not None and not anew:
            row.form = _rebound(form, row.report) if row.form is not None else None
        if not self.request.htmx:
            return self._grid(row, status)
        return self._whole(row, status) if anew else self._state(row, status, keeps_version=True)

    # How it is answered

    def _led_back(self, sentence: str) -> HttpResponse:
        tell(self.request, sentence)
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in self.query.items() if value})
        return redirect(f"{reverse('projects:report_grid')}?{query.urlencode()}#row-{self.project.code}")

    def _state(self, row: Row, status: int, *, keeps_version: bool = False) -> HttpResponse:
        """The row's line of state, with what else in the open row has to follow."""
        context = {"row": row, "follows": row.form is not None and not keeps_version}
        return _retargeted(render(self.request, "projects/_report_state.html", context, status=status), "state", self.project.code)

    def _whole(self, row: Row, status: int) -> HttpResponse:
        context = {"row": row, "grid": GridPage(self.request.user, self.query), "whole": True}
        return _retargeted(render(self.request, "projects/_report_row.html", context, status=status), "row", self.project.code)

    def _grid(self, row: Row, status: int) -> HttpResponse:
        """The whole page, for browsers without script."""
        context = GridPage(self.request.user, self.query).context({row.code: row})
        return render(self.request, "projects/report_grid.html", context, status=status)


def form_sentences(form: ReportRowForm) -> list[str]:
    """Return what is wrong in the form, each a sentence that names its place."""
    found = []
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        found += [text if label in text or text.startswith("请") else f"“{label}”{text}" for text in texts]
    return found


def _retargeted(response: HttpResponse, part: str, code: str) -> HttpResponse:
    """Say to htmx which part of the row the answer replaces (row-save.js lets refusals through that say so), and that it was kept."""
    response["HX-Retarget"] = f"#{part}-{code}"
    response["HX-Reswap"] = "outerHTML" if part == "row" else "innerHTML"
    if response.status_code == 200:
        response["HX-Trigger"] = "row-saved"
    return response


def _rebound(form: ReportRowForm, report: ProgressReport | None, found: Merge | None = None) -> ReportRowForm:
    """Return the form as it comes back: with what was typed, the version that stands now, and what was taken over from another."""
    data = form.data.copy()
    data["version"] = str(report.version) if report is not None else ""
    for name in found.taken if found else ():
        value = form.fields[name].prepare_value(found.values[name])
        data[name] = "" if value is None else str(value)
    again = type(form)(data, record=report, auto_id=form.auto_id)
    again.is_valid()
    for name, texts in form.errors.items():
        if name not in again.errors:
            again.add_error(name if name in again.fields else None, list(texts))
    return again


def _differences(form: ReportRowForm, report: ProgressReport) -> list[dict[str, Any]]:
    """Return what was typed beside what stands, where they differ."""
    return [
        {"label": form.fields[name].label, "mine": in_words(form.fields[name], mine), "theirs": in_words(form.fields[name], theirs)}
        for name, mine in form.kept.items()
        if name in form.fields
        for theirs in [getattr(report, name)]
        if not same(mine, theirs)
    ]


def _now() -> str:
    return timezone.localtime().strftime("%H:%M")
