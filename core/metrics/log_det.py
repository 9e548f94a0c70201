"""Log-determinant: the volume that the chosen rows span."""

from __future__ import annotations

import math

import numpy as np

from core.metrics.registry import metric
from core.metrics.spectrum import Spectrum, shared_spectrum, spectrum
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent

JITTER = 1e-10  # OpenDataArena-Tool, LogDetDistanceScorer, ridge_alpha


def log_det(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> float:
    """Logarithm of det(K + 1e-10 I), K the cosines of the m chosen rows; NaN without rows.

    Finite for every subset. Rows beyond the width d_in of the embeddings cannot add volume: K then
    has m - d_in eigenvalues of 0, each of which counts log(1e-10) = -23.03, exactly as the formula
    says and without the rounding noise of an m by m determinant.
    """
    return log_det_of(spectrum(embeddings, rows, device=device, progress=progress))


def log_det_of(found: Spectrum) -> float:
    """The log-determinant of a known spectrum."""
    if not found.n_rows:
        return float("nan")
    n_null = found.n_rows - len(found.values)
    return float(np.log(found.values + JITTER).sum()) + n_null * math.log(JITTER)


@metric(
    "log-det",
    title="Log-determinant",
    formula="log det(K + 1e-10 I), K the cosines of the chosen rows",
    source="OpenDataArena-Tool, LogDetDistanceScorer, after arXiv 2402.02318",
    unit="nats",
    direction="higher",
    needs=("embeddings",),
    cost="heavy",
    note="Compare at equal rows only: each row beyond the width of the embeddings counts -23.03.",
)
def _log_det(chosen: Chosen) -> float:
    return log_det_of(shared_spectrum(chosen))
