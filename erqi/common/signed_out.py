"""Back to the form: whose session ended while something was typed stands on that form after the log-in (words: static/js/draft.js)."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def answers_get(path: str) -> bool:
    """Say whether an address without its query is a page that can be opened: many steps are only sent to."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    # Functions among the views answer GET, all of them.
    return not hasattr(view, "view_class") or hasattr(view.view_class, "get")


def form_page(request: HttpRequest) -> str:
    """Return the address of the page whose form was sent: the page it stands on, else the page it was sent to; "" without either.

    The browser names the page in `Referer` (our own policy is same-origin); a name of another host is never followed.
    """
    for address in (request.headers.get("Referer", ""), request.get_full_path()):
        allowed = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        parts = urlsplit(address)
        if allowed and parts.path.startswith("/") and answers_get(parts.path):
            return parts._replace(scheme="", netloc="", fragment="").geturl()
    return ""


def sign_in_again(request: HttpRequest) -> str:
    """Return the address of the log-in page that leads back to the form that was sent; the log-in page itself stays as it was opened."""
    log_in, page = resolve_url(settings.LOGIN_URL), form_page(request)
    if not page or urlsplit(page).path == log_in:
        return page or log_in
    return f"{log_in}?{urlencode({'next': page}, safe='/')}"


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, but whoever sent a form comes back to the page of the form: the address it was sent to may be no page at all."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        if request.method == "POST":
            return redirect(sign_in_again(request))
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose cookies are gone or older than the last log-in (Django's CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", {"log_in": sign_in_again(request)}, status=403)
