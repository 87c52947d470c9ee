"""Money and rates. Money is a Decimal of 万元 everywhere; 亿元 exists only on screen and paper."""

from decimal import ROUND_HALF_UP, Decimal

WAN_PER_YI = Decimal(10000)


def ratio(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """Return part ÷ whole, or None when either is unknown or the whole is nothing: a rate of nothing is —, not 0 %."""
    if part is None or whole is None or whole == 0:
        return None
    return Decimal(part) / Decimal(whole)


def rounded(value: Decimal, places: int) -> Decimal:
    """Return the value rounded half up, as people round (not half to even)."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return a number without exponent, trailing zeros or a needless point, with thousands separated by commas."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(wan: Decimal | None) -> str:
    """Return an amount of 万元 with its unit, in 亿元 from 1亿元 on; an unknown amount gives an empty text.

    Nothing is rounded away: 793000 万元 is 79.3亿元 and 12345.6789 万元 is 1.23456789亿元.
    """
    if wan is None:
        return ""
    if abs(wan) >= WAN_PER_YI:
        return f"{plain(wan / WAN_PER_YI)}亿元"
    return f"{plain(wan)}万元"


def percent(value: Decimal | None, places: int = 1) -> str:
    """Return a ratio as a percentage with one decimal ("101.3%"), or — when there is none."""
    return "—" if value is None else f"{rounded(value * 100, places)}%"
