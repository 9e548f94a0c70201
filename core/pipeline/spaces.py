"""Layouts of the pool by what the model computes inside: its neurons, or the codes of the SAE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import RequestError
from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.arrays import save_array
from core.pipeline.views import in_use, open_readings
from core.project import PROJECTIONS
from core.project import project as run_projection
from core.project.graph import GraphConfig, neighbour_graph
from core.project.reduce import ReduceConfig, reduced
from core.project.trustworthiness import trustworthiness
from core.records import Csr
from core.reporting import Reporter
from core.workspace import Artifact, Workspace

VERSION = 1
ROLES = {"embeddings": "map", "codes": "map-codes", "neurons": "map-neurons"}
"""What a layout is in use as, by the space that it shows."""


def check_space(space: str) -> str:
    """The space itself; RequestError names those there are."""
    if space not in ROLES:
        raise RequestError(f"there is no space {space!r}; a layout is of {', '.join(ROLES)}")
    return space


def laid_out(
    workspace: Workspace,
    space: str,
    method: str,
    options: Mapping[str, Any],
    reporter: Reporter,
) -> Artifact:
    """A layout of `codes` or `neurons`, made when absent; embeddings have a graph of their own.

    Rows are weighted, reduced to ReduceConfig's dimensions, joined to their nearest by cosine,
    and laid out as embeddings are. WorkspaceError when the readings in use hold no such values.
    """
    config: Any = configure(PROJECTIONS.get(method).config, options)
    reducing, joining = ReduceConfig(), GraphConfig()
    values = {
        **as_values(config),
        "space": space,
        "reduce": as_values(reducing),
        "graph": as_values(joining),
    }
    parents = {"readings": in_use(workspace, "readings").fingerprint}
    recipe = Recipe(f"project {method}", VERSION, values, parents)
    found = workspace.find("map", recipe.fingerprint)
    if found is not None:
        return found
    sparse = _sparse(workspace, space)
    rows = reduced(sparse, reducing, progress=reporter.stage(f"Reducing {space}", "rows"))
    graph = neighbour_graph(rows, joining, progress=reporter.stage("Finding neighbours", "rows"))
    progress = reporter.stage("Laying out the map", "layouts")
    result = run_projection(method, rows, graph, config, progress=progress)
    quality = trustworthiness(rows, result.coordinates) if len(rows) > 3 else None
    with workspace.publish("map", recipe, title=f"{result.method} of {space}") as draft:
        save_array(draft.folder, "coordinates", result.coordinates)
        draft.notes.update(method=result.method, trustworthiness=quality, recall=graph.recall)
    return workspace.get("map", recipe.fingerprint)


def _sparse(workspace: Workspace, space: str) -> Csr:
    readings = open_readings(workspace)
    found = readings.codes if space == "codes" else readings.neurons
    if found is None or found.values is None:
        how = "an SAE" if space == "codes" else "some layers"
        raise RequestError(f"the readings in use hold no {space}; extract again with {how}")
    return found
