"""Coverage against rows or tokens, for every order that was solved on the features in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics import coverage_curve
from core.pipeline.knee import Knee, knee
from core.pipeline.random_rows import random_orders
from core.pipeline.requests import Request
from core.pipeline.selection import solve, stored_order
from core.pipeline.solutions import Solution
from core.pipeline.views import in_use, open_features, open_readings
from core.records import Rows
from core.select.budget import Budget
from core.workspace import Workspace

FURTHEST = 1_000_000  # rows to which chance and length are followed
N_DRAWN = 150  # points of a curve on each of the two scales

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """Latents covered and tokens spent after some numbers of rows; 0 rows come first.

    Where `dots` is set, only these budgets were solved and nothing lies between them.
    """

    rows: Rows
    covered: Rows
    tokens: Rows
    dots: bool = False
    knee: Knee | None = None

    def at(self, budget: int) -> int | None:
        """Latents covered by so many rows; None where that was not solved."""
        place = int(np.searchsorted(self.rows, budget))
        there = place < len(self.rows) and self.rows[place] == budget
        return int(self.covered[place]) if there else None

    def at_tokens(self, tokens: int) -> int:
        """Latents covered by the first rows that hold at most so many tokens together."""
        return int(
            self.covered[max(int(np.searchsorted(self.tokens, tokens, side="right")) - 1, 0)]
        )

    @property
    def complete_at(self) -> int | None:
        """Rows at which the curve stops rising, where that is before its end."""
        first = int(np.argmax(self.covered == self.covered[-1]))
        return int(self.rows[first]) if first < len(self.rows) - 1 and not self.dots else None


@dataclass(frozen=True, slots=True)
class Band:
    """Random rows over several seeds, at some numbers of rows or tokens: mean, least, most."""

    x: Series
    mean: Series
    low: Series
    high: Series


def line(workspace: Workspace, solution: Solution) -> Line:
    """The curve of a nested method, or the solved budgets of any other."""
    orders = [stored_order(one) for one in solution.orders]
    if solution.nested:
        whole = orders[-1]
        covered = _running(whole.gains if whole.gains is not None else np.zeros(len(whole)))
        tokens = _running(_tokens(workspace)[whole.rows])
        return Line(np.arange(len(covered)), covered, tokens, knee=knee(covered))
    sums = [0 if one.gains is None else int(one.gains.sum()) for one in orders]
    spent = [int(_tokens(workspace)[one.rows].sum()) for one in orders]
    sizes = [len(one) for one in orders]
    return Line(np.array(sizes), np.array(sums), np.array(spent), dots=True)


def random_lines(workspace: Workspace) -> tuple[Line, ...]:
    """Random rows of several seeds, each over the whole pool or its first FURTHEST rows."""
    sets, tokens = open_features(workspace).sets, _tokens(workspace)
    return tuple(
        Line(np.arange(len(rows) + 1), _with_zero(coverage_curve(sets, rows)),
             _running(tokens[rows]))
        for rows in (order[:FURTHEST] for order in random_orders(workspace))
    )  # fmt: skip


def longest_line(workspace: Workspace) -> Line:
    """The longest responses first, as far as chance is followed."""
    n_rows = min(int(in_use(workspace, "pool").notes["n_rows"]), FURTHEST)
    order = solve(workspace, Request("longest", Budget("rows", n_rows))).order
    tokens = _running(_tokens(workspace)[order.rows])
    covered = _running(order.gains if order.gains is not None else np.zeros(len(order)))
    return Line(np.arange(len(covered)), covered, tokens)


def mean_at(lines: Sequence[Line], budget: int) -> float:
    """Mean over seeds of what so many random rows cover."""
    return float(np.mean([one.at(budget) or 0 for one in lines]))


def mean_at_tokens(lines: Sequence[Line], tokens: int) -> float:
    """Mean over seeds of what random rows with so many tokens cover."""
    return float(np.mean([one.at_tokens(tokens) for one in lines]))


def band(lines: Sequence[Line], most: int, *, by: str) -> Band:
    """Mean and range over seeds up to `most` rows or tokens."""
    x = _grid(most)
    heights = np.stack([np.interp(x, getattr(one, by), one.covered) for one in lines])
    return Band(x, heights.mean(axis=0), heights.min(axis=0), heights.max(axis=0))


def drawn(whole: Line, most: int, *, by: str) -> tuple[Series, Series]:
    """A line as few points, up to `most` rows or tokens: even steps and even ratios."""
    along = np.asarray(getattr(whole, by), dtype=np.float64)
    if whole.dots:
        inside = along <= most
        return along[inside], whole.covered[inside].astype(np.float64)
    x = _grid(min(most, int(along[-1])))
    return x, np.interp(x, along, whole.covered)


def rows_drawn(lines: Sequence[Line], budget: int | None, whole: Line) -> int:
    """Rows up to which a chart goes: twice the budget, or without one all that was solved."""
    end = int(whole.rows[-1])
    solved = max((int(one.rows[-1]) for one in lines), default=end)
    return min(solved if budget is None else max(2 * budget, 1), end)


def most_drawn(lines: Sequence[Line], n_rows: int, *, by: str) -> int:
    """Where the axis ends: at so many rows, or at the tokens that these orders spend on them."""
    if by == "rows":
        return n_rows
    ends = [int(np.interp(n_rows, one.rows, one.tokens)) for one in lines]
    return max([1, *ends])


def place_of(line: Line | None, budget: int | None, *, by: str) -> int | None:
    """Where a budget stands on the axis of a chart, along the order in use."""
    if line is None or budget is None or by == "rows":
        return budget
    return int(np.interp(budget, line.rows, line.tokens))


def _grid(most: int) -> Series:
    even = np.linspace(0, most, N_DRAWN)
    ratio = np.geomspace(1, max(most, 1), N_DRAWN)
    return np.unique(np.concatenate([even, ratio]).round())


def _tokens(workspace: Workspace) -> Rows:
    return np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)


def _running(steps: NDArray[Any]) -> Rows:
    return _with_zero(np.cumsum(steps, dtype=np.int64))


def _with_zero(curve: Rows) -> Rows:
    return np.concatenate([[0], curve]).astype(np.int64)
