"""Finding latents: by number, or by a word on whose rows they fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.pools import rows_with
from core.pipeline.tables import latent_table
from core.pipeline.views import open_features, open_pool
from core.select.carriers import gathered
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 2_000
BEST = 100


@dataclass(frozen=True, slots=True)
class FoundLatents:
    """Latents that answer a question: how many, and the first `SHOWN` as a table.

    `n_rows` counts the examples that hold the word asked for; None when no word was asked for.
    """

    n_found: int
    n_rows: int | None
    table: pd.DataFrame


def find_latents(workspace: Workspace, asked: str, chosen: Selection | None) -> FoundLatents:
    """Live latents: all by rows, the one of a number, or those that tell a word's rows apart.

    A word's latents are ordered by F1 = 2 |A ∩ B| / (|A| + |B|), with A the rows that hold the
    word and B the rows that have the latent: 1 when they are the same rows.
    """
    table = latent_table(workspace, chosen)
    asked = asked.strip()
    if asked.isascii() and asked.isdigit():
        table = table[table["latent"] == int(asked)]
    elif asked:
        rows = rows_with(open_pool(workspace), asked)
        hits, _ = gathered(open_features(workspace).sets.rows, rows)
        counts = np.bincount(hits, minlength=open_features(workspace).sets.n_features)
        shared = counts[table["latent"]]
        table.insert(1, "match", 2 * shared / (len(rows) + table["rows"]))
        table = table[shared > 0].sort_values("match", ascending=False, kind="stable").head(BEST)
        return FoundLatents(len(table), len(rows), table.reset_index(drop=True))
    return FoundLatents(len(table), None, table.head(SHOWN).reset_index(drop=True))
