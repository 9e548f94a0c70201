"""Clusters as people left them: renamed and merged by hand, and kept when clustered anew.

Edits name rows by content, so they outlive a clustering: each goes to the cluster that shares
most of its rows, where the two have at least half of all their rows in common (Jaccard index).
Everything that shows the name of a cluster reads it here.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.cluster.matching import Census, hashes_of
from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline import cluster_edit_file as edit_file
from core.pipeline.cluster_edit_file import Item, Step
from core.pipeline.views import in_use, open_labels, open_pool
from core.records import Rows
from core.select.view import Labels
from core.workspace import Workspace

CARRIED = 0.5  # Jaccard index from which an edit goes on to another clustering
WORDS, HAND = "its words", "hand"
MOST_LETTERS = 80
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class NotCarried:
    """An edit of an earlier clustering that fits no cluster of this one; it is kept."""

    what: str
    name: str
    n_rows: int
    nearest: float  # the largest Jaccard index


@dataclass(frozen=True, slots=True)
class EditedClusters:
    """A clustering with its edits: merged clusters count as one, under the lowest number."""

    role: str
    groups: Rows  # (n_clusters,), the number that each cluster counts under
    names: tuple[str, ...]  # (n_clusters,), clusters that are merged have one name
    named_by: tuple[str, ...]  # (n_clusters,): WORDS, HAND or the name of a model
    labels: Labels  # (n_rows,), -1 is noise
    not_carried: tuple[NotCarried, ...]
    last: str | None  # the step that `undo` takes back, in words
    fingerprint: str  # of the clustering and its edits

    @property
    def numbers(self) -> Rows:
        """The clusters that there are after merging, by their numbers, ascending."""
        return np.unique(self.groups)

    @property
    def n_merged(self) -> int:
        """Clusters that were merged into another one."""
        return len(self.groups) - len(self.numbers)

    def parts(self, cluster: int) -> list[int]:
        """The clusters as they were made that count as this one."""
        return [int(one) for one in np.flatnonzero(self.groups == cluster)]

    def sizes(self) -> Rows:
        """Rows that count under each number, (n_clusters,); 0 for clusters merged into others."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.groups))


def edited(workspace: Workspace, role: str = "clusters") -> EditedClusters:
    """The clustering in use for a role, with every edit that fits it."""
    made = in_use(workspace, role)
    pool = in_use(workspace, "pool").fingerprint
    return _edited(str(workspace.root), role, (pool, made.fingerprint), edit_file.stamp(workspace))


def version(workspace: Workspace) -> str:
    """Names the state of all edits, for whoever keeps what was made from them."""
    return "-".join(map(str, edit_file.stamp(workspace)))


def rename(
    workspace: Workspace, names: Mapping[int, str], *, role: str = "clusters", by: str = HAND
) -> None:
    """Name clusters; one step, whoever gave the names. RequestError for a name without letters."""
    known = edited(workspace, role)
    census = _census(workspace, role)
    items = [
        Item(census.members(np.array(known.parts(_checked(known, cluster)))), clean_name(name))
        for cluster, name in names.items()
    ]
    if items:
        edit_file.append(workspace, Step("rename", role, by, time.time(), tuple(items)))


def merge(
    workspace: Workspace, clusters: Sequence[int], name: str, *, role: str = "clusters"
) -> None:
    """Let clusters count as one; RequestError for fewer than two."""
    known = edited(workspace, role)
    numbers = dict.fromkeys(_checked(known, cluster) for cluster in clusters)
    if len(numbers) < 2:
        raise RequestError(f"a merge takes at least two clusters; seen {len(numbers)}")
    parts = np.array([part for one in numbers for part in known.parts(one)])
    item = Item(_census(workspace, role).members(parts), clean_name(name))
    edit_file.append(workspace, Step("merge", role, HAND, time.time(), (item,)))


def undo(workspace: Workspace, role: str = "clusters") -> None:
    """Take back the last step of a role; nothing happens where there is none."""
    edit_file.drop_last(workspace, role)


