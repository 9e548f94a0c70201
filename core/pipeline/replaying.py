"""Replay: make an export again from its manifest alone, and compare it bit for bit."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.ingest import IngestConfig
from core.data.pool import Pool
from core.data.sources import pinned, source_identity
from core.errors import DataError, ModelError
from core.export.manifest import Manifest
from core.export.write import CARD_NAME, Export, ExportResult, free_folder, write_export
from core.fingerprint import Recipe
from core.options import configure
from core.pipeline import autoencoders, features, pools, readings, selection
from core.pipeline.adopting import adopt
from core.pipeline.bringing import bring_again
from core.pipeline.export_rows import PoolExamples
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.replay_differences import check_model, check_recipe, differs, explain, remarks
from core.pipeline.requests import Request
from core.pipeline.rows_to_export import rows_of
from core.reporting import Quiet, Reporter
from core.sae.config import SaeConfig
from core.sae.info import bundled_folder, read_info
from core.select.budget import Budget
from core.workspace import Workspace

SETTLED = ("model", "shard_rows", "hookpoint")


@dataclass(frozen=True, slots=True)
class Where:
    """Where the sources lie now, and where the new export goes."""

    sources: tuple[str, ...] = ()
    out: Path | None = None
    device: str | None = None


def replay(
    workspace: Workspace, path: Path, where: Where, *, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Run every recipe of a manifest again and export; DataError names the first that differs.

    Artifacts that the workspace already holds are taken as they are: their names are the
    fingerprints of the same recipes. What was in use in the workspace stays in use.
    """
    started = time.monotonic()
    manifest = read_manifest(path)
    reporter = reporter or Quiet()
    if where.out is not None:
        free_folder(where.out)  # before anything long is begun
    with _left_as_it_was(workspace), tempfile.TemporaryDirectory() as scratch:
        _pool(workspace, manifest, path, where, reporter)
        _readings(workspace, manifest, where, reporter)
        bring_again(workspace, manifest.recipes, reporter)
        solved = _solved(workspace, manifest, reporter)
        out = where.out or Path(scratch) / "export"
        made = _written(workspace, manifest, solved, out, reporter)
        try:
            told = _compare(workspace, manifest, solved, made)
        except DataError:
            shutil.rmtree(made.folder)  # what differs is no replay
            raise
    return {
        "identical": True,
        "rows": made.n_rows,
        "sha256": made.manifest.data_sha256,
        "folder": str(where.out) if where.out else None,
        "remarks": [*told, *remarks(workspace, manifest)],
        "seconds": round(time.monotonic() - started, 3),
    }


