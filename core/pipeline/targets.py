"""Target examples, read through the model and SAE in use, to be matched by their latents."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data.ingest import IngestConfig, ingest
from core.data.opening import regular_file
from core.data.pool import Pool
from core.errors import DataError
from core.extract import read_shard
from core.fingerprint import Recipe, file_digest
from core.pipeline.arrays import load_csr, save_csr
from core.pipeline.tokens import open_reader
from core.pipeline.views import in_use
from core.records import Csr
from core.reporting import Quiet, Reporter
from core.sparse import filter_values, membership
from core.workspace import Artifact, Workspace

VERSION = 1


def target_examples(
    workspace: Workspace, path: Path, *, reporter: Reporter | None = None
) -> Artifact:
    """Target examples read through the model and SAE in use, as an artifact of their latents.

    The file is in any schema that a pool may have. Raises DataError when it cannot be read,
    WorkspaceError when the pool has no features yet.
    """
    readings, features = in_use(workspace, "readings"), in_use(workspace, "features")
    regular_file(path)
    content = file_digest(path)
    parents = {"readings": readings.fingerprint, "features": features.fingerprint}
    recipe = Recipe("targets", VERSION, {"sha256": content}, parents)
    if workspace.find("targets", recipe.fingerprint) is None:
        reporter = reporter or Quiet()
        examples = ingest([str(path)], IngestConfig()).pool
        codes = _read(workspace, examples, reporter)
        theta = features.notes["threshold"]["theta"]
        title = f"{examples.n_rows:,} target examples from {path.name}"
        with workspace.publish("targets", recipe, title=title) as draft:
            save_csr(draft.folder, "targets", membership(filter_values(codes, theta)))
            draft.notes.update(name=path.name, n_rows=examples.n_rows, n_latents=codes.n_columns)
    return workspace.get("targets", recipe.fingerprint)


def target_sets(workspace: Workspace, fingerprint: str) -> Csr:
    """The latents of each target example."""
    artifact = workspace.get("targets", fingerprint)
    return load_csr(artifact.folder, "targets", artifact.notes["n_latents"])


def _read(workspace: Workspace, examples: Pool, reporter: Reporter) -> Csr:
    reader = open_reader(workspace, workspace.choices().get("model"))
    shard = read_shard(
        reader.model,
        examples.texts(np.arange(examples.n_rows)),
        reader.config,
        encoder=reader.encoder,
        progress=reporter.stage("Reading target examples", "rows"),
    )
    if shard.codes is None:
        raise DataError("the target examples gave no codes; extract the pool with an SAE")
    return shard.codes.rows
