"""What goes into the log of the server."""

import logging

from django.core.exceptions import PermissionDenied


class BriefRefusals(logging.Filter):
    """A page that was refused (403) is a line and no traceback: it says who had no permission for what, and nothing is broken."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; take the traceback off a refusal."""
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = record.exc_text = None
        return True
