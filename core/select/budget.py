"""How much may be chosen: a number of rows, a share of the pool, or tokens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from core.errors import RequestError

Kind = Literal["rows", "ratio", "tokens"]
WORDS = {
    "rows": "a budget is a whole number of rows, at least 1",
    "ratio": "a ratio lies above 0 and is at most 1",
    "tokens": "a token budget is a whole number of tokens, at least 1",
}


@dataclass(frozen=True, slots=True)
class Budget:
    """So many rows, such a share of the pool, or so many tokens."""

    kind: Kind
    value: float

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"budget kind {self.kind!r} is none of {get_args(Kind)}")
        if not _fits(self.kind, self.value):
            raise RequestError(f"{WORDS[self.kind]}; seen {self.value!r}")


def parse_budget(given: object, kind: Kind = "rows") -> Budget:
    """Read a budget from text or a number; RequestError says what was seen."""
    try:
        if isinstance(given, bool):
            raise ValueError
        number = float(str(given))
    except ValueError:
        raise RequestError(f"{WORDS[kind]}; seen {str(given)!r}") from None
    return Budget(kind, number if kind == "ratio" else _whole(number))


def resolve(budget: Budget, *, n_rows: int, n_forbidden: int = 0, n_pinned: int = 0) -> int:
    """Rows to choose for a budget in rows or a ratio of the pool, rounded to the nearest row.

    Raises RequestError when the constraints leave fewer, or pin more; the message names the bound.
    """
    if budget.kind == "tokens":
        raise ValueError("a token budget is met by following an order, not by a number of rows")
    wanted = int(budget.value)
    if budget.kind == "ratio":
        wanted = max(1, math.floor(budget.value * n_rows + 0.5))
    check_available(wanted, n_rows=n_rows, n_forbidden=n_forbidden)
    if wanted < n_pinned:
        raise RequestError(
            f"{n_pinned} rows are pinned, above the budget of {wanted}; "
            f"ask for at least {n_pinned}, or unpin some"
        )
    return wanted


def check_available(wanted: int, *, n_rows: int, n_forbidden: int) -> None:
    """Refuse a number of rows above what the pool and its forbidden rows leave."""
    available = n_rows - n_forbidden
    if available < 1:
        raise RequestError(f"nothing can be chosen: the pool has {n_rows} rows, all forbidden")
    if wanted > available:
        why = f" ({n_rows} in the pool, {n_forbidden} forbidden)" if n_forbidden else ""
        raise RequestError(
            f"a budget of {wanted} rows is above the {available} that may be chosen{why}; "
            f"ask for at most {available}"
        )


def _fits(kind: Kind, value: float) -> bool:
    if kind == "ratio":
        return 0 < value <= 1  # NaN compares false
    return value >= 1 and float(value).is_integer()


def _whole(number: float) -> float:
    return int(number) if number.is_integer() else number
