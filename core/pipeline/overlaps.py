"""What the pool in use shares with a benchmark's prompts: a list to look at, and to forbid."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.prompts import Prompts, read_prompts
from core.data.sources import source_identity
from core.duplicates import OVERLAPS, Comparison, Overlap, OverlapMethod
from core.duplicates import overlap as compare
from core.errors import ModelError
from core.extract import ExtractConfig, choose_device, read_shard
from core.fingerprint import Recipe
from core.lease import device_lease
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_pool, open_readings
from core.publish import plain_disk_errors
from core.records import Halves
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
FILE_NAME = "overlap.parquet"
AT_ONCE = 1_024  # prompts read through the model between two chances to stop


@dataclass(frozen=True, slots=True)
class OverlapAsk:
    """How to compare, and where the model runs for it."""

    by: str = "ngram"
    options: Mapping[str, Any] = field(default_factory=dict)
    device: str | None = None


def overlap(
    workspace: Workspace,
    benchmarks: Sequence[str],
    ask: OverlapAsk | None = None,
    *,
    out: Path | None = None,
    reporter: Reporter | None = None,
) -> StepResult:
    """List the rows that overlap with prompts of these files, and put the list in use.

    `out` gets one example id a line, which `select --forbid` reads. Raises DataError for a
    benchmark that cannot be read, RequestError for an unknown way or option, ModelError when the
    model of the readings is not here.
    """
    started = time.monotonic()
    ask, reporter = ask or OverlapAsk(), reporter or Quiet()
    entry = OVERLAPS.get(ask.by)
    config: Any = configure(entry.config, ask.options)
    recipe = _recipe(workspace, benchmarks, entry, config)
    if workspace.find("overlap", recipe.fingerprint) is None:
        read = [read_prompts(name) for name in benchmarks]
        sides = _sides(workspace, entry, read, ask, reporter)
        progress = reporter.stage("Comparing with the benchmark", "rows")
        found = compare(ask.by, sides, config, progress=progress)
        _publish(workspace, recipe, found, read)
    adopt(workspace, "overlap", recipe.fingerprint)
    artifact = workspace.get("overlap", recipe.fingerprint)
    if out is not None:
        write_ids(artifact, out)
    return StepResult(
        {"overlap": recipe.fingerprint}, time.monotonic() - started, notes=dict(artifact.notes)
    )


def open_overlap(workspace: Workspace) -> pd.DataFrame:
    """The list in use, strongest first: row, id, benchmark, prompt, text, score and evidence.

    `prompt` is the prompt's number in its benchmark, from 0, and `text` what it says.
    """
    return read_overlap(in_use(workspace, "overlap"))


def read_overlap(artifact: Artifact) -> pd.DataFrame:
    """An overlap artifact as a table."""
    return pq.read_table(artifact.folder / FILE_NAME).to_pandas()


def write_ids(artifact: Artifact, out: Path) -> None:
    """Write the ids of the rows that overlap, one a line."""
    ids = pq.read_table(artifact.folder / FILE_NAME, columns=["id"])["id"].to_pylist()
    with plain_disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(f"{name}\n" for name in ids), encoding="utf-8")


def _recipe(
    workspace: Workspace, benchmarks: Sequence[str], entry: OverlapMethod, config: Any
) -> Recipe:
    identities = [source_identity(name) for name in benchmarks]
    named = [{"name": one["name"], "sha256": one["sha256"]} for one in identities]
    parents = {"pool": in_use(workspace, "pool").fingerprint}
    if entry.reads == "embeddings":
        parents["readings"] = in_use(workspace, "readings").fingerprint
    return Recipe(
        f"overlap {entry.name}", VERSION, {**as_values(config), "benchmarks": named}, parents
    )


def _sides(
    workspace: Workspace,
    entry: OverlapMethod,
    read: Sequence[Prompts],
    ask: OverlapAsk,
    reporter: Reporter,
) -> Comparison:
    prompts = [text for one in read for text in one.texts]
    if entry.reads == "texts":
        return Comparison(texts=open_pool(workspace).texts(), prompts=prompts)
    device = str(choose_device(ask.device))
    with device_lease(device):
        embedded = _embedded(workspace, prompts, device, reporter)
    return Comparison(
        prompts=prompts,
        embeddings=open_readings(workspace).embeddings,
        prompt_embeddings=embedded,
        device=device,
    )


def _embedded(
    workspace: Workspace, prompts: Sequence[str], device: str, reporter: Reporter
) -> Halves:
    """The prompts through the model of the readings in use, (n_prompts, d)."""
    readings = in_use(workspace, "readings")
    identity = readings.config["model"]
    place = workspace.choices().get("model", identity["id"])
    model = open_model(ModelAsk(place, device, identity["dtype"]))
    if model.identity["weights"] != identity["weights"]:
        raise ModelError(
            f"{place} has other weights than the model of the readings in use; "
            "extract again with it, or put the earlier one back"
        )
    known = {item.name for item in fields(ExtractConfig)}
    config = ExtractConfig(**{k: v for k, v in readings.config.items() if k in known})
    bare = replace(config, neuron_layers="none", span="both")  # embeddings alone
    progress = reporter.stage("Reading the benchmark", "prompts")
    parts = []
    for start in range(0, len(prompts), AT_ONCE):
        progress(start, len(prompts))
        parts.append(read_shard(model, prompts[start : start + AT_ONCE], bare).embeddings)
    progress(len(prompts), len(prompts))
    return np.concatenate(parts)


def _publish(workspace: Workspace, recipe: Recipe, found: Overlap, read: Sequence[Prompts]) -> None:
    names = [one["name"] for one in recipe.config["benchmarks"]]
    title = f"{found.by}, {len(found):,} rows overlap with {', '.join(names)}"
    with workspace.publish("overlap", recipe, title=title) as draft:
        pq.write_table(_table(workspace, found, read, names), draft.folder / FILE_NAME)
        draft.notes.update(
            by=found.by,
            rows=len(found),
            n_prompts=found.n_prompts,
            n_prompts_hit=found.n_prompts_hit,
            n_skipped=found.n_skipped,
            n_bad=sum(one.n_bad for one in read),
        )


def _table(
    workspace: Workspace, found: Overlap, read: Sequence[Prompts], names: Sequence[str]
) -> pa.Table:
    ids = open_pool(workspace).table["id"]
    ends = np.cumsum([len(one.texts) for one in read])
    benchmark = np.searchsorted(ends, found.prompts, side="right")
    number = found.prompts - np.concatenate([[0], ends])[benchmark]
    asked = zip(benchmark.tolist(), number.tolist(), strict=True)
    return pa.table(
        {
            "row": found.rows,
            "id": ids.take(pa.array(found.rows)),
            "benchmark": pa.array([names[at] for at in benchmark], pa.string()),
            "prompt": number,
            "text": pa.array([read[one].texts[at] for one, at in asked], pa.large_string()),
            "score": found.scores,
            "evidence": pa.array(found.evidence, pa.large_string()),
        }
    )
