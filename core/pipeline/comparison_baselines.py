"""Random and longest rows of a pool at a budget of rows or tokens, read where they are stored."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import numba
import numpy as np

from core.pipeline.arrays import load_array
from core.pipeline.random_rows import random_orders
from core.pipeline.selection import version_of
from core.pipeline.solutions import PLAIN
from core.pipeline.views import in_use, open_readings, selection_view
from core.records import Rows
from core.select import select
from core.select.budget import Budget
from core.workspace import Workspace

BASELINES = ("random", "longest")


Asked = tuple[str, Budget]


def baseline(workspace: Workspace, name: str, budget: Budget) -> Rows:
    """Random rows (seed 0) or the longest responses, for a budget in rows or tokens.

    Nothing is stored: a share bundle can be compared too.
    """
    return baselines(workspace, [(name, budget)])[name, budget]


def baselines(workspace: Workspace, asked: Collection[Asked]) -> dict[Asked, Rows]:
    """Several of them at several budgets; what they are read from is opened once."""
    stored = {name: _stored_baseline(workspace, name) for name in {name for name, _ in asked}}
    needs_tokens = any(budget.kind == "tokens" for _, budget in asked)
    tokens = tokens_of(workspace) if needs_tokens else None
    return {
        (name, budget): _at_rows(workspace, name, budget, stored[name])
        if tokens is None or budget.kind == "rows"
        else _at_tokens(workspace, name, budget, stored[name], tokens)
        for name, budget in asked
    }


def fitting(order: Rows, tokens: Rows, limit: int) -> Rows:
    """The rows of an order that fit into so many tokens: one that does not fit is skipped."""
    return order[_fit(tokens[order], limit)]


def tokens_of(workspace: Workspace) -> Rows:
    """Tokens of each row, (n_rows,); WorkspaceError where no model has read them."""
    return np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)


def _at_rows(workspace: Workspace, name: str, budget: Budget, stored: Rows | None) -> Rows:
    n_rows = int(budget.value)
    far = stored is not None and len(stored) >= n_rows
    return (stored if far and stored is not None else _whole(workspace, name))[:n_rows]


def _at_tokens(
    workspace: Workspace, name: str, budget: Budget, stored: Rows | None, tokens: Rows
) -> Rows:
    limit = int(budget.value)
    if stored is not None:
        rows = fitting(stored, tokens, limit)
        if limit - int(tokens[rows].sum()) < int(tokens.min()):
            return rows  # nothing further down the order would fit
    return fitting(_whole(workspace, name), tokens, limit)


def _stored_baseline(workspace: Workspace, name: str) -> Rows | None:
    """The furthest plain order of a baseline on the pool in use, where one was kept."""
    plain = {"method": name, **PLAIN}
    found: Rows | None = None
    for one in workspace.artifacts("selection"):
        asked = {k: v for k, v in one.config.items() if k not in ("config", "reach")}
        same = asked == plain and one.parents.get("pool") == workspace.current().get("pool")
        same = same and one.meta["recipe"]["version"] == version_of(name)
        if same and one.config["reach"]["kind"] == "rows":
            rows = load_array(one.folder, "rows")
            found = rows if found is None or len(rows) > len(found) else found
    return None if found is None else np.asarray(found)


def _whole(workspace: Workspace, name: str) -> Rows:
    """The order of a baseline over the whole pool, made once a process."""
    if name == "random":
        return random_orders(workspace)[0]
    return _longest(str(workspace.root), in_use(workspace, "pool").fingerprint)


@lru_cache(maxsize=2)
def _longest(root: str, pool: str) -> Rows:
    view = selection_view(Workspace(Path(root)), device="cpu").limited_to(("lengths",))
    return select("longest", view, Budget("rows", view.n_rows)).rows


@numba.njit(cache=True, nogil=True)
def _fit(costs: Rows, limit: int) -> Rows:
    """Positions of what fits, one after the other."""
    kept = np.empty(len(costs), dtype=np.int64)
    count, left = 0, limit
    for at in range(len(costs)):
        if costs[at] <= left:
            kept[count] = at
            count += 1
            left -= costs[at]
    return kept[:count]
