"""Signing in and out, and changing one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from erqi.accounts.forms import PasswordForm, show_errors
from erqi.common import clock
from erqi.common.accounts import change_own_password
from erqi.common.errors import InvalidInput
from erqi.common.models import Installation, User


def demo_accounts() -> list[dict[str, str]]:
    """Return the demonstration accounts for the log-in page; none on a real installation.

    Passwords are never among them: whoever set up the demonstration has them from the seed.
    """
    if not Installation.objects.filter(is_demo=True).exists():
        return []
    accounts = User.objects.filter(is_demo=True, is_active=True).prefetch_related("grants")
    return [
        {
            "username": account.username,
            "name": account.name,
            "role": "、".join(grant.get_role_display() for grant in account.grants.all()),
        }
        for account in accounts
    ]


class SignInForm(AuthenticationForm):
    """Name and password. Whoever has both of an account that was closed reads that, and not that they were wrong."""

    def get_invalid_login_error(self) -> ValidationError:
        account = User.objects.filter(username=self.cleaned_data["username"], is_active=False).first()
        if account is not None and account.check_password(self.cleaned_data["password"]):
            return ValidationError("这个账号已停用。需要继续使用的，请联系系统管理员重新启用。", code="inactive")
        return super().get_invalid_login_error()


class SignIn(LoginView):
    """The log-in page; `next` leads on only to addresses of this site."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            demo_accounts=demo_accounts(),
            clock={"fixed": clock.fixed_today()},
            **kwargs,
        )


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePassword(FormView):
    """Change one's own password; the one page that is open while a change is due."""

    template_name = "registration/password_change_form.html"
    form_class = PasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_title="修改密码",
            forced=self.request.user.must_change_password,
            **kwargs,
        )

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        try:
            user = change_own_password(user=self.request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except InvalidInput as error:
            show_errors(form, error)
            return self.form_invalid(form)
        # This session goes on; all others of the account end, since their hash no longer fits.
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "密码已修改。其他设备上的登录已失效。")
        return super().form_valid(form)

    def form_invalid(self, form: PasswordForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_url(self) -> str:
        return reverse("home")
