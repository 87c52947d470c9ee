"""The server's log."""

import logging
import sys

import pytest
from django.core.exceptions import PermissionDenied

from erqi.common.logs import BriefRefusals


@pytest.mark.parametrize(("error", "kept"), [(PermissionDenied, False), (ValueError, True)])
def test_only_a_refusal_has_no_traceback(error, kept):
    try:
        raise error("no")
    except error:
        record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Forbidden", (), sys.exc_info())
    assert BriefRefusals().filter(record) is True
    assert (record.exc_info is not None) is kept
