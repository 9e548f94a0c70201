"""The one pass over the pool in use: shard after shard, each kept, so that a stop loses little."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.data.pool import Pool
from core.errors import WorkspaceError
from core.extract import (
    ExtractConfig,
    LanguageModel,
    Readings,
    ShardReadings,
    merge_shards,
    read_shard,
    save_shard,
    settle,
    shard_rows,
    shards_of,
)
from core.extract.config import VERSION
from core.fingerprint import Recipe
from core.lease import device_lease
from core.options import as_values, configure
from core.pipeline import autoencoders, features
from core.pipeline.adopting import adopt
from core.pipeline.models import DEFAULT_MODEL, ModelAsk, open_model
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_pool
from core.publish import whole_folder
from core.reporting import Quiet, Reporter
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.records import Progress
    from core.sae.reader import LatentReader

BYTES_A_ROW = 4_608  # MiniLM: 4,084 merged, and about 312 more of a shard's own sums


@dataclass(frozen=True, slots=True)
class Ask:
    """What to read the pool with."""

    model: str = DEFAULT_MODEL
    hookpoint: str | None = None
    sae: str | None = None
    device: str | None = None
    dtype: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def extract(workspace: Workspace, ask: Ask, *, reporter: Reporter | None = None) -> StepResult:
    """Read the pool in use through a model, then turn its codes into feature sets.

    Finished shards of an earlier, interrupted run are kept and counted. Raises ModelError when
    the model or SAE is unknown, damaged or does not fit.
    """
    started = time.monotonic()
    reporter = reporter or Quiet()
    pool = in_use(workspace, "pool")
    model = open_model(ModelAsk(ask.model, ask.device, ask.dtype))
    values = {**ask.options, **({"hookpoint": ask.hookpoint} if ask.hookpoint else {})}
    config = settle(model, configure(ExtractConfig, values))
    sae = autoencoders.resolved(workspace, model, config.hookpoint, ask.sae, reporter=reporter)
    recipe = Recipe(
        "extract",
        VERSION,
        {
            **as_values(config),
            "model": dict(model.identity),
            "shard_rows": shard_rows(pool.notes["n_rows"]),
        },
        {"pool": pool.fingerprint, "sae": sae.fingerprint},
    )
    kept, made = 0, 0
    if workspace.find("readings", recipe.fingerprint) is None:
        with device_lease(str(model.device)):
            kept, made = _read(
                workspace, recipe, model, config, _reader(sae.folder, model), reporter
            )
    adopt(workspace, "sae", sae.fingerprint)
    adopt(workspace, "readings", recipe.fingerprint)
    workspace.choose(model=_place(ask.model))
    sets = features.make(workspace, {}, reporter=reporter)
    artifacts = {"readings": recipe.fingerprint, **sets.artifacts}
    return StepResult(artifacts, time.monotonic() - started, kept, made, sets.notes)


def _place(model: str) -> str:
    """A model as it can be opened again: a local folder by its full path."""
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model


def _reader(folder: Path, model: LanguageModel) -> LatentReader:
    from core.sae.checkpoint import load_sae
    from core.sae.reader import LatentReader

    return LatentReader(load_sae(folder, device=model.device).sae)


def _read(
    workspace: Workspace,
    recipe: Recipe,
    model: LanguageModel,
    config: ExtractConfig,
    reader: LatentReader,
    reporter: Reporter,
) -> tuple[int, int]:
    """Make the shards that are missing and merge all; gives how many were kept and made."""
    pool = open_pool(workspace)
    store = workspace.root / "shards" / recipe.fingerprint
    shards = shards_of(pool.n_rows)
    folders = [store / f"{number:06d}" for number in range(len(shards))]
    missing = [number for number, folder in enumerate(folders) if not _is_whole(folder)]
    n_missing = sum(shards[number][1] - shards[number][0] for number in missing)
    progress = reporter.stage("Reading examples", "rows")
    done = pool.n_rows - n_missing
    progress(done, pool.n_rows, _kept_note(len(shards) - len(missing)))
    for number in missing:
        start, stop = shards[number]
        with whole_folder(folders[number], reserve=(stop - start) * BYTES_A_ROW) as draft:
            shard = _read_rows(
                pool, (start, stop), model, config, reader, _ahead(progress, done, pool)
            )
            save_shard(shard, draft)
        done += stop - start
    _publish(workspace, recipe, folders, model, reporter)
    shutil.rmtree(store, ignore_errors=True)
    return len(shards) - len(missing), len(missing)


def _read_rows(
    pool: Pool,
    span: tuple[int, int],
    model: LanguageModel,
    config: ExtractConfig,
    reader: LatentReader,
    progress: Progress,
) -> ShardReadings:
    import numpy as np

    texts = pool.texts(np.arange(*span))
    return read_shard(model, texts, config, encoder=reader, progress=progress)


def _ahead(progress: Progress, before: int, pool: Pool) -> Progress:
    """The progress of one shard, counted on top of the rows already done."""

    def shifted(done: int, total: int, note: str = "") -> None:
        progress(before + done, pool.n_rows, note)

    return shifted


def _publish(
    workspace: Workspace,
    recipe: Recipe,
    folders: list[Path],
    model: LanguageModel,
    reporter: Reporter,
) -> None:
    size = sum(path.stat().st_size for folder in folders for path in folder.iterdir())
    title = f"{model.identity['id']} at {recipe.config['hookpoint']}"
    with workspace.publish("readings", recipe, title=title, reserve=size) as draft:
        merge_shards(folders, draft.folder, progress=reporter.stage("Merging shards", "arrays"))
        readings = Readings.load(draft.folder)
        draft.notes.update(
            n_rows=readings.n_rows,
            n_tokens=int(readings.n_tokens.sum(dtype="int64")),
            n_truncated=int(readings.truncated.sum()),
            n_splits=len(readings.splits),
            device=str(model.device),
            dtype=model.identity["dtype"],
            n_layers=model.architecture.n_layers,
            d_model=model.architecture.d_model,
            d_ff=model.architecture.d_ff,
        )


def _is_whole(folder: Path) -> bool:
    """Whether a shard is there and readable; a damaged one is made again."""
    if not folder.is_dir():
        return False
    try:
        ShardReadings.load(folder)
    except WorkspaceError:
        shutil.rmtree(folder)
        return False
    return True


def _kept_note(n_kept: int) -> str:
    return f"{n_kept:,} shards kept" if n_kept else ""
