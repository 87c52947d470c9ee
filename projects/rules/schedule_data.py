"""Facts and causes as plain data: what a schedule row keeps, so that any colour can be recomputed from what was known then."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from projects.choices import Dimension, WarningLevel
from projects.rules.policy import level_of
from projects.rules.warning import Cause, CauseKind, Event, Facts, InvestmentFact, MilestoneFact, Obligation, Thresholds


def _text(value: date | Decimal | None) -> str | None:
    return None if value is None else str(value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _source(one: Obligation | Cause) -> dict[str, str]:
    """Return the source as it is kept: rows without one read as they always did."""
    return {"source": one.source} if one.source else {}


def _event_data(event: Event) -> dict[str, str]:
    return {
        "level": event.level.code,
        "on": event.on.isoformat(),
        "words": event.words,
        "rule": event.rule,
        "remedy": event.remedy,
    }


def _event(data: Mapping[str, str]) -> Event:
    return Event(level_of(data["level"]), date.fromisoformat(data["on"]), data["words"], data["rule"], data["remedy"])


def _obligation_data(one: Obligation) -> dict[str, Any]:
    """Return an obligation as it is kept; what it does not have is left out, so that rows without it read as they always did."""
    more: dict[str, Any] = {"stopped": _text(one.stopped_on)} if one.stopped_on else {}
    if one.events:
        more["events"] = [_event_data(event) for event in one.events]
    return {"key": one.key, "dimension": str(one.dimension), "name": one.name, "due": _text(one.due_on), **_source(one), **more}


def _obligation(data: Mapping[str, Any]) -> Obligation:
    return Obligation(
        data["key"],
        Dimension(data["dimension"]),
        data["name"],
        _day(data["due"]),
        data.get("source", ""),
        _day(data.get("stopped")),
        tuple(_event(event) for event in data.get("events", ())),
    )


def facts_data(facts: Facts) -> dict[str, Any]:
    """Return the facts as JSON takes them; numbers and days as texts."""
    figures = facts.investment
    return {
        "year": facts.year,
        "milestones": [
            {
                "key": one.key,
                "kind": str(one.kind),
                "name": one.name,
                "due": _text(one.due_on),
                "done": one.done,
                "pending": _text(one.pending_since),
            }
            for one in facts.milestones
        ],
        "investment": {
            "plan": None if figures.plan is None else [str(amount) for amount in figures.plan],
            "annual": _text(figures.annual),
            "done": _text(figures.done),
            "month": figures.month,
        },
        "obligations": [_obligation_data(one) for one in facts.obligations],
    }


def facts_from_data(data: Mapping[str, Any]) -> Facts:
    """Return the facts of plain data."""
    figures = data["investment"]
    return Facts(
        year=data["year"],
        milestones=tuple(
            MilestoneFact(one["key"], one["kind"], one["name"], _day(one["due"]), one["done"], _day(one["pending"]))
            for one in data["milestones"]
        ),
        investment=InvestmentFact(
            plan=None if figures["plan"] is None else tuple(Decimal(amount) for amount in figures["plan"]),
            annual=_amount(figures["annual"]),
            done=_amount(figures["done"]),
            month=figures["month"],
        ),
        obligations=tuple(_obligation(one) for one in data["obligations"]),
    )


def causes_data(thresholds: Thresholds) -> dict[str, Any]:
    """Return the causes by level as JSON takes them."""
    return {
        level.code: {
            "dimension": str(cause.dimension),
            "kind": cause.kind.value,
            "key": cause.key,
            "name": cause.name,
            "due": _text(cause.due_on),
            "value": _text(cause.value),
            "month": cause.month,
            "planned": _text(cause.planned),
            "done": _text(cause.done),
            **_source(cause),
            **({"event": _event_data(cause.event)} if cause.event else {}),
        }
        for level, cause in thresholds.causes
    }


def causes_from_data(data: Mapping[str, Any]) -> tuple[tuple[WarningLevel, Cause], ...]:
    """Return the causes of plain data, from the best level to the worst."""
    found = [
        (
            level_of(code),
            Cause(
                Dimension(one["dimension"]),
                CauseKind(one["kind"]),
                one["key"],
                one["name"],
                _day(one["due"]),
                _amount(one["value"]),
                one["month"],
                _amount(one["planned"]),
                _amount(one["done"]),
                one.get("source", ""),
                _event(one["event"]) if "event" in one else None,
            ),
        )
        for code, one in data.items()
    ]
    return tuple(sorted(found, key=lambda pair: pair[0]))
