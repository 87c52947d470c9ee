"""Mail servers of the tests: real backends of Django, one of which breaks down where a test says so."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend

BACKEND = "erqi.tests.mail.FragileBackend"


class FragileBackend(EmailBackend):
    """Keeps mails in `django.core.mail.outbox`. `down`: nobody answers; `after`: the line breaks after so many mails; `refused`: addresses
    that the server does not take; `dies`: what a mail raises after it was sent (the machine dies before it is marked)."""

    down = False
    after: int | None = None
    refused: frozenset[str] = frozenset()
    dies: type[BaseException] | None = None

    @classmethod
    def mend(cls) -> None:
        """Let everything work again."""
        cls.down, cls.after, cls.refused, cls.dies = False, None, frozenset(), None

    def open(self) -> bool:
        if self.down:
            raise ConnectionRefusedError(111, "Connection refused")
        return True

    def send_messages(self, messages) -> int:
        for message in messages:
            for address in message.to:
                if address in self.refused:
                    raise SMTPRecipientsRefused({address: (550, b"no such user")})
        if self.after is not None:
            if self.after == 0:
                raise SMTPServerDisconnected("Connection unexpectedly closed")
            type(self).after = self.after - 1
        sent = super().send_messages(messages)
        if self.dies is not None:
            raise self.dies
        return sent
