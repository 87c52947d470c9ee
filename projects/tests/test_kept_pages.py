"""What pages keep until the data change (erqi.common.kept) is what they would say without it, whoever asked before and for what."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from erqi.common import kept
from erqi.common.models import User
from supervision.models import Notice

PLACES = [
    *(
        f"/ledgers/2018/{query}"
        for query in ("", "?sort=name", "?sort=-name", "?as_of=2018-06-30", "?due=late", "?as_of=2018-06-30&due=late")
    ),
    *(
        f"/ledgers/2018/{query}"
        for query in ("?money=yi", "?cols=code,stage", "?per_page=20", "?per_page=20&page=2", "?q=道路", "?nature=new")
    ),
    *(f"/warnings/{query}" for query in ("", "?group=area", "?view=table", "?view=table&sort=name", "?colour=red", "?as_of=2018-08-15")),
    *(f"/warnings/upcoming/{query}" for query in ("", "?days=7", "?as_of=2018-08-15")),
    *(f"/wall/2018/{query}" for query in ("", "?by=week", "?group=area", "?as_of=2018-06-30", "?sort=level", "?category=key")),
    *(f"/{query}" for query in ("", "?scope=all", "?as_of=2018-06-30", "?year=2017", "?screen=1")),
    *(
        f"/supervision/notices/{query}"
        for query in ("", "?state=handling", "?box=ours", "?standing=late", "?q=项目", "?as_of=2018-08-31", "?sort=kind")
    ),
    *(f"/supervision/items/{query}" for query in ("", "?level=red", "?as_of=2018-07-31", "?unit=1", "?sort=-due_then")),
    *(f"/supervision/issues/{query}" for query in ("", "?state=handling", "?late=late", "?as_of=2018-08-31")),
    *(f"/supervision/inspections/{query}" for query in ("", "?verdict=untrue", "?as_of=2018-08-31", "?cols=subject,often_reason")),
    *(
        "/supervision/findings/",
        "/supervision/findings/?as_of=2018-08-31",
        "/supervision/inquiries/",
        "/supervision/inquiries/?late=yes",
        "/supervision/escalations/",
        "/supervision/escalations/?as_of=2018-09-10",
    ),
    *(
        f"/supervision/traces/{query}"
        for query in ("", "?kind=notice", "?days=30", "?per_page=20", "?per_page=20&page=2", "?as_of=2018-08-31", "?sort=by_name")
    ),
    *(
        "/supervision/themes/",
        "/supervision/themes/?as_of=2018-07-31",
        "/supervision/issues/causes/",
        "/supervision/issues/causes/?since=2018-08-01",
    ),
    "/ledgers/2017/",
    "/todo/",
]


@pytest.fixture
def keeps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let values be kept within the transaction of the test, which writes nothing that they depend on."""
    monkeypatch.setattr(kept, "_store", kept._Store())
    monkeypatch.setattr(kept, "_is_quiet", lambda: True)
    yield
    assert kept._store._values


def pages(client: Client) -> dict[str, str]:
    """Return the main part of each place, without what differs from request to request: tokens, and the minute of printing."""
    about = Notice.objects.filter(project__isnull=False, issued_on__isnull=False).order_by("pk")[0]
    places = [f"{of.get_absolute_url()}{query}" for of in (about.project, about.unit) for query in ("", "?as_of=2018-08-31")]
    return {
        place: re.sub(r"\b[A-Za-z0-9]{64}\b|\b\d\d:\d\d\b", "", client.get(place).content.decode().partition("<main")[2])
        for place in [*PLACES, *places]
    }


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_what_is_kept_is_what_the_page_says_itself(demo_db, request):
    people = {name: signed_in(name) for name in ("supervision", "viewer", "leader", "reporter")}
    anew = {name: pages(client) for name, client in people.items()}
    request.getfixturevalue("keeps")
    for _ in range(2):
        for name, client in people.items():
            for place, shown in pages(client).items():
                was = anew[name][place]
                at = next((n for n, (a, b) in enumerate(zip(shown, was, strict=False)) if a != b), min(len(shown), len(was)))
                assert shown[at : at + 200] == was[at : at + 200], (name, place)
