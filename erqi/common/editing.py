"""One way to edit: form → service → redirect. What a service refuses is shown on the same page, with everything that was typed.

A view names its form, says which record it edits and calls ONE service function in `save`. Two people at one record: the
second sees each difference with who made it and when, chooses per field, and sends the form again. A form sent twice counts
once: services know its request key, and an edit that already stands is not an edit.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin, may
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.forms import EditForm, LookupField, MoneyField
from erqi.common.numbers import money, plain

T = TypeVar("T")

_EMPTY = (None, "", [])
# Columns of an event that say nothing a person would want to compare.
_TECHNICAL = {"id", "version", "created_at", "request_key", "search_key", "sort_key"}


def same(one: Any, other: Any) -> bool:
    """Say whether two values are the same to a person: nothing typed and nothing stored are."""
    return one == other or (one in _EMPTY and other in _EMPTY)


def in_words(form_field: forms.Field | None, value: Any) -> str:
    """Return a value as the difference table shows it; an empty text for nothing."""
    if value in _EMPTY:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(form_field, MoneyField):
        return money(value)
    if isinstance(form_field, forms.ModelChoiceField):
        return form_field.label_from_instance(value)
    if isinstance(form_field, LookupField):
        return form_field.lookup.label(value)
    if isinstance(form_field, forms.ChoiceField):
        return str(next((label for code, label in form_field.choices if code == value), value))
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, date):
        return chinese_day(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True)
class Author:
    """Who made a change, and when."""

    name: str
    at: datetime | None
    user_id: int | None = None
    # The key of the form that sent it, where the page says so (erqi.common.history.sent_by).
    form: str = ""


class Since:
    """What was written to a record after the version that a person saw, from its history (erqi.common.history)."""

    def __init__(self, record: models.Model, version: int | None) -> None:
        self.record = record
        events = getattr(record, "events", None)
        # Without a version the person saw no record at all: somebody else began it.
        self.events = list(events.filter(version__gte=version or 0).select_related("pgh_context").order_by("pgh_id")) if events else []

    @staticmethod
    def _author(event: Any) -> Author:
        context = event.pgh_context.metadata if event.pgh_context else {}
        source = context.get("source", "")
        return Author(
            name=context.get("name") or (f"系统（{source}）" if source else "系统"),
            at=event.pgh_created_at,
            user_id=context.get("user"),
            form=context.get("form", ""),
        )

    @property
    def last(self) -> Author:
        """Who wrote the record last."""
        return self._author(self.events[-1]) if self.events else Author("", None)

    @property
    def first(self) -> Author:
        """Who wrote the version that the person saw; who began the record, when they saw none."""
        return self._author(self.events[0]) if self.events else Author("", None)

    def author(self, name: str) -> Author | None:
        """Return who gave the column the value that it has now, or None when it has not changed since."""
        column = self._column(name)
        for before, after in reversed(list(zip(self.events, self.events[1:], strict=False))):
            if column and getattr(before, column) != getattr(after, column):
                return self._author(after)
        return None

    def _column(self, name: str) -> str:
        known = {item.name: item.attname for item in self.record._meta.concrete_fields}
        column = known.get(name, "")
        return column if self.events and hasattr(self.events[-1], column) else ""

    def elsewhere(self, names: set[str]) -> list[dict[str, str]]:
        """Return what changed in columns that the form does not have, as components/history_diff.html takes it."""
        found = []
        for item in self.record._meta.concrete_fields if self.events else []:
            if item.name in names | _TECHNICAL or not self._column(item.name):
                continue
            old, new = getattr(self.events[0], item.attname), getattr(self.events[-1], item.attname)
            if old != new:
                found.append({"label": item.verbose_name, "old": self._shown(item, old), "new": self._shown(item, new)})
        return found

    @staticmethod
    def _shown(item: models.Field, value: Any) -> str:
        if value in _EMPTY:
            return ""
        if item.is_relation:
            return str(item.related_model._base_manager.filter(pk=value).first() or value)
        return in_words(None, dict(item.flatchoices).get(value, value))


def submit(action: Callable[[], T]) -> T:
    """Call a service, and once more when a value was refused.

    A form that arrives twice at the same moment may be refused because of what its twin is just writing; asked again, the
    service finds the twin's record by the request key. What is wrong for another reason is refused again in the same words.
    """
    try:
        return action()
    except (InvalidInput, IntegrityError):
        return action()


def tell(request: HttpRequest, sentence: str) -> None:
    """Leave a message of success for the next page, once: two clicks on a button are one action to the person."""
    waiting = messages.get_messages(request)
    texts = [str(message) for message in waiting]
    waiting.used = False  # read here, but shown to nobody yet
    if sentence not in texts:
        messages.success(request, sentence)


class EditView(PermissionRequiredMixin, TemplateView):
    """Base of the pages that change something. A subclass says `permission`, `form_class`, `page_title`, and overrides

    - `get_record()`: what is edited; None for something new;
    - `values_of(record)`: the record's values by form field, where they are not simply its columns of the same names;
    - `first_values()`: what the empty form suggests;
    - `save(values, version, request_key)`: the ONE service call; its result is given to `success_url` and `success_text`;
    - `stands_as_asked(current, values)`: whether what this form asks for is already so (for actions without fields);
    - `refusal()`: why this cannot be done now, said before anybody types; an empty text lets it pass.
    """

    template_name = "components/edit_form.html"
    form_class: type[EditForm] = EditForm
    page_title = ""
    submit_label = "保存"
    success_message = "已保存。"
    # What a service calls a value, where the form calls it otherwise.
    error_fields: ClassVar[dict[str, str]] = {}
    # Columns that the form shows in fields of other names: no change “elsewhere”.
    shown_otherwise: ClassVar[set[str]] = set()
    record: Any = None

    def get_record(self) -> Any:
        return None

    def values_of(self, record: Any) -> dict[str, Any]:
        names = set(self.form_class.base_fields) - self.form_class.own
        return {name: getattr(record, name) for name in names if hasattr(record, name)}

    def first_values(self) -> dict[str, Any]:
        return {}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        raise NotImplementedError

    def success_url(self, result: Any) -> str:
        return result.get_absolute_url()

    def success_text(self, result: Any) -> str:
        return self.success_message

    def cancel_url(self) -> str:
        return self.success_url(self.record) if self.record is not None else "/"

    def stands_as_asked(self, current: Any, values: dict[str, Any]) -> bool:
        standing = self.values_of(current)
        return bool(standing) and all(same(values.get(name), value) for name, value in standing.items())

    def refusal(self) -> str:
        return ""

    def stale_words(self, current: Any, version: int) -> str:
        """Return what others did meanwhile, where that is more than a change of values; an empty text lets the page name the last one."""
        return ""

    def breadcrumbs(self) -> list[dict[str, str]]:
        return []

    def form_arguments(self) -> dict[str, Any]:
        """Return what else the form takes."""
        return {}

    # The machinery below is not meant to be overridden.

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if request.method == "POST" and not may(user, self.permission) and user.can("business.view"):
            # The permission may have been withdrawn while the form was open: what was typed is not thrown away.
            self.record = self.get_record()
            form = self.make_form(self.record, request.POST)
            form.is_valid()
            form.errors.clear()
            return self.show(form, 403, refusal="您没有进行此项操作的权限（或权限刚被收回），内容没有保存。如需办理，请联系安全管理员。")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.record = self.get_record()
        return self.show(self.make_form(self.record), 200, refusal=self.refusal())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        started = timezone.now()
        self.record = self.get_record()
        form = self.make_form(self.record, request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        version, key = form.cleaned_data["version"], form.cleaned_data["request_key"]
        try:
            result = submit(lambda: self.save(form.values, version, key))
        except StaleRecord as error:
            return self.show_stale(form, error)
        except InvalidInput as error:
            for name, texts in error.fields.items():
                here = self.error_fields.get(name, name)
                form.add_error(here if here in form.fields else None, texts)
            return self.show(form, 422)
        except NotAllowed as error:
            return self.show(form, 403, refusal=str(error))
        except ServiceError as error:
            form.add_error(None, str(error))
            form.is_refused = True
            return self.show(form, 409)
        if self.record is None and self.is_another(result, form.values, started):
            return self.show_again(form, result)
        tell(request, self.success_text(result))
        return redirect(self.destination(result))

    @staticmethod
    def is_another(result: Any, values: dict[str, Any], started: datetime) -> bool:
        """Say whether an earlier submit of this form made the record, with other values than are typed now.

        So it is after the Back button: the request key finds the first record, and what was typed since must not be lost.
        """
        if getattr(result, "created_at", started) >= started:
            return False
        return any(
            not same(getattr(result, name), value) for name, value in values.items() if value not in _EMPTY and hasattr(result, name)
        )

    def show_again(self, form: EditForm, result: Any) -> HttpResponse:
        """Keep what was typed and say that the form made a record before; the next submit makes another one."""
        data = form.data.copy()
        data["request_key"] = str(uuid.uuid4())
        again = self.make_form(None, data)
        again.is_valid()
        again.add_error(None, f"这张表单此前已提交，登记为“{result}”，没有改动它。")
        again.add_error(None, f"要另外登记一条，请再按一次“{self.submit_label}”；要修改原来那条，请打开它修改。")
        return self.show(again, 409)

    def make_form(self, record: Any, data: Any = None) -> EditForm:
        standing = self.values_of(record) if record is not None else {}
        first = {**standing, **self.first_values()}
        kept = [name for name, value in standing.items() if name in self.form_class.base_fields and first[name] is value]
        files = {} if data is None else {"files": self.request.FILES}
        return self.form_class(data, record=record, initial=first, standing=kept, **files, **self.form_arguments())

    def show(self, form: EditForm, status: int, **context: Any) -> HttpResponse:
        if form.is_bound:
            form.ask_for_files_again()
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)

    def show_stale(self, form: EditForm, error: StaleRecord) -> HttpResponse:
        """Answer a form that somebody else was faster than: nothing to do, or every difference and a choice for each."""
        if form.cleaned_data["version"] is None:
            # Somebody else made the record while the form for a new one was open: there is no common state to compare with.
            form.add_error(None, "保存前，他人已先行登记，您填写的内容还没有保存。请另开本页核对后再填。")
            return self.show(form, 409)
        current, since = error.current, Since(error.current, form.cleaned_data["version"])
        mine = since.last.user_id == self.request.user.pk
        # Somebody else who typed the same has not sent these files.
        if self.stands_as_asked(current, form.values) and (mine or not form.has_files):
            # Most often the second click on the same button.
            typed = set(self.form_class.base_fields) - self.form_class.own
            theirs = "现有记录已与您填写的一致，无需再次保存。" if typed else f"{since.last.name or '他人'}已先行办理，无需再办。"
            text = self.success_text(current) if mine else theirs
            tell(self.request, text)
            return redirect(self.destination(current))
        standing = {name: value for name, value in self.values_of(current).items() if name in form.fields}
        data, rows = form.data.copy(), []
        data["version"] = str(current.version)
        for name in (name for name in form.fields if name in standing):
            value = form.fields[name].prepare_value(standing[name])
            raw, first = "" if value is None else str(value), data.get(f"initial-{name}")
            author = since.author(name)
            by_them = author is not None if first is None else first.replace("\r\n", "\n") != raw.replace("\r\n", "\n")
            data[f"initial-{name}"] = raw
            if by_them and not same(form.values.get(name), standing[name]):
                rows.append(self._row(form, name, standing[name], author or since.last))
            data.pop(f"choose-{name}", None)
        again = self.make_form(current, data)
        again.is_valid()
        for row in rows:
            # The table asks which value to take, so the field is not shown a second time below.
            again.fields[row["name"]].widget = again.fields[row["name"]].hidden_widget()
            again.fields[row["name"]].show_hidden_initial = True
        return self.show(
            again,
            409,
            stale=str(error),
            conflicts=rows,
            elsewhere=since.elsewhere(set(standing) | self.shown_otherwise),
            last_change=since.last,
            meanwhile=self.stale_words(current, form.cleaned_data["version"]),
        )

    @staticmethod
    def _row(form: EditForm, name: str, theirs: Any, author: Author) -> dict[str, Any]:
        shown = form.fields[name]
        return {
            "name": name,
            "label": form[name].label,
            "mine": in_words(shown, form.values.get(name)),
            "theirs": in_words(shown, theirs),
            "changed_by": author.name,
            "changed_at": author.at,
        }

    def next_url(self) -> str:
        """Return where the person came from, when the address asks for it and it is a page of ours."""
        url = self.request.POST.get("next") or self.request.GET.get("next") or ""
        safe = url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure())
        return url if safe else ""

    def destination(self, result: Any) -> str:
        return self.next_url() or self.success_url(result)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_title=self.page_title,
            breadcrumbs=[*self.breadcrumbs(), {"label": self.page_title}],
            submit_label=self.submit_label,
            cancel_url=self.next_url() or self.cancel_url(),
            **context,
        )
