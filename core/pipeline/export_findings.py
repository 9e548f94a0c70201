"""What the card of an export says of its rows: coverage beside chance, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.pipeline.cluster_edits import edited
from core.pipeline.latent_neighbours import names_of
from core.pipeline.random_rows import random_orders
from core.pipeline.views import Features, open_features, open_labels
from core.records import Bools, FeatureSets, Rows
from core.select.carriers import gathered
from core.workspace import Artifact, Workspace

LISTED = 8  # latents and clusters that are named
FOLD = 1.5  # times its share, or a part of it, from which on a cluster is named
EXPECTED = 1.0  # rows that a cluster's share would give, below which it is not named


def findings(workspace: Workspace, selection: Artifact, rows: Rows) -> dict[str, Any]:
    """Coverage and gaps of rows of the pool in use.

    What was read or grouped from another pool or with other features says nothing of the order,
    and is left out.
    """
    roles, parents = workspace.current(), selection.parents
    if roles.get("pool") != parents.get("pool") or not len(rows):
        return {}
    found: dict[str, Any] = {}
    if "features" in roles and parents.get("features") in (None, roles["features"]):
        found |= _of_latents(workspace, rows)
    if "clusters" in roles:
        found["clusters"] = _of_clusters(workspace, rows)
    return found


def _of_latents(workspace: Workspace, rows: Rows) -> Mapping[str, Any]:
    features = open_features(workspace)
    sets, covered = features.sets, _covered(features.sets, rows)
    carriers = sets.columns.lengths()
    lacking = np.flatnonzero(~covered & (carriers > 0))
    largest = lacking[np.argsort(-carriers[lacking], kind="stable")][:LISTED]
    orders = random_orders(workspace)
    chance = [int(_covered(sets, order[: len(rows)]).sum()) for order in orders]
    labels = _labels(workspace, features, largest)
    return {
        "coverage": {
            "covered": int(covered.sum()),
            "reachable": sets.n_reachable,
            "random": float(np.mean(chance)),
            "n_seeds": len(orders),
        },
        "uncovered": {
            "n": len(lacking),
            "largest": [
                {"latent": int(one), "label": label, "rows": int(carriers[one])}
                for one, label in zip(largest, labels, strict=True)
            ],
        },
    }


def _covered(sets: FeatureSets, rows: Rows) -> Bools:
    covered = np.zeros(sets.n_features, dtype=np.bool_)
    covered[gathered(sets.rows, rows)[0]] = True
    return covered


def _labels(workspace: Workspace, features: Features, latents: Rows) -> list[str]:
    """The label that people gave a latent, else the cluster that most rows with it are in.

    Never text of the rows: a card is published, and who left a row out may have had a reason.
    """
    given = names_of(workspace, latents)
    if "clusters" not in workspace.current():
        return given
    known = edited(workspace)
    found = []
    for latent, label in zip(latents, given, strict=True):
        groups = known.labels[features.sets.columns.row(int(latent))]
        counts = np.bincount(groups[groups >= 0], minlength=len(known.names))
        name = known.names[int(counts.argmax())] if len(counts) else ""
        most = f'mostly in the cluster "{name}"' if counts.any() else ""
        found.append(label or most)
    return found


def _of_clusters(workspace: Workspace, rows: Rows) -> dict[str, Any]:
    known = edited(workspace)
    labels = open_labels(workspace)
    picked = known.labels[rows]
    counts = np.bincount(picked[picked >= 0], minlength=len(known.groups))
    sizes, numbers = known.sizes(), known.numbers
    pool, subset = sizes / max(len(labels), 1), counts / max(len(rows), 1)
    worth = numbers[len(rows) * pool[numbers] >= EXPECTED]
    ratio = subset[worth] / pool[worth]
    order = worth[np.argsort(-ratio, kind="stable")]
    over = [one for one in order if subset[one] >= FOLD * pool[one]][:LISTED]
    under = [one for one in order[::-1] if subset[one] * FOLD <= pool[one]][:LISTED]

    def lines(which: list[int]) -> list[dict[str, Any]]:
        return [
            {"name": known.names[one], "pool": float(pool[one]), "subset": float(subset[one])}
            for one in which
        ]

    return {
        "method": _method(workspace),
        "n": len(numbers),
        "n_empty": int((counts[numbers] == 0).sum()),
        "over": lines(over),
        "under": lines(under),
    }


def _method(workspace: Workspace) -> str:
    found = workspace.in_use("clusters")
    return str(found.notes["method"]) if found is not None else ""