def clean_name(text: str) -> str:
    """A name on one line, without invisible characters, at most 80 letters long."""
    name = " ".join(INVISIBLE.sub(" ", text).split())[:MOST_LETTERS].strip()
    if not name:
        raise RequestError("a cluster's name has at least one letter; seen an empty one")
    return name


def _checked(known: EditedClusters, cluster: int) -> int:
    """The number that a cluster counts under."""
    if not 0 <= cluster < len(known.groups):
        raise RequestError(f"there is no cluster {cluster}; there are {len(known.groups)}")
    return int(known.groups[cluster])


@functools.lru_cache(maxsize=16)
def _edited(
    root: str, role: str, parents: tuple[str, str], stamp: edit_file.Stamp
) -> EditedClusters:
    workspace = Workspace(Path(root))
    notes = in_use(workspace, role).notes
    n_clusters = int(notes["n_clusters"])
    labels = np.asarray(open_labels(workspace, role))
    plain = EditedClusters(
        role=role,
        groups=np.arange(n_clusters, dtype=np.int64),
        names=tuple(notes["names"]),
        named_by=(WORDS,) * n_clusters,
        labels=labels,
        not_carried=(),
        last=None,
        fingerprint=parents[1],
    )
    steps = [step for step in edit_file.steps(workspace) if step.role == role]
    if not steps:
        return plain
    found = _applied(plain, _census(workspace, role), steps)
    new = np.where(labels >= 0, found.groups[np.maximum(labels, 0)], -1) if n_clusters else labels
    named = digest("\n".join([parents[1], *found.names, *map(str, found.groups)]).encode())
    return replace(found, labels=new.astype(np.int32), last=steps[-1].title, fingerprint=named[:16])


def _applied(plain: EditedClusters, census: Census, steps: Sequence[Step]) -> EditedClusters:
    groups, names, by = plain.groups.copy(), list(plain.names), list(plain.named_by)
    lost: list[NotCarried] = []
    for step in steps:
        for item in step.items:
            found, nearest = _matched(census, groups, step, item)
            if not len(found):
                lost.append(NotCarried(step.what, item.name, item.members.n_rows, nearest))
                continue
            together = np.isin(groups, found)
            groups[together] = found.min()
            for one in np.flatnonzero(together):
                names[one], by[one] = item.name, step.by
    return replace(
        plain,
        groups=groups,
        names=tuple(names),
        named_by=tuple(by),
        not_carried=tuple(dict.fromkeys(lost)),
    )


def _matched(census: Census, groups: Rows, step: Step, item: Item) -> tuple[Rows, float]:
    """The groups that an edit goes to, none where it fits nowhere; and the best Jaccard index.

    A name goes to one group. A merge goes to all groups that lie mostly in it, together.
    """
    overlap = census.overlap(item.members).grouped(groups, census.n_clusters)
    alone = overlap.jaccard()
    best = int(alone.argmax()) if len(alone) else -1
    if step.kind == "merge":
        inside = overlap.mostly()
        together = overlap.jaccard_of(inside)
        if len(inside) and together >= CARRIED:
            return inside, together
    elif best >= 0 and alone[best] >= CARRIED:
        return np.array([best]), float(alone[best])
    return np.empty(0, dtype=np.int64), float(alone[best]) if best >= 0 else 0.0


def _census(workspace: Workspace, role: str) -> Census:
    made = in_use(workspace, role).fingerprint
    return _counted(str(workspace.root), role, in_use(workspace, "pool").fingerprint, made)


@functools.lru_cache(maxsize=4)
def _counted(root: str, role: str, pool: str, made: str) -> Census:
    workspace = Workspace(Path(root))
    labels: Any = open_labels(workspace, role)
    n_clusters = int(in_use(workspace, role).notes["n_clusters"])
    return Census(hashes_of(open_pool(workspace).ids()), np.asarray(labels), n_clusters)
