"""Colourings of the map by what is chosen, asked or found: picks, shares, a latent, density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.pipeline.arrays import load_array
from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS, Groups, Scale, colouring, own_fingerprint
from core.pipeline.filters import Filtered
from core.pipeline.latents import latent_values
from core.pipeline.views import in_use
from core.records import Floats
from core.select.selection import Selection
from core.workspace import Workspace

FOLD = 4.0  # times its share of the pool at which the colour of a cluster ends
CLOSEST = 0.995  # quantile at which the scale of density ends: duplicates would darken the rest


def by_pick(n_rows: int, chosen: Selection, fingerprint: str) -> Scale:
    """Each chosen row by its place in the order, first picks brightest."""
    values = np.zeros(n_rows, dtype=np.float32)
    values[chosen.rows] = 1 - np.arange(len(chosen)) / max(len(chosen) - 1, 1)
    there = np.zeros(n_rows, dtype=np.bool_)
    there[chosen.rows] = True
    own = own_fingerprint(fingerprint, f"pick {len(chosen)}")
    return Scale("pick order", values, there, f"pick {len(chosen):,}", "pick 1", own)


def by_share(workspace: Workspace, chosen: Selection, fingerprint: str, role: str) -> Scale:
    """Each row by its cluster's share of the subset against its share of the pool.

    The scale is logarithmic and ends at FOLD times more and less; its middle is the pool's own
    share. More than the pool's share is at the low end, where the palette has the colour of what
    is chosen.
    """
    known = edited(workspace, role)
    labels = np.asarray(known.labels, dtype=np.int64)
    ratio = _ratios(labels, chosen)[np.maximum(labels, 0)]
    with np.errstate(divide="ignore"):
        turned = -np.log(ratio) / np.log(FOLD)
    values = ((np.clip(turned, -1, 1) + 1) / 2).astype(np.float32)
    ends = f"{FOLD:g} times its share", f"1/{FOLD:g} or less"
    own = own_fingerprint(known.fingerprint, f"share {fingerprint} {len(chosen)}")
    title = f"share of the subset in its {CLUSTERS[role]}"
    return Scale(title, values, labels >= 0, *ends, own, palette="difference")


def by_latent(workspace: Workspace, latent: int) -> Scale:
    """Each row by its largest activation of a latent; RequestError where no such latent is."""
    rows, found = latent_values(workspace, latent)
    n_rows: int = in_use(workspace, "pool").notes["n_rows"]
    values = np.zeros(n_rows, dtype=np.float32)
    most = float(found.max()) if len(found) else 1.0
    values[rows] = found / most
    there = np.zeros(n_rows, dtype=np.bool_)
    there[rows] = True
    own = own_fingerprint(in_use(workspace, "features").fingerprint, f"latent {latent}")
    return Scale(f"latent {latent}", values, there, "0", f"{most:.3g}", own)


def by_similarity(found: Filtered) -> Scale:
    """The rows of a search by meaning, by their cosine with what was asked."""
    scores = np.zeros(0, np.float32) if found.scores is None else found.scores
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 1.0)
    values = np.zeros(len(found.mask), dtype=np.float32)
    there = np.zeros(len(found.mask), dtype=np.bool_)
    if len(scores):
        values[found.rows] = (scores - low) / ((high - low) or 1.0)
        there[found.rows] = True
    own = own_fingerprint(found.fingerprint, "similarity")
    return Scale("similarity, cosine", values, there, f"{low:.2f}", f"{high:.2f}", own)


def by_density(workspace: Workspace) -> Scale:
    """Each row by the mean cosine with its nearest neighbours of the graph, itself left out."""
    made = in_use(workspace, "graph")
    distances = np.asarray(load_array(made.folder, "distances"), dtype=np.float32)
    near: NDArray[np.float64] = 1 - distances[:, 1:].mean(axis=1, dtype=np.float64)
    if distances.shape[1] < 2:
        near = np.ones(len(distances))
    low, high = float(near.min(initial=1)), float(np.quantile(near, CLOSEST)) if len(near) else 1.0
    values = np.clip((near - low) / ((high - low) or 1.0), 0, 1).astype(np.float32)
    own = own_fingerprint(made.fingerprint, "density")
    there = np.ones(len(values), dtype=np.bool_)
    title = f"density: mean cosine with its {max(distances.shape[1] - 1, 0)} nearest"
    return Scale(title, values, there, f"{low:.2f}", f"{high:.2f}", own)


def cluster_places(
    workspace: Workspace, coordinates: Floats, role: str = "clusters"
) -> list[tuple[float, float, str, int]]:
    """Median place, name and size of every cluster on a layout (n, 2), largest first."""
    found = colouring(workspace, role)
    if not isinstance(found, Groups):
        return []
    order = np.argsort(found.labels, kind="stable")
    cuts = np.searchsorted(found.labels[order], np.arange(len(found.names) + 1))
    places = []
    for label, name in enumerate(found.names):
        rows = order[cuts[label] : cuts[label + 1]]
        if len(rows):
            x, y = np.median(np.asarray(coordinates[rows]), axis=0)
            places.append((float(x), float(y), name, len(rows)))
    return sorted(places, key=lambda place: -place[3])


def _ratios(labels: NDArray[np.int64], chosen: Selection) -> NDArray[np.float64]:
    """Share of the subset by share of the pool, a cluster; 0 where nothing of it is chosen."""
    n_clusters = int(labels.max(initial=0)) + 1
    pool = np.bincount(labels[labels >= 0], minlength=n_clusters) / max(len(labels), 1)
    picked = labels[chosen.rows]
    subset = np.bincount(picked[picked >= 0], minlength=n_clusters) / max(len(chosen), 1)
    ratios: NDArray[np.float64] = np.divide(subset, pool, out=np.ones(n_clusters), where=pool > 0)
    return ratios
