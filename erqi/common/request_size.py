"""The largest request that is read at all: a hostile upload ends before it fills memory or disk, an honest one is told why."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_CHUNK = 256 * 1024
# So many times the limit is read and forgotten, so that a person who chose too many photos sees the answer.
_PATIENCE = 3


class RequestSizeMiddleware:
    """Answer 413 to requests whose body is larger than the person may send: a full set of attachments, or for strangers a form.

    Comes after the authentication, when nothing of the body has been read. Of a body without a length Django reads nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH") or "0"
        # Cheap first: nearly all requests are small, and who it is may cost a query.
        if not size.isdecimal() or int(size) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return self.get_response(request)
        limit = settings.LARGEST_REQUEST if request.user.is_authenticated else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(size) <= limit:
            return self.get_response(request)
        self._read_past(request, limit)
        return render(request, "413.html", {"size": int(size), "limit": limit}, status=413)

    @staticmethod
    def _read_past(request: HttpRequest, limit: int) -> None:
        """Read what is being sent, for a while: a browser that is still sending would miss the answer."""
        left = _PATIENCE * limit
        while left > 0 and (chunk := request.read(min(_CHUNK, left))):
            left -= len(chunk)
