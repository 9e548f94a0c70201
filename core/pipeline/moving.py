"""Moving the budget along the order in use: look-ups in tables that are made once an order."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.metrics import OrderTables, PrefixFacts
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features, open_labels, open_pool, open_readings
from core.workspace import Workspace

MOST_VALUES = 200  # a column with more distinct values than this is no category
ROLES = ("pool", "readings", "features", "clusters", "selection")


def facts_at(workspace: Workspace, budget: int) -> PrefixFacts:
    """Coverage, gain, tokens, cluster and column shares of the first rows of the order in use.

    Milliseconds once the order's tables are there. ValueError outside the order.
    """
    return tables_in_use(workspace).at(budget)


def tables_in_use(workspace: Workspace) -> OrderTables:
    """The running sums of the order in use, made once a process."""
    roles = workspace.current()
    used = tuple((role, roles[role]) for role in ROLES if role in roles)
    return _tables(str(workspace.root), used)


def categories(workspace: Workspace) -> dict[str, Any]:
    """Columns of the pool whose values are few enough to be covered, by name."""
    pool = open_pool(workspace)
    named = [one.name for one in pool.columns() if one.kind == "categorical"]
    columns = {name: pool.column(name) for name in named}
    return {
        name: values
        for name, values in columns.items()
        if 1 < len({str(value) for value in values}) <= MOST_VALUES
    }


@lru_cache(maxsize=4)
def _tables(root: str, used: tuple[tuple[str, str], ...]) -> OrderTables:
    workspace, roles = Workspace(Path(root)), dict(used)
    tokens = None
    if "readings" in roles:
        tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    return OrderTables.of(
        stored_order(in_use(workspace, "selection")).rows,
        features=open_features(workspace).sets if "features" in roles else None,
        tokens=tokens,
        clusters=np.asarray(open_labels(workspace)) if "clusters" in roles else None,
        columns=categories(workspace),
    )
