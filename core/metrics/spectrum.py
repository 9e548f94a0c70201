"""Eigenvalues of the cosine matrix of chosen rows, from whichever of its two forms is smaller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.metrics.blocks import blocks, device_of, units_of
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The eigenvalues of an m by m matrix of cosines; those not listed are 0."""

    values: NDArray[np.float64]  # (at most min(m, d_in) and one a row of zeros,), none below 0
    n_rows: int  # m


def spectrum(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> Spectrum:
    """Eigenvalues of the cosine matrix K = U Uᵀ of the chosen rows, in float64.

    Exact for any m: where m > d_in they come from the d_in by d_in matrix Uᵀ U, which has the same
    eigenvalues other than 0. K has ones on its diagonal, so a row of zeros, which has no
    direction, is like itself alone and adds an eigenvalue of 1. O(m d min(m, d) + min(m, d)³).
    """
    import torch

    where = device_of(device)
    if len(rows) > embeddings.shape[1]:
        small, n_directed = _across(embeddings, rows, where, progress)
    else:
        small, n_directed = _along(embeddings, rows, where)
    values = torch.linalg.eigvalsh(small).clamp_(min=0).cpu().numpy()
    values = values[len(values) - min(n_directed, len(values)) :]  # the rest is 0 for want of rows
    return Spectrum(np.concatenate([values, np.ones(len(rows) - n_directed)]), len(rows))


def shared_spectrum(chosen: Chosen) -> Spectrum:
    """The spectrum of these rows, found once for all metrics that read it."""
    subject = chosen.subject
    return chosen.once(
        "spectrum",
        lambda: spectrum(
            subject.embeddings, chosen.rows, device=subject.device, progress=chosen.progress
        ),
    )


def _across(
    embeddings: Floats | Halves, rows: Rows, device: torch.device, progress: Progress
) -> tuple[torch.Tensor, int]:
    """Uᵀ U, (d_in, d_in), and how many rows are not zeros."""
    import torch

    d_in, n_directed = embeddings.shape[1], 0
    total = torch.zeros((d_in, d_in), dtype=torch.float64, device=device)
    for part in blocks(len(rows), d_in, d_in):
        units = units_of(embeddings, rows[part], device, exact=True)
        total.addmm_(units.T, units)
        n_directed += int(units.any(dim=1).sum())
        progress(part.stop, len(rows), "cosines")
    return total, n_directed


def _along(
    embeddings: Floats | Halves, rows: Rows, device: torch.device
) -> tuple[torch.Tensor, int]:
    """U Uᵀ of the rows that are not zeros, and how many those are."""
    units = units_of(embeddings, rows, device, exact=True)
    units = units[units.any(dim=1)]
    return units @ units.T, len(units)
