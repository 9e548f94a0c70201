"""Replay: make an export again from its manifest alone, and compare it bit for bit."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.ingest import IngestConfig
from core.data.sources import pinned, source_identity
from core.errors import DataError, ModelError
from core.export.manifest import Manifest
from core.fingerprint import Recipe
from core.options import configure
from core.pipeline import autoencoders, exports, features, pools, readings, selection
from core.pipeline.adopting import adopt
from core.pipeline.bringing import bring_again
from core.pipeline.requests import Request
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
    """Run every recipe of a manifest again and export; DataError names the step that differs.

    Artifacts that the workspace already holds are taken as they are: their names are the
    fingerprints of the same recipes.
    """
    started = time.monotonic()
    manifest = read_manifest(path)
    reporter = reporter or Quiet()
    _pool(workspace, manifest, path, where, reporter)
    _readings(workspace, manifest, where, reporter)
    bring_again(workspace, manifest.recipes, reporter)
    solved = _solved(workspace, manifest, reporter)
    _check("selection", manifest.selection.fingerprint, solved.artifact.fingerprint)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "selection.json"
        selection.write_selection(workspace, solved, file)
        out = where.out or Path(scratch) / "export"
        made = exports.export(workspace, file, out, form=manifest.format, reporter=reporter)
    if made["sha256"] != manifest.data_sha256:
        raise DataError(
            f"the replay differs: {manifest.data_file} has sha256 {made['sha256'][:12]}… "
            f"where the manifest says {manifest.data_sha256[:12]}…"
        )
    return {
        "identical": True,
        "rows": made["rows"],
        "sha256": made["sha256"],
        "folder": str(where.out) if where.out else None,
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
        if source_identity(source)["sha256"] != named["sha256"]:
            raise DataError(
                f"{source} is not the {named['name']} of the manifest: its sha256 differs"
            )
    values = {k: v for k, v in recipe["config"].items() if k != "sources"}
    made = pools.ingest_pool(workspace, sources, configure(IngestConfig, values), reporter=reporter)
    _check("pool", fingerprint, made.artifacts["pool"])


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
        ask = readings.Ask(
            model=config["model"]["id"],
            hookpoint=config["hookpoint"],
            sae=_sae(workspace, manifest, where, reporter),
            device=where.device,
            dtype=config["model"]["dtype"],
            options={k: v for k, v in config.items() if k not in SETTLED},
        )
        made = readings.extract(workspace, ask, reporter=reporter)
        _check("readings", fingerprint, made.artifacts["readings"])
    threshold = manifest.recipes["features"]
    made = features.make(workspace, threshold["config"], reporter=reporter)
    _check("features", _fingerprint(threshold), made.artifacts["features"])


def _sae(workspace: Workspace, manifest: Manifest, where: Where, reporter: Reporter) -> str:
    recipe = manifest.recipes["sae"]
    fingerprint = _fingerprint(recipe)
    if workspace.find("sae", fingerprint) is not None:
        return fingerprint
    config = recipe["config"]
    if recipe["step"] == "sae load":
        if read_info(bundled_folder()).identity == config["identity"]:
            return autoencoders.imported(workspace, bundled_folder()).fingerprint
        raise ModelError(
            "the manifest's SAE was loaded from a folder; load the same one into this workspace "
            "with `sae load PATH` first"
        )
    source = autoencoders.Source(config["model"]["id"], config["hookpoint"], where.device)
    values = {k: v for k, v in config.items() if k not in ("hookpoint", "model")}
    made = autoencoders.train(workspace, source, configure(SaeConfig, values), reporter=reporter)
    _check("sae", fingerprint, made.artifacts["sae"])
    return fingerprint


def _solved(workspace: Workspace, manifest: Manifest, reporter: Reporter) -> selection.Solved:
    """The stored order solved as far as it was, and as much of it as was exported."""
    config = manifest.recipes["selection"]["config"]
    reach = Budget(config["reach"]["kind"], config["reach"]["value"])
    solved = selection.solve(workspace, Request.of(config, reach), reporter=reporter)
    n_rows = len(manifest.ids)
    subset = solved.order if n_rows == len(solved.order) else solved.order.prefix(n_rows)
    return selection.Solved(solved.artifact, solved.order, subset)


def _fingerprint(recipe: Mapping[str, Any]) -> str:
    return Recipe(
        recipe["step"], recipe["version"], recipe["config"], recipe["parents"]
    ).fingerprint


def _check(step: str, expected: str, made: str) -> None:
    if expected != made:
        raise DataError(
            f"the replay differs at the {step}: the manifest's recipe is {expected} and this "
            f"machine's is {made}; model files, number format or program version are not the same"
        )
