"""Project codes: EQ-<year>-<number>, the year being that in which the project first entered a ledger or document."""

import re

PATTERN = re.compile(r"EQ-(\d{4})-(\d{3,5})")


def project_code(year: int, number: int) -> str:
    """Return the code of the year's project with the running number."""
    return f"EQ-{year}-{number:03d}"


def parse_project_code(code: str) -> tuple[int, int] | None:
    """Return year and running number of a code, or None when it has another form."""
    match = PATTERN.fullmatch(code)
    return (int(match.group(1)), int(match.group(2))) if match else None
