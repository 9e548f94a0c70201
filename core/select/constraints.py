"""What a person asks of every method: rows that must be in, rows that must not, and more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import RequestError
from core.records import Bools, Floats, Rows

OPTIONAL = ("costs", "groups", "quotas", "feature_weights")
"""Constraints that a selector honours only when it says so; pins and forbids bind them all."""

SHOWN = 5  # positions named in a message


def _no_rows() -> Rows:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Quota:
    """Bounds on how many chosen rows have one value in a column."""

    column: str
    value: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """Pinned rows are always chosen, forbidden rows never; the rest shapes the choice."""

    pinned: Rows = field(default_factory=_no_rows)
    forbidden: Rows = field(default_factory=_no_rows)
    costs: Floats | None = None  # (n_rows,), what each row costs
    groups: NDArray[np.int32] | None = None  # (n_rows,), rows of one group count as one unit
    quotas: tuple[Quota, ...] = ()
    feature_weights: Floats | None = None  # (n_features,), 0 mutes a feature

    def checked(self, n_rows: int) -> Constraints:
        """The same constraints with pins and forbids distinct and ascending.

        Raises RequestError for a row outside the pool, or one both pinned and forbidden.
        """
        pinned = _positions(self.pinned, "pinned", n_rows)
        forbidden = _positions(self.forbidden, "forbidden", n_rows)
        both = np.intersect1d(pinned, forbidden, assume_unique=True)
        if len(both):
            raise RequestError(
                f"{_rows(len(both))} both pinned and forbidden (row {_named(both)}); "
                "take each out of one of the two"
            )
        return replace(self, pinned=pinned, forbidden=forbidden)

    def free(self, n_rows: int) -> Bools:
        """True for each row that is neither pinned nor forbidden, (n_rows,)."""
        mask = np.ones(n_rows, dtype=np.bool_)
        mask[self.pinned] = False
        mask[self.forbidden] = False
        return mask

    def given(self) -> tuple[str, ...]:
        """Names of the optional constraints that are set."""
        return tuple(
            name for name in OPTIONAL if (value := getattr(self, name)) is not None and len(value)
        )


NO_CONSTRAINTS = Constraints()


def _positions(rows: ArrayLike, word: str, n_rows: int) -> Rows:
    given = np.asarray(rows)
    if given.size and not np.issubdtype(given.dtype, np.integer):
        raise RequestError(f"{word} rows are positions in the pool; seen {given.flat[0]}")
    positions = np.unique(given.astype(np.int64))
    outside = positions[(positions < 0) | (positions >= n_rows)]
    if len(outside):
        raise RequestError(
            f"{_rows(len(outside))} {word} but not in the pool of {n_rows} (row {_named(outside)})"
        )
    return positions


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count} rows are"


def _named(rows: Rows) -> str:
    names = ", ".join(str(row) for row in rows[:SHOWN])
    return f"{names}, …" if len(rows) > SHOWN else names
