"""The latents of one example: the strongest, what they are called, and whether they are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.pipeline.marks import marks
from core.pipeline.views import open_features, open_readings
from core.select.carriers import gathered
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12


def row_latents(
    workspace: Workspace, row: int, *, chosen: Selection | None = None, most: int = SHOWN
) -> pd.DataFrame:
    """The strongest latents of a row, by its largest activation on the row's tokens.

    Columns: latent, label, value, strength (the value as a share of the latent's maximum over the
    pool), share of the pool that has it, and with a subset, chosen rows that have it. Empty where
    the readings hold no codes.
    """
    import pandas as pd

    codes, features = open_readings(workspace).codes, open_features(workspace)
    if codes is None or codes.values is None:
        return pd.DataFrame({"latent": []})
    span = slice(int(codes.indptr[row]), int(codes.indptr[row + 1]))
    latents = np.asarray(codes.indices[span], dtype=np.int64)
    values = np.asarray(codes.values[span], dtype=np.float32)
    own = np.isin(latents, features.sets.rows.row(row))
    latents, values = latents[own], values[own]
    order = np.lexsort((latents, -values))[:most]
    latents, values = latents[order], values[order]
    peak = np.asarray(features.statistics.maximum)[latents]
    called = marks(workspace)
    table: dict[str, Any] = {
        "latent": latents,
        "label": [called.get("latent", int(one)).label for one in latents],
        "value": values,
        "strength": values / np.maximum(peak, np.finfo(np.float32).tiny),
        "share of pool": np.asarray(features.statistics.density)[latents],
    }
    if chosen is not None:
        held, _ = gathered(features.sets.rows, chosen.rows)
        table["chosen rows"] = np.bincount(held, minlength=features.sets.n_features)[latents]
    return pd.DataFrame(table)
