"""Whether a latent follows length: correlations with the logarithm of an example's tokens."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.extract.readings import Readings
from core.pipeline.arrays import load_csr
from core.pipeline.latents import latent_values
from core.pipeline.views import in_use, open_features, open_readings
from core.records import Floats
from core.sae.threshold import correlation
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LatentLength:
    """Pearson correlations of one latent with the log of tokens; None where one never varies."""

    having: float | None  # with having it or not, over the whole pool (point-biserial)
    value: float | None  # with its value, over the rows that have it
    n_rows: int  # rows that have it


@dataclass(frozen=True, slots=True)
class PoolLength:
    """Pearson correlation of the latents a row has with its tokens, over the pool."""

    tokens: float | None  # with their number, as in arXiv 2502.14050 (0.92 there)
    log_tokens: float | None  # with its logarithm


def latent_length(workspace: Workspace, latent: int) -> LatentLength:
    """How far one latent follows length."""
    rows, values = latent_values(workspace, latent)
    logs = log_tokens(workspace)
    having = np.zeros(len(logs))
    having[rows] = 1
    return LatentLength(correlation(logs, having), correlation(logs[rows], values), len(rows))


def pool_length(workspace: Workspace) -> PoolLength:
    """How far the number of latents above the threshold follows length."""
    sizes = open_features(workspace).sets.rows.lengths()
    tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    return PoolLength(correlation(tokens, sizes), correlation(log_tokens(workspace), sizes))


def length_correlations(workspace: Workspace) -> Floats:
    """`LatentLength.having` of every latent at once, (n_latents,); NaN where it never varies."""
    features, readings = in_use(workspace, "features"), in_use(workspace, "readings")
    return _correlations(features.folder, features.notes["n_rows"], readings.folder)


def log_tokens(workspace: Workspace) -> NDArray[np.float64]:
    """Natural logarithm of each row's tokens, one at least, (n_rows,)."""
    return _logs(open_readings(workspace))


@functools.lru_cache(maxsize=2)
def _correlations(folder: Path, n_rows: int, readings: Path) -> Floats:
    """From sums alone: (mean of those that have it - mean) sqrt(p / (1 - p)) / deviation."""
    columns = load_csr(folder, "columns", n_rows)
    logs = _logs(Readings.load(readings))
    counts = columns.lengths()
    owners = np.repeat(np.arange(columns.n_rows), counts)
    sums = np.bincount(owners, weights=logs[columns.indices], minlength=columns.n_rows)
    share = counts / max(n_rows, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (sums / counts - logs.mean()) * np.sqrt(share / (1 - share)) / logs.std()
    return np.where(np.isfinite(found), found, np.nan).astype(np.float32)


def _logs(readings: Readings) -> NDArray[np.float64]:
    return np.log(np.maximum(np.asarray(readings.n_tokens, np.float64), 1))
