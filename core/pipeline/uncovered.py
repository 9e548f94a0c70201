"""What the subset lacks and could have: uncovered latents, and the rows that would bring them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import RequestError
from core.pipeline.lack import Lack
from core.pipeline.latent_neighbours import names_of
from core.pipeline.tables import previews
from core.pipeline.views import open_pool
from core.records import Rows
from core.select.constraints import Constraints
from core.select.greedy import GreedyEngine, weighed
from core.select.limits import Limits
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Latents that rows of the pool have and the subset does not.

    `table`: latent, label, rows, density, best row, best id, brings (uncovered latents that the
    best row has); most carriers first.
    """

    n_reachable: int
    n_uncovered: int  # those that count: muted ones are left out
    n_muted: int  # uncovered latents that are muted
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class BestRow:
    """The row to add for one latent: of those that have it, the one that brings most."""

    latent: int
    row: int
    id: str
    brings: Rows  # the uncovered latents it has, ascending
    n_candidates: int  # rows that have the latent and may be chosen


def uncovered(workspace: Workspace, chosen: Selection, *, most: int = SHOWN) -> Uncovered:
    """The uncovered latents with the best row to add for each; O(nnz)."""
    import pandas as pd

    lack = Lack.of(workspace, chosen)
    carriers = lack.sets.columns.lengths()
    latents = np.flatnonzero(lack.wanted)
    latents = latents[np.argsort(-carriers[latents], kind="stable")]
    shown = latents[:most]
    best = lack.best_rows()[shown]
    ids, there = open_pool(workspace).ids(), best >= 0
    table = {
        "latent": shown,
        "label": names_of(workspace, shown),
        "rows": carriers[shown],
        "density": carriers[shown] / max(lack.sets.n_rows, 1),
        "best row": pd.array(np.where(there, best, 0), dtype="Int64"),
        "best id": [ids[row] if row >= 0 else "" for row in best.tolist()],
        "brings": np.where(there, lack.gains[best], 0),
    }
    frame = pd.DataFrame(table)
    frame.loc[~there, "best row"] = pd.NA
    return Uncovered(lack.sets.n_reachable, len(latents), lack.n_muted, frame)


def best_row_to_add(workspace: Workspace, chosen: Selection, latent: int) -> BestRow | None:
    """The row that has `latent` and brings most uncovered latents; None where none may be chosen.

    Ties go to the larger feature set, then to the smaller example id. RequestError for a latent
    that no row of the pool has.
    """
    lack = Lack.of(workspace, chosen)
    if not 0 <= latent < lack.sets.n_features:
        raise RequestError(
            f"there is no latent {latent}; this SAE has 0 to {lack.sets.n_features - 1}"
        )
    having = lack.sets.columns.row(latent).astype(np.int64)
    if not len(having):
        raise RequestError(f"latent {latent} fires on no row of this pool: no row can be added")
    able = having[lack.free[having]]
    if not len(able):
        return None
    row = int(able[np.argmin(lack.places[able])])
    own = lack.sets.rows.row(row)
    brings = own[lack.wanted[own]].astype(np.int64)
    return BestRow(latent, row, open_pool(workspace).ids()[row], brings, len(able))


def rows_to_add(workspace: Workspace, chosen: Selection, n: int = 20) -> pd.DataFrame:
    """The rows that would bring most, one after the other: exact greedy from the subset on.

    Columns: row, id, example, brings (latents new at that step), covered (latents in all after
    it). It ends where nothing new is left. Muted latents do not count, weighted ones by weight.
    """
    import pandas as pd

    lack = Lack.of(workspace, chosen)
    count = max(0, min(n, int(lack.free.sum())))
    limits = Limits.of(
        Constraints(forbidden=np.flatnonzero(lack.forbidden)),
        n_rows=lack.sets.n_rows,
        budget=len(chosen) + count,
    )
    objective = weighed(lack.weights)
    engine = GreedyEngine(lack.sets, limits, id_rank=lack.id_rank, objective=objective)
    engine.take(np.ascontiguousarray(chosen.rows))
    added, _ = engine.pick(count)
    covered, brings = lack.covered.copy(), []
    for row in added:
        own = lack.sets.rows.row(int(row))
        brings.append(int((~covered[own]).sum()))
        covered[own] = True
    pool, ids = open_pool(workspace), open_pool(workspace).ids()
    table: dict[str, Any] = {
        "row": added,
        "id": [ids[row] for row in added.tolist()],
        "example": previews(pool, added),
        "brings": np.array(brings, dtype=np.int64),
        "covered": int(lack.covered.sum()) + np.cumsum(np.array(brings, dtype=np.int64)),
    }
    frame = pd.DataFrame(table)
    return frame[frame["brings"] > 0].reset_index(drop=True)
