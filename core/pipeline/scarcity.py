"""Latents that hang on few rows: on one of the subset, or on one, two or three of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.latent_colouring import chosen_counts
from core.pipeline.latent_neighbours import names_of
from core.pipeline.tables import previews
from core.pipeline.views import open_features, open_pool
from core.select.carriers import sole_carriers
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

FEW = (1, 2, 3)
SHOWN = 2_000


def sole_latents(workspace: Workspace, chosen: Selection, *, most: int = SHOWN) -> pd.DataFrame:
    """Latents that exactly one chosen row has, with that row: without it they are lost.

    Columns: latent, label, rows (of the pool), row, id, example; rarest first.
    """
    import pandas as pd

    sets, pool = open_features(workspace).sets, open_pool(workspace)
    owners = sole_carriers(sets, chosen.rows)
    latents = np.flatnonzero(owners >= 0)
    carriers = sets.columns.lengths()
    latents = latents[np.argsort(carriers[latents], kind="stable")][:most]
    rows, ids = owners[latents], pool.ids()
    return pd.DataFrame(
        {
            "latent": latents,
            "label": names_of(workspace, latents),
            "rows": carriers[latents],
            "row": rows,
            "id": [ids[row] for row in rows.tolist()],
            "example": previews(pool, rows),
        }
    )


def scarcity(workspace: Workspace, chosen: Selection | None = None) -> pd.DataFrame:
    """How many latents 1, 2 and 3 rows of the pool have, and how many of these are covered.

    Columns: rows, latents, and covered where there is a subset.
    """
    import pandas as pd

    features = open_features(workspace)
    carriers = features.sets.columns.lengths()
    table = {"rows": list(FEW), "latents": [int((carriers == n).sum()) for n in FEW]}
    if chosen is not None:
        held = chosen_counts(features, chosen) > 0
        table["covered"] = [int((held & (carriers == n)).sum()) for n in FEW]
    return pd.DataFrame(table)


def scarce_latents(
    workspace: Workspace, n_rows: int, chosen: Selection | None = None, *, most: int = SHOWN
) -> pd.DataFrame:
    """The latents that exactly `n_rows` rows of the pool have.

    Columns: latent, label, maximum, carriers (row numbers as text), and chosen (carriers that
    are chosen) where there is a subset; strongest first.
    """
    import pandas as pd

    features = open_features(workspace)
    found = np.flatnonzero(features.sets.columns.lengths() == n_rows)
    strength = np.asarray(features.statistics.maximum)
    latents = found[np.argsort(-strength[found], kind="stable")][:most]
    held = [features.sets.columns.row(latent) for latent in latents.tolist()]
    table = {
        "latent": latents,
        "label": names_of(workspace, latents),
        "maximum": strength[latents],
        "carriers": [", ".join(str(row) for row in rows.tolist()) for rows in held],
    }
    if chosen is not None:
        table["chosen"] = chosen_counts(features, chosen)[latents]
    return pd.DataFrame(table)
