"""Which artifacts a bundle holds: what is in use, and everything made from it but models."""

from __future__ import annotations

from collections.abc import Iterable

from core.pipeline.views import KINDS
from core.workspace import Artifact, Workspace

WITHOUT = frozenset({"sae", "targets", "neuron-sets", "map-neurons"})
"""Kinds and roles that stay behind: weights, somebody's target examples, what needs neurons."""

DERIVED = (
    "map", "layout", "clusters", "cluster-tree", "cluster-curve", "latent-map", "tokens", "scores",
    "thresholds", "duplicates", "overlap", "given", "selection",
)  # fmt: skip
"""Kinds of which every artifact made from what is in use goes along; `selection` comes last, since
a selection may be made from a given subset or from duplicates."""

FILES = ("marks.json", "cluster-edits.json", "snapshots.json")
"""Small files beside the artifacts, copied as they are."""

LEFT_OUT = (
    "the language model and the SAE's weights",
    "neuron states",
)


def roles_kept(workspace: Workspace) -> dict[str, str]:
    """What is in use in the bundle, by role."""
    return {
        role: name
        for role, name in workspace.current().items()
        if role not in WITHOUT and workspace.in_use(role, KINDS.get(role, role)) is not None
    }


def artifacts_kept(workspace: Workspace) -> list[Artifact]:
    """Every artifact of the bundle, each once, by kind and name."""
    roles = roles_kept(workspace)
    found = {
        (kind, name): workspace.get(kind, name)
        for role, name in roles.items()
        for kind in [KINDS.get(role, role)]
    }
    known = set(workspace.current().values())
    for kind in DERIVED:
        for artifact in workspace.artifacts(kind):
            if kind not in WITHOUT and _is_made_from(artifact, known):
                found[kind, artifact.fingerprint] = artifact
                known.add(artifact.fingerprint)
    return [found[key] for key in sorted(found)]


def _is_made_from(artifact: Artifact, known: Iterable[str]) -> bool:
    """Whether every parent is in use or in the bundle."""
    return bool(artifact.parents) and set(artifact.parents.values()) <= set(known)
