"""The map of latents: those that fire on the pool, laid out by what their decoders write."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.arrays import load_array, save_array
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_features
from core.project import PROJECTIONS
from core.project import project as run_projection
from core.project.graph import GraphConfig, neighbour_graph
from core.project.kept import neighbours_kept
from core.project.trustworthiness import trustworthiness
from core.records import Floats, Rows
from core.reporting import Quiet, Reporter
from core.sae.directions import Directions, read_directions
from core.workspace import Workspace

VERSION = 1
ROLE = "latent-map"
METHOD = "umap"
FEW = 10_000  # latents that a longer layout takes seconds for
EPOCHS = 500  # directions are nearly at right angles: 100 keep a third fewer neighbours


@dataclass(frozen=True, slots=True)
class LatentMap:
    """Where each latent that any row of the pool has lies; dead ones are left out."""

    latents: Rows  # (n_live,), ascending
    coordinates: Floats  # (n_live, 2)
    n_dead: int
    method: str  # 'pca' where there are too few latents for 'umap'
    trust: float | None  # trustworthiness of the layout, 0.5 by chance, 1 perfect
    kept: float | None  # share of a latent's nearest by direction that are its nearest here
    fingerprint: str

    def place(self, latent: int) -> int | None:
        """The position of a latent in the arrays, or None for a dead one."""
        at = int(np.searchsorted(self.latents, latent))
        return at if at < len(self.latents) and self.latents[at] == latent else None


def project_latents(
    workspace: Workspace,
    options: Mapping[str, Any] | None = None,
    *,
    method: str = METHOD,
    reporter: Reporter | None = None,
) -> StepResult:
    """Lay the live latents out by cosine of their decoder directions, and put the map in use."""
    started = time.monotonic()
    features = in_use(workspace, "features")
    longer = method == METHOD and features.notes["n_reachable"] < FEW
    start = {"n_epochs": EPOCHS} if longer else {}
    config: Any = configure(PROJECTIONS.get(method).config, {**start, **(options or {})})
    parents = {"sae": _sae(workspace), "features": features.fingerprint}
    recipe = Recipe(f"project latents {method}", VERSION, as_values(config), parents)
    if workspace.find(ROLE, recipe.fingerprint) is None:
        _publish(workspace, recipe, method, config, reporter or Quiet())
    adopt(workspace, ROLE, recipe.fingerprint)
    notes = workspace.get(ROLE, recipe.fingerprint).notes
    told = {name: notes[name] for name in ("n_live", "n_dead", "neighbours_kept")}
    return StepResult({ROLE: recipe.fingerprint}, time.monotonic() - started, notes=told)


def latent_map(workspace: Workspace) -> LatentMap:
    """The map of latents in use; WorkspaceError names the step that makes it."""
    made = in_use(workspace, ROLE)
    return LatentMap(
        latents=load_array(made.folder, "latents"),
        coordinates=load_array(made.folder, "coordinates"),
        n_dead=made.notes["n_dead"],
        method=made.notes["method"],
        trust=made.notes["trustworthiness"],
        kept=made.notes.get("neighbours_kept"),
        fingerprint=made.fingerprint,
    )


def directions(workspace: Workspace) -> Directions:
    """The decoder directions of the SAE that read the pool."""
    return directions_of(workspace.get("sae", _sae(workspace)).folder)


def _sae(workspace: Workspace) -> str:
    return in_use(workspace, "readings").parents["sae"]


def _publish(
    workspace: Workspace, recipe: Recipe, method: str, config: Any, reporter: Reporter
) -> None:
    carriers = open_features(workspace).sets.columns.lengths()
    live = np.flatnonzero(carriers > 0)
    unit = directions(workspace).unit(live)
    graph = neighbour_graph(
        unit, GraphConfig(), progress=reporter.stage("Finding neighbours of latents", "latents")
    )
    result = run_projection(
        method, unit, graph, config, progress=reporter.stage("Laying out the latents", "layouts")
    )
    title = f"{len(live):,} latents by {result.method}"
    with workspace.publish(ROLE, recipe, title=title) as draft:
        save_array(draft.folder, "latents", live.astype(np.int64))
        save_array(draft.folder, "coordinates", result.coordinates)
        draft.notes.update(
            method=result.method,
            n_live=len(live),
            n_dead=len(carriers) - len(live),
            trustworthiness=trustworthiness(unit, result.coordinates) if len(live) > 3 else None,
            neighbours_kept=neighbours_kept(graph, result.coordinates),
        )


@functools.lru_cache(maxsize=1)
def directions_of(folder: Path) -> Directions:
    """The decoder directions of an SAE folder, kept in memory for one SAE."""
    return read_directions(folder)
