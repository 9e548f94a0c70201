"""What a step answers: the artifacts it made or found, shards kept and made, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StepResult:
    """The outcome of one step, or of several joined by `+`."""

    artifacts: Mapping[str, str]
    seconds: float = 0.0
    kept: int = 0
    made: int = 0
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: StepResult) -> StepResult:
        return StepResult(
            {**self.artifacts, **other.artifacts},
            self.seconds + other.seconds,
            self.kept + other.kept,
            self.made + other.made,
            {**self.notes, **other.notes},
        )

    def as_json(self) -> dict[str, Any]:
        """The command line's answer: artifacts, shards, seconds and notes."""
        return {
            "artifacts": dict(self.artifacts),
            "shards": {"kept": self.kept, "made": self.made},
            "seconds": round(self.seconds, 3),
            **self.notes,
        }
