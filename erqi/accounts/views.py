"""Pages of the system administrator: who has an account, opening, closing, resetting."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from erqi.accounts.forms import AccountForm, AccountSearch, EmailForm, NameForm, PersonForm, show_errors
from erqi.accounts.lists import accounts_for_list, lock_outs, page_of
from erqi.common import accounts
from erqi.common.access import PermissionRequiredMixin
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User

MANAGE = "account.manage"


class AccountList(PermissionRequiredMixin, TemplateView):
    """All accounts with their roles, state and last log-in."""

    permission = MANAGE
    template_name = "accounts/account_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = AccountSearch(self.request.GET)
        page, per_page = page_of(self.request, accounts_for_list(search))
        return super().get_context_data(page_title="账号", search=search, page_obj=page, per_page=per_page, **kwargs)


def show_password(request: HttpRequest, account: User, password: str, what: str) -> HttpResponse:
    """Show a one-time password in the answer itself: it is kept nowhere, so no later page can show it again."""
    return render(
        request,
        "accounts/one_time_password.html",
        {
            "page_title": "一次性密码",
            "account": account,
            "password": password,
            "what": what,
            "breadcrumbs": [{"label": "账号", "url": reverse("account_list")}, {"label": "一次性密码"}],
        },
    )


@method_decorator(never_cache, name="dispatch")
class AccountNew(PermissionRequiredMixin, View):
    """Open an account; the answer shows its first password."""

    permission = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(AccountForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AccountForm(request.POST)
        if form.is_valid():
            try:
                account, password = accounts.add_account(by=request.user, **form.cleaned_data)
            except InvalidInput as error:
                show_errors(form, error)
            else:
                return show_password(request, account, password, "账号已建立")
        return self._page(form, 422)

    def _page(self, form: AccountForm, status: int = 200) -> HttpResponse:
        return render(
            self.request,
            "accounts/account_form.html",
            {
                "page_title": "新建账号",
                "form": form,
                "breadcrumbs": [{"label": "账号", "url": reverse("account_list")}, {"label": "新建账号"}],
            },
            status=status,
        )


@method_decorator(never_cache, name="dispatch")
class AccountDetail(PermissionRequiredMixin, View):
    """One account: its name, address, state, password, lock-out and person. Each button sends its own `action`."""

    permission = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._account(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self._account(pk)
        action = getattr(self, f"_do_{request.POST.get('action', '')}", None)
        if action is None:
            return HttpResponse("不认识的操作。", status=400, content_type="text/plain; charset=utf-8")
        try:
            return action(account)
        except InvalidInput as error:
            return self._page(account, error)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("account_detail", pk=pk)

    def _account(self, pk: int) -> User:
        return get_object_or_404(User.objects.select_related("person").prefetch_related("grants"), pk=pk)

    def _done(self, account: User, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect("account_detail", pk=account.pk)

    def _do_rename(self, account: User) -> HttpResponse:
        accounts.rename_account(user=account, name=self.request.POST.get("name", ""), by=self.request.user)
        return self._done(account, "姓名已修改。")

    def _do_email(self, account: User) -> HttpResponse:
        form = EmailForm(self.request.POST)
        if not form.is_valid():
            return self._page(account, InvalidInput({"email": list(form.errors["email"])}))
        accounts.set_email(user=account, email=form.cleaned_data["email"], by=self.request.user)
        return self._done(account, "邮箱已保存。" if form.cleaned_data["email"] else "邮箱已清空，不再发送邮件。")

    def _do_close(self, account: User) -> HttpResponse:
        accounts.set_active(user=account, active=False, by=self.request.user)
        return self._done(account, f"账号“{account.username}”已停用，从下一次点击起不能再使用系统。")

    def _do_reopen(self, account: User) -> HttpResponse:
        accounts.set_active(user=account, active=True, by=self.request.user)
        return self._done(account, f"账号“{account.username}”已重新启用。")

    def _do_unlock(self, account: User) -> HttpResponse:
        accounts.unlock(user=account, by=self.request.user)
        return self._done(account, "登录锁定已解除，可以立即登录。")

    def _do_reset(self, account: User) -> HttpResponse:
        password = accounts.reset_password(user=account, by=self.request.user)
        return show_password(self.request, account, password, "密码已重置")

    def _do_link(self, account: User) -> HttpResponse:
        form = PersonForm(self.request.POST)
        if not form.is_valid():
            return self._page(account, InvalidInput({"person": ["请从列表中选择人员。"]}))
        accounts.link_person(user=account, person=form.cleaned_data["person"], by=self.request.user)
        return self._done(account, "人员关联已保存。")

    def _page(self, account: User, error: InvalidInput | None = None) -> HttpResponse:
        person = getattr(account, "person", None)
        name_form = NameForm(self.request.POST if error and "name" in error.fields else None, initial={"name": account.name})
        person_form = PersonForm(self.request.POST if error and "person" in error.fields else None, initial={"person": person})
        email_form = EmailForm(self.request.POST if error and "email" in error.fields else None, initial={"email": account.email})
        for form in (name_form, email_form, person_form):
            if error and form.is_bound:
                form.errors.clear()
                show_errors(form, error)
        return render(
            self.request,
            "accounts/account_detail.html",
            {
                "page_title": account.name,
                "account": account,
                "person": person,
                "is_self": account.pk == self.request.user.pk,
                "is_locked_out": lock_outs(account.username).exists(),
                "name_form": name_form,
                "email_form": email_form,
                "person_form": person_form,
                "breadcrumbs": [{"label": "账号", "url": reverse("account_list")}, {"label": account.name}],
            },
            status=422 if error else 200,
        )
