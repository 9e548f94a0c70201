"""The one door to every method: check the request, show the view, call, check the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import RequestError
from core.options import as_values, configure
from core.records import Progress, silent
from core.select.base import SELECTORS, Selector
from core.select.budget import Budget, resolve
from core.select.carriers import new_features
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.selection import Picks, Selection
from core.select.tokens import Solve, TokenLimit, along_order, whole_answer
from core.select.view import READINGS, View
from core.select.within import most_rows, within_limits

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
    shown = view.limited_to((*entry.needs, *entry.uses))

    def solve(rows: int) -> Picks:
        def choose(bound: Constraints) -> Picks:
            return entry.choose(
                shown, rows, config, constraints=bound, seed=seed, progress=progress
            )

        return within_limits(entry.name, choose, limits, view=view, budget=rows)

    picks, nested = _solved(entry, view, budget, solve=solve, constraints=limits)
    return Selection(
        rows=picks.rows,
        gains=new_features(view.codes, picks.rows) if view.offers("codes") else None,
        round_starts=picks.round_starts,
        method=method,
        config=as_values(config),
        n_pinned=len(limits.pinned),
        nested=nested and not limits.depends_on_budget,
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
        whole = not entry.nested or constraints.depends_on_budget
        most = view.n_rows - len(constraints.forbidden) if whole else most_rows(constraints, view)
        limit = TokenLimit(int(budget.value), view.tokens, constraints, most).checked()
        return whole_answer(solve, limit) if whole else along_order(solve, limit)
    rows = resolve(
        budget,
        n_rows=view.n_rows,
        n_forbidden=len(constraints.forbidden),
        n_pinned=len(constraints.pinned),
    )
    return solve(rows), entry.nested
