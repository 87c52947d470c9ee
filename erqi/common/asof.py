"""The day as of which a page shows the state: `?as_of=2018-06-30`, or the business date clamped into the ledger's year."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from erqi.common import clock
from erqi.common.dates import chinese_day, clamp_to_year, parse_day

PARAMETER = "as_of"
# Nothing of this district was kept before: a slip of the pen, and no day to count calendars for.
FIRST = date(2000, 1, 1)


@dataclass(frozen=True)
class AsOf:
    """The day, whether somebody asked for it, and a sentence where what was asked for did not count."""

    day: date
    asked: bool
    error: str = ""

    @property
    def is_past(self) -> bool:
        """Whether the page shows a chosen day that is not the one it would show by itself."""
        return self.asked

    @property
    def is_to_come(self) -> bool:
        """Whether the day comes after the business date: only the first day of a coming year's ledger does."""
        return self.day > clock.today()

    @property
    def label(self) -> str:
        return chinese_day(self.day)


def carry(request: HttpRequest, day: date) -> None:
    """Let the links of the page go to the same day (asof_links); for pages whose own parameters name the day they show."""
    request.carried_day = day  # type: ignore[attr-defined]


def carried_day(request: HttpRequest) -> date | None:
    """Return the day that the page's links go to, None where nobody asked for one."""
    return getattr(request, "carried_day", None)


def refusal(text: str, day: date | None, today: date, shown: date) -> str:
    """Return in a sentence why a page does not show the day that was asked for (None: the text is no date), and what it shows instead."""
    if day is None:
        why = "无法识别，应形如 2018-06-30"
    elif day > today:
        why = f"晚于今天（{chinese_day(today)}），只能查看今天和以前的状态"
    else:
        why = f"早于{FIRST.year}年"
    return f"日期“{text[:20]}”{why}；现按{chinese_day(shown)}显示。"


def as_of(request: HttpRequest, year: int | None = None) -> AsOf:
    """Return the day of a page: the one asked for, up to the business date.

    Nobody knows how a later day will be (what is foreseen has pages of its own: 转色预告, the wall), so a reminder or a delay counted up
    to one would be printed as if it were a state. What is no date, to come or out of all bounds is not guessed: the default day is shown
    with a sentence. The default day of a ledger that is to come may be named, too.
    """
    today = clock.today()
    default = clamp_to_year(today, year) if year else today
    text = request.GET.get(PARAMETER, "").strip()
    day = parse_day(text)
    if not text or day == default > today:
        return AsOf(default, asked=False)
    if day is None or not FIRST <= day <= today:
        return AsOf(default, asked=False, error=refusal(text, day, today, default))
    carry(request, day)
    return AsOf(day, asked=day != default)
