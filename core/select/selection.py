"""What selecting yields: rows in pick order, what each brought, and what explains the picks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Rows

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Picks:
    """A selector's answer, before the dispatcher has checked it and computed its gains.

    Arrays in `explains` run parallel to `rows`; every other value is a fact about the whole.
    """

    rows: Rows  # in pick order, pinned rows first
    round_starts: Rows = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    explains: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A chosen subset: an order of rows with the new features of the pool's codes at each pick.

    `gains` count what is new to the whole subset, for every method, so that their running sum is
    the coverage curve and curves compare. What a method itself maximised, such as the gain within
    its round, is `explains["own_gains"]`. Arrays in `explains` run parallel to `rows`; every other
    value there is a fact about the whole. `notes` are sentences for the person who asked.
    """

    rows: Rows
    gains: Counts | None  # None where the pool has no codes
    round_starts: Rows  # positions in `rows` at which a round begins; the first is 0
    method: str
    config: Mapping[str, Any]
    n_pinned: int
    nested: bool
    explains: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def own_gains(self) -> NDArray[Any] | None:
        """The gain in the method's own objective at each pick, where it has one."""
        return self.explains.get("own_gains")

    @property
    def tokens_used(self) -> int | None:
        """Tokens that the rows hold, where the budget was one of tokens."""
        tokens = self.explains.get("tokens")
        return None if tokens is None else int(tokens.sum())

    def prefix(self, budget: int) -> Selection:
        """The same method's answer at a smaller budget.

        Raises RequestError when the method is not nested (a prefix would not be its answer), or
        when `budget` is outside what was solved or would drop pinned rows.
        """
        if not self.nested:
            raise RequestError(
                f"{self.method!r} was solved for {len(self)} rows and is not nested: "
                f"a smaller budget has to be solved anew; seen {budget}"
            )
        if not max(self.n_pinned, 1) <= budget <= len(self):
            raise RequestError(
                f"this order answers budgets from {max(self.n_pinned, 1)} to {len(self)} rows; "
                f"seen {budget}"
            )
        kept = np.arange(budget)
        return replace(
            self,
            rows=self.rows[kept],
            gains=None if self.gains is None else self.gains[kept],
            round_starts=kept_starts(self.round_starts, kept),
            explains=kept_explains(self.explains, kept),
            notes=(),  # they speak of the whole order
        )


def kept_starts(round_starts: Rows, positions: Rows) -> Rows:
    """Where the rounds begin once only `positions` of an order are kept; empty rounds vanish."""
    return np.unique(np.searchsorted(round_starts, positions, side="right"), return_index=True)[
        1
    ].astype(np.int64)


def kept_explains(explains: Mapping[str, Any], positions: Rows) -> dict[str, Any]:
    """Explanations with their per-pick arrays cut to `positions`."""
    return {
        name: value[positions] if isinstance(value, np.ndarray) else value
        for name, value in explains.items()
    }
