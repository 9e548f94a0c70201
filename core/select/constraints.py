"""What a person asks of every method: rows that must be in, rows that must not, and more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import RequestError
from core.records import Bools, Floats, Rows

OPTIONAL = ("costs", "feature_weights")
"""Constraints that a selector honours only when it says so; those on rows bind them all."""

SHOWN = 5  # positions named in a message


def _no_rows() -> Rows:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Quota:
    """Bounds on how many chosen rows have one value in a column, in rows or shares of the subset.

    Raises RequestError when they contradict each other.
    """

    column: str
    value: str
    least: float = 0
    most: float | None = None
    in_shares: bool = False

    def __post_init__(self) -> None:
        most = (1.0 if self.in_shares else np.inf) if self.most is None else self.most
        if not 0 <= self.least <= most or (self.in_shares and most > 1):
            raise RequestError(
                f"the quota on {self.column}={self.value} asks for at least {self.least:g} and at "
                f"most {most:g}; the least is 0 or more and not above the most"
            )


@dataclass(frozen=True, slots=True)
class Side:
    """One way of dividing the pool into parts, with bounds on the rows chosen from each part."""

    name: str  # what a message calls it
    labels: NDArray[np.int32]  # (n_rows,), part of each row; -1 is under no bound
    least: NDArray[np.int64]  # (n_parts,)
    most: NDArray[np.int64]  # (n_parts,)
    values: tuple[str, ...] = ()  # (n_parts,), what a message calls each part


@dataclass(frozen=True, slots=True)
class Constraints:
    """Pinned rows are always chosen, forbidden rows never; the rest shapes the choice."""

    pinned: Rows = field(default_factory=_no_rows)
    forbidden: Rows = field(default_factory=_no_rows)
    costs: Floats | None = None  # (n_rows,), what each row costs
    groups: NDArray[np.int32] | None = None  # (n_rows,), at most one row of a group is chosen
    quotas: tuple[Quota, ...] = ()
    sides: tuple[Side, ...] = ()  # groups and quotas as selectors meet them; the dispatcher's work
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

    @property
    def depends_on_budget(self) -> bool:
        """Whether the answer to a smaller budget is not a part of this one."""
        return any(quota.least or quota.in_shares for quota in self.quotas)

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
