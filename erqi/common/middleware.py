"""Middleware: who changes what from where, and the forced change of a first password."""

import time
from collections.abc import Callable

import pghistory
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from erqi.common.history import business_date

WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_address(request: HttpRequest) -> str:
    """Return the address of the person's machine, past as many proxies as the installation says it has."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.PROXY_COUNT and len(hops) >= settings.PROXY_COUNT:
        return hops[-settings.PROXY_COUNT]
    return request.META.get("REMOTE_ADDR", "")


class HistoryMiddleware:
    """Give every change made by a request its context: account, name at the time, address, page and business date."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in WRITING_METHODS:
            return self.get_response(request)
        # The name is kept as it was, since accounts are renamed and closed; the id leads to the account of today.
        user = request.user
        with pghistory.context(
            user=user.pk,
            name=str(user) if user.is_authenticated else "",
            address=client_address(request),
            page=request.path,
            source="web",
            business_date=business_date(),
        ):
            return self.get_response(request)


class NulGuardMiddleware:
    """Answer 400 to addresses with a NUL character, which no person types and which PostgreSQL's text cannot hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("地址中有无效的字符。")
        return self.get_response(request)


class SessionTouchMiddleware:
    """Make the session's age count from the last click and not from the log-in, at one write per some minutes of work."""

    # Well below the shortest session that the settings allow, so that nobody who works is logged out.
    EVERY_SECONDS = min(300, settings.SESSION_COOKIE_AGE // 10)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("seen", 0) > self.EVERY_SECONDS:
                request.session["seen"] = now
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Forbid browsers to keep the pages of signed-in people: office machines are shared, and Back after log-out shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class PasswordChangeMiddleware:
    """Lead a person whose password was set by somebody else to the change of password before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse("password_change"), reverse("logout")}
            if request.path not in allowed and not request.path.startswith(settings.STATIC_URL):
                return redirect("password_change")
        return self.get_response(request)
