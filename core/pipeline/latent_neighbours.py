"""Latents beside one: those that write alike, and those that the same rows have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import RequestError
from core.pipeline.latent_map import directions
from core.pipeline.marks import marks
from core.pipeline.views import open_features
from core.records import Rows
from core.sae.together import together
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20


@dataclass(frozen=True, slots=True)
class LatentNeighbours:
    """The latents nearest to one, in two senses; dead ones are left out.

    `alike`: latent, label, cosine, rows, together (rows with both).
    `together`: latent, label, rows, together, jaccard, lift (1 is chance), pmi (log2 of lift).
    """

    latent: int
    alike: pd.DataFrame
    together: pd.DataFrame


def latent_neighbours(workspace: Workspace, latent: int, n: int = SHOWN) -> LatentNeighbours:
    """The `n` nearest by cosine of decoder directions and the `n` most often met in one row.

    Co-occurring ones are ordered by Jaccard, which rare pairs do not win by chance as they do by
    lift. RequestError for a latent that does not exist.
    """
    import pandas as pd

    sets = open_features(workspace).sets
    if not 0 <= latent < sets.n_features:
        raise RequestError(f"there is no latent {latent}; this SAE has 0 to {sets.n_features - 1}")
    carriers, met = sets.columns.lengths(), together(sets, latent)
    cosines = directions(workspace).cosines(latent)
    cosines[(carriers == 0) | (np.arange(len(cosines)) == latent)] = -np.inf
    near = np.lexsort((np.arange(len(cosines)), -cosines))[:n]
    near = near[np.isfinite(cosines[near])]
    often = met.best(n)
    with np.errstate(divide="ignore"):
        pmi = np.log2(met.lift)
    return LatentNeighbours(
        latent,
        pd.DataFrame(
            {
                "latent": near,
                "label": names_of(workspace, near),
                "cosine": cosines[near],
                "rows": carriers[near],
                "together": met.both[near],
            }
        ),
        pd.DataFrame(
            {
                "latent": often,
                "label": names_of(workspace, often),
                "rows": carriers[often],
                "together": met.both[often],
                "jaccard": met.jaccard[often],
                "lift": met.lift[often],
                "pmi": pmi[often],
            }
        ),
    )


def names_of(workspace: Workspace, latents: Rows) -> list[str]:
    """The labels that people gave these latents, '' where none."""
    known = marks(workspace).latents
    return [known[int(one)].label if int(one) in known else "" for one in latents]
