"""What each latent does over the pool: how often it fires, how strongly, and where most."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from core.records import Csr, Floats, Ids, Pointers, Rows
from core.sparse import transpose

N_TOP = 20
N_BANDS = 4
N_EACH = 5


@dataclass(frozen=True, slots=True)
class LatentStatistics:
    """One entry a latent; values are rows' maxima over tokens."""

    density: Floats  # (n_latents,): share of rows that have it
    maximum: Floats  # (n_latents,): 0 where it never fires
    mean: Floats  # (n_latents,): over the rows that have it; 0 where none has

    @property
    def dead_share(self) -> float:
        """Share of latents that no row of the pool has."""
        return float((self.density == 0).mean())


@dataclass(frozen=True, slots=True)
class TopExamples:
    """Where each latent fires: its strongest rows, and a few from every band below.

    The bands hold equally many of the remaining rows, strongest first. -1 fills what is absent.
    """

    top_rows: Rows  # (n_latents, N_TOP)
    top_values: Floats  # (n_latents, N_TOP)
    band_rows: Rows  # (n_latents, N_BANDS, N_EACH)
    band_values: Floats  # (n_latents, N_BANDS, N_EACH)

    def rows(self) -> Rows:
        """Every row shown for any latent, ascending, once: what a second pass must read."""
        shown = np.unique(np.concatenate([self.top_rows.ravel(), self.band_rows.ravel()]))
        return shown[shown >= 0]


def latent_statistics(codes: Csr) -> LatentStatistics:
    """Density, maximum and mean activation of each latent of `codes` (n_rows, n_latents)."""
    if codes.values is None:
        raise ValueError("statistics need stored values")
    values = codes.values.astype(np.float32)
    counts = np.bincount(codes.indices, minlength=codes.n_columns)
    sums = np.bincount(codes.indices, weights=values, minlength=codes.n_columns)
    maximum = np.zeros(codes.n_columns, dtype=np.float32)
    np.maximum.at(maximum, codes.indices, values)
    return LatentStatistics(
        density=(counts / max(codes.n_rows, 1)).astype(np.float32),
        maximum=maximum,
        mean=(sums / np.maximum(counts, 1)).astype(np.float32),
    )


def top_examples(codes: Csr) -> TopExamples:
    """Each latent's strongest rows, by code then row number, and rows from the bands below."""
    columns = transpose(codes)
    if columns.values is None:
        raise ValueError("top examples need stored values")
    n_latents = codes.n_columns
    top_rows = np.full((n_latents, N_TOP), -1, dtype=np.int64)
    top_values = np.zeros((n_latents, N_TOP), dtype=np.float32)
    band_rows = np.full((n_latents, N_BANDS, N_EACH), -1, dtype=np.int64)
    band_values = np.zeros((n_latents, N_BANDS, N_EACH), dtype=np.float32)
    values = columns.values.astype(np.float32)
    _fill_top(columns.indptr, columns.indices, values, top_rows, top_values)
    _fill_bands(columns.indptr, columns.indices, values, band_rows, band_values)
    return TopExamples(top_rows, top_values, band_rows, band_values)


@numba.njit(cache=True)
def _fill_top(
    indptr: Pointers, indices: Ids, values: Floats, rows: Rows, strengths: Floats
) -> None:
    for latent in range(len(indptr) - 1):
        start, end = indptr[latent], indptr[latent + 1]
        order = np.argsort(-values[start:end], kind="mergesort")  # stable: ties by row
        for place in range(min(len(order), rows.shape[1])):
            rows[latent, place] = indices[start + order[place]]
            strengths[latent, place] = values[start + order[place]]


@numba.njit(cache=True)
def _fill_bands(
    indptr: Pointers, indices: Ids, values: Floats, rows: Rows, strengths: Floats
) -> None:
    n_bands, n_each = rows.shape[1], rows.shape[2]
    for latent in range(len(indptr) - 1):
        start, end = indptr[latent], indptr[latent + 1]
        order = np.argsort(-values[start:end], kind="mergesort")[N_TOP:]
        for band in range(n_bands):
            first = len(order) * band // n_bands
            size = len(order) * (band + 1) // n_bands - first
            for place in range(min(size, n_each)):
                at = start + order[first + place * size // min(size, n_each)]
                rows[latent, band, place] = indices[at]
                strengths[latent, band, place] = values[at]
