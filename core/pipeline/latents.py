"""One latent for the dashboard: how its values spread over the pool, and who carries it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.pipeline.tables import row_table
from core.pipeline.views import in_use, open_features, open_readings
from core.records import Floats, Rows
from core.sae.statistics import N_BANDS, N_TOP
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

MOST_BINS = 30
BIN_WIDTH = 0.25  # of a power of ten
SHOWN = 200
BANDS = ("strongest", "strong", "middling", "weak", "weakest")


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a latent's rows by value: the strongest, then equally many rows each."""

    number: int  # 0 for the strongest
    name: str
    low: float
    high: float
    n_rows: int


@dataclass(frozen=True, slots=True)
class LatentCard:
    """One latent over the pool; values are rows' maxima over their tokens."""

    latent: int
    n_rows: int  # rows that have it
    density: float  # share of the pool
    maximum: float
    mean: float  # over the rows that have it
    edges: Floats  # (n_bins + 1,), of the histogram
    counts: NDArray[np.int64]  # (n_bins,), rows in each bin
    chosen_counts: NDArray[np.int64]  # (n_bins,), chosen rows in each bin
    bands: tuple[Band, ...]
    n_chosen: int  # chosen rows that have it
    sole: int | None  # the one chosen row that has it, where it is one


@dataclass(frozen=True, slots=True)
class DensityBins:
    """Latents by density, in bins of equal width on a log scale."""

    edges: tuple[float, ...]  # log10 of the share of rows
    counts: NDArray[np.int64]  # latents in each bin


@dataclass(frozen=True, slots=True)
class FeatureNumbers:
    """How many latents there are, fire on the pool, and are covered by the subset."""

    n_latents: int
    n_reachable: int
    n_covered: int | None

    @property
    def n_dead(self) -> int:
        """Latents that no row of the pool has."""
        return self.n_latents - self.n_reachable


def feature_numbers(workspace: Workspace, chosen: Selection | None) -> FeatureNumbers:
    """Counts over all latents of the features in use."""
    notes = in_use(workspace, "features").notes
    covered = None if chosen is None or chosen.gains is None else int(chosen.gains.sum())
    return FeatureNumbers(notes["n_latents"], notes["n_reachable"], covered)


def density_bins(workspace: Workspace) -> DensityBins:
    """The latents that fire at all, by the share of rows that have them.

    The first bin begins at or below the share of one row.
    """
    features = open_features(workspace)
    density = np.asarray(features.statistics.density, dtype=np.float64)
    floor = np.floor(np.log10(1 / max(features.sets.n_rows, 1)) / BIN_WIDTH) * BIN_WIDTH
    edges = np.arange(round(-floor / BIN_WIDTH) + 1) * BIN_WIDTH + floor
    counts, _ = np.histogram(np.log10(density[density > 0]), bins=edges)
    return DensityBins(tuple(edges.tolist()), counts.astype(np.int64))


def latent_card(workspace: Workspace, latent: int, chosen: Selection | None = None) -> LatentCard:
    """The dashboard's numbers of one latent; RequestError when no row of the pool has it."""
    features = open_features(workspace)
    if not 0 <= latent < features.sets.n_features:
        raise RequestError(
            f"there is no latent {latent}; this SAE has 0 to {features.sets.n_features - 1}"
        )
    rows, values = latent_values(workspace, latent)
    if not len(values):
        raise RequestError(f"latent {latent} fires on no row of this pool")
    counts, edges = np.histogram(values, bins=_n_bins(len(values)))
    carriers = _carriers(workspace, latent, chosen)
    chosen_values = values[np.isin(rows, carriers)]
    return LatentCard(
        latent=latent,
        n_rows=len(values),
        density=len(values) / max(features.sets.n_rows, 1),
        maximum=float(values.max()),
        mean=float(values.mean()),
        edges=edges.astype(np.float32),
        counts=counts.astype(np.int64),
        chosen_counts=np.histogram(chosen_values, bins=edges)[0].astype(np.int64),
        bands=_bands(values),
        n_chosen=len(carriers),
        sole=int(carriers[0]) if len(carriers) == 1 else None,
    )


def latent_values(workspace: Workspace, latent: int) -> tuple[Rows, Floats]:
    """Rows that have the latent, ascending, and its value on each."""
    codes = open_readings(workspace).codes
    if codes is None or codes.values is None:
        raise RequestError("the readings in use hold no codes; extract again with an SAE")
    found = np.flatnonzero(np.asarray(codes.indices) == latent)
    rows = np.searchsorted(codes.indptr, found, side="right").astype(np.int64) - 1
    values = np.asarray(codes.values)[found].astype(np.float32)
    strong = values > in_use(workspace, "features").notes["threshold"]["theta"]
    return rows[strong], values[strong]


def carrier_table(workspace: Workspace, latent: int, chosen: Selection) -> pd.DataFrame:
    """Chosen rows that have the latent, in pick order, with its value on each; at most SHOWN."""
    rows, values = latent_values(workspace, latent)
    carriers = _carriers(workspace, latent, chosen)[:SHOWN]
    table = row_table(workspace, carriers, chosen=chosen)
    table.insert(2, "value", values[np.searchsorted(rows, carriers)])
    return table


def _n_bins(n_rows: int) -> int:
    return min(MOST_BINS, max(6, math.isqrt(n_rows)))


def _carriers(workspace: Workspace, latent: int, chosen: Selection | None) -> Rows:
    """Chosen rows that have the latent, in pick order."""
    if chosen is None:
        return np.empty(0, dtype=np.int64)
    having = open_features(workspace).sets.columns.row(latent).astype(np.int64)
    return chosen.rows[np.isin(chosen.rows, having)]


def _bands(values: Floats) -> tuple[Band, ...]:
    """The strongest N_TOP rows, then N_BANDS of equally many rows, as the top examples have."""
    falling = np.sort(values)[::-1]
    below = falling[N_TOP:]
    parts = [falling[:N_TOP]]
    for band in range(N_BANDS):
        parts.append(below[len(below) * band // N_BANDS : len(below) * (band + 1) // N_BANDS])
    return tuple(
        Band(number, BANDS[number], float(part[-1]), float(part[0]), len(part))
        for number, part in enumerate(parts)
        if len(part)
    )
