"""SAEs of a workspace: loaded from a folder, bundled with the app, or trained on the pool."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ModelError, WorkspaceError
from core.extract import ExtractConfig, settle, stream_activations
from core.extract.batching import tokenise
from core.fingerprint import Recipe
from core.lease import device_lease
from core.options import as_values
from core.pipeline.adopting import adopt
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_pool
from core.reporting import Quiet, Reporter
from core.sae.config import SaeConfig
from core.sae.info import CONFIG_NAME, WEIGHTS_NAME, SaeInfo, bundled_folder, check_fits, read_info
from core.workspace import NAME, Artifact, Workspace

if TYPE_CHECKING:
    from torch import Tensor

    from core.extract import LanguageModel
    from core.records import Progress

VERSION = 1
COUNTED = 2_048  # texts tokenised at once when tokens are counted


@dataclass(frozen=True, slots=True)
class Source:
    """Which activations an SAE is trained on."""

    model: str
    hookpoint: str | None = None
    device: str | None = None


def load(workspace: Workspace, folder: Path) -> StepResult:
    """Check an SAE folder and keep a copy in the workspace."""
    started = time.monotonic()
    artifact = imported(workspace, folder)
    adopt(workspace, "sae", artifact.fingerprint)
    return StepResult({"sae": artifact.fingerprint}, time.monotonic() - started)


def train(
    workspace: Workspace,
    source: Source,
    config: SaeConfig,
    *,
    reporter: Reporter | None = None,
) -> StepResult:
    """Train a TopK SAE on the pool in use and put it in use."""
    started = time.monotonic()
    model = open_model(ModelAsk(source.model, source.device))
    artifact = trained(workspace, model, source.hookpoint, config, reporter=reporter or Quiet())
    adopt(workspace, "sae", artifact.fingerprint)
    notes = {"fvu": artifact.notes["fvu"], "dead_share": artifact.notes["dead_share"]}
    return StepResult({"sae": artifact.fingerprint}, time.monotonic() - started, notes=notes)


def resolved(
    workspace: Workspace,
    model: LanguageModel,
    hookpoint: str | None,
    sae: str | None,
    *,
    reporter: Reporter,
) -> Artifact:
    """The SAE a pass reads: as asked, else the bundled one for MiniLM, else trained on the pool.

    Never silently another model's: one that does not fit is a ModelError.
    """
    place = settle(model, ExtractConfig(hookpoint=hookpoint)).hookpoint or ""
    artifact = _chosen(workspace, model, place, sae)
    if artifact is None:
        artifact = trained(workspace, model, place, SaeConfig(), reporter=reporter)
    check_fits(read_info(artifact.folder), model.identity["id"], place, model.architecture.d_model)
    return artifact


def trained(
    workspace: Workspace,
    model: LanguageModel,
    hookpoint: str | None,
    config: SaeConfig,
    *,
    reporter: Reporter,
) -> Artifact:
    """An SAE trained on the pool in use, made when absent."""
    reading = settle(model, ExtractConfig(hookpoint=hookpoint))
    pool = in_use(workspace, "pool")
    values = {**as_values(config), "hookpoint": reading.hookpoint, "model": dict(model.identity)}
    recipe = Recipe("sae train", VERSION, values, {"pool": pool.fingerprint})
    found = workspace.find("sae", recipe.fingerprint)
    if found is not None:
        return found
    with device_lease(str(model.device)):
        return _train(workspace, model, reading, config, recipe=recipe, reporter=reporter)


def imported(workspace: Workspace, folder: Path) -> Artifact:
    """A copy of an SAE folder as an artifact, named by its weights and k."""
    from core.sae.checkpoint import load_sae

    info = load_sae(folder).info
    recipe = Recipe("sae load", VERSION, {"identity": info.identity})
    if workspace.find("sae", recipe.fingerprint) is None:
        title = f"{info.n_latents:,} latents, k = {info.k}, {info.model_id or 'model unnamed'}"
        with workspace.publish("sae", recipe, title=title) as draft:
            for name in (CONFIG_NAME, WEIGHTS_NAME):
                shutil.copyfile(folder / name, draft.folder / name)
            draft.notes.update(_notes(info), origin=_origin(folder))
    return workspace.get("sae", recipe.fingerprint)


def _chosen(
    workspace: Workspace, model: LanguageModel, hookpoint: str, sae: str | None
) -> Artifact | None:
    if sae is not None:
        return _named(workspace, sae)
    bundled = bundled_folder()
    if bundled.is_dir():
        info = read_info(bundled)
        if (info.model_id, info.hookpoint) == (model.identity["id"], hookpoint):
            return imported(workspace, bundled)
    return None


def _named(workspace: Workspace, sae: str) -> Artifact:
    if NAME.fullmatch(sae):
        try:
            return workspace.get("sae", sae)
        except WorkspaceError as error:
            raise ModelError(str(error)) from error
    return imported(workspace, Path(sae).expanduser())


def _train(
    workspace: Workspace,
    model: LanguageModel,
    reading: ExtractConfig,
    config: SaeConfig,
    *,
    recipe: Recipe,
    reporter: Reporter,
) -> Artifact:
    from core.sae.checkpoint import save_sae
    from core.sae.train import train_sae

    texts = open_pool(workspace).texts()
    stream = _Stream(model, texts, reading, config.seed)
    n_tokens = _count_tokens(stream, reporter.stage("Counting tokens", "rows"))
    progress = reporter.stage("Training the SAE", "tokens")
    result = train_sae(
        stream,
        model.architecture.d_model,
        config,
        tokens_per_epoch=n_tokens,
        device=model.device,
        progress=progress,
    )
    report = asdict(result.report)
    title = f"{result.sae.n_latents:,} latents, k = {result.sae.k}, FVU {result.report.fvu:.2f}"
    with workspace.publish("sae", recipe, title=title) as draft:
        info = save_sae(
            result.sae,
            draft.folder,
            model_id=model.identity["id"],
            hookpoint=reading.hookpoint or "",
            training=report,
        )
        draft.notes.update(_notes(info), **report, origin="trained on the pool")
    return workspace.get("sae", recipe.fingerprint)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Token activations of the pool that can be passed over again, in the same order."""

    model: LanguageModel
    texts: Sequence[str]
    reading: ExtractConfig
    seed: int

    def __iter__(self) -> Iterator[Tensor]:
        return stream_activations(self.model, self.texts, self.reading, seed=self.seed)


def _count_tokens(stream: _Stream, progress: Progress) -> int:
    """Tokens of one pass, special ones left out."""
    total = 0
    for start in range(0, len(stream.texts), COUNTED):
        progress(start, len(stream.texts))
        part = stream.texts[start : start + COUNTED]
        tokens = tokenise(stream.model, part, max_length=stream.reading.max_length or 0)
        total += sum(int(item.text.sum()) for item in tokens)
    progress(len(stream.texts), len(stream.texts))
    return total


def _notes(info: SaeInfo) -> dict[str, object]:
    names = ("d_in", "n_latents", "k", "identity", "model_id", "hookpoint")
    return {**{name: getattr(info, name) for name in names}, "training": dict(info.training)}


def _origin(folder: Path) -> str:
    return "bundled" if folder.resolve() == bundled_folder().resolve() else str(folder.resolve())
