"""The threshold table: what other thresholds would make of coverage on this very pool."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import CoreError, WorkspaceError
from core.extract import choose_device
from core.fingerprint import Recipe
from core.lease import device_lease
from core.pipeline.arrays import load_array, save_array
from core.pipeline.length_check import FullCodes, read_sample
from core.pipeline.random_rows import random_orders
from core.pipeline.result import StepResult
from core.pipeline.threshold_line import ThresholdLine, full_share, measure_threshold
from core.pipeline.views import in_use, open_readings, selection_view
from core.publish import write_json
from core.records import Csr, Rows
from core.reporting import Quiet, Reporter
from core.workspace import Workspace

VERSION = 1
KIND = "thresholds"
QUANTILES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998)
N_SAMPLED = 3_000  # rows, as in the table that the default comes from
MOST_CELLS = 50_000_000  # of rows and latents that a sample may hold
FEWEST_SAMPLED = 200
CUT_SHORT = 0.01  # share of rows with cut sets up to which the stored codes are good enough

LINES = "lines.json"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The measured table by rising theta, and sampled rows with how many codes they have.

    Without a sample `why_no_sample` says why, and thresholds below the stored codes are absent.
    """

    lines: tuple[ThresholdLine, ...]
    tokens: Rows  # (n_sampled,)
    n_positive: Rows  # (n_sampled,): latents above 0 on some token
    n_top: Rows  # (n_sampled,): latents among the k largest of some token
    k: int
    why_no_sample: str


def measure_thresholds(workspace: Workspace, *, reporter: Reporter | None = None) -> StepResult:
    """Measure a range of thresholds on the readings in use, kept as an artifact.

    WorkspaceError where the readings hold no codes.
    """
    started = time.monotonic()
    recipe = _recipe(workspace)
    if workspace.find(KIND, recipe.fingerprint) is None:
        _publish(workspace, recipe, reporter or Quiet())
    notes = {"n_lines": workspace.get(KIND, recipe.fingerprint).notes["n_lines"]}
    return StepResult({KIND: recipe.fingerprint}, time.monotonic() - started, notes=notes)


def stored_thresholds(workspace: Workspace) -> Thresholds | None:
    """The table of the readings in use, or None before it is measured."""
    found = workspace.find(KIND, _recipe(workspace).fingerprint)
    if found is None:
        return None
    lines = json.loads((found.folder / LINES).read_text(encoding="utf-8"))
    arrays = {
        name: np.array(load_array(found.folder, name)) for name in ("tokens", "n_positive", "n_top")
    }
    return Thresholds(
        tuple(_opened(line) for line in lines),
        **arrays,
        k=int(in_use(workspace, "sae").notes["k"]),
        why_no_sample=found.notes["why_no_sample"],
    )


def _opened(line: Mapping[str, Any]) -> ThresholdLine:
    return ThresholdLine(**{**line, "random": tuple(line["random"])})


def line_in_use(workspace: Workspace) -> ThresholdLine:
    """The threshold of the features in use, measured the same way on the whole pool."""
    theta = float(in_use(workspace, "features").notes["threshold"]["theta"])
    codes = _codes(workspace)
    above = int((np.asarray(codes.values) > np.float16(theta)).sum())
    quantile = 1 - above / max(_n_positive(workspace), 1)
    return _on_pool(workspace, theta, quantile)


def _recipe(workspace: Workspace) -> Recipe:
    parents = {role: in_use(workspace, role).fingerprint for role in ("pool", "readings")}
    return Recipe("thresholds", VERSION, {"quantiles": QUANTILES, "rows": N_SAMPLED}, parents)


def _publish(workspace: Workspace, recipe: Recipe, reporter: Reporter) -> None:
    codes = _codes(workspace)
    sample, why = _sample(workspace, codes.n_columns, reporter)
    progress = reporter.stage("Measuring thresholds", "thresholds")
    lines = []
    for done, quantile in enumerate(QUANTILES):
        progress(done, len(QUANTILES))
        line = _line(workspace, quantile, sample)
        if line is not None:
            lines.append(line)
    progress(len(QUANTILES), len(QUANTILES))
    none = np.empty(0, dtype=np.int64)
    arrays: Mapping[str, Rows] = {
        "tokens": none if sample is None else sample.tokens,
        "n_positive": none if sample is None else sample.positive.lengths(),
        "n_top": none if sample is None else sample.n_top,
    }
    with workspace.publish(KIND, recipe, title=f"{len(lines)} thresholds") as draft:
        write_json(draft.folder / LINES, [asdict(line) for line in lines])
        for name, array in arrays.items():
            save_array(draft.folder, name, array)
        draft.notes.update(n_lines=len(lines), why_no_sample=why)


def _sample(
    workspace: Workspace, n_latents: int, reporter: Reporter
) -> tuple[FullCodes | None, str]:
    """Sampled rows with every code; without the model, why there is none."""
    n_rows = min(N_SAMPLED, max(FEWEST_SAMPLED, MOST_CELLS // n_latents))
    try:
        with device_lease(str(choose_device(None))):
            progress = reporter.stage("Reading sampled rows again", "rows")
            return read_sample(workspace, n_rows, progress=progress), ""
    except CoreError as error:
        return None, str(error)


def _line(workspace: Workspace, quantile: float, sample: FullCodes | None) -> ThresholdLine | None:
    """One threshold on the whole pool where its codes are stored, else on the sample."""
    codes = _codes(workspace)
    n_above = round((1 - quantile) * _n_positive(workspace))
    if n_above < codes.nnz:
        values = np.asarray(codes.values)
        theta = float(np.partition(values, codes.nnz - 1 - n_above)[codes.nnz - 1 - n_above])
        if full_share(codes, theta) <= CUT_SHORT:
            return _on_pool(workspace, theta, quantile)
    return None if sample is None else _on_sample(workspace, quantile, sample)


def _on_pool(workspace: Workspace, theta: float, quantile: float) -> ThresholdLine:
    tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    return measure_threshold(
        _codes(workspace),
        tokens,
        theta,
        quantile=quantile,
        orders=random_orders(workspace),
        id_rank=selection_view(workspace, device="cpu").id_rank,
        whole=True,
    )


def _on_sample(workspace: Workspace, quantile: float, sample: FullCodes) -> ThresholdLine:
    values = np.asarray(sample.positive.values, dtype=np.float32)
    theta = float(np.quantile(values, quantile)) if quantile else 0.0
    places = {int(row): at for at, row in enumerate(sample.rows)}
    orders = [_within(order, places) for order in random_orders(workspace)]
    return measure_threshold(
        sample.positive,
        sample.tokens,
        theta,
        quantile=quantile,
        orders=orders,
        id_rank=selection_view(workspace, device="cpu").id_rank[sample.rows],
        whole=False,
    )


def _within(order: Rows, places: Mapping[int, int]) -> Rows:
    """A random order of the pool as positions in the sample."""
    found = [places[row] for row in order.tolist() if row in places]
    return np.array(found, dtype=np.int64)


def _codes(workspace: Workspace) -> Csr:
    codes = open_readings(workspace).codes
    if codes is None or codes.values is None or not codes.nnz:
        raise WorkspaceError("the readings in use hold no codes; extract again with an SAE")
    return codes


def _n_positive(workspace: Workspace) -> int:
    """Pooled activations above 0 over all rows and latents, stored or not."""
    readings = open_readings(workspace)
    stats: Any = readings.latent_stats
    return round(float(stats.frequency.sum(dtype=np.float64)) * readings.n_rows)
