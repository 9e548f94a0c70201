"""Subsets of files held against each other: overlaps, metrics, baselines, seeds."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import CoreError, DataError, RequestError
from core.fingerprint import digest
from core.pipeline.comparison_baselines import BASELINES, baseline, tokens_of
from core.pipeline.comparison_members import Member
from core.pipeline.comparison_scores import measured
from core.pipeline.comparison_sets import MOST, overlap
from core.pipeline.comparison_stability import Drawn, of_seeds
from core.pipeline.given import match
from core.pipeline.requests import Request
from core.pipeline.selection import solve
from core.pipeline.selection_file import read_selection
from core.pipeline.views import in_use, open_pool
from core.publish import plain_disk_errors, write_json
from core.records import Rows
from core.reporting import Quiet, Reporter
from core.select.budget import Budget
from core.workspace import Workspace

MOST_SEEDS = 50
LISTED = 3  # unmatched rows that are named


@dataclass(frozen=True, slots=True)
class File:
    """A subset as a file gives it, with the request behind it where it is one of this workspace."""

    path: Path
    name: str
    rows: Rows
    remark: str
    request: Request | None


def compare(
    workspace: Workspace, paths: Sequence[Path], *, seeds: int = 0, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Hold the subsets of two to MOST files against each other and against their baselines.

    A file is whatever `core.pipeline.given.match` reads. Metrics are kept in the workspace, by
    the rows; with `seeds` each method of this workspace is drawn again. RequestError for another
    number of files or seeds; DataError for a file of which nothing is in the pool.
    """
    started = time.monotonic()
    if not 2 <= len(paths) <= MOST:
        raise RequestError(f"two to {MOST} files are compared; seen {len(paths)}")
    if seeds == 1 or not 0 <= seeds <= MOST_SEEDS:
        raise RequestError(f"stability takes 2 to {MOST_SEEDS} seeds; seen {seeds}")
    reporter = reporter or Quiet()
    files = [_read(workspace, path) for path in paths]
    labels = _labels(files)
    found = overlap([one.rows for one in files], int(in_use(workspace, "pool").notes["n_rows"]))
    return {
        "pool": {"fingerprint": workspace.current()["pool"], "rows": len(found.patterns)},
        "subsets": _subsets(workspace, dict(zip(labels, files, strict=True)), seeds, reporter),
        "overlap": {
            "rows": found.shared.tolist(),
            "jaccard": np.round(found.jaccard, 6).tolist(),
            "chance": np.round(found.chance, 6).tolist(),
            "intersections": [
                {
                    "in": [labels[at] for at in one.members],
                    "rows": one.n_rows,
                    "expected": round(one.n_expected, 3),
                }
                for one in found.intersections
            ],
        },
        "seconds": round(time.monotonic() - started, 3),
    }


def asked_files(workspace: Workspace, members: Sequence[Member]) -> list[Path]:
    """Selection files of these subsets, kept in the workspace so that a job can read them."""
    folder, ids = workspace.root / "asked", open_pool(workspace).ids()
    workspace.refuse_read_only()
    with plain_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in members:
        record = {
            "method": one.name,
            "budget": len(one.rows),
            "rows": [ids[row] for row in one.rows],
            "fingerprint": one.key.partition(":")[2],
            "dataset": workspace.current()["pool"],
        }
        path = folder / f"{digest(f'{one.key} {one.version}'.encode())[:16]}.json"
        write_json(path, record)
        written.append(path)
    return written


def _subsets(
    workspace: Workspace, files: Mapping[str, File], seeds: int, reporter: Reporter
) -> list[dict[str, Any]]:
    wanted = {label: one.rows for label, one in files.items()}
    beside = {label: baselines(workspace, one.rows) for label, one in files.items()}
    for label, found in beside.items():
        wanted |= {f"{name} beside {label}": rows for name, rows in found.items()}
    values = measured(workspace, wanted, reporter=reporter)
    has_tokens = "readings" in workspace.current()
    return [
        {
            "file": str(one.path),
            "name": label,
            "rows": len(one.rows),
            "tokens": int(tokens_of(workspace)[one.rows].sum()) if has_tokens else None,
            "remark": one.remark,
            "metrics": {
                "subset": dict(values[label]),
                **{name: dict(values[f"{name} beside {label}"]) for name in beside[label]},
            },
            **_stability(workspace, one, seeds, reporter),
        }
        for label, one in files.items()
    ]


def baselines(workspace: Workspace, rows: Rows) -> dict[str, Rows]:
    """Random and longest rows, as many as these and, where tokens are known, with as many tokens.

    Named as `core.pipeline.scores.beside` names them.
    """
    found = {name: baseline(workspace, name, Budget("rows", len(rows))) for name in BASELINES}
    if "readings" in workspace.current():
        tokens = Budget("tokens", int(tokens_of(workspace)[rows].sum()))
        found |= {f"{name}, tokens": baseline(workspace, name, tokens) for name in BASELINES}
    return found


def _read(workspace: Workspace, path: Path) -> File:
    pool = open_pool(workspace)
    matched = match(pool, path)
    if not matched.ids:
        shown = ", ".join(repr(one) for one in matched.unmatched[:LISTED])
        raise DataError(f"nothing in {path} is in the pool; seen {shown or 'no rows'}")
    remarks = []
    if matched.unmatched:
        remarks.append(f"{_rows(len(matched.unmatched))} of it not in the pool")
    if matched.n_repeated:
        remarks.append(f"{_rows(matched.n_repeated)} of it repeated")
    name, request = _behind(workspace, path, len(matched.ids))
    return File(path, name, pool.rows_of(matched.ids), "; ".join(remarks), request)


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _behind(workspace: Workspace, path: Path, n_rows: int) -> tuple[str, Request | None]:
    """A name for the file, and the request of a selection file of this workspace."""
    try:
        record = read_selection(path)
        made = workspace.find("selection", str(record["fingerprint"]))
    except CoreError:
        return path.name, None
    request = None if made is None else Request.of(made.config, Budget("rows", n_rows))
    return str(record["method"]), request


def _labels(files: Sequence[File]) -> list[str]:
    """A name for each file that no other has."""
    names = [one.name for one in files]
    return [
        name if names.count(name) == 1 else f"{name} ({at + 1})" for at, name in enumerate(names)
    ]


def _stability(
    workspace: Workspace, one: File, seeds: int, reporter: Reporter
) -> dict[str, dict[str, Any]]:
    if not seeds or one.request is None:
        return {}
    return {"stability": asdict(draw_again(workspace, one.request, seeds, reporter))}


def draw_again(workspace: Workspace, request: Request, seeds: int, reporter: Reporter) -> Drawn:
    """Solve a request with seeds 0, 1, 2, …, and keep every order."""
    progress = reporter.stage("Drawing again", "seeds")
    subsets = []
    for seed in range(seeds):
        progress(seed, seeds, request.method)
        subsets.append(solve(workspace, replace(request, seed=seed)).subset.rows)
    progress(seeds, seeds, request.method)
    return of_seeds(subsets, workspace)
