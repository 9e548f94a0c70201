"""What the pass leaves behind: the readings of a shard, and of the whole pool.

On disk each is a folder: `readings.json` and npy files. The Csr of codes is `codes.indptr.npy`,
`codes.indices.npy` and `codes.values.npy`, its running sums are `codes.sums.npy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import WorkspaceError
from core.extract.facts import Facts
from core.extract.npy import Array, map_npy
from core.extract.sums import UnitStats, UnitSums
from core.records import Bools, Csr, Halves

Counts = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class UnitReadings:
    """Latents or neurons: the few kept of each row, and the sums over all of them."""

    rows: Csr
    sums: UnitSums


@dataclass(frozen=True, slots=True)
class ShardReadings:
    """The readings of consecutive rows.

    `n_tokens` counts tokens without special ones, after truncation. `splits` holds the sizes of
    the parts of batches that did not fit memory: those rows agree with an unsplit run to 1e-3,
    not bit for bit.
    """

    embeddings: Halves  # (n_rows, d_model), of length 1
    n_tokens: Counts  # (n_rows,)
    truncated: Bools  # (n_rows,)
    codes: UnitReadings | None  # columns are latents
    neurons: UnitReadings | None  # columns are layer * d_ff + unit
    splits: tuple[int, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.embeddings)

    def units(self, kind: str) -> UnitReadings | None:
        """The `codes` or the `neurons`."""
        return self.codes if kind == "codes" else self.neurons

    @classmethod
    def load(cls, folder: Path) -> ShardReadings:
        """Open the readings as memory maps; WorkspaceError when a file is missing or damaged."""
        facts = Facts.load(folder)
        return cls(
            embeddings=_checked(folder, "embeddings", np.float16, facts.n_rows),
            n_tokens=_checked(folder, "n_tokens", np.int32, facts.n_rows),
            truncated=_checked(folder, "truncated", np.bool_, facts.n_rows),
            codes=_load_units(folder, "codes", facts),
            neurons=_load_units(folder, "neurons", facts),
            splits=facts.splits,
        )


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a pool, opened as memory maps: nothing is in memory until it is read."""

    embeddings: Halves  # (n_rows, d_model), of length 1
    n_tokens: Counts  # (n_rows,) without special tokens, after truncation
    truncated: Bools  # (n_rows,)
    codes: Csr | None  # each row's largest latents
    neurons: Csr | None  # each row's largest neurons a layer; column layer * d_ff + unit
    latent_stats: UnitStats | None
    neuron_stats: UnitStats | None
    splits: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.embeddings)

    @classmethod
    def load(cls, folder: Path) -> Readings:
        """Open merged readings; WorkspaceError when a file is missing or damaged."""
        whole = ShardReadings.load(folder)
        return cls(
            embeddings=whole.embeddings,
            n_tokens=whole.n_tokens,
            truncated=whole.truncated,
            codes=whole.codes.rows if whole.codes else None,
            neurons=whole.neurons.rows if whole.neurons else None,
            latent_stats=whole.codes.sums.stats() if whole.codes else None,
            neuron_stats=whole.neurons.sums.stats() if whole.neurons else None,
            splits=whole.splits,
        )


def _load_units(folder: Path, kind: str, facts: Facts) -> UnitReadings | None:
    if kind not in facts.columns:
        return None
    n_columns, nnz = facts.columns[kind], facts.nnz[kind]
    indptr = _checked(folder, f"{kind}.indptr", np.int64, facts.n_rows + 1)
    indices = _checked(folder, f"{kind}.indices", np.uint32, nnz)
    values = _checked(folder, f"{kind}.values", np.float16, nnz)
    sums = _checked(folder, f"{kind}.sums", np.float64, 3)
    if indptr[-1] != nnz or sums.shape != (3, n_columns):
        raise WorkspaceError(f"the {kind} in {folder} do not fit together; make them again")
    return UnitReadings(
        Csr(indptr, indices, values, n_columns), UnitSums(facts.counted[kind], sums)
    )


def _checked(folder: Path, name: str, dtype: type, length: int) -> Array:
    array = map_npy(folder / f"{name}.npy")
    if array.dtype != dtype or len(array) != length:
        raise WorkspaceError(
            f"{name}.npy in {folder} holds {len(array):,} of {array.dtype} instead of "
            f"{length:,} of {np.dtype(dtype)}; make it again"
        )
    return array
