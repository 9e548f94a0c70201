"""Feature sets of the pool: the stored codes above a threshold, with statistics a latent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from core.errors import WorkspaceError
from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.arrays import save_array, save_csr
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_readings
from core.reporting import Quiet, Reporter
from core.sae.features import feature_sets
from core.sae.statistics import latent_statistics, top_examples
from core.sae.threshold import ThresholdConfig, calibrate
from core.sparse import filter_values
from core.workspace import Workspace

VERSION = 1
STAGES = 4


def make(
    workspace: Workspace, options: Mapping[str, Any], *, reporter: Reporter | None = None
) -> StepResult:
    """Calibrate the threshold on the readings in use and store every row's feature set."""
    started = time.monotonic()
    config = configure(ThresholdConfig, options)
    readings = in_use(workspace, "readings")
    recipe = Recipe("features", VERSION, as_values(config), {"readings": readings.fingerprint})
    if workspace.find("features", recipe.fingerprint) is None:
        _publish(workspace, recipe, config, reporter or Quiet())
    adopt(workspace, "features", recipe.fingerprint)
    notes = workspace.get("features", recipe.fingerprint).notes
    told = {name: notes["threshold"][name] for name in ("theta", "median_set_size")}
    return StepResult(
        {"features": recipe.fingerprint}, time.monotonic() - started, notes={"threshold": told}
    )


def _publish(
    workspace: Workspace, recipe: Recipe, config: ThresholdConfig, reporter: Reporter
) -> None:
    readings = open_readings(workspace)
    if readings.codes is None:
        raise WorkspaceError("the readings in use hold no codes; extract again with an SAE")
    progress = reporter.stage("Turning codes into features", "steps")
    progress(0, STAGES, "threshold")
    threshold = calibrate(readings.codes, np.asarray(readings.n_tokens, np.int64), config)
    progress(1, STAGES, "feature sets")
    sets = feature_sets(readings.codes, threshold.theta)
    progress(2, STAGES, "statistics")
    kept = filter_values(readings.codes, threshold.theta)
    statistics = latent_statistics(kept)
    progress(3, STAGES, "top examples")
    top = top_examples(kept)
    with workspace.publish("features", recipe, title=f"theta {threshold.theta:.3g}") as draft:
        save_csr(draft.folder, "rows", sets.rows)
        save_csr(draft.folder, "columns", sets.columns)
        for record in (statistics, top):
            for name, array in asdict(record).items():
                save_array(draft.folder, name, array)
        draft.notes.update(
            n_rows=sets.n_rows,
            n_latents=sets.n_features,
            n_reachable=sets.n_reachable,
            dead_share=statistics.dead_share,
            threshold=asdict(threshold),
        )
    progress(STAGES, STAGES)
