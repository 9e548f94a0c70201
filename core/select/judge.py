"""What a scan asks of the rule by which it accepts rows, and where accepted rows are written."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Rows
from core.select.limits_kernels import Bounds

Counts = NDArray[np.int64]


class Accepted(NamedTuple):
    """Accepted rows with what each brought to its round, and how like the round it was."""

    rows: Rows
    gains: Counts  # features that the round lacked
    likeness: Floats  # the similarity that the rule judged by, 0 to 1

    @classmethod
    def room(cls, size: int) -> Accepted:
        """Room for so many rows, none written yet."""
        return cls(
            np.empty(size, dtype=np.int64),
            np.zeros(size, dtype=np.int64),
            np.zeros(size, dtype=np.float32),
        )

    def after(self, count: int) -> Accepted:
        """The room that is left after the first `count` rows."""
        return Accepted(self.rows[count:], self.gains[count:], self.likeness[count:])


class Judge(Protocol):
    """A rule with its memory of the rows accepted in the round."""

    @property
    def step(self) -> int:
        """Candidates that are looked at in about a fifth of a second, at most."""

    def begin(self) -> None:
        """Begin a round: nothing is accepted yet."""

    def take(self, rows: Rows, accepted: Accepted) -> None:
        """Accept these rows whatever the rule says."""

    def look(self, candidates: Rows, bounds: Bounds, accepted: Accepted) -> int:
        """Go down the candidates until `accepted` is full; how many were accepted."""
