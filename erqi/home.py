"""The cockpit (态势), which is the start page, and the health check. One of the few modules that see both apps."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from erqi.common import clock, contributions
from erqi.common.access import may
from erqi.common.asof import as_of
from erqi.common.kept import Keeper
from projects.models import Ledger
from projects.stats.todo import kept_todo
from projects.stats.todo.desk import Desk
from projects.views.cockpit import SCOPES, scopes_of
from projects.views.cockpit_year import year_of

# Who acts on something: what waits for them stands above the figures.
WORKING = (
    *("report.write", "report.review", "report.manage", "request.decide", "inquiry.ask"),
    *("policy.edit", "policy.approve", "lifting.verify", "lifting.confirm"),
)
# Where accounts begin that see no business data.
FIRST_PAGES = [("account.manage", "account_list"), ("role.grant", "role_list"), ("audit.view", "audit")]
# So many of the things that wait are named.
MOST_TODO = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the cockpit; send administrators to the first page that is theirs. An account without any role gets a page saying so."""
    if may(request.user, "business.view"):
        return cockpit(request)
    for permission, url_name in FIRST_PAGES:
        if may(request.user, permission):
            return redirect(url_name)
    return render(request, "home_no_role.html", {"page_title": "还没有可用的功能"})


# The day that the page was asked for goes along on its links (erqi.common.asof_links).
home.shows_day = True


def cockpit(request: HttpRequest) -> HttpResponse:
    """Show how the year stands: what waits for the person, headline figures, colours, the course of the year, what needs attention.

    `?scope=` narrows it to the person's own projects, `?year=` and `?as_of=` choose the day, `?screen=1` shows it in large type.
    """
    ledgers = list(Ledger.objects.main().order_by("-year"))
    if not ledgers:
        create = reverse("projects:ledger_create") if may(request.user, "ledger.edit") else ""
        return render(request, "projects/ledger_none.html", {"page_title": "态势", "create_url": create})
    asked_year, asked_scope = request.GET.get("year", "").strip(), request.GET.get("scope", "").strip()
    current = _this_years(ledgers)
    ledger = next((one for one in ledgers if str(one.year) == asked_year), None) or current
    day = as_of(request, ledger.year)
    scopes = scopes_of(request.user, day.day)
    scope = next((one for one in scopes if one.key == asked_scope), scopes[0])
    problems = []
    if asked_year and str(ledger.year) != asked_year:
        problems.append(f"没有“{asked_year[:10]}”年度的区级重点项目台账，现按{ledger.year}年显示。")
    if asked_scope and asked_scope not in SCOPES:
        problems.append(f"没有“{asked_scope[:20]}”这个范围，现按“{scope.label}”显示。")
    is_screen = request.GET.get("screen") == "1"
    context: dict[str, Any] = {
        "page_title": "态势",
        "ledger": ledger,
        "as_of": day,
        "is_screen": is_screen,
        "problems": problems,
        # A scope that this year does not have goes along: the next one may have it.
        "years": [
            {"label": f"{one.year}年", "url": _url(request, year=str(one.year), as_of=""), "active": one == ledger} for one in ledgers
        ],
        "scope": scope,
        "scope_key": asked_scope if asked_scope in SCOPES else scope.key,
        "scopes": [{"label": one.label, "url": _url(request, scope=one.key), "active": one == scope} for one in scopes],
        "screen_url": _url(request, screen="1"),
        "leave_url": _url(request, screen=""),
        "print_subtitle": f"{ledger.name} · {scope.label}",
        **year_of(ledger, day, scope),
    }
    if not is_screen:
        units = tuple(scope.query["unit"]) if scope.key == "unit" else None
        context["headlines"] = Keeper().get(
            ("headlines", request.user.pk, request.user.permissions, day.day, units),
            lambda: [line for contribution in contributions.HEADLINES for line in contribution(request.user, day.day, units)],
        )
    if may(request.user, (*WORKING, *contributions.WORDS.acting)) and ledger == current and not day.asked and not is_screen:
        items = kept_todo(Desk(request.user, clock.today()))
        context |= {"todo_items": items[:MOST_TODO], "todo_count": len(items)}
    return render(request, "home.html", context)


def _this_years(ledgers: list[Ledger]) -> Ledger:
    return next((one for one in ledgers if one.year == clock.today().year), ledgers[0])


def _url(request: HttpRequest, **changes: str) -> str:
    """Return the page's address with some parameters changed; an empty one is left out."""
    kept = {name: request.GET[name] for name in ("year", "as_of", "scope", "screen") if request.GET.get(name)} | changes
    if kept.get("scope") not in SCOPES:
        kept.pop("scope", None)
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"?{query}" if query else reverse("home")


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
