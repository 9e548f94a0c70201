"""Vendi score: how many wholly different rows a subset is worth."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.spectrum import Spectrum, shared_spectrum, spectrum
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent


def vendi_score(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> float:
    """Exponential of the entropy of the eigenvalues of K / m; NaN without rows.

    K holds the cosines of the m chosen rows (Friedman and Dieng 2023, definition 3.1). From 1 where
    all rows point the same way to m where all are orthogonal.
    """
    return vendi_of(spectrum(embeddings, rows, device=device, progress=progress))


def vendi_of(found: Spectrum) -> float:
    """The Vendi score of a known spectrum."""
    if not found.n_rows:
        return float("nan")
    shares = found.values / found.n_rows
    shares = shares[shares > 0]  # 0 log 0 = 0
    return float(np.exp(-(shares * np.log(shares)).sum()))


@metric(
    "vendi",
    title="Vendi score",
    formula="exp(-sum of x log x), x the eigenvalues of K / m, K the cosines of the m chosen rows",
    source="arXiv 2210.02410; OpenDataArena-Tool, VendiScorer",
    unit="effective rows",
    direction="higher",
    needs=("embeddings",),
    cost="heavy",
    note="Cannot pass the number of chosen rows nor the width of the embeddings.",
)
def _vendi(chosen: Chosen) -> float:
    return vendi_of(shared_spectrum(chosen))
