"""The start page and the health check. One of the few modules that see both apps."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from erqi.common.access import may

# Who writes, reviews, decides or verifies.
WORKING = (
    *("report.write", "report.review", "report.manage", "request.decide"),
    *("policy.edit", "policy.approve", "lifting.verify", "lifting.confirm"),
)
# What a permission (or one of several) gives to do first. The order decides for an account that has several: who works on something
# begins with what waits for them, a leader with the colours, everybody else with the ledger.
FIRST_PAGES: list[tuple[str | tuple[str, ...], str]] = [
    (WORKING, "projects:todo"),
    ("inquiry.ask", "projects:warning_board"),
    ("business.view", "projects:ledger_current"),
    ("account.manage", "account_list"),
    ("role.grant", "role_list"),
    ("audit.view", "audit"),
]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the first page that is theirs; an account without any role gets a page saying so."""
    for permission, url_name in FIRST_PAGES:
        if may(request.user, permission):
            return redirect(url_name)
    return render(request, "home_no_role.html", {"page_title": "还没有可用的功能"})


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for an icon by its old address (on the admin's pages, say) to ours."""
    return redirect(static("img/favicon.svg"))


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say in plain text whether the database answers: 200 or 503. Nobody has to be signed in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse(
            "database unavailable\n",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
