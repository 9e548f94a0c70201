"""Long steps as detached processes of `python -m core …`, each with a folder that tells its state.

jobs/<id>/job.json        arguments, token, boot id, pid, start ticks; written once by the starter
jobs/<id>/progress.json   replaced by the job alone
jobs/<id>/result.json     or error.json: written once by the job, the only truth of its end
jobs/<id>/cancel          a wish to stop, seen at the next report of progress
jobs/<id>/log             what the job wrote to standard error
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Cancelled, WorkspaceError
from core.publish import plain_disk_errors, write_json
from core.records import Progress
from core.reporting import StageClock

BEAT = 0.25  # seconds between two progress files
STALL = 60.0  # seconds without progress before a live job is called stalled
LOG_TAIL = 20_000  # bytes of a log that are shown
PATIENCE = 5.0  # seconds between the cancel wish, SIGTERM and SIGKILL
KEPT_ENVIRONMENT = (
    "PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS",
    "HF_HOME", "HF_HUB_OFFLINE", "NUMBA_CACHE_DIR", "PYTHONPATH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its folder tells it."""

    id: str
    folder: Path
    title: str
    started: float
    state: str  # running, stalled, stopping, done, failed, cancelled, lost
    progress: dict[str, Any]
    result: dict[str, Any]
    error: str
    arguments: tuple[str, ...]

    @property
    def verb(self) -> str:
        """The step it runs: the first of its arguments."""
        return self.arguments[0] if self.arguments else ""

    @property
    def is_active(self) -> bool:
        """Whether its process is still alive."""
        return self.state in ("running", "stalled", "stopping")


class JobReporter:
    """The reporter inside a job: writes progress.json and heeds the cancel file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last = 0.0

    def stage(self, title: str, unit: str) -> Progress:
        """A stage that is shown to whoever reads the job's folder."""
        clock = StageClock(title, unit)

        def progress(done: int, total: int, note: str = "") -> None:
            clock.advance(done, total, note)
            if (self.folder / "cancel").exists():
                raise Cancelled(f"cancelled while {title.lower()}, at {done:,} of {total:,} {unit}")
            if time.monotonic() - self._last >= BEAT or done >= total:
                self._last = time.monotonic()
                _replace_json(self.folder / "progress.json", clock.as_json())

        return progress


def start(root: Path, arguments: Sequence[str], *, title: str) -> str:
    """Start `python -m core ARGUMENTS --workspace ROOT` as a detached job; returns its id."""
    job_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    folder = root / "jobs" / job_id
    with plain_disk_errors(folder):
        folder.mkdir(parents=True, mode=0o700)
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "core", *arguments, "--workspace", str(root)]
    command += ["--json", "--job", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k in KEPT_ENVIRONMENT}
    environment["CORESET_JOB_TOKEN"] = token
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
    write_json(
        folder / "job.json",
        {
            "title": title,
            "arguments": list(arguments),
            "token": token,
            "boot": _boot_id(),
            "pid": process.pid,
            "ticks": _start_ticks(process.pid),
            "started": time.time(),
        },
    )
    return job_id


def read(root: Path, job_id: str) -> Job:
    """The state of one job, computed from its folder and its process."""
    folder = root / "jobs" / job_id
    record = _load(folder / "job.json")
    if not record:
        raise WorkspaceError(f"there is no job {job_id} in {root}")
    error = _load(folder / "error.json")
    result = _load(folder / "result.json")
    return Job(
        id=job_id,
        folder=folder,
        title=record["title"],
        started=record["started"],
        state=_state(folder, record, bool(result), error),
        progress=_load(folder / "progress.json"),
        result=result,
        error=error.get("message", ""),
        arguments=tuple(record.get("arguments", ())),
    )


def listed(root: Path) -> list[Job]:
    """All jobs of a workspace, newest first."""
    folders = sorted((root / "jobs").glob("*/job.json"), reverse=True)
    return [read(root, path.parent.name) for path in folders]


def log_tail(job: Job, n_bytes: int = LOG_TAIL) -> str:
    """The end of what a job wrote to standard error; empty when it wrote nothing."""
    try:
        with (job.folder / "log").open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - n_bytes))
            return stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def cancel(root: Path, job_id: str) -> None:
    """Ask a job to stop; it does so at its next report, keeping every finished shard."""
    folder = read(root, job_id).folder
    with plain_disk_errors(folder):
        (folder / "cancel").touch()


def enforce_cancel(root: Path, job_id: str) -> None:
    """Stop a job that ignores its cancel file: SIGTERM to its group, later SIGKILL."""
    job = read(root, job_id)
    if job.state != "stopping":
        return
    waited = time.time() - (job.folder / "cancel").stat().st_mtime
    if waited > PATIENCE:
        pid = _load(job.folder / "job.json")["pid"]
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL if waited > 2 * PATIENCE else signal.SIGTERM)


def restart(root: Path, job_id: str) -> str:
    """Start the same step again; finished shards and artifacts are kept, so it resumes."""
    record = _load(root / "jobs" / job_id / "job.json")
    if not record:
        raise WorkspaceError(f"there is no job {job_id} in {root}")
    return start(root, record["arguments"], title=record["title"])


def finish(folder: Path, result: dict[str, Any]) -> None:
    """Record, inside a job, that it is done."""
    write_json(folder / "result.json", result)


def fail(folder: Path, kind: str, message: str) -> None:
    """Record, inside a job, that it ended without a result; kind is failed or cancelled."""
    write_json(folder / "error.json", {"kind": kind, "message": message})


def _state(folder: Path, record: dict[str, Any], has_result: bool, error: dict[str, Any]) -> str:
    if has_result:
        return "done"
    if error:
        return str(error.get("kind", "failed"))
    if not _is_alive(record):
        return "cancelled" if (folder / "cancel").exists() else "lost"
    if (folder / "cancel").exists():
        return "stopping"
    beat = folder / "progress.json"
    quiet = time.time() - (beat.stat().st_mtime if beat.exists() else record["started"])
    return "stalled" if quiet > STALL else "running"


def _is_alive(record: dict[str, Any]) -> bool:
    """The very process we started: same boot, pid and start ticks, and no zombie."""
    with suppress(ChildProcessError):
        os.waitpid(record["pid"], os.WNOHANG)  # a finished child of ours would stay a zombie
    same = record["boot"] == _boot_id() and record["ticks"] == _start_ticks(record["pid"])
    return same and _process_fields(record["pid"])[:1] != ["Z"]


def _start_ticks(pid: int) -> int:
    fields = _process_fields(pid)
    return int(fields[19]) if len(fields) > 19 else -1


def _process_fields(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the state on; the name before may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _load(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _replace_json(path: Path, value: dict[str, Any]) -> None:
    """Replace without fsync: progress may be lost in a power cut, results may not."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(json.dumps(value), encoding="utf-8")
    draft.replace(path)
