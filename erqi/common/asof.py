"""The day as of which a page shows the state: `?as_of=2018-06-30`, or the business date clamped into the ledger's year."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from erqi.common import clock
from erqi.common.dates import chinese_day, clamp_to_year, parse_day

PARAMETER = "as_of"
# Nothing of this district was kept before, and nothing is planned for later: a slip of the pen, and no day to count calendars for.
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


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
    def is_to_come(self) -> bool:
        """Whether the day comes after the business date: its state is worked out from what is known now."""
        return self.day > clock.today()

    @property
    def label(self) -> str:
        return chinese_day(self.day)


def asked_day(request: HttpRequest) -> date | None:
    """Return the day that the address names; None where it names none that a page can be shown for."""
    day = parse_day(request.GET.get(PARAMETER, ""))
    return day if day is not None and FIRST <= day <= LAST else None


def carry(request: HttpRequest, day: date) -> None:
    """Let the links of the page go to the same day (asof_links); for pages whose own parameters name the day they show."""
    request.carried_day = day  # type: ignore[attr-defined]


def carried_day(request: HttpRequest) -> date | None:
    """Return the day that the page's links go to, None where nobody asked for one."""
    return getattr(request, "carried_day", None)


def as_of(request: HttpRequest, year: int | None = None) -> AsOf:
    """Return the day of a page. What is no date, or one out of all bounds, is not guessed: the default day is shown with a message."""
    today = clock.today()
    default = clamp_to_year(today, year) if year else today
    text = request.GET.get(PARAMETER, "").strip()
    if not text:
        return AsOf(default, asked=False)
    day = asked_day(request)
    if day is not None:
        carry(request, day)
        return AsOf(day, asked=day != default)
    shown = f"现按{chinese_day(default)}显示。"
    if parse_day(text) is not None:
        return AsOf(default, asked=False, error=f"日期“{text[:20]}”不在{FIRST.year}年至{LAST.year}年之间；{shown}")
    return AsOf(default, asked=False, error=f"日期“{text[:20]}”无法识别，应形如 2018-06-30；{shown}")
