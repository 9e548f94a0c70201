"""What is out of use because something it was made from has changed, and what differs since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.pipeline import dropped
from core.pipeline.adopting import adopt
from core.pipeline.dropped import MADE_FROM, Dropped
from core.workspace import Artifact, Workspace

SOURCES = ("pool", "sae", "readings", "features")
"""What a person changes; everything else follows from these."""

NAMES = {
    "map": "The map was laid out",
    "map-codes": "The map by codes was laid out",
    "map-neurons": "The map by neurons was laid out",
    "latent-map": "The map of latents was laid out",
    "graph": "The neighbours were found",
    "readings": "The readings were made",
    "features": "The features were read",
    "duplicates": "The groups of near-duplicates were found",
    "overlap": "The overlap with a benchmark was found",
}
FROM = {
    "Pool": "from another pool",
    "Model": "with another model",
    "Reading": "from other readings",
    "SAE": "with another SAE",
    "Threshold": "on other features",
    "Features": "before a model had read the pool",
}
ON_FEATURES = ("selection", "latent-map")
FORMER = {
    "Pool": "pool",
    "Model": "model",
    "Reading": "readings",
    "SAE": "SAE",
    "Threshold": "threshold",
    "Features": "state",
}
NO_WORDS = {"tokens_per_batch", "shard_rows"}  # settings of a pass that change no result


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that has changed, in words; these hold text from the data."""

    name: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Stale:
    """What was in use for a role until something above it changed.

    `sentence` holds no text from the data. `lacks` is what has to be made before it can be made
    anew, and `former` what would have to be in use again for it to be valid as it is; None where
    that is gone.
    """

    was: Dropped
    sentence: str
    differs: tuple[Difference, ...]
    lacks: str | None
    former: str | None


def stale(workspace: Workspace, role: str) -> Stale | None:
    """What was last in use for a role, when nothing is now; None where there never was anything."""
    was = dropped.latest(workspace, role)
    if was is None:
        return None
    roles = workspace.current()
    differs = tuple(_differences(workspace, was.under, roles))
    lacks = next((one for one in SOURCES if one in was.under and one not in roles), None)
    return Stale(
        was, _sentence(workspace, was, differs), differs, lacks, _former(workspace, was, differs)
    )


def go_back(workspace: Workspace, found: Stale) -> None:
    """Put in use again what it was made from, so that it is in use again itself."""
    for role in SOURCES:
        if role in found.was.under:
            adopt(workspace, role, found.was.under[role])


def _differences(
    workspace: Workspace, then: Mapping[str, str], now: Mapping[str, str]
) -> list[Difference]:
    """What differs, most telling first; what is but a consequence of another is left out."""
    found = []
    changed = [one for one in SOURCES if one in now and now[one] != then.get(one)]
    both = {
        one: (
            dropped.artifact(workspace, one, then[one]),
            dropped.artifact(workspace, one, now[one]),
        )
        for one in changed
        if one in then
    }
    if "pool" in both:
        found.append(_worded("Pool", both["pool"], _title))
    if "readings" in both:
        found += _readings_differ(*both["readings"])
    if "sae" in both:
        found.append(_worded("SAE", both["sae"], _title))
    if changed == ["features"] and "features" in both:
        found.append(_worded("Threshold", both["features"], _threshold))
    if not found and "readings" in changed and "readings" not in then:
        new = dropped.artifact(workspace, "readings", now["readings"])
        found.append(Difference("Features", "none yet", f"read by {_title(new)}"))
    return found


def _readings_differ(then: Artifact | None, now: Artifact | None) -> list[Difference]:
    """Another model or block, else each setting of the pass that is another one."""
    if then is None or now is None or _title(then) != _title(now):
        return [_worded("Model", (then, now), _title)]
    keys = [one for one in now.config if one not in {"model", "hookpoint"} | NO_WORDS]
    return [
        Difference("Reading", _setting(then, key), _setting(now, key))
        for key in keys
        if then.config.get(key) != now.config.get(key)
    ]


def _setting(artifact: Artifact, key: str) -> str:
    return f"{key.replace('_', ' ')} {artifact.config.get(key)}"


def _worded(
    name: str, both: tuple[Artifact | None, Artifact | None], told: Callable[[Artifact], str]
) -> Difference:
    """Then and now in words; by their fingerprints too where the words are the same."""
    then, now = ("no longer kept" if one is None else told(one) for one in both)
    if then == now and both[0] is not None and both[1] is not None:
        then, now = f"{then} ({both[0].fingerprint[:8]})", f"{now} ({both[1].fingerprint[:8]})"
    return Difference(name, then, now)


def _title(artifact: Artifact | None) -> str:
    return "no longer kept" if artifact is None else str(artifact.meta["title"])


def _threshold(artifact: Artifact) -> str:
    told = artifact.notes["threshold"]
    return f"{told['theta']:.3g}, a median of {told['median_set_size']:,.0f} features a row"


def _sentence(workspace: Workspace, was: Dropped, differs: tuple[Difference, ...]) -> str:
    cause = FROM[differs[0].name] if differs else "from what is no longer in use"
    if was.role in ON_FEATURES and differs and differs[0].name not in ("Pool", "Features"):
        cause = FROM["Threshold"]
    return f"{_subject(workspace, was)} {cause}."


def _subject(workspace: Workspace, was: Dropped) -> str:
    """What it is and how it was made: 'The subset of 5,000 rows by sae-greedy was chosen'."""
    artifact = dropped.artifact(workspace, was.role, was.fingerprint)
    if was.role == "selection":
        rows = "" if was.n_rows is None else f" of {_counted(was.n_rows, 'row')}"
        by = "" if artifact is None else f" by {artifact.notes['method']}"
        return f"The subset{rows}{by} was chosen"
    if was.role in ("clusters", "hdbscan"):
        if artifact is None:
            return "The clusters were made"
        notes = artifact.notes
        were = "was" if notes["n_clusters"] == 1 else "were"
        return f"The {_counted(notes['n_clusters'], 'cluster')} by {notes['method']} {were} made"
    return NAMES[was.role]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _former(workspace: Workspace, was: Dropped, differs: tuple[Difference, ...]) -> str | None:
    """What to go back to, where everything that it was made from is still there."""
    needed = [*((one, was.under[one]) for one in MADE_FROM if one in was.under)]
    needed.append((was.role, was.fingerprint))
    whole = all(dropped.artifact(workspace, *one) is not None for one in needed)
    # what was made before there were readings is valid only without them
    valid = bool(differs) and differs[0].name != "Features"
    return FORMER[differs[0].name] if whole and valid else None
