"""A token budget: an order followed row after row, or the largest whole answer that fits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.errors import RequestError
from core.records import Rows
from core.select.budget import check_available
from core.select.constraints import Constraints
from core.select.selection import Picks, kept_explains, kept_starts

Solve = Callable[[int], Picks]
HEADROOM = 1.25  # rows asked for at first, beyond what the mean length says
SOLVES = 12  # tries for a method that is not nested; three or four are usual


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """So many tokens, what each row costs, and what the constraints leave."""

    limit: int
    tokens: Rows  # (n_rows,)
    constraints: Constraints
    n_available: int  # rows that may be chosen

    @property
    def least(self) -> int:
        """The smallest number of rows a method can be asked for."""
        return max(1, len(self.constraints.pinned))

    @property
    def mean(self) -> float:
        """Mean tokens of a row that may be chosen, at least 1."""
        return max(1.0, float(np.delete(self.tokens, self.constraints.forbidden).mean()))

    def checked(self) -> TokenLimit:
        """The same limit; RequestError when not even the pinned or the shortest row fits."""
        check_available(1, n_rows=len(self.tokens), n_forbidden=len(self.constraints.forbidden))
        n_pinned = len(self.constraints.pinned)
        pinned = int(self.tokens[self.constraints.pinned].sum())
        if pinned > self.limit:
            raise RequestError(
                f"{n_pinned} pinned rows hold {pinned} tokens, above the budget of {self.limit}; "
                f"ask for at least {pinned}, or unpin some"
            )
        shortest = int(np.delete(self.tokens, self.constraints.forbidden).min())
        if shortest > self.limit:
            raise RequestError(
                f"no row fits a budget of {self.limit} tokens; ask for at least {shortest}"
            )
        return self

    def used(self, rows: Rows) -> int:
        """Tokens that these rows hold."""
        return int(self.tokens[rows].sum())


def along_order(solve: Solve, limit: TokenLimit) -> tuple[Picks, bool]:
    """Follow a nested order: skip a row that does not fit, stop when none fits.

    The second value says whether nothing was skipped, so that prefixes are still answers.
    """
    count = max(limit.least, math.ceil(HEADROOM * limit.limit / limit.mean))
    while True:
        count = min(count, limit.n_available)
        picks = solve(count)
        kept = _following(limit.tokens[picks.rows], limit.limit, len(limit.constraints.pinned))
        used = limit.used(picks.rows[kept])
        unseen = limit.constraints.free(len(limit.tokens))
        unseen[picks.rows] = False
        fits = limit.tokens[unseen] <= limit.limit - used
        if count == limit.n_available or not fits.any():
            break
        count *= 2
    skipped = int(kept[-1]) + 1 - len(kept)
    note = f"{used} of {limit.limit} tokens used, {skipped} rows skipped that did not fit"
    return _with_tokens(_cut(picks, kept), limit, note), skipped == 0


def whole_answer(solve: Solve, limit: TokenLimit) -> tuple[Picks, bool]:
    """The largest answer of a method that is not nested within the limit, never a part of one.

    Searches the number of rows until less than a mean row is left, at most SOLVES times. Raises
    RequestError when even the smallest answer is too long.
    """
    best: Picks | None = None
    fits, too_many = limit.least - 1, limit.n_available + 1
    count = int(limit.limit / limit.mean)
    for _ in range(SOLVES):
        count = min(max(count, fits + 1), too_many - 1)
        picks = solve(count)
        left = limit.limit - limit.used(picks.rows)
        if left >= 0:
            best, fits = picks, count
        else:
            too_many = count
        if too_many - fits <= 1 or 0 <= left < limit.mean:
            break
        count += math.floor(left / limit.mean)
    if best is None:
        raise RequestError(
            f"even {too_many} rows of this method pass {limit.limit} tokens; ask for more tokens"
        )
    used = limit.used(best.rows)
    note = f"{used} of {limit.limit} tokens used by {len(best.rows)} rows, solved as a whole"
    return _with_tokens(best, limit, note), False


def _following(costs: Rows, limit: int, n_pinned: int) -> Rows:
    left = limit - int(costs[:n_pinned].sum())
    kept = list(range(n_pinned))
    for position, cost in enumerate(costs[n_pinned:].tolist(), start=n_pinned):
        if cost <= left:
            kept.append(position)
            left -= cost
    return np.array(kept, dtype=np.int64)


def _cut(picks: Picks, kept: Rows) -> Picks:
    return replace(
        picks,
        rows=picks.rows[kept],
        round_starts=kept_starts(picks.round_starts, kept),
        explains=kept_explains(picks.explains, kept),
    )


def _with_tokens(picks: Picks, limit: TokenLimit, note: str) -> Picks:
    explains = {**picks.explains, "tokens": limit.tokens[picks.rows]}
    return replace(picks, explains=explains, notes=(*picks.notes, note))
