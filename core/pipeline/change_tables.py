"""The rows of a change as tables: what those bring that came, what those cost that went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.pipeline.changes import Change
from core.pipeline.tables import previews
from core.pipeline.views import open_pool
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def rows_in_table(workspace: Workspace, change: Change, most: int = 200) -> pd.DataFrame:
    """The first new rows in pick order. Columns: brings (where there are codes), row, example."""
    import pandas as pd

    rows = change.rows_in[:most]
    table: dict[str, Any] = {}
    if change.coverage is not None:
        table["brings"] = change.coverage.brings[:most]
    return pd.DataFrame(table | {"row": rows, "example": previews(open_pool(workspace), rows)})


def rows_out_table(workspace: Workspace, change: Change, most: int = 200) -> pd.DataFrame:
    """The rows that left, those first that alone brought most.

    Columns: alone brought, still missing and its row's heir (where there are codes), row, example.
    """
    import pandas as pd

    rows, cover = change.rows_out, change.coverage
    table: dict[str, Any] = {}
    kept = np.arange(len(rows))
    if cover is not None:
        kept = np.lexsort((kept, -cover.missed, -cover.cost))
        table["alone brought"] = cover.cost[kept[:most]]
        table["still missing"] = cover.missed[kept[:most]]
        heirs = cover.heirs[kept[:most]].tolist()
        table["mostly brought now by row"] = pd.array(
            [None if one < 0 else one for one in heirs], dtype="Int64"
        )
    rows = rows[kept[:most]]
    return pd.DataFrame(table | {"row": rows, "example": previews(open_pool(workspace), rows)})
