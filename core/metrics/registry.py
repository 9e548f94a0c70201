"""The registry of metrics: a decorated function, and page, command line and docs see the metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.metrics.subject import READINGS, Chosen
from core.registry import Registry

Value = float | Mapping[str, float]  # a mapping where a metric has parts, such as one a column
MetricFunction = Callable[[Chosen], Value]
CurveFunction = Callable[[Chosen, Sequence[int]], list[float]]

DIRECTIONS = ("higher", "lower", "neither")
"""Which way is better; neither where a number only describes."""

COSTS = ("light", "heavy")
"""light: at most about 0.2 s for 5,000 of 52,000 rows; heavy: longer, so work for a job."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with what people need to know of it."""

    name: str
    title: str
    formula: str
    source: str
    unit: str
    direction: str
    needs: tuple[str, ...]  # readings without which it has no value
    cost: str
    note: str  # how not to misread it
    value: MetricFunction
    curve: CurveFunction | None  # many prefixes at the price of the longest

    def as_json(self) -> dict[str, Any]:
        """The metric as plain JSON values, for the command line, the page and the docs."""
        return {
            "name": self.name,
            "title": self.title,
            "formula": self.formula,
            "source": self.source,
            "unit": self.unit,
            "direction": self.direction,
            "needs": list(self.needs),
            "cost": self.cost,
            "note": self.note,
        }


METRICS: Registry[Metric] = Registry("metric")


def metric(
    name: str,
    *,
    title: str,
    formula: str,
    source: str,
    unit: str,
    direction: str,
    needs: tuple[str, ...],
    cost: str = "light",
    note: str = "",
    curve: CurveFunction | None = None,
) -> Callable[[MetricFunction], MetricFunction]:
    """Register the decorated function as a metric."""
    _check_words({*needs}, tuple(READINGS), "reading")
    _check_words({direction}, DIRECTIONS, "direction")
    _check_words({cost}, COSTS, "cost")

    def register(value: MetricFunction) -> MetricFunction:
        entry = Metric(
            name=name,
            title=title,
            formula=formula,
            source=source,
            unit=unit,
            direction=direction,
            needs=needs,
            cost=cost,
            note=note,
            value=value,
            curve=curve,
        )
        METRICS.add(name, entry)
        return value

    return register


def metrics(cost: str | None = None) -> list[dict[str, Any]]:
    """Every registered metric, or those of one cost, as plain JSON values, by name."""
    entries = (METRICS.get(name) for name in METRICS)
    return [entry.as_json() for entry in entries if cost in (None, entry.cost)]


def _check_words(given: set[str], known: tuple[str, ...], what: str) -> None:
    for word in sorted(given - set(known)):
        raise ValueError(f"unknown {what} {word!r}; known: {', '.join(known)}")
