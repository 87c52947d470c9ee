"""Parts of addresses that Django has no converter for."""


class YearConverter:
    """A year of a ledger or target: 1900 to 2199, so that no address asks for a day that a calendar does not have."""

    regex = r"(?:19|20|21)\d{2}"

    def to_python(self, value: str) -> int:
        """Return the year as a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the year as it stands in an address."""
        return str(value)
