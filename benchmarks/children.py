"""Other libraries in child processes: a memory limit, a time limit, and what became of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Halves

ROOT = Path(__file__).parent.parent
TAIL = 300  # characters of an error that are kept
REPEATING = 0.25  # share of the time limit after which a run is not repeated


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take, and where else it may import from."""

    seconds: float
    memory_bytes: int  # 0 for no limit
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child gave; `answer` is None where it did not finish a single run."""

    answer: NDArray[np.int64] | None
    runs_s: tuple[float, ...]  # from stored embeddings to answer
    preparing_s: float | None  # of that, bringing the embeddings to unit length in float32
    peak_mb: int | None
    said: str  # "done", or why not


def installed(module: str, distribution: str, limits: Limits) -> tuple[str | None, str]:
    """Version of a library where children find it, and what is in the way where it is None."""
    script = (
        f"import warnings; warnings.simplefilter('ignore')\n"
        f"import importlib.metadata, {module}\n"
        f"print(importlib.metadata.version({distribution!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=_environment(limits), capture_output=True, text=True
    )
    if done.returncode:
        return None, _last_line(done.stderr)
    return done.stdout.strip().splitlines()[-1], ""


def run_child(
    call: str,
    stored: Floats | Halves,
    budget: int,
    *,
    settings: Mapping[str, Any],
    repeats: int,
    limits: Limits,
) -> Outcome:
    """Run a function of benchmarks.peers on stored embeddings, several times where time allows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "stored.npy", stored)
        task = {
            "budget": budget,
            "settings": dict(settings),
            "repeats": repeats,
            "memory_bytes": limits.memory_bytes,
            "enough_s": REPEATING * limits.seconds,
        }
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        said = _followed(call, folder, limits)
        return _read(folder, said)


def _followed(call: str, folder: Path, limits: Limits) -> str:
    """Wait for the child, end it with its own children when time is up; why it ended."""
    command = [sys.executable, "-m", "benchmarks.peers.child", call, str(folder)]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(limits),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            code = child.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            return f"above {limits.seconds:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if code < 0:
        return f"ended by signal {-code}"
    return "done" if not code else _last_line((folder / "log").read_text(errors="replace"))


def _read(folder: Path, said: str) -> Outcome:
    report = folder / "report.json"
    if not report.exists():
        return Outcome(None, (), None, None, said)
    found = json.loads(report.read_text(encoding="utf-8"))
    if "error" in found:
        return Outcome(None, (), None, None, found["error"])
    runs = tuple(round(one, 5) for one in found["runs_s"])
    preparing = round(found["preparing_s"], 5)
    return Outcome(np.load(folder / "answer.npy"), runs, preparing, found["peak_mb"], "done")


def _environment(limits: Limits) -> dict[str, str]:
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    places = [str(ROOT), *limits.paths, *(place for place in given if place)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:TAIL] if lines else "ended without a word"
