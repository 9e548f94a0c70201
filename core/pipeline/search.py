"""Searching the pool in use from the command line: filters in, ids and previews out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import RequestError
from core.pipeline.filters import Filter, Filtered, filter_title, filtered
from core.pipeline.selection import stored_order
from core.pipeline.tables import previews
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace


def search(workspace: Workspace, filters: Sequence[Filter], *, limit: int) -> dict[str, Any]:
    """How many rows pass all filters, and the first `limit` of them, nearest first where ranked.

    RequestError for no filter at all, and for one that cannot be answered.
    """
    if not filters:
        raise RequestError("say what to look for: --words, --regex, --meaning, --latent or --where")
    if limit < 0:
        raise RequestError(f"--limit is 0 or more; seen {limit}")
    found = filtered(workspace, filters, chosen=chosen_in_use(workspace))
    rows = found.ranked()[:limit]
    pool = open_pool(workspace)
    ids = pool.table["id"]
    return {
        "asked": [filter_title(workspace, one) for one in filters],
        "n_found": len(found.rows),
        "n_rows": pool.n_rows,
        "rows": [
            {
                "row": row,
                "id": ids[row].as_py(),
                **similarity,
                "preview": preview,
            }
            for row, similarity, preview in zip(
                rows.tolist(), _similarities(found, rows), previews(pool, rows), strict=True
            )
        ],
    }


def _similarities(found: Filtered, rows: Rows) -> list[dict[str, float]]:
    """The cosine of each row as a field, or no field where nothing ranks them."""
    if found.scores is None:
        return [{} for _ in rows]
    scores = found.scores[np.searchsorted(found.rows, rows)]
    return [{"similarity": round(float(score), 4)} for score in scores]


def chosen_in_use(workspace: Workspace) -> Selection | None:
    """The subset in use at the budget last asked for, or None."""
    if "selection" not in workspace.current():
        return None
    order = stored_order(in_use(workspace, "selection"))
    budget = workspace.choices().get("budget")
    if not order.nested or budget is None:
        return order
    return order.prefix(min(len(order), max(int(budget), order.n_pinned, 1)))
