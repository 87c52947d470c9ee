"""The security administrator's page: who has which role, giving and taking them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from erqi.accounts.forms import AccountSearch
from erqi.accounts.lists import accounts_for_list, page_of
from erqi.common import accounts
from erqi.common.access import PermissionRequiredMixin
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.common.roles import ADMIN_ROLES, BUSINESS_ROLES, PERMISSIONS, ROLE_PERMISSIONS, Role


def grantable(held: set[str]) -> list[Role]:
    """Return the roles that may be added to those held: administrators' roles stand alone."""
    if held & ADMIN_ROLES:
        return []
    return [role for role in Role if role not in held and (role in BUSINESS_ROLES or not held)]


class RoleList(PermissionRequiredMixin, TemplateView):
    """Who has which role. A POST gives or takes one role (`action`, `user`, `role`) and returns to the same list."""

    permission = "role.grant"
    template_name = "accounts/role_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = AccountSearch(self.request.GET)
        page, per_page = page_of(self.request, accounts_for_list(search))
        rows = [
            {
                "account": account,
                "held": sorted((Role(grant.role) for grant in account.grants.all()), key=list(Role).index),
                "grantable": grantable({grant.role for grant in account.grants.all()}),
                "is_self": account.pk == self.request.user.pk,
            }
            for account in page
        ]
        meaning = [
            {
                "label": role.label,
                "permissions": [text for code, text in PERMISSIONS.items() if code in ROLE_PERMISSIONS[role]],
                "is_admin": role in ADMIN_ROLES,
            }
            for role in Role
        ]
        return super().get_context_data(
            page_title="角色", search=search, page_obj=page, per_page=per_page, rows=rows, meaning=meaning, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        user = get_object_or_404(User, pk=request.POST["user"]) if request.POST.get("user", "").isdecimal() else None
        action, role = request.POST.get("action"), request.POST.get("role")
        if user is None or action not in {"grant", "withdraw"} or role not in Role:
            return HttpResponse("缺少账号、角色或操作。", status=400, content_type="text/plain; charset=utf-8")
        label = Role(role).label
        try:
            if action == "grant":
                accounts.grant_role(user=user, role=role, by=request.user)
                messages.success(request, f"已授予{user.name}（{user.username}）“{label}”，从其下一次点击起生效。")
            else:
                accounts.withdraw_role(user=user, role=role, by=request.user)
                messages.success(request, f"已收回{user.name}（{user.username}）的“{label}”，从其下一次点击起生效。")
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.get_full_path())
