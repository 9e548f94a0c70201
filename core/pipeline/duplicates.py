"""Near-duplicate groups of the pool in use, as an artifact that constraints can read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.duplicates import GROUPINGS, Grouping, Groups, Material, Neighbours, group
from core.extract import choose_device
from core.fingerprint import Recipe
from core.lease import device_lease
from core.options import as_values, configure
from core.pipeline import maps
from core.pipeline.adopting import adopt
from core.pipeline.arrays import load_array, save_array
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_pool, open_readings
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace

VERSION = 1
EXACT_BELOW = 100_000  # rows; from here on the neighbour graph is made where there is none


def duplicates(
    workspace: Workspace,
    method: str = "minhash",
    options: Mapping[str, Any] | None = None,
    *,
    device: str | None = None,
    reporter: Reporter | None = None,
) -> StepResult:
    """Group the near-duplicates of the pool in use and put the groups in use.

    `cosine` reads the embeddings in use, and the neighbour graph where there is one.
    Raises RequestError for an unknown method or option, WorkspaceError for a missing reading.
    """
    started = time.monotonic()
    reporter = reporter or Quiet()
    entry = GROUPINGS.get(method)
    config: Any = configure(entry.config, options or {})
    parents = _parents(workspace, entry, reporter)
    recipe = Recipe(f"duplicates {method}", VERSION, as_values(config), parents)
    if workspace.find("duplicates", recipe.fingerprint) is None:
        material = _material(workspace, entry, parents, device)
        with device_lease(material.device):
            progress = reporter.stage("Finding near-duplicates", "steps")
            groups = group(method, material, config, progress=progress)
        _publish(workspace, recipe, groups)
    adopt(workspace, "duplicates", recipe.fingerprint)
    notes = workspace.get("duplicates", recipe.fingerprint).notes
    return StepResult(
        {"duplicates": recipe.fingerprint}, time.monotonic() - started, notes=dict(notes)
    )


def open_groups(workspace: Workspace) -> Groups:
    """The groups in use; their `labels` serve as they are as a constraint's groups."""
    return read_groups(in_use(workspace, "duplicates"))


def read_groups(artifact: Artifact) -> Groups:
    """A duplicates artifact as the record that methods return."""
    return Groups(
        artifact.notes["method"],
        load_array(artifact.folder, "labels"),
        load_array(artifact.folder, "sizes"),
    )


def _parents(workspace: Workspace, entry: Grouping, reporter: Reporter) -> dict[str, str]:
    """What the groups are made from; a large pool's neighbour graph is made for them."""
    pool = in_use(workspace, "pool")
    parents = {"pool": pool.fingerprint}
    if entry.reads == "embeddings":
        parents["readings"] = in_use(workspace, "readings").fingerprint
        if "graph" not in workspace.current() and pool.notes["n_rows"] >= EXACT_BELOW:
            maps.neighbours(workspace, reporter)
        if "graph" in workspace.current():
            parents["graph"] = workspace.current()["graph"]
    return parents


def _material(
    workspace: Workspace, entry: Grouping, parents: Mapping[str, str], device: str | None
) -> Material:
    if entry.reads == "texts":
        return Material(texts=open_pool(workspace).texts())
    neighbours = None
    if "graph" in parents:
        folder = workspace.get("graph", parents["graph"]).folder
        arrays = (np.array(load_array(folder, name)) for name in ("indices", "distances"))
        neighbours = Neighbours(*arrays)
    return Material(
        embeddings=open_readings(workspace).embeddings,
        neighbours=neighbours,
        device=str(choose_device(device)),
    )


def _publish(workspace: Workspace, recipe: Recipe, groups: Groups) -> None:
    title = f"{groups.method}, {groups.n_groups:,} groups"
    with workspace.publish("duplicates", recipe, title=title) as draft:
        save_array(draft.folder, "labels", groups.labels)
        save_array(draft.folder, "sizes", groups.sizes)
        draft.notes.update(
            method=groups.method,
            n_groups=groups.n_groups,
            n_grouped=groups.n_grouped,
            n_spare=groups.n_spare,
            largest=groups.largest,
        )
