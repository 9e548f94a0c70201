"""NovelSum: how new each chosen row is beside the others, with more weight in dense regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.metrics.blocks import blocks, device_of, units_of
from core.metrics.density import distinct_rows, sparsity
from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.options import option
from core.records import Floats, Halves, Progress, Rows, silent

if TYPE_CHECKING:
    import torch

NOISE = 1e-6  # distances up to here are rounding of a cosine of 1; densities would blow them up
REGULARISATION = 1e-9  # added to the mean squared distance, as in the authors' code


@dataclass(frozen=True, slots=True)
class NovelSumConfig:
    """The knobs of NovelSum, at the values its authors recommend."""

    alpha: float = option(
        1.0, "Power of the rank: larger looks nearer.", minimum=0, provenance="confirmed"
    )
    beta: float = option(0.5, "Power of the density.", minimum=0, provenance="confirmed")
    n_neighbours: int = option(
        10, "Pool neighbours that density is taken from.", minimum=1, provenance="confirmed"
    )
    counts_itself: bool = option(
        True,
        "Whether a row's distance of 0 to itself has rank 1, as in the paper's experiments.",
        provenance="confirmed",
    )


DEFAULTS = NovelSumConfig()


def novel_sum(
    embeddings: Floats | Halves,
    rows: Rows,
    config: NovelSumConfig = DEFAULTS,
    *,
    spread: NDArray[np.float64] | None = None,
    device: str = "cpu",
    progress: Progress = silent,
) -> float:
    """Mean over chosen rows i of density_i * sum_r r^-alpha d_i(r) / sum_r r^-alpha.

    arXiv 2502.17184, as the authors' code (UmeanNever/NovelSum) computes it:
    d_i are the distances 1 - cosine of row i to all chosen rows, ascending, r = 1 the nearest.
    Its distance 0 to itself is one of them, so that the nearest other row has weight 2^-alpha;
    the authors' later code leaves it out (`counts_itself` false), their experiments do not.
    density_i = (mean squared Euclidean distance to its 10 nearest rows of the pool + 1e-9)^-beta,
    where the pool's exact copies count once and the nearest, which is the row, is dropped.

    `spread` gives those mean squared distances, (len(rows),), where they are known; else they are
    found in O(n m d). The sum itself is O(m² (d + log m)). NaN without rows, or without others.
    """
    if len(rows) < (1 if config.counts_itself else 2):
        return float("nan")
    if spread is None:
        reference = distinct_rows(embeddings)
        spread = sparsity(
            embeddings,
            rows,
            reference,
            n_neighbours=config.n_neighbours,
            device=device,
            progress=progress,
        )
    densities = (spread + REGULARISATION) ** -config.beta
    averages = _averages(embeddings, rows, config, device=device, progress=progress)
    return float((densities * averages).mean())


def _averages(
    embeddings: Floats | Halves,
    rows: Rows,
    config: NovelSumConfig,
    *,
    device: str,
    progress: Progress,
) -> NDArray[np.float64]:
    """Each row's weighted average distance to the chosen rows, (len(rows),)."""
    from torch.nn.functional import threshold

    where = device_of(device)
    units = units_of(embeddings, rows, where)
    weights = np.arange(1, len(rows) + 1, dtype=np.float64) ** -config.alpha
    if not config.counts_itself:
        weights = np.append(0.0, weights[:-1])  # rank 0 is the row itself, at 0
    weights = (weights / weights.sum()).astype(np.float32)
    averages = np.empty(len(rows))
    for part in blocks(len(rows), len(rows), embeddings.shape[1]):
        gaps = threshold(1 - units[part] @ units.T, NOISE, 0, inplace=True)
        gaps.diagonal(offset=part.start).zero_()
        averages[part] = _weighted(gaps, weights)
        progress(part.stop, len(rows), "novelty")
    return averages


def _weighted(gaps: torch.Tensor, weights: Floats) -> Floats:
    """Each row's weighted sum of its distances in ascending order, (len(gaps),)."""
    import torch

    if gaps.device.type == "cpu":  # numpy sorts rows three times as fast there
        ascending = gaps.numpy()
        ascending.sort(axis=1)
        return ascending @ weights
    of_rank = torch.from_numpy(weights).to(gaps.device)
    return (gaps.sort(dim=1).values @ of_rank).cpu().numpy()


@metric(
    "novelsum",
    title="NovelSum",
    formula=(
        "mean over chosen rows i of density(i) * sum over r of d(i, r) / r / sum over r of 1 / r; "
        "d(i, r) the r-th smallest 1 - cosine to a chosen row, i itself at r = 1; density(i) = "
        "(mean squared distance to its 10 nearest distinct rows of the pool + 1e-9)^-0.5"
    ),
    source="arXiv 2502.17184; github.com/UmeanNever/NovelSum",
    unit="",
    direction="higher",
    needs=("embeddings",),
    cost="heavy",
    note="Compare within one pool: the pool sets the densities.",
)
def _novel_sum(chosen: Chosen) -> float:
    subject = chosen.subject
    return novel_sum(
        subject.embeddings,
        chosen.rows,
        spread=_known_spread(chosen),
        device=subject.device,
        progress=chosen.progress,
    )


def _known_spread(chosen: Chosen) -> NDArray[np.float64]:
    """Each row's mean squared distance to its pool neighbours, found once a row of the pool."""
    subject, rows = chosen.subject, chosen.rows
    known = subject.once("sparsity", lambda: np.full(subject.n_rows, np.nan))
    fresh = rows[np.isnan(known[rows])]
    if len(fresh):
        known[fresh] = sparsity(
            subject.embeddings,
            fresh,
            subject.once("distinct rows", lambda: distinct_rows(subject.embeddings)),
            n_neighbours=DEFAULTS.n_neighbours,
            device=subject.device,
            progress=chosen.progress,
        )
    return known[rows]
