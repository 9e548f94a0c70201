"""One peer in a process of its own, under a memory limit; started by benchmarks.children.

    python -m benchmarks.peers.child CALL FOLDER

FOLDER holds stored.npy, the embeddings as the pool has them, and task.json. A run begins with these
and ends with the answer, as ours does. After each run answer.npy (rows, or a label a row) and
report.json are written there, so that what was done before a time limit is not lost.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WARM_UP = 200  # rows


def main(call: str, folder: Path) -> None:
    """Run the call as often as asked and as time allows."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    if task["memory_bytes"]:
        limit = int(task["memory_bytes"])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("ignore")  # other people's; they would bury our progress
    module, _, name = call.partition(":")
    function = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)
    stored = np.load(folder / "stored.npy")
    with contextlib.suppress(Exception):  # libraries are loaded when the clock starts, as ours are
        function(units(stored[:WARM_UP]), 20, task["settings"] | {"first": 0})
    runs: list[float] = []
    preparing: list[float] = []
    began = time.perf_counter()
    for _ in range(task["repeats"]):
        start = time.perf_counter()
        try:
            vectors = units(stored)
            preparing.append(time.perf_counter() - start)
            answer = function(vectors, task["budget"], task["settings"])
        except MemoryError:
            if not runs:
                write(folder, {"error": "out of memory"})
            return
        runs.append(time.perf_counter() - start)
        np.save(folder / "answer.npy", answer)
        report = {"runs_s": runs, "preparing_s": min(preparing), "peak_mb": peak()}
        write(folder, report)
        if time.perf_counter() - began + runs[-1] > task["enough_s"]:
            break


def units(stored: NDArray[Any]) -> NDArray[np.float32]:
    """Embeddings at unit length in float32, as every peer is given them."""
    vectors = stored.astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
    return vectors


def write(folder: Path, report: dict[str, Any]) -> None:
    """Put the report in its place in one step."""
    draft = folder / "report.draft"
    draft.write_text(json.dumps(report), encoding="utf-8")
    os.replace(draft, folder / "report.json")


def peak() -> int | None:
    """Most resident megabytes so far; not ru_maxrss, which remembers the parent's."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))
    return None


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        main(sys.argv[1], Path(sys.argv[2]))
