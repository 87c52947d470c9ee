"""The day as of which a page shows the state: `?as_of=2018-06-30`, or the business date clamped into the ledger's year."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from erqi.common import clock
from erqi.common.dates import chinese_day, clamp_to_year, parse_day


@dataclass(frozen=True)
class AsOf:
    """The day, whether somebody asked for it, and a message when what was asked for is no date."""

    day: date
    asked: bool
    error: str = ""

    @property
    def is_past(self) -> bool:
        """Whether the page shows a chosen day that is not the one it would show by itself."""
        return self.asked

    @property
    def label(self) -> str:
        return chinese_day(self.day)


def as_of(request: HttpRequest, year: int | None = None) -> AsOf:
    """Return the day of a page. A malformed date is not guessed: the default day is shown with a message saying so."""
    today = clock.today()
    default = clamp_to_year(today, year) if year else today
    text = request.GET.get("as_of", "").strip()
    if not text:
        return AsOf(default, asked=False)
    day = parse_day(text)
    if day is None:
        return AsOf(default, asked=False, error=f"日期“{text[:20]}”无法识别，应形如 2018-06-30；现按{chinese_day(default)}显示。")
    return AsOf(day, asked=day != default)
