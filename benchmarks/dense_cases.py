"""The dense methods to measure: their settings, the peers beside them, and what each maximises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import known
from benchmarks.peers.known import Peer
from core.metrics import facility_location, k_center_radius, nearest_cosines
from core.records import Floats, Rows

QUALITY = "drawn"  # the column that QDIT reads: a number a row, drawn with a seed
SEED = 42
KMEANS: dict[str, Any] = {"clusters": 64, "iterations": 300, "restarts": 5}
INERTIA = "mean squared distance of a row to the mean of its cluster"
SERVED = "mean over the pool of the largest cosine to a chosen row"
NEIGHBOURS = 100
ALPHA = 0.7
THRESHOLD = 0.9


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method or a peer gave on a pool: rows, or a cluster a row where that is the work."""

    vectors: Floats  # (n_rows, d), at unit length
    quality: NDArray[np.float64]  # (n_rows,), 0 to 1
    found: Rows


@dataclass(frozen=True, slots=True)
class Case:
    """One method at one setting."""

    key: str
    method: str
    options: Mapping[str, Any]
    peers: tuple[Peer, ...]
    objective: str  # in words
    value: Callable[[Answer], float]
    higher: bool  # whether more of the objective is better
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the peers
    labelled: bool = False  # whether the objective is one of clusters, not of rows
    note: str = ""


def radius(answer: Answer) -> float:
    """Largest distance of a row to its nearest chosen row."""
    return k_center_radius(answer.vectors, answer.found)


def inertia(answer: Answer) -> float:
    """Mean squared distance of a row to the mean of its cluster."""
    count = int(answer.found.max()) + 1
    sums = np.zeros((count, answer.vectors.shape[1]))
    np.add.at(sums, answer.found, answer.vectors)
    sizes = np.maximum(np.bincount(answer.found, minlength=count), 1)
    gaps = answer.vectors - (sums / sizes[:, None])[answer.found]
    return float((gaps**2).sum(axis=1).mean())


def coverage(answer: Answer) -> float:
    """Mean over the pool of the largest cosine to a chosen row."""
    return facility_location(answer.vectors, answer.found)


def qdit_value(answer: Answer) -> float:
    """What QDIT maximises, (1 - alpha) facility location + alpha times the sum of quality."""
    return (1 - ALPHA) * coverage(answer) + ALPHA * float(answer.quality[answer.found].sum())


def largest_cosine(answer: Answer) -> float:
    """Largest cosine of two chosen rows."""
    return float(nearest_cosines(answer.vectors, answer.found).max())


CASES = (
    Case(
        key="k-center",
        method="k-center",
        options={},
        peers=(known.DISPARITY_MIN, known.NUMPY_K_CENTER),
        objective="largest distance of a row to its nearest chosen row",
        value=radius,
        higher=False,
    ),
    Case(
        key="kmq",
        method="kmq",
        options=KMEANS | {"weighting": "uniform", "quality": "uniform"},
        peers=(known.FAISS_KMEANS,),
        objective=INERTIA,
        value=inertia,
        higher=False,
        settings=KMEANS | {"seed": SEED, "rows_a_cluster": 256},
        labelled=True,
        note="64 clusters fitted on 256 rows each, faiss's own rule; peers make the clusters "
        "alone, ours draws the rows as well",
    ),
    Case(
        key="kmq, fitted on all rows",
        method="kmq",
        options=KMEANS | {"weighting": "uniform", "quality": "uniform", "sample": None},
        peers=(known.FAISS_KMEANS, known.SKLEARN_KMEANS),
        objective=INERTIA,
        value=inertia,
        higher=False,
        settings=KMEANS | {"seed": SEED, "rows_a_cluster": None},
        labelled=True,
        note="64 clusters; peers make the clusters alone, ours draws the rows as well",
    ),
    Case(
        key="facility-location",
        method="facility-location",
        options={},
        peers=(known.APRICOT_FACILITY, known.APRICOT_TWO_STAGE, known.SUBMODLIB_FACILITY),
        objective=SERVED,
        value=coverage,
        higher=True,
        note="all pairs",
    ),
    Case(
        key="facility-location, nearest",
        method="facility-location",
        options={"neighbours": NEIGHBOURS},
        peers=(known.APRICOT_NEAREST, known.SUBMODLIB_NEAREST),
        objective=SERVED,
        value=coverage,
        higher=True,
        settings={"neighbours": NEIGHBOURS},
        note=f"each row compared with its {NEIGHBOURS} nearest",
    ),
    Case(
        key="qdit, alpha 0",
        method="qdit",
        options={"alpha": 0.0, "quality": QUALITY},
        peers=(known.APRICOT_FACILITY, known.SUBMODLIB_FACILITY),
        objective=SERVED,
        value=coverage,
        higher=True,
        note="no library offers quality beside facility location; at alpha 0 the work is the same",
    ),
    Case(
        key="qdit",
        method="qdit",
        options={"alpha": ALPHA, "gain": "mean", "quality": QUALITY},
        peers=(known.NUMPY_QDIT,),
        objective=f"{1 - ALPHA:.1f} facility location + {ALPHA} sum of quality",
        value=qdit_value,
        higher=True,
        settings={"alpha": ALPHA},
        note="quality drawn with a seed, 0 to 1",
    ),
    Case(
        key="repr-filter",
        method="repr-filter",
        options={"threshold": THRESHOLD, "order": "id"},
        peers=(known.FAISS_FILTER,),
        objective="largest cosine of two chosen rows",
        value=largest_cosine,
        higher=False,
        settings={"threshold": THRESHOLD},
        note="rows asked in the order of the file",
    ),
)
