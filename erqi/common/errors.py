"""What a service raises. Each error is one Chinese sentence for the person, and the pages know how to show each kind."""

from typing import Any


class ServiceError(Exception):
    """An action was refused; the text says why and what to do."""


class NotAllowed(ServiceError):
    """The person may not do this (any more)."""


class InvalidInput(ServiceError):
    """A value is wrong. `fields` maps field names to messages, for forms; `None` stands for the record as a whole."""

    def __init__(self, fields: dict[str | None, list[str]]) -> None:
        self.fields = fields
        super().__init__("；".join(message for messages in fields.values() for message in messages))


class StaleRecord(ServiceError):
    """Somebody else saved the record after it was opened. `current` is the record as it stands now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("保存前，这条记录已被他人修改。请核对差异后再保存。")
