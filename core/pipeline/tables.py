"""Tables that pages lay out: rows, clusters and latents, each beside the chosen subset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.pool import Pool
from core.pipeline.views import in_use, open_features, open_labels, open_pool
from core.records import Rows
from core.select.carriers import gathered, sole_carriers
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

PREVIEW = 160  # characters of an example shown in a table


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
    names = [*in_use(workspace, role).notes["names"], "noise"]
    return np.array(names, dtype=object)[open_labels(workspace, role)]


def cluster_table(
    workspace: Workspace, chosen: Selection | None, role: str = "clusters"
) -> pd.DataFrame:
    """One line a cluster: name, rows, and its share of the subset against its share of the pool."""
    import pandas as pd

    notes = in_use(workspace, role).notes
    labels = np.asarray(open_labels(workspace, role))
    n_clusters = notes["n_clusters"]
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    table: dict[str, Any] = {
        "cluster": np.arange(n_clusters),
        "name": notes["names"],
        "rows": sizes,
        "share of pool": sizes / max(len(labels), 1),
    }
    if chosen is not None:
        picked = labels[chosen.rows]
        counts = np.bincount(picked[picked >= 0], minlength=n_clusters)
        table["chosen"] = counts
        table["share of subset"] = counts / max(len(chosen), 1)
        table["representation"] = table["share of subset"] / table["share of pool"]
    return pd.DataFrame(table)


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
