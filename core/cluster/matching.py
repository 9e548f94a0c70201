"""Groups of rows known by content, and where they went when the pool was clustered anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Rows

Hashes = NDArray[np.uint64]
KEPT = 4_096  # rows by which a group is remembered: a Jaccard index then errs by some 0.015
HIGHEST = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Members:
    """The rows of a group by the hashes of their ids: all, or those with the smallest hashes.

    Ids are hashes themselves, so the smallest are a fair sample, the same in every clustering.
    """

    hashes: Hashes  # ascending
    below: int  # of a row with a larger hash nothing is said
    n_rows: int  # of the whole group


@dataclass(frozen=True, slots=True)
class Overlap:
    """Members against the clusters, counted over the rows of which something is known."""

    both: Rows  # (n_clusters,), of a cluster's rows those that are members
    rows: Rows  # (n_clusters,), of a cluster
    n_members: int

    def grouped(self, groups: Rows, n_groups: int) -> Overlap:
        """The same for groups of clusters, where cluster i is in `groups[i]`."""
        both = np.bincount(groups, weights=self.both, minlength=n_groups).astype(np.int64)
        rows = np.bincount(groups, weights=self.rows, minlength=n_groups).astype(np.int64)
        return Overlap(both, rows, self.n_members)

    def jaccard(self) -> NDArray[np.float64]:
        """|both| / |either| with each cluster, (n_clusters,)."""
        either = self.rows + self.n_members - self.both
        return self.both / np.maximum(either, 1)

    def jaccard_of(self, clusters: Rows) -> float:
        """The same with these clusters together."""
        both, rows = int(self.both[clusters].sum()), int(self.rows[clusters].sum())
        return both / max(rows + self.n_members - both, 1)

    def mostly(self) -> Rows:
        """The clusters of whose rows more than half are members."""
        return np.flatnonzero(2 * self.both > self.rows)


class Census:
    """A clustering of the pool by content, laid out so that an overlap is a look-up."""

    def __init__(self, hashes: Hashes, labels: NDArray[np.integer], n_clusters: int) -> None:
        """`hashes` (n,) of the rows' ids, all different; `labels` (n,), -1 for noise."""
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._labels = hashes[order], np.asarray(labels)[order]
        self.n_clusters = n_clusters

    def members(self, clusters: Rows) -> Members:
        """The rows of some clusters together, by content."""
        found = self._hashes[np.isin(self._labels, clusters)]
        if len(found) <= KEPT:
            return Members(found, HIGHEST, len(found))
        return Members(found[:KEPT], int(found[KEPT - 1]), len(found))

    def overlap(self, members: Members) -> Overlap:
        """How the members lie over the clusters."""
        known = int(np.searchsorted(self._hashes, np.uint64(members.below), side="right"))
        places = np.searchsorted(self._hashes[:known], members.hashes)
        inside = places < known
        inside[inside] = self._hashes[places[inside]] == members.hashes[inside]
        return Overlap(
            self._counted(self._labels[places[inside]]),
            self._counted(self._labels[:known]),
            len(members.hashes),
        )

    def _counted(self, labels: NDArray[np.integer]) -> Rows:
        return np.bincount(labels[labels >= 0], minlength=self.n_clusters).astype(np.int64)


def hashes_of(ids: list[str]) -> Hashes:
    """The first 64 bits of example ids, which are hexadecimal hashes, (n,)."""
    heads = bytes.fromhex("".join(one[:16] for one in ids))
    return np.frombuffer(heads, dtype=">u8").astype(np.uint64)
