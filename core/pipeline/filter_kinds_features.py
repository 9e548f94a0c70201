"""Filters by what the model computes: a latent of the SAE, a neuron."""

from __future__ import annotations

import numpy as np

from core.errors import RequestError
from core.pipeline.filter_kinds import Answer, Scene, Value, filter_kind, needed, quoted, whole
from core.pipeline.marks import marks
from core.pipeline.views import in_use, open_features, open_readings
from core.workspace import Workspace

MOST_UNITS = 1 << 31
BLOCK = 1 << 24  # stored entries compared at once


def _latent_title(workspace: Workspace, value: Value) -> str:
    label = marks(workspace).get("latent", value["latent"]).label
    return f"latent {value['latent']}" + (f" {quoted(label)}" if label else "")


def _neuron_title(workspace: Workspace, value: Value) -> str:
    width = in_use(workspace, "readings").notes["d_ff"]
    label = marks(workspace).get("neuron", value["layer"] * width + value["neuron"]).label
    title = f"neuron {value['neuron']} of layer {value['layer']}"
    return title + (f" {quoted(label)}" if label else "")


@filter_kind("latent", {"latent": needed(whole(0, MOST_UNITS))}, _latent_title, reads=("features",))
def latent(scene: Scene, value: Value) -> Answer:
    """Rows whose feature set has the latent."""
    columns = open_features(scene.workspace).sets.columns
    if value["latent"] >= columns.n_rows:
        raise RequestError(
            f"there is no latent {value['latent']}; this SAE has 0 to {columns.n_rows - 1}"
        )
    return Answer(scene.these(columns.row(value["latent"]).astype(np.int64)))


@filter_kind(
    "neuron",
    {"layer": needed(whole(0, 10_000)), "neuron": needed(whole(0, MOST_UNITS))},
    _neuron_title,
    reads=("readings",),
)
def neuron(scene: Scene, value: Value) -> Answer:
    """Rows among whose strongest neurons of a layer, those that are stored, is this one."""
    notes = in_use(scene.workspace, "readings").notes
    rows = open_readings(scene.workspace).neurons
    if rows is None:
        raise RequestError("the readings in use hold no neurons; extract again with some layers")
    if value["layer"] >= notes["n_layers"] or value["neuron"] >= notes["d_ff"]:
        raise RequestError(
            f"there is no neuron {value['neuron']} of layer {value['layer']}; "
            f"layers are 0 to {notes['n_layers'] - 1}, neurons 0 to {notes['d_ff'] - 1}"
        )
    column = np.uint32(value["layer"] * notes["d_ff"] + value["neuron"])
    found = [
        np.flatnonzero(rows.indices[start : start + BLOCK] == column) + start
        for start in range(0, rows.nnz, BLOCK)
    ]
    places = np.concatenate([np.empty(0, dtype=np.int64), *found])
    return Answer(scene.these(np.searchsorted(rows.indptr, places, side="right") - 1))
