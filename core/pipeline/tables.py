"""Tables that pages lay out: rows, clusters and latents, each beside the chosen subset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.data.pool import Pool
from core.pipeline.cluster_edits import edited
from core.pipeline.views import open_features, open_labels, open_pool
from core.records import Rows
from core.select.carriers import gathered, sole_carriers
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

PREVIEW = 160  # characters of an example shown in a table
HALF_ROW = 0.5


def row_table(workspace: Workspace, rows: Rows, *, chosen: Selection | None = None) -> pd.DataFrame:
    """One line an example: id, preview, source, words, cluster, and its place in the subset."""
    import pandas as pd

    pool = open_pool(workspace)
    table: dict[str, Any] = {
        "row": rows,
        "id": [pool.table["id"][int(row)].as_py() for row in rows],
        "example": previews(pool, rows),
        "source": pool.column("source")[rows],
        "response words": pool.column("n_response_words")[rows].astype(np.int64),
    }
    if "clusters" in workspace.current():
        table["cluster"] = cluster_labels(workspace)[rows]
    if chosen is not None:
        table["pick"] = pd.array(_pick_numbers(chosen, rows, pool.n_rows), dtype="Int64")
    return pd.DataFrame(table)


def previews(pool: Pool, rows: Rows) -> list[str]:
    """The beginnings of examples on one line each."""
    texts = pool.texts(np.asarray(rows, dtype=np.int64))
    return [" ".join(text.split())[:PREVIEW] for text in texts]


def cluster_labels(workspace: Workspace, role: str = "clusters") -> Any:
    """The name of each row's cluster, (n_rows,) of text; 'noise' where it has none."""
    names = [*edited(workspace, role).names, "noise"]
    return np.array(names, dtype=object)[open_labels(workspace, role)]


def cluster_table(
    workspace: Workspace, chosen: Selection | None, role: str = "clusters"
) -> pd.DataFrame:
    """One line a cluster: name, rows, and its share of the subset against its share of the pool.

    Clusters that were merged by hand count as one. `log2 ratio` is that of `log_ratios`.
    """
    import pandas as pd

    known = edited(workspace, role)
    numbers, sizes, n_rows = known.numbers, known.sizes(), max(len(known.labels), 1)
    table: dict[str, Any] = {
        "cluster": numbers,
        "name": [known.names[number] for number in numbers],
        "rows": sizes[numbers],
        "share of pool": sizes[numbers] / n_rows,
    }
    if chosen is not None:
        picked = known.labels[chosen.rows]
        counts = np.bincount(picked[picked >= 0], minlength=len(sizes))[numbers]
        table["chosen"] = counts
        table["share of subset"] = counts / max(len(chosen), 1)
        table["representation"] = table["share of subset"] / table["share of pool"]
        expected = len(chosen) * table["share of pool"]
        table["log2 ratio"] = log_ratios(counts, expected)
    return pd.DataFrame(table).sort_values(
        "rows", ascending=False, kind="stable", ignore_index=True
    )


def log_ratios(counts: Rows, expected: Any) -> NDArray[np.float64]:
    """log2 of chosen rows by the rows that its share of the pool would give, a cluster.

    0 is as in the pool, 1 twice and -1 half as many. Half a row is added on both sides, so that
    a cluster without a chosen row has a number too, the smaller the more rows it should have had.
    """
    ratios: NDArray[np.float64] = np.log2((counts + HALF_ROW) / (expected + HALF_ROW))
    return ratios


def latent_table(workspace: Workspace, chosen: Selection | None) -> pd.DataFrame:
    """One line a live latent: density, maximum, rows that have it, and chosen rows among them."""
    import pandas as pd

    features = open_features(workspace)
    carriers = features.sets.columns.lengths()
    live = np.flatnonzero(carriers > 0)
    table: dict[str, Any] = {
        "latent": live,
        "rows": carriers[live],
        "density": np.asarray(features.statistics.density)[live],
        "maximum": np.asarray(features.statistics.maximum)[live],
        "mean": np.asarray(features.statistics.mean)[live],
    }
    if chosen is not None:
        held, _ = gathered(features.sets.rows, chosen.rows)
        counts = np.bincount(held, minlength=features.sets.n_features)[live]
        table["chosen"] = counts
        table["covered"] = counts > 0
        table["sole carrier"] = sole_carriers(features.sets, chosen.rows)[live] >= 0
    return pd.DataFrame(table).sort_values("rows", ascending=False, ignore_index=True)


def _pick_numbers(chosen: Selection, rows: Rows, n_rows: int) -> list[int | None]:
    """Each row's place in the subset from 1, or None where it is not chosen."""
    place = np.full(n_rows, -1, dtype=np.int64)
    place[chosen.rows] = np.arange(len(chosen))
    return [int(at) + 1 if at >= 0 else None for at in place[rows]]
