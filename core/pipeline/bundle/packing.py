"""Packing a workspace as one zip that opens read-only in the same app."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data.pool import Pool
from core.errors import RequestError
from core.fingerprint import digest, file_digest
from core.pipeline.bundle.contents import FILES, LEFT_OUT, artifacts_kept, roles_kept
from core.pipeline.bundle.decided import write_decisions
from core.pipeline.bundle.read_me import read_me
from core.pipeline.bundle.record import BundleRecord, Packed
from core.pipeline.bundle.reduced import light_readings, sampled_pool
from core.pipeline.random_rows import random_orders
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features, open_pool
from core.publish import DRAFT, plain_disk_errors, sync_folder, write_json
from core.records import Progress, Rows, silent
from core.reporting import Quiet, Reporter
from core.workspace import BUNDLE, FORMAT, META, POINTER, Artifact, Workspace

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; the same files, the same bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """What goes into a bundle."""

    n_texts: int | None = None  # rows whose text goes along; None: all
    decisions: bool = True


def bundle(
    workspace: Workspace, out: Path, ask: Ask | None = None, *, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Write the share bundle of what is in use into the folder `out`.

    Its name holds a hash of its content, so that an equal bundle has an equal name. Raises
    WorkspaceError where nothing was read yet or the folder cannot be written, RequestError for a
    sample of no rows.
    """
    started = time.monotonic()
    ask = ask or Ask()
    workspace.refuse_read_only()
    if ask.n_texts is not None and ask.n_texts < 1:
        raise RequestError(f"a bundle holds the text of at least one row; seen {ask.n_texts}")
    in_use(workspace, "pool")
    progress = (reporter or Quiet()).stage("Packing the share bundle", "files")
    with plain_disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=DRAFT, dir=out) as scratch:
            record = _gather(workspace, Path(scratch), ask)
            target = out / f"{_stem(record)}-{_content_hash(record)[:16]}.zip"
            _zip(Path(scratch), record, target, progress)
    return {
        "file": str(target),
        "bytes": target.stat().st_size,
        "sha256": file_digest(target),
        "rows": record.n_rows,
        "texts": record.n_texts,
        "events": record.n_events,
        "left_out": list(record.left_out),
        "seconds": round(time.monotonic() - started, 3),
    }


def sampled(workspace: Workspace, count: int) -> Rows:
    """The rows whose text goes along, ascending.

    First the subset in pick order, then the strongest rows of the latents, strongest rows of all
    first, then rows drawn by hash.
    """
    chosen = _subset(workspace)
    first = np.empty(0, dtype=np.int64) if chosen is None else chosen
    every = np.concatenate([first, _strongest(workspace), random_orders(workspace)[0]])
    _, places = np.unique(every, return_index=True)
    return np.sort(every[np.sort(places)[:count]])


def _strongest(workspace: Workspace) -> Rows:
    """Each latent's strongest row, then each one's second, and so on."""
    if "features" not in workspace.current():
        return np.empty(0, dtype=np.int64)
    rows = open_features(workspace).top.top_rows.T.ravel().astype(np.int64)
    return rows[rows >= 0]


def _gather(workspace: Workspace, scratch: Path, ask: Ask) -> BundleRecord:
    """Lay the bundle's files out in a folder, and write down what they are."""
    left_out = list(LEFT_OUT)
    n_rows = open_pool(workspace).n_rows
    n_texts = n_rows if ask.n_texts is None else min(ask.n_texts, n_rows)
    for artifact in artifacts_kept(workspace):
        target = scratch / artifact.kind / artifact.fingerprint
        target.mkdir(parents=True)
        if artifact.kind == "readings":
            left_out += [told] if (told := light_readings(artifact, target)) else []
        elif artifact.kind == "pool" and n_texts < n_rows:
            _sample(workspace, artifact, target, n_texts)
        else:
            _copy(artifact, target)
    if n_texts < n_rows:
        left_out.append(f"the texts of {n_rows - n_texts:,} rows")
    n_events = _beside(workspace, scratch, decisions=ask.decisions)
    subset = _subset(workspace)
    method = None if subset is None else str(in_use(workspace, "selection").config["method"])
    n_chosen = None if subset is None else len(subset)
    title = f"{n_rows:,} rows" + (f", {n_chosen:,} chosen by {method}" if n_chosen else "")
    facts = {"n_rows": n_rows, "n_texts": n_texts, "n_events": n_events}
    text = read_me(title, **facts, left_out=left_out)
    (scratch / "README.md").write_text(text, encoding="utf-8")
    files = tuple(
        Packed(path.relative_to(scratch).as_posix(), path.stat().st_size, file_digest(path))
        for path in sorted(scratch.rglob("*"))
        if path.is_file()
    )
    return BundleRecord(title, n_rows, n_texts, n_chosen, method, n_events, tuple(left_out), files)


def _sample(workspace: Workspace, artifact: Artifact, target: Path, n_texts: int) -> None:
    sampled_pool(Pool.load(artifact.folder), artifact, target, sampled(workspace, n_texts))


def _copy(artifact: Artifact, target: Path) -> None:
    for entry in (*artifact.meta["files"], {"name": META}):
        shutil.copyfile(artifact.folder / entry["name"], target / entry["name"])


def _beside(workspace: Workspace, scratch: Path, *, decisions: bool) -> int:
    """The pointer, the small files of the workspace and the decision log; the log's events."""
    budget = workspace.choices().get("budget")
    choices = {} if budget is None else {"budget": budget}
    value = {"format": FORMAT, "in_use": roles_kept(workspace), "choices": choices}
    write_json(scratch / POINTER, value)
    for name in FILES:
        if (workspace.root / name).is_file():
            shutil.copyfile(workspace.root / name, scratch / name)
    views = sorted((workspace.root / "views").glob("*.json"))
    if views:
        (scratch / "views").mkdir()
    for path in views:
        shutil.copyfile(path, scratch / "views" / path.name)
    return write_decisions(workspace, scratch) if decisions else 0


def _subset(workspace: Workspace) -> Rows | None:
    """The rows of the subset in use, at the budget in use."""
    artifact = workspace.in_use("selection")
    if artifact is None:
        return None
    order = stored_order(artifact)
    budget = workspace.choices().get("budget")
    if not order.nested or budget is None:
        return order.rows
    return order.prefix(min(len(order), max(int(budget), order.n_pinned, 1))).rows


def _stem(record: BundleRecord) -> str:
    parts = ["coreset-atlas", f"{record.n_rows}-rows"]
    if record.method is not None:
        parts.append(f"{record.method}-{record.n_chosen}")
    return "-".join(parts)


def _content_hash(record: BundleRecord) -> str:
    return digest(record.to_json().encode())


def _zip(folder: Path, record: BundleRecord, target: Path, progress: Progress = silent) -> None:
    """Write the zip beside its place and move it there; an interrupted one leaves nothing."""
    draft = target.with_name(f"{DRAFT}{target.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as stream, zipfile.ZipFile(stream, "w", allowZip64=True) as archive:
            archive.writestr(_entry(BUNDLE), record.to_json())
            for done, one in enumerate(record.files):
                progress(done, len(record.files), one.name)
                with (
                    archive.open(_entry(one.name), "w", force_zip64=True) as into,
                    (folder / one.name).open("rb") as source,
                ):
                    shutil.copyfileobj(source, into, 1 << 20)
            progress(len(record.files), len(record.files))
            archive.close()
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
