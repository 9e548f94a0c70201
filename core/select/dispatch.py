"""The one door to every method: check the request, show the view, call, check the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.errors import RequestError
from core.options import as_values, configure
from core.records import Progress, Rows, silent
from core.select.base import SELECTORS, Selector
from core.select.budget import Budget, resolve
from core.select.carriers import new_features
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.selection import Picks, Selection
from core.select.tokens import Solve, TokenLimit, along_order, whole_answer
from core.select.view import READINGS, View

DEFAULT_SEED = 42


def select(
    method: str,
    view: View,
    budget: Budget,
    config_values: Mapping[str, Any] | None = None,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = DEFAULT_SEED,
    progress: Progress = silent,
) -> Selection:
    """Choose a subset of a pool with a registered method.

    Raises RequestError when the method, an option, the budget, a constraint or a missing reading
    makes the request impossible; ValueError when a selector breaks its contract.
    """
    entry = SELECTORS.get(method)
    config: Any = configure(entry.config, config_values or {})
    limits = constraints.checked(view.n_rows)
    _check_readings(entry, view, budget)
    _check_honoured(entry, limits)

    def solve(rows: int) -> Picks:
        shown = view.limited_to((*entry.needs, *entry.uses))
        picks = entry.choose(shown, rows, config, constraints=limits, seed=seed, progress=progress)
        _check_answer(entry.name, picks, rows, n_rows=view.n_rows, constraints=limits)
        return picks

    picks, nested = _solved(entry, view, budget, solve=solve, constraints=limits)
    return Selection(
        rows=picks.rows,
        gains=new_features(view.codes, picks.rows) if view.offers("codes") else None,
        round_starts=picks.round_starts,
        method=method,
        config=as_values(config),
        n_pinned=len(limits.pinned),
        nested=nested,
        explains=picks.explains,
        notes=picks.notes,
    )


def _check_readings(entry: Selector[Any], view: View, budget: Budget) -> None:
    wanted = [*entry.needs, *(["tokens"] if budget.kind == "tokens" else [])]
    missing = [READINGS[name] for name in wanted if not view.offers(name)]
    if missing:
        what = f"method {entry.name!r}" if budget.kind != "tokens" else "this request"
        raise RequestError(
            f"{what} needs {' and '.join(missing)}, which this pool does not have yet"
        )


def _check_honoured(entry: Selector[Any], constraints: Constraints) -> None:
    for name in constraints.given():
        if name not in entry.honours:
            able = [one for one in SELECTORS if name in SELECTORS.get(one).honours]
            hint = f"choose from {', '.join(able)}" if able else "no method here can"
            raise RequestError(
                f"method {entry.name!r} cannot honour {name.replace('_', ' ')}; {hint}"
            )


def _solved(
    entry: Selector[Any], view: View, budget: Budget, *, solve: Solve, constraints: Constraints
) -> tuple[Picks, bool]:
    """The picks, and whether their prefixes are answers too."""
    if budget.kind == "tokens":
        limit = TokenLimit(int(budget.value), view.tokens, constraints).checked()
        return along_order(solve, limit) if entry.nested else whole_answer(solve, limit)
    rows = resolve(
        budget,
        n_rows=view.n_rows,
        n_forbidden=len(constraints.forbidden),
        n_pinned=len(constraints.pinned),
    )
    return solve(rows), entry.nested


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


def _ascending(starts: Rows, budget: int) -> bool:
    return bool(
        len(starts) > 0 and starts[0] == 0 and starts[-1] < budget and (np.diff(starts) > 0).all()
    )
