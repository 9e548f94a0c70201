"""One answer of a selector within every constraint: prepared, checked, led round a dead end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core.errors import RequestError
from core.records import Rows
from core.select import meeting
from core.select.constraints import Constraints, Side
from core.select.limits import Limits
from core.select.quotas import check_sides, reachable, sides_of
from core.select.selection import Picks
from core.select.view import View

Choose = Callable[[Constraints], Picks]


def most_rows(constraints: Constraints, view: View) -> int:
    """Rows that each constraint alone leaves, the fewest of them; quotas are absolute here."""
    free = np.ones(view.n_rows, dtype=np.bool_)
    free[constraints.forbidden] = False
    sides = sides_of(constraints, view, 1)
    return min([int(free.sum()), *(reachable(one, free, constraints.pinned) for one in sides)])


def check_limits(constraints: Constraints, view: View, budget: int) -> tuple[Side, ...]:
    """Groups and quotas for so many rows; RequestError for one that alone cannot be met."""
    sides = sides_of(constraints, view, budget)
    check_sides(constraints, sides, n_rows=view.n_rows, n=budget)
    return sides


def within_limits(
    name: str, choose: Choose, constraints: Constraints, *, view: View, budget: int
) -> Picks:
    """The picks of a selector for so many rows, with every constraint met.

    Raises RequestError naming the constraint in the way; ValueError when the selector breaks its
    contract.
    """
    sides = check_limits(constraints, view, budget)
    bound = replace(constraints, sides=sides)
    picks = choose(bound)
    if len(picks.rows) < budget and sides:
        bound, picks = _round_the_dead_end(choose, bound, picks, n_rows=view.n_rows, budget=budget)
    _check_answer(name, picks, budget, n_rows=view.n_rows, constraints=bound)
    return picks


def _round_the_dead_end(
    choose: Choose, bound: Constraints, picks: Picks, *, n_rows: int, budget: int
) -> tuple[Constraints, Picks]:
    """Choose again by a plan that is known to end, when there is one."""
    quotas = [side for side in bound.sides if side.values]
    free = np.ones(n_rows, dtype=np.bool_)
    free[bound.forbidden] = False
    way = meeting.plan(quotas, free=free, pinned=bound.pinned, n=budget) if quotas else None
    if way is None:
        culprits = meeting.in_the_way(quotas, free=free, pinned=bound.pinned, n=budget)
        raise RequestError(_cannot_be_met(bound.sides, culprits, len(picks.rows), budget))
    planned = replace(bound, sides=(*bound.sides, way))
    again = choose(planned)
    if len(again.rows) < budget:
        raise RequestError(_cannot_be_met(bound.sides, [], len(again.rows), budget))
    note = "quotas on several columns met by fixing the rows of each combination of their values"
    return planned, replace(again, notes=(*again.notes, note))


def _cannot_be_met(
    sides: Sequence[Side], culprits: Sequence[str], reached: int, budget: int
) -> str:
    names = list(culprits) or [side.name for side in sides]
    return (
        f"{' and '.join(side.name for side in sides)} cannot be met together by {budget} rows "
        f"(stopped at {reached}); loosen {' or '.join(names)}, or ask for fewer rows"
    )


def _check_answer(
    name: str, picks: Picks, budget: int, *, n_rows: int, constraints: Constraints
) -> None:
    """Refuse an answer that breaks the contract: a fault of the selector, not of the person."""
    rows = picks.rows
    faults = {
        f"{len(rows)} rows instead of {budget}": len(rows) != budget,
        "a row outside the pool": len(rows) and not 0 <= rows.min() <= rows.max() < n_rows,
        "a row twice": len(np.unique(rows)) != len(rows),
        "a pinned row left out": not np.isin(constraints.pinned, rows).all(),
        "a forbidden row": np.isin(constraints.forbidden, rows).any(),
        "rounds that do not start at 0 and ascend": not _ascending(picks.round_starts, budget),
        "an explanation of another length": any(
            len(one) != budget for one in picks.explains.values() if isinstance(one, np.ndarray)
        ),
    }
    for fault, found in faults.items():
        if found:
            raise ValueError(f"selector {name!r} returned {fault}")
    _check_limits(name, rows, n_rows=n_rows, constraints=constraints)


def _check_limits(name: str, rows: Rows, *, n_rows: int, constraints: Constraints) -> None:
    """Follow the picks: each one that is not pinned has to be free when its turn comes."""
    if not constraints.sides:
        return
    limits = Limits.of(constraints, n_rows=n_rows, budget=len(rows))
    pinned = np.isin(rows, constraints.pinned)
    limits.take(rows[pinned])
    followed = limits.walk(rows[~pinned], len(rows))
    if len(followed) < int((~pinned).sum()):
        raise ValueError(f"selector {name!r} broke {constraints.sides[0].name}")


def _ascending(starts: Rows, budget: int) -> bool:
    return bool(
        len(starts) > 0 and starts[0] == 0 and starts[-1] < budget and (np.diff(starts) > 0).all()
    )
