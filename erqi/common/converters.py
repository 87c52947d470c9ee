"""Parts of addresses that Django has no converter for."""

from django.urls import register_converter
from django.urls.converters import get_converters


class YearConverter:
    """A year of a ledger or target: 1900 to 2199, so that no address asks for a day that a calendar does not have."""

    regex = r"(?:19|20|21)\d{2}"

    def to_python(self, value: str) -> int:
        """Return the year as a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the year as it stands in an address."""
        return str(value)


class MonthConverter:
    """A month, 1 to 12, without a zero before it."""

    regex = r"1[0-2]|[1-9]"

    def to_python(self, value: str) -> int:
        """Return the month as a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the month as it stands in an address."""
        return str(value)


def register_converters() -> None:
    """Let addresses name <year:…> and <month:…>; every module of addresses that does so calls this first."""
    for name, converter in (("year", YearConverter), ("month", MonthConverter)):
        if name not in get_converters():
            register_converter(converter, name)
