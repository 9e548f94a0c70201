"""Near-duplicate groups by name: texts or embeddings in, one label a row out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.options import configure
from core.records import Floats, Halves, Progress, Rows, silent
from core.registry import Registry

Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Groups:
    """A partition of the pool; rows of one label are near-duplicates of each other.

    Pairs are joined, and chains with them: where A is like B and B like C, all three share a
    group, however unlike A and C are. A `largest` group far above the others is a sign of that.
    """

    method: str
    labels: (
        Labels  # (n_rows,): by falling size of the group, ties by first row; no two singles share
    )
    sizes: Rows  # (n_groups,), rows in each group of two or more, falling

    @classmethod
    def of(cls, method: str, labels: NDArray[Any]) -> Groups:
        """The groups of any numbering (n_rows,) in which equal numbers mean one group."""
        _, first, places, counts = np.unique(
            labels, return_index=True, return_inverse=True, return_counts=True
        )
        order = np.lexsort((first, -counts))
        number = np.empty(len(order), dtype=np.int32)
        number[order] = np.arange(len(order), dtype=np.int32)
        sizes = counts[order][counts[order] > 1]
        return cls(method, number[places], sizes.astype(np.int64))

    @property
    def n_groups(self) -> int:
        """Groups of two rows or more."""
        return len(self.sizes)

    @property
    def n_grouped(self) -> int:
        """Rows that have a near-duplicate."""
        return int(self.sizes.sum())

    @property
    def n_spare(self) -> int:
        """Rows that would go if one of each group stayed."""
        return self.n_grouped - self.n_groups

    @property
    def largest(self) -> int:
        """Rows in the largest group; 1 where there is none of two."""
        return int(self.sizes[0]) if len(self.sizes) else min(1, len(self.labels))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A neighbour graph: each row's k nearest rows, itself first, in order of distance."""

    indices: NDArray[np.int32]  # (n_rows, k)
    distances: Floats  # (n_rows, k): 1 - cosine


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of the pool; a method reads only what it says it `reads`."""

    texts: Sequence[str] = ()  # (n_rows,)
    embeddings: Floats | Halves | None = None  # (n_rows, d), of any length
    neighbours: Neighbours | None = None  # spares a method that reads embeddings most of its work
    device: str = "cpu"  # where dense work runs: cpu or cuda[:i]

    def n_rows(self, reads: str) -> int:
        """Rows of what a method reads."""
        if reads == "texts":
            return len(self.texts)
        return 0 if self.embeddings is None else len(self.embeddings)


class GroupMaker(Protocol):
    """A way of finding near-duplicates."""

    def __call__(self, material: Material, config: Any, *, progress: Progress = silent) -> Groups:
        """Group the rows."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A registered way of finding near-duplicates; `reads` says which material it wants."""

    name: str
    title: str
    config: type
    reads: str  # 'texts' or 'embeddings'
    run: GroupMaker


GROUPINGS: Registry[Grouping] = Registry("duplicate method")


def grouping(
    name: str, title: str, config: type, *, reads: str
) -> Callable[[GroupMaker], GroupMaker]:
    """Register a way of finding near-duplicates under `name`."""

    def register(run: GroupMaker) -> GroupMaker:
        GROUPINGS.add(name, Grouping(name, title, config, reads, run))
        return run

    return register


def group(
    name: str, material: Material, config: Any = None, *, progress: Progress = silent
) -> Groups:
    """Group the rows by the named method; RequestError names the choices."""
    method = GROUPINGS.get(name)
    if not material.n_rows(method.reads):
        raise ValueError(f"{name} reads {method.reads}, of which there are none")
    settings = configure(method.config, {}) if config is None else config
    return method.run(material, settings, progress=progress)
