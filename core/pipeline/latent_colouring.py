"""What the map of latents may be coloured by: coverage, carriers, values, length, marks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_lengths import length_correlations
from core.pipeline.latent_map import latent_map
from core.pipeline.marks import Mark, marks
from core.pipeline.views import Features, in_use, open_features
from core.records import Bools, Rows
from core.select.carriers import gathered
from core.select.selection import Selection
from core.workspace import Workspace

COVERED = "covered"
DIFFERENCE = "difference"
TITLES = {
    COVERED: "covered by the subset",
    "chosen": "chosen rows that have it",
    DIFFERENCE: "difference of two subsets",
    "carriers": "rows that have it",
    "density": "share of the pool",
    "mean": "mean activation",
    "maximum": "largest activation",
    "length": "correlation with length",
    "marks": "starred, muted, weighted",
}
BY_SUBSET = (COVERED, "chosen", DIFFERENCE)
MARKED = ("starred", "muted", "weighted", "labelled")
Numbers = NDArray[np.float64]


def latent_colourings(chosen: Selection | None, other: Selection | None = None) -> dict[str, str]:
    """The ways to colour on offer, by key, with their titles."""
    absent = set(BY_SUBSET) if chosen is None else set() if other is not None else {DIFFERENCE}
    return {key: title for key, title in TITLES.items() if key not in absent}


def latent_colouring(
    workspace: Workspace, key: str, chosen: Selection | None, other: Selection | None = None
) -> Groups | Scale:
    """Labels or numbers of the live latents, in the order of `latent_map`, (n_live,).

    `difference` tells which latents `chosen` covers and `other` does not. RequestError when the
    key is unknown or asks for a subset that is not given.
    """
    if key not in latent_colourings(chosen, other):
        needed = "a second subset" if key == DIFFERENCE else "a subset"
        what = f"needs {needed}" if key in BY_SUBSET else "is unknown"
        raise RequestError(f"the colouring {key!r} {what}; there are {', '.join(TITLES)}")
    live = np.asarray(latent_map(workspace).latents)
    own = _fingerprint(workspace, key, chosen, other)
    if key == "marks":
        return _marked(workspace, live, own)
    features = open_features(workspace)
    if chosen is not None and key in (COVERED, DIFFERENCE):
        return _covered(features, live, chosen, other if key == DIFFERENCE else None, own)
    return _scaled(workspace, features, key, live, chosen, own)


def chosen_counts(features: Features, chosen: Selection) -> Rows:
    """Chosen rows that have each latent, (n_latents,)."""
    held, _ = gathered(features.sets.rows, chosen.rows)
    return np.bincount(held, minlength=features.sets.n_features).astype(np.int64)


def _covered(
    features: Features, live: Rows, chosen: Selection, other: Selection | None, own: str
) -> Groups:
    has = chosen_counts(features, chosen)[live] > 0
    if other is None:
        labels = (~has).astype(np.int64)
        return Groups(TITLES[COVERED], labels, ("covered", "not covered"), "dead", own)
    had = chosen_counts(features, other)[live] > 0
    names = ("only the first covers", "only the second covers", "both cover", "neither covers")
    labels = np.select([has & ~had, had & ~has, has & had], [0, 1, 2], default=3)
    return Groups(TITLES[DIFFERENCE], labels.astype(np.int64), names, "dead", own)


def _scaled(
    workspace: Workspace,
    features: Features,
    key: str,
    live: Rows,
    chosen: Selection | None,
    own: str,
) -> Scale:
    statistics, carriers = features.statistics, features.sets.columns.lengths()
    if key == "length":
        return _round_nought(TITLES[key], length_correlations(workspace)[live], own)
    if key in ("mean", "maximum"):
        values = np.asarray(getattr(statistics, key), dtype=np.float64)[live]
        return _spread(TITLES[key], values, own, "{:,.3g}")
    if key == "chosen" and chosen is not None:
        return _logarithmic(TITLES[key], chosen_counts(features, chosen)[live], own, "{:,.0f} rows")
    if key == "density":
        shares = carriers[live] / max(features.sets.n_rows, 1)
        return _logarithmic(TITLES[key], 100 * shares, own, "{:.3g} %")
    return _logarithmic(TITLES[key], carriers[live], own, "{:,.0f} rows")


def _spread(title: str, values: Numbers, own: str, form: str) -> Scale:
    return _between(title, values, values, form=form, own=own, there=np.isfinite(values))


def _logarithmic(title: str, values: NDArray[np.generic], own: str, form: str) -> Scale:
    """Numbers that span powers of ten; those of 0 have no colour of their own: the first."""
    numbers = np.asarray(values, dtype=np.float64)
    least = numbers[numbers > 0].min(initial=np.inf)
    logs = np.log(np.maximum(numbers, least / 2 if np.isfinite(least) else 1))
    return _between(
        f"{title}, log scale", logs, numbers, form=form, own=own, there=np.ones(len(logs), np.bool_)
    )


def _between(
    title: str, shown: Numbers, values: Numbers, *, form: str, own: str, there: Bools
) -> Scale:
    kept = shown[there]
    low, high = (kept.min(), kept.max()) if len(kept) else (0.0, 1.0)
    share = np.clip((shown - low) / ((high - low) or 1.0), 0, 1)
    ends = (values[there].min(), values[there].max()) if len(kept) else (0.0, 1.0)
    return Scale(
        title,
        np.nan_to_num(share).astype(np.float32),
        there,
        form.format(ends[0]),
        form.format(ends[1]),
        own,
    )


def _round_nought(title: str, values: NDArray[np.float32], own: str) -> Scale:
    """Numbers of either sign, equally far on both sides: 0.5 stands for none."""
    there = np.isfinite(values)
    far = float(np.abs(values[there]).max(initial=0)) or 1.0
    shares = np.nan_to_num(0.5 + values / (2 * far), nan=0.0).astype(np.float32)
    return Scale(title, shares, there, f"-{far:.2f}", f"+{far:.2f}", own)


def _marked(workspace: Workspace, live: Rows, own: str) -> Groups:
    known = marks(workspace).latents
    labels = np.full(len(live), -1, dtype=np.int64)
    for at, latent in enumerate(live.tolist()):
        if latent in known:
            labels[at] = _kind(known[latent])
    return Groups(TITLES["marks"], labels, MARKED, "no mark", own)


def _kind(one: Mark) -> int:
    told = (one.starred, one.muted, one.weight is not None, bool(one.label))
    return told.index(True)


def _fingerprint(
    workspace: Workspace, key: str, chosen: Selection | None, other: Selection | None
) -> str:
    """Names the colouring by what it shows, so that a browser may keep what it fetched."""
    parts: list[Callable[[], str] | str] = [in_use(workspace, "latent-map").fingerprint, key]
    for subset in (chosen, other) if key in BY_SUBSET else ():
        parts.append("" if subset is None else digest(subset.rows.astype(np.int64).tobytes()))
    if key == "marks":
        parts.append(repr(sorted(marks(workspace).latents.items())))
    return digest(" ".join(map(str, parts)).encode())[:32]
