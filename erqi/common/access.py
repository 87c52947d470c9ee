"""Who may open a page: one mixin, asked of every view (the permission matrix test walks them all)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class PermissionRequiredMixin:
    """Let the request pass only when the account has `permission` (erqi.common.roles.PERMISSIONS).

    Signed-out people never come here: LoginRequiredMiddleware leads them to the log-in page first.
    """

    permission: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.can(self.permission):
            raise PermissionDenied("您的账号没有查看这一页或进行此项操作的权限。")
        return super().dispatch(request, *args, **kwargs)
