"""A budget shared out among clusters, and each share filled by an order of preference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.records import Rows
from core.select.allocate import allocate
from core.select.constraints import Constraints, Side
from core.select.limits import Limits
from core.select.ordering import by_id

Labels = NDArray[np.int32]


def share_out(
    labels: Labels,
    preference: Rows,
    budget: int,
    *,
    allocation: str,
    id_rank: Rows,
    constraints: Constraints,
) -> Rows:
    """Rows from every cluster by its share of the budget, those that `preference` lists first.

    Clusters share by the rows that may be chosen (`proportional`) or alike (`equal`), by largest
    remainder; pinned rows come first and count towards their cluster's share. A share is a cap:
    where other constraints keep clusters from filling theirs, the rest goes down the same order
    without the shares. Fewer than `budget` rows come back when nothing is left.
    """
    n_clusters = int(labels.max(initial=0)) + 1
    pinned = by_id(constraints.pinned, id_rank)
    shares = _shares(labels, budget, n_clusters, constraints=constraints, allocation=allocation)
    order = _in_turns(labels, preference[constraints.free(len(labels))[preference]], shares)
    caps = Side("the shares of clusters", labels, np.zeros(n_clusters, dtype=np.int64), shares)
    rows = pinned
    for sides in ((*constraints.sides, caps), constraints.sides):
        bound = replace(constraints, sides=sides)
        limits = Limits.of(bound, n_rows=len(labels), budget=budget)
        limits.take(rows)
        rows = np.concatenate([rows, limits.walk(order, budget - len(rows))])
    return rows


def _shares(
    labels: Labels, budget: int, n_clusters: int, *, constraints: Constraints, allocation: str
) -> Rows:
    """Rows of each cluster, pinned ones included, (n_clusters,)."""
    pinned = np.bincount(labels[constraints.pinned], minlength=n_clusters)
    allowed = np.bincount(labels, minlength=n_clusters)
    allowed -= np.bincount(labels[constraints.forbidden], minlength=n_clusters)
    weights = allowed if allocation == "proportional" else (allowed > 0).astype(np.int64)
    return allocate(budget, weights, floors=pinned, caps=allowed)


def _in_turns(labels: Labels, preference: Rows, shares: Rows) -> Rows:
    """Clusters taking turns by their share, each giving its rows in order of preference.

    Rows beyond their cluster's share follow, then those of clusters without any.
    """
    own = labels[preference]
    grouped = preference[np.argsort(own, kind="stable")]
    own = labels[grouped]
    sizes = np.bincount(own, minlength=len(shares))
    turn = np.arange(len(own)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    share = np.maximum(shares, 1 / (4 * len(labels)))[own]
    return grouped[np.lexsort((own, (turn + 0.5) / share))]
