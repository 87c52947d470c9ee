"""What a page asks of the database: counted and timed in this process, for one request, so that the driven server is left alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from erqi.bench.bare.views import LedgerList
from erqi.common.models import User

_HOST = "127.0.0.1"


@dataclass
class Queries:
    """How many statements one request sent, and how many milliseconds the database took to answer them."""

    count: int = 0
    milliseconds: float = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.milliseconds += (time.perf_counter() - begun) * 1000


@contextmanager
def plain_settings() -> Iterator[None]:
    """Leave out, within the block, what an installation sets for itself: TLS in front, its host names, a fixed day."""
    with override_settings(ALLOWED_HOSTS=[_HOST], SECURE_SSL_REDIRECT=False, SESSION_COOKIE_SECURE=False, FIXED_TODAY=None, DEBUG=False):
        yield


class Sessions:
    """Signed-in accounts: a test client each, and the cookie by which the server knows them too."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def client(self, username: str) -> Client:
        """Return the account's client, signed in once."""
        if username not in self._clients:
            client = Client(SERVER_NAME=_HOST)
            backend = f"{ModelBackend.__module__}.{ModelBackend.__qualname__}"
            client.force_login(User.objects.get(username=username), backend=backend)
            self._clients[username] = client
        return self._clients[username]

    def cookie(self, username: str) -> str:
        """Return the session cookie as a header says it."""
        name = settings.SESSION_COOKIE_NAME
        return f"{name}={self.client(username).cookies[name].value}"

    def queries(self, username: str, url: str) -> Queries:
        """Ask for the page twice in this process and return what the second request asked of the database."""
        client = self.client(username)
        client.get(url)
        found = Queries()
        with connection.execute_wrapper(found):
            response = client.get(url)
            if response.streaming:
                for _ in response.streaming_content:
                    pass
        response.close()
        return found


def bare_queries(query: dict[str, str]) -> Queries:
    """Return what a variant of the bare page asks of the database."""
    view = LedgerList()
    view.setup(RequestFactory().get("/ledger/", query))
    found = Queries()
    with connection.execute_wrapper(found):
        view.object_list = view.get_queryset()
        table = view.get_table()
        table.paginate(per_page=view.paginate_by)
        list(table.page.object_list)
    return found
