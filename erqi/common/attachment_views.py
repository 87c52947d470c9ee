"""Sending an attachment to those who may read its owner."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.generic import View

from erqi.common import files
from erqi.common.access import PermissionRequiredMixin
from erqi.common.models import Attachment, User
from erqi.common.pictures import small

# Office machines are shared: long enough for going back and forth between pages, no longer than a coffee.
_SECONDS = 600
# What is sent is looked at, nothing in it runs or loads anything.
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
# Browsers show a PDF in a page of their own making, which the words above leave blank in Safari and older Chromium. What runs
# in that page cannot reach ours, and files with scripts are refused when they are uploaded.
_FRAME = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_log = logging.getLogger(__name__)


# By the label of the owner's model: who may read what is attached to it.
_deciders: dict[str, Callable[[Any, User], bool]] = {}


def let_decide(label: str, decide: Callable[[Any, User], bool]) -> None:
    """Let a function (owner, account) decide who reads the attachments of a model; an app says so when it is ready, since the
    answer is its services' to give."""
    _deciders[label] = decide


def may_read(attachment: Attachment, user: User) -> bool:
    """Say whether the account may read the attachment: as its owner's app decides (`let_decide`), else all who see business data."""
    owner = attachment.owner
    if owner is None:
        return False
    decide = _deciders.get(owner._meta.label_lower)
    return decide is None or decide(owner, user)


class AttachmentView(PermissionRequiredMixin, View):
    """The file itself; with `?small` a picture at the size of a thumbnail.

    404 and not 403 for what the account may not read: that it exists is nobody's business either. Photos and PDF open in the
    browser, Office files are downloaded.
    """

    permission = "business.view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        attachment = get_object_or_404(Attachment, pk=kwargs["pk"], withdrawn_on=None)
        if not may_read(attachment, request.user):
            raise Http404
        thumbnail = attachment.is_image and "small" in request.GET
        etag = f'"{attachment.sha256}{"-small" if thumbnail else ""}"'
        try:
            response = get_conditional_response(request, etag=etag) or self._content(attachment, thumbnail)
        except OSError:
            _log.exception("The file of attachment %s is missing or cannot be read", attachment.pk)
            raise Http404 from None
        inline = attachment.content_type in {files.JPEG, files.PDF}
        name = files.download_name(attachment.name, attachment.content_type)
        response["ETag"] = etag
        response["Content-Disposition"] = content_disposition_header(not inline, name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = _FRAME if attachment.content_type == files.PDF else _SANDBOX
        response["Cache-Control"] = f"private, max-age={_SECONDS}"
        return response

    @staticmethod
    def _content(attachment: Attachment, thumbnail: bool) -> HttpResponseBase:
        """Return the response with the bytes; raise OSError."""
        path = files.folder() / attachment.stored
        if thumbnail:
            return HttpResponse(small(path), content_type=files.JPEG)
        return FileResponse(path.open("rb"), content_type=attachment.content_type)
