"""Who is told how far a long step is: a stage has a title, a unit, a rate and an estimate."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.records import Progress, silent

WARM_UP = 0.02  # share of a stage before its rate is trusted for an estimate


class Reporter(Protocol):
    """Opens stages; each stage is a `Progress` that the step calls as it goes."""

    def stage(self, title: str, unit: str) -> Progress:
        """Begin a stage, such as 'Reading examples through the model' counted in 'rows'."""


class Quiet:
    """Nobody watches."""

    def stage(self, title: str, unit: str) -> Progress:
        """A stage whose progress goes nowhere."""
        return silent


@dataclass(slots=True)
class StageClock:
    """How far one stage is, and how long it will still take.

    The rate counts from the first report on, so that rows kept from an earlier run
    do not make the rest look quick.
    """

    title: str
    unit: str
    done: int = 0
    total: int = 0
    note: str = ""
    first: int | None = None
    started: float = field(default_factory=time.monotonic)

    def advance(self, done: int, total: int, note: str) -> None:
        """Take a report of the step."""
        if self.first is None:
            self.first, self.started = done, time.monotonic()
        self.done, self.total, self.note = done, total, note

    @property
    def rate(self) -> float:
        """Units a second since the first report."""
        elapsed = time.monotonic() - self.started
        return (self.done - (self.first or 0)) / elapsed if elapsed > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimate of what is left, or None while too little is done to say."""
        made = self.done - (self.first or 0)
        if self.rate <= 0 or made < WARM_UP * self.total * 0.5:
            return None
        return (self.total - self.done) / self.rate

    def as_json(self) -> dict[str, Any]:
        """The stage as plain JSON values, for progress files."""
        left = self.seconds_left
        return {
            "title": self.title,
            "unit": self.unit,
            "done": self.done,
            "total": self.total,
            "note": self.note,
            "rate": round(self.rate, 2),
            "seconds_left": None if left is None else round(left, 1),
        }


def time_left(seconds: float | None) -> str:
    """A stretch of time as people say it: '20 s left', '4 min left', '1 h 20 min left'."""
    if seconds is None:
        return "estimating"
    if seconds < 60:
        return f"{max(5, round(seconds / 5) * 5)} s left" if seconds < 55 else "1 min left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min left"


def figure(number: float, digits: int = 3) -> str:
    """A measured number with so many significant digits, and never as a power of ten."""
    rounded = float(f"{number:.{digits}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10**digits else f"{rounded:,.{digits}g}"
