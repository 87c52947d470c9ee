"""The admin site for reference data: its own site, asked by permissions of ours, saving through services.

No business record and no account is registered. What the admin shows of Django's own (users, groups, log-in) is replaced.
"""

from functools import update_wrapper
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from erqi.common.errors import ServiceError
from erqi.common.models import User


class ReferenceSite(admin.AdminSite):
    """The site for those who keep the reference data; others get our page without permission, not a second log-in."""

    site_header = "基础数据维护"
    site_title = "二七区重点项目台账与督察平台"
    index_title = "基础数据"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and any(request.user.can(permission) for permission in self.permissions)

    @property
    def permissions(self) -> set[str]:
        """The permissions of the registered records: any of them opens the site, each only its own records."""
        return {page.permission for page in self._registry.values()}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied("您的账号没有维护基础数据的权限。")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("login"))

    login.login_required = False

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return LogoutView.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("password_change")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("password_change")


site = ReferenceSite(name="admin")


class SeenVersionForm(ModelForm):
    """Refuses to save over a change that somebody else made after the form was opened."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        if self.instance.pk:
            # The lock lasts until the admin's transaction ends, so nobody comes between this look and the saving.
            current = type(self.instance).objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
            if current.version != self.cleaned_data.get("seen_version"):
                raise forms.ValidationError("打开本页后，这条记录已被他人修改。请重新打开本页，核对后再改。")
        return super().clean()


class ReferenceAdmin(admin.ModelAdmin):
    """Base of the pages: one permission for all actions, saving by `write`, deleting only what nothing refers to."""

    form = SeenVersionForm
    permission = "reference.edit"
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def write(self, record: models.Model, form: ModelForm, by: User, change: bool) -> None:
        """Save the record through its service. Overridden by every page."""
        raise NotImplementedError

    def remove(self, record: models.Model, by: User) -> None:
        """Delete the record through its service, which refuses what is in use. Overridden by every page."""
        raise NotImplementedError

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.can(self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.can(self.permission)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The hidden version stands among the fields of every page, whatever the page lists.
        fieldsets = super().get_fieldsets(request, obj)
        name, options = fieldsets[0]
        fields = [field for field in options["fields"] if field != "seen_version"]
        return [(name, {**options, "fields": [*fields, "seen_version"]}), *fieldsets[1:]]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.write(obj, form, request.user, change)

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ServiceError as error:
            # The form has checked everything that can be checked; what remains is a race or a withdrawn permission.
            messages.error(request, str(error))
            return redirect(request.path)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        for record in objs:
            # Sources are append-only: whatever a document proves stays.
            if hasattr(record, "citations") and (number := record.citations.count()):
                protected.append(f"{number} 条文件出处")
        return deleted, counts, perms, protected

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, request.user)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ServiceError as error:
            # The page has shown what stands against it; what remains is a race or a withdrawn permission.
            messages.error(request, str(error))
            return redirect(request.path)


class ReadOnlyInline(admin.TabularInline):
    """Records that belong to another and are only shown."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
