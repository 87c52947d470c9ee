"""Supervision themes in the admin; they belong to the supervision office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from erqi.common.admin import ReferenceAdmin, SeenVersionForm, site
from erqi.common.models import User
from supervision.models import Theme
from supervision.services.mechanism import add_theme, change_theme, delete_theme


@admin.register(Theme, site=site)
class ThemeAdmin(ReferenceAdmin):
    """督察主题: the 13 of D3 and those that the district adds."""

    permission = "mechanism.edit"
    fields = ("code", "seq", "name", "printed_name", "is_active")
    list_display = ("seq", "name", "printed_name", "is_active")
    list_display_links = ("name",)
    search_fields = ("name", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def write(self, record: Theme, form: SeenVersionForm, by: User, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in self.fields if name in form.cleaned_data}
        if change:
            change_theme(theme=record, version=form.cleaned_data["seen_version"], by=by, **values)
        else:
            record.pk = add_theme(by=by, **values).pk

    def remove(self, record: Theme, by: User) -> None:
        delete_theme(theme=record, by=by)
