"""Saved views: a list's filters, columns and order under a name, private or shared. The only writer of SavedView."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from erqi.common.errors import InvalidInput, NotAllowed
from erqi.common.models import SavedView, User
from erqi.common.saving import require

# What belongs to the moment and not to the view.
NOT_KEPT = ("page", "as_of")
LONGEST_QUERY = 4000


def views_for(user: User, page: str) -> QuerySet[SavedView]:
    """Return the views of a list that the account may use: its own and the shared ones, shared first."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True), page=page).select_related("owner").order_by("-shared", "name", "pk")


def kept(query: str) -> str:
    """Return the part of an address's query that a view keeps, in one form."""
    parameters = QueryDict(query.lstrip("?"), mutable=True)
    for name in NOT_KEPT:
        parameters.pop(name, None)
    return parameters.urlencode(safe=",")


@transaction.atomic
def save_view(
    *,
    page: str,
    name: str,
    query: str,
    by: User,
    shared: bool = False,
    replace: bool = False,
) -> SavedView:
    """Keep a list's view under a name and return it; saving the same view twice keeps it once.

    Raises NotAllowed without `business.view`, or without `view.share` when it is to be shared; InvalidInput without a name, or
    when the account has another view of that name and `replace` is not asked for.
    """
    require(by, "view.share" if shared else "business.view")
    if "\x00" in name + query:
        raise InvalidInput({"name": ["名称中有无效的字符。请重新输入。"]})
    name, query = name.strip(), kept(query)
    if len(query) > LONGEST_QUERY:
        raise InvalidInput({"query": ["筛选条件过多，不能保存为视图。请减少一些条件。"]})
    view = SavedView(owner=by, page=page, name=name, query=query, shared=shared)
    # Everything but the name's uniqueness, which is answered below with a way out.
    checked_fields(view)
    try:
        with transaction.atomic():
            view.save()
        return view
    except IntegrityError:
        earlier = SavedView.objects.select_for_update().get(owner=by, page=page, name=name)
    if (earlier.query, earlier.shared) == (query, shared):
        return earlier
    if not replace:
        raise InvalidInput({"name": [f"您已有名为“{name}”的视图。请换一个名称，或勾选“覆盖同名视图”。"]})
    earlier.query, earlier.shared = query, shared
    earlier.save(update_fields=["query", "shared"])
    return earlier


def checked_fields(view: SavedView) -> None:
    """Check a view's own columns; raise InvalidInput in words that fit the form."""
    if not view.name:
        raise InvalidInput({"name": ["请给视图起个名称。"]})
    if len(view.name) > 40:
        raise InvalidInput({"name": ["视图名称不能超过 40 个字。"]})
    try:
        view.clean_fields(exclude=["owner"])
    except ValidationError as error:
        raise InvalidInput(error.message_dict) from None


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Remove one's own view; removing it twice changes nothing. Raises NotAllowed for another person's."""
    require(by, "business.view")
    if view.owner_id != by.pk:
        raise NotAllowed("只能删除自己保存的视图。")
    SavedView.objects.filter(pk=view.pk, owner=by).delete()


@transaction.atomic
def withdraw_view(*, view: SavedView, by: User) -> SavedView:
    """Make a shared view private again; its owner and everybody who may share views can. Raises NotAllowed."""
    require(by, "business.view" if view.owner_id == by.pk else "view.share")
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.shared:
        view.shared = False
        view.save(update_fields=["shared"])
    return view
