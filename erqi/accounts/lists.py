"""The accounts as both lists (of accounts, of roles) show and filter them."""

from datetime import timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from erqi.accounts.forms import AccountSearch
from erqi.common.models import User

PAGE_SIZES = ("20", "50", "100")
# The whole list on one page is for printing; an office has some hundreds of accounts.
ALL = 5000


def lock_outs(username: object) -> QuerySet[AccessAttempt]:
    """Return the failed log-ins that keep an account locked at some machine now."""
    since = timezone.now() - (get_cool_off() or timedelta())
    return AccessAttempt.objects.filter(username=username, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since)


def accounts_for_list(search: AccountSearch) -> QuerySet[User]:
    """Return the accounts that the filters let through, with `is_locked_out`, their roles and their person."""
    found = (
        User.objects.annotate(is_locked_out=Exists(lock_outs(OuterRef("username"))))
        .select_related("person")
        .prefetch_related("grants")
        .order_by("-is_active", "username")
    )
    if not search.is_valid():
        return found
    values = search.cleaned_data
    if values["q"]:
        found = found.filter(Q(name__icontains=values["q"]) | Q(username__icontains=values["q"]))
    if values["role"] == AccountSearch.NO_ROLE:
        found = found.filter(grants=None)
    elif values["role"]:
        found = found.filter(grants__role=values["role"])
    match values["state"]:
        case "open":
            found = found.filter(is_active=True)
        case "closed":
            found = found.filter(is_active=False)
        case "locked":
            found = found.filter(is_locked_out=True)
    return found


def page_of(request: HttpRequest, found: QuerySet[User]) -> tuple[Page, str]:
    """Return the page that the address asks for and the page size as the address names it."""
    asked = request.GET.get("per_page", "")
    size = asked if asked in PAGE_SIZES or asked == "all" else "50"
    paginator = Paginator(found, ALL if size == "all" else int(size))
    return paginator.get_page(request.GET.get("page")), size
