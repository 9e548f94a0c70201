"""What is measured: the readings of a pool on demand, and the rows chosen from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.records import Bools, FeatureSets, Floats, Halves, Progress, Rows, silent

T = TypeVar("T")
Labels = NDArray[np.int32]

READINGS = {
    "codes": "SAE codes",
    "neurons": "active neurons",
    "embeddings": "embeddings",
    "clusters": "clusters",
    "lengths": "response lengths",
    "tokens": "token counts",
    "columns": "columns",
    "reference": "reference features",
}
"""What a subject may offer and a metric may need, with the words for it."""

UNSIZED = ("columns", "reference")  # not one entry a row of the pool


class Subject:
    """The readings of a pool on demand, and what metrics found out about the pool itself.

    `loaders` maps a name of READINGS to a function without arguments; each is called once.
    `device` is where dense work runs: cpu or a CUDA device.
    """

    def __init__(
        self, n_rows: int, loaders: Mapping[str, Callable[[], Any]], *, device: str = "cpu"
    ) -> None:
        unknown = set(loaders) - set(READINGS)
        if unknown:
            raise ValueError(f"a subject has no reading {min(unknown)!r}")
        self.n_rows = n_rows
        self.device = device
        self._loaders = loaders
        self._kept: dict[str, Any] = {}

    def offers(self, *readings: str) -> bool:
        """Whether the pool has all of these readings."""
        return all(one in self._loaders for one in readings)

    @property
    def codes(self) -> FeatureSets:
        """Each row's active latents."""
        return self._read("codes")

    @property
    def neurons(self) -> FeatureSets:
        """Each row's active neurons, by whichever rule says when a neuron is active."""
        return self._read("neurons")

    @property
    def embeddings(self) -> Floats | Halves:
        """Pooled embeddings, (n_rows, d_in)."""
        return self._read("embeddings")

    @property
    def clusters(self) -> Labels:
        """Cluster of each row, -1 for noise, (n_rows,)."""
        return self._read("clusters")

    @property
    def lengths(self) -> Rows:
        """Words in each row's response, (n_rows,)."""
        return self._read("lengths")

    @property
    def tokens(self) -> Rows:
        """Tokens in each row, (n_rows,)."""
        return self._read("tokens")

    @property
    def columns(self) -> Mapping[str, NDArray[Any]]:
        """Columns of the pool by name, each (n_rows,)."""
        return self._read("columns")

    @property
    def reference(self) -> Bools:
        """Which latents a reference set has, (n_latents,)."""
        return self._read("reference")

    def once(self, key: str, find: Callable[[], T]) -> T:
        """A fact of the pool, found when it is first asked for and kept for every later subset."""
        if key not in self._kept:
            self._kept[key] = find()
        return self._kept[key]

    def _read(self, name: str) -> Any:
        value = self.once(f"reading {name}", self._loaders[name])
        n_rows = value.n_rows if isinstance(value, FeatureSets) else len(value)
        if name not in UNSIZED and n_rows != self.n_rows:
            raise ValueError(f"{name} has {n_rows} rows where the pool has {self.n_rows}")
        return value


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows of a pool under measurement: what a metric is a function of."""

    subject: Subject
    rows: Rows
    progress: Progress = silent
    found: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, subject: Subject, rows: Rows) -> Chosen:
        """Distinct rows of the pool; ValueError where they are not."""
        rows = np.asarray(rows, dtype=np.int64)
        if rows.ndim != 1 or (len(rows) and not 0 <= rows.min() <= rows.max() < subject.n_rows):
            raise ValueError(f"a subset is a list of rows from 0 to {subject.n_rows - 1}")
        if len(np.unique(rows)) < len(rows):
            raise ValueError("a subset has each row once")
        return cls(subject, rows)

    def once(self, key: str, find: Callable[[], T]) -> T:
        """A fact of these rows that several metrics read, found once."""
        if key not in self.found:
            self.found[key] = find()
        return self.found[key]

    def telling(self, progress: Progress) -> Chosen:
        """The same rows and facts with another listener."""
        return replace(self, progress=progress)