def read_manifest(path: Path) -> Manifest:
    """A manifest file; DataError when it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as a manifest: {error}") from error
    return Manifest.from_json(text, name=str(path))


def _pool(
    workspace: Workspace, manifest: Manifest, path: Path, where: Where, reporter: Reporter
) -> None:
    recipe = manifest.recipes["pool"]
    fingerprint = _fingerprint(recipe)
    if workspace.find("pool", fingerprint) is not None:
        adopt(workspace, "pool", fingerprint)
        return
    sources = where.sources or tuple(_found(source, path) for source in manifest.sources)
    for named, source in zip(manifest.sources, sources, strict=False):
        seen = source_identity(source)["sha256"]
        if seen != named["sha256"]:
            told = differs(f"source {named['name']}", named["sha256"], seen)
            raise DataError(f"{told}: its sha256 differs")
    values = {k: v for k, v in recipe["config"].items() if k != "sources"}
    made = pools.ingest_pool(workspace, sources, configure(IngestConfig, values), reporter=reporter)
    _check(workspace, "pool", recipe, made.artifacts["pool"])


def _found(source: Mapping[str, Any], manifest: Path) -> str:
    """A source by its name: beside the manifest, in the current folder, or on the hub."""
    name = str(source["name"])
    if source.get("revision"):
        return pinned(source)
    for folder in (manifest.parent, Path.cwd()):
        if (folder / name).is_file():
            return str(folder / name)
    raise DataError(
        f"the manifest's source {name!r} is neither in the workspace, beside the manifest nor "
        "here; say where it lies with --source PATH"
    )


def _readings(workspace: Workspace, manifest: Manifest, where: Where, reporter: Reporter) -> None:
    if "features" not in manifest.recipes:
        return
    recipe = manifest.recipes["readings"]
    fingerprint = _fingerprint(recipe)
    if workspace.find("readings", fingerprint) is not None:
        adopt(workspace, "readings", fingerprint)
    else:
        config = recipe["config"]
        _check_model(config, where)
        ask = readings.Ask(
            model=config["model"]["id"],
            hookpoint=config["hookpoint"],
            sae=_sae(workspace, manifest, where, reporter),
            device=where.device,
            dtype=config["model"]["dtype"],
            options={k: v for k, v in config.items() if k not in SETTLED},
        )
        made = readings.extract(workspace, ask, reporter=reporter)
        _check(workspace, "readings", recipe, made.artifacts["readings"])
    threshold = manifest.recipes["features"]
    made = features.make(workspace, threshold["config"], reporter=reporter)
    _check(workspace, "features", threshold, made.artifacts["features"])


def _check_model(config: Mapping[str, Any], where: Where) -> None:
    """Open the model once before the pass, so that another one is told at once."""
    model = config["model"]
    opened = open_model(ModelAsk(model["id"], where.device, model["dtype"]))
    check_model(model, opened.identity)


def _sae(workspace: Workspace, manifest: Manifest, where: Where, reporter: Reporter) -> str:
    recipe = manifest.recipes["sae"]
    fingerprint = _fingerprint(recipe)
    if workspace.find("sae", fingerprint) is not None:
        return fingerprint
    config = recipe["config"]
    if recipe["step"] == "sae load":
        bundled = read_info(bundled_folder()).identity
        if bundled == config["identity"]:
            return autoencoders.imported(workspace, bundled_folder()).fingerprint
        raise ModelError(
            "the replay differs at the SAE hash: the manifest's SAE was loaded from a folder and "
            f"is {config['identity']}, and here is only the bundled one, {bundled}; "
            "load the same one into this workspace with `sae load PATH` first"
        )
    source = autoencoders.Source(config["model"]["id"], config["hookpoint"], where.device)
    values = {k: v for k, v in config.items() if k not in ("hookpoint", "model")}
    made = autoencoders.train(workspace, source, configure(SaeConfig, values), reporter=reporter)
    _check(workspace, "sae", recipe, made.artifacts["sae"])
    return fingerprint


def _solved(workspace: Workspace, manifest: Manifest, reporter: Reporter) -> selection.Solved:
    """The stored order solved as far as it was, and as much of it as was asked for."""
    recipe = manifest.recipes["selection"]
    artifact = workspace.find("selection", manifest.selection.fingerprint)
    if artifact is None:
        config = recipe["config"]
        reach = Budget(config["reach"]["kind"], config["reach"]["value"])
        solved = selection.solve(workspace, Request.of(config, reach), reporter=reporter)
        _check(workspace, "selection", recipe, solved.artifact.fingerprint)
        artifact = solved.artifact
    order = selection.stored_order(artifact)
    n_rows = manifest.selection.budget.get("value", len(manifest.ids))
    subset = order if n_rows == len(order) else order.prefix(n_rows)
    return selection.Solved(artifact, order, subset)


def _written(
    workspace: Workspace,
    manifest: Manifest,
    solved: selection.Solved,
    out: Path,
    reporter: Reporter,
) -> ExportResult:
    """The export as its manifest says, from rows that were chosen anew."""
    artifact = workspace.get("pool", solved.artifact.parents["pool"])
    pool = Pool.load(artifact.folder)
    names = pool.ids()
    ids = rows_of([names[row] for row in solved.subset.rows], manifest.decisions)
    return write_export(
        out,
        Export(
            title=manifest.title or f"{len(ids):,} examples chosen by {manifest.selection.method}",
            n_pool=manifest.n_pool or pool.n_rows,
            sources=manifest.sources,
            recipes=manifest.recipes,
            selection=manifest.selection,
            licence=manifest.licence,
            decisions=manifest.decisions,
            artifacts=manifest.artifacts,
            findings=manifest.findings,
            versions=manifest.versions,
        ),
        PoolExamples(pool, pool.rows_of(ids)),
        format=manifest.format,
        options=manifest.options,
        progress=reporter.stage("Writing the training file", "rows"),
    )


def _compare(
    workspace: Workspace, manifest: Manifest, solved: selection.Solved, made: ExportResult
) -> list[str]:
    """Every file against the manifest; DataError names the first ingredient that differs.

    The card is for people: where its words changed since, that is a remark.
    """
    seen = made.manifest
    if seen.ids != manifest.ids or seen.data_sha256 != manifest.data_sha256:
        raise explain(workspace, manifest, solved.artifact, seen.data_sha256)
    told = []
    for then, now in zip(manifest.files, seen.files, strict=False):
        if dict(then) == dict(now):
            continue
        if then.get("name") != CARD_NAME:
            raise differs(f"bytes of {then.get('name')} (sha256)", then["sha256"], now["sha256"])
        told.append("the words of the card are others now; the data is the same")
    return told


@contextmanager
def _left_as_it_was(workspace: Workspace) -> Iterator[None]:
    """Put back in use what was, unless that was nothing."""
    roles, choices = workspace.current(), workspace.choices()
    try:
        yield
    finally:
        if roles and workspace.current() != roles:
            workspace.use(roles)
            workspace.choose(**choices)


def _fingerprint(recipe: Mapping[str, Any]) -> str:
    return Recipe(
        recipe["step"], recipe["version"], recipe["config"], recipe["parents"]
    ).fingerprint


def _check(workspace: Workspace, step: str, expected: Mapping[str, Any], made: str) -> None:
    """Refuse a step that went another way than in the manifest."""
    if _fingerprint(expected) != made:
        seen = workspace.get(step, made).meta["recipe"]
        check_recipe(step, expected, seen)
        raise differs(f"recipe of the {step}", _fingerprint(expected), made)
