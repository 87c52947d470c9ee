"""Who may open a page: one mixin, asked of every view (the permission matrix test walks them all)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from erqi.common.models import User


def may(user: User, permission: str | tuple[str, ...]) -> bool:
    """Say whether the account has the permission, or one of several."""
    codes = (permission,) if isinstance(permission, str) else permission
    return any(user.can(code) for code in codes)


class PermissionRequiredMixin:
    """Let the request pass only when the account has `permission` (erqi.common.roles.PERMISSIONS), or one of several.

    Signed-out people never come here: LoginRequiredMiddleware leads them to the log-in page first.
    """

    permission: str | tuple[str, ...]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(request.user, self.permission):
            raise PermissionDenied("您的账号没有查看这一页或进行此项操作的权限。")
        return super().dispatch(request, *args, **kwargs)
