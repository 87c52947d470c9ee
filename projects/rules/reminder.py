"""When people are told that something falls due: once each seven, three and one days before, and once when it is over (domain.md §6.3)."""

from datetime import date

# Days before the due day, and what they are called in the key of a reminder.
WINDOWS = (1, 3, 7)
AHEAD = max(WINDOWS)
OVERDUE = "overdue"


def window(due_on: date, day: date, next_day: date) -> str:
    """Return in which window a due day stands on the day: "7", "3", "1", OVERDUE; "" while it is further away.

    Reminders are written on working days; `next_day` is the following one. What falls due before it stands in the last window: it
    would else be over before anybody is told again. A window is a stretch of days, so a day that was missed is made up for.
    """
    left = (due_on - day).days
    if left < 0:
        return OVERDUE
    if left > AHEAD:
        return ""
    if due_on < next_day:
        return str(WINDOWS[0])
    return next(str(days) for days in WINDOWS if left <= days)
