"""Sources into a pool, as an artifact named by what the sources hold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.hub import hub_reference
from core.data.ingest import IngestConfig, ingest
from core.data.opening import regular_file
from core.data.pool import Pool
from core.data.sources import local_path, source_identity
from core.fingerprint import Recipe
from core.options import as_values
from core.pipeline.adopting import adopt
from core.pipeline.result import StepResult
from core.records import Rows
from core.reporting import Quiet, Reporter
from core.workspace import Workspace

VERSION = 1


def rows_with(pool: Pool, text: str) -> Rows:
    """The rows whose turns hold a piece of text, case aside; every row for an empty one."""
    if not text:
        return np.arange(pool.n_rows, dtype=np.int64)
    found, start = [], 0
    for chunk in pool.table["turns"].chunks:
        hits = pc.match_substring(_texts(chunk), text, ignore_case=True)
        rows = pc.list_parent_indices(chunk).filter(hits).to_numpy(zero_copy_only=False)
        found.append(np.unique(rows).astype(np.int64) + start)
        start += len(chunk)
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def ingest_pool(
    workspace: Workspace,
    sources: Sequence[str],
    config: IngestConfig,
    *,
    reporter: Reporter | None = None,
) -> StepResult:
    """Read sources into a pool and put it in use; the same bytes are read only once.

    Raises DataError for a source that cannot be read, or too many bad rows.
    """
    started = time.monotonic()
    identities = [source_identity(source) for source in sources]
    named = [{"name": one["name"], "sha256": one["sha256"]} for one in identities]
    recipe = Recipe("ingest", VERSION, {**as_values(config), "sources": named})
    if workspace.find("pool", recipe.fingerprint) is None:
        result = ingest(
            sources, config, progress=(reporter or Quiet()).stage("Reading sources", "parts")
        )
        title = f"{result.pool.n_rows:,} examples from {', '.join(one['name'] for one in named)}"
        with workspace.publish("pool", recipe, title=title) as draft:
            result.pool.save(draft.folder)
            draft.notes.update(
                n_rows=result.pool.n_rows,
                origins=[_origin(source) for source in sources],
                report=result.report.as_json(),
            )
    adopt(workspace, "pool", recipe.fingerprint)
    notes = workspace.get("pool", recipe.fingerprint).notes
    counts = {name: notes["report"][name] for name in ("n_read", "n_duplicates", "n_bad")}
    return StepResult(
        {"pool": recipe.fingerprint},
        time.monotonic() - started,
        notes={"n_rows": notes["n_rows"], **counts},
    )


def check_sources(sources: Sequence[str]) -> None:
    """Refuse a local source that is no readable file, before a workspace is made for it."""
    for source in sources:
        if hub_reference(source) is None:
            regular_file(local_path(source))


def _origin(source: str) -> str:
    """Where a source lay when it was read: an absolute path, or the hub id as it was given."""
    path = Path(source).expanduser()
    return str(path.resolve()) if path.exists() else source


def _texts(turns: pa.Array) -> pa.Array:
    return pc.struct_field(turns.flatten(), "text")
