"""Measure a subset, or the prefixes of an order, by the names of metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from core.metrics.registry import METRICS, Metric, Value
from core.metrics.subject import Chosen, Subject
from core.records import Progress, Rows, silent

FINE = 1000  # steps in which the progress of one metric is told


def measure(
    subject: Subject,
    rows: Rows,
    names: Sequence[str] | None = None,
    *,
    progress: Progress = silent,
) -> dict[str, float]:
    """Values of the metrics of those names, or of all, for the chosen rows.

    A metric is left out where the pool lacks a reading that it needs, or where it is not defined
    for these rows (a distance between rows needs two). A metric with parts gives one value a
    part, as `column-coverage:topic`. RequestError for an unknown name; ValueError for rows
    outside the pool.
    """
    return measure_prefixes(subject, rows, [len(rows)], names, progress=progress)[0]


def measure_prefixes(
    subject: Subject,
    order: Rows,
    budgets: Sequence[int],
    names: Sequence[str] | None = None,
    *,
    progress: Progress = silent,
) -> list[dict[str, float]]:
    """What `measure` says of the first rows of an order, for each of several budgets.

    What depends on the pool alone, or grows with the order, is found once for all of them.
    ValueError for a budget that the order does not have.
    """
    whole = Chosen.of(subject, order)
    for budget in budgets:
        if not 0 <= budget <= len(order):
            raise ValueError(f"this order has {len(order)} rows; seen budget {budget}")
    prefixes = [Chosen(subject, whole.rows[:budget]) for budget in budgets]
    entries = [METRICS.get(name) for name in (METRICS if names is None else names)]
    entries = [entry for entry in entries if subject.offers(*entry.needs)]
    found: list[dict[str, float]] = [{} for _ in budgets]
    for at, entry in enumerate(entries):
        step = _Share(progress, at, len(entries), entry.title)
        for values, value in zip(found, _values(entry, whole, prefixes, step), strict=True):
            values.update(_defined(entry.name, value))
    progress(len(entries) * FINE, len(entries) * FINE)
    return found


class _Share:
    """The progress of one of several equal stretches of work."""

    def __init__(self, progress: Progress, at: int, count: int, note: str) -> None:
        self._progress, self._at, self._count, self._note = progress, at, count, note

    def __call__(self, done: int, total: int, note: str = "") -> None:
        inside = FINE * done // max(total, 1)
        self._progress(self._at * FINE + inside, self._count * FINE, self._note)

    def part(self, at: int, count: int) -> _Share:
        """One of several equal parts of this stretch."""
        return _Share(self, at, count, "")


def _values(entry: Metric, whole: Chosen, prefixes: Sequence[Chosen], step: _Share) -> list[Value]:
    """The metric's value for each prefix; the longest first, since others may then look it up."""
    step(0, 1)
    if entry.curve is not None and len(prefixes) > 1:
        return list(entry.curve(whole.telling(step), [len(one.rows) for one in prefixes]))
    values: dict[int, Value] = {}
    for done, at in enumerate(np.argsort([-len(one.rows) for one in prefixes], kind="stable")):
        values[int(at)] = entry.value(prefixes[at].telling(step.part(done, len(prefixes))))
    return [values[at] for at in range(len(prefixes))]


def _defined(name: str, value: Value) -> dict[str, float]:
    """The values that are numbers, by name or by name and part."""
    if isinstance(value, Mapping):
        named = {f"{name}:{part}": float(one) for part, one in value.items()}
    else:
        named = {name: float(value)}
    return {key: one for key, one in named.items() if not math.isnan(one)}
