"""Sparse readings as short dense rows, so that neurons and codes are laid out like embeddings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.options import option
from core.records import Csr, Floats, Progress, silent

if TYPE_CHECKING:
    import scipy.sparse

BLOCK = 16_384  # rows weighted at once
OVERSAMPLE = 10  # directions beyond those kept, which make the kept ones exact enough


@dataclass(frozen=True, slots=True)
class ReduceConfig:
    """Truncated singular value decomposition of weighted, normalised rows."""

    n_dimensions: int = option(
        96, "Dimensions in which neighbours are searched.", minimum=2, maximum=1024
    )
    n_iterations: int = option(2, "Power iterations: more come nearer to exact.", minimum=0)
    seed: int = option(0, "Seed of the first directions.", minimum=0)


def reduced(
    rows: Csr, config: ReduceConfig | None = None, *, progress: Progress = silent
) -> Floats:
    """Rows (n, n_columns) as (n, n_dimensions) whose cosines are near those of the weighted rows.

    A value counts by its size times log(n / rows that have the column), as TF-IDF weighs words,
    and every row is scaled to length 1; a row without values stays zero. The decomposition is the
    randomised one of Halko, Martinsson and Tropp (2011), algorithm 4.4. ValueError for rows
    without values.
    """
    config = config or ReduceConfig()
    n_kept = min(config.n_dimensions, rows.n_rows, rows.n_columns)
    width = min(n_kept + OVERSAMPLE, rows.n_rows, rows.n_columns)
    passes = _Passes(rows, 2 + 2 * config.n_iterations, progress)
    start = np.random.default_rng(config.seed).standard_normal((rows.n_columns, width))
    basis = _orthonormal(passes.onto_rows(start.astype(np.float32)))
    for _ in range(config.n_iterations):
        basis = _orthonormal(passes.onto_rows(_orthonormal(passes.onto_columns(basis))))
    small = passes.onto_columns(basis)  # (n_columns, width)
    values, vectors = np.linalg.eigh(small.T.astype(np.float64) @ small)
    order = np.argsort(values)[::-1][:n_kept]
    turned = vectors[:, order] * np.sqrt(np.maximum(values[order], 0))
    return np.ascontiguousarray(basis @ turned.astype(np.float32))


class _Passes:
    """Products of the weighted rows with a few directions, block by block, and how far they are."""

    def __init__(self, rows: Csr, n_passes: int, progress: Progress) -> None:
        self._rows = rows
        self._weights = _weights(rows)
        self._progress = progress
        self._done, self._total = 0, n_passes * rows.n_rows

    def onto_rows(self, directions: Floats) -> Floats:
        """(n_columns, width) to (n_rows, width)."""
        return np.concatenate([block @ directions for _, block in self._blocks()])

    def onto_columns(self, directions: Floats) -> Floats:
        """(n_rows, width) to (n_columns, width)."""
        found = np.zeros((self._rows.n_columns, directions.shape[1]), dtype=np.float32)
        for part, block in self._blocks():
            found += block.T @ directions[part]
        return found

    def _blocks(self) -> Iterator[tuple[slice, scipy.sparse.csr_array]]:
        for start in range(0, self._rows.n_rows, BLOCK):
            part = slice(start, min(start + BLOCK, self._rows.n_rows))
            yield part, _weighted(self._rows, part, self._weights)
            self._done += part.stop - part.start
            self._progress(self._done, self._total, "directions")


def _weights(rows: Csr) -> Floats:
    """log(n / rows that have the column), (n_columns,)."""
    counts = np.zeros(rows.n_columns, dtype=np.int64)
    for start in range(0, rows.n_rows, BLOCK):
        stop = min(start + BLOCK, rows.n_rows)
        held = rows.indices[rows.indptr[start] : rows.indptr[stop]]
        counts += np.bincount(held, minlength=rows.n_columns)
    return np.log(max(rows.n_rows, 1) / np.maximum(counts, 1)).astype(np.float32)


def _weighted(rows: Csr, part: slice, weights: Floats) -> scipy.sparse.csr_array:
    import scipy.sparse

    if rows.values is None:
        raise ValueError("rows to be reduced need values")
    span = slice(int(rows.indptr[part.start]), int(rows.indptr[part.stop]))
    columns = np.asarray(rows.indices[span], dtype=np.int32)
    values = np.asarray(rows.values[span], dtype=np.float32) * weights[columns]
    pointers = np.asarray(rows.indptr[part.start : part.stop + 1], dtype=np.int64) - span.start
    shape = (part.stop - part.start, rows.n_columns)
    block = scipy.sparse.csr_array((values, columns, pointers), shape=shape)
    lengths = np.sqrt(block.multiply(block).sum(axis=1))
    scale = 1 / np.maximum(lengths, np.finfo(np.float32).tiny)
    block.data *= np.repeat(scale, np.diff(pointers)).astype(np.float32)
    return block


def _orthonormal(columns: NDArray[np.float32]) -> Floats:
    return np.ascontiguousarray(np.linalg.qr(columns)[0], dtype=np.float32)
