"""A child process that can be killed: its own group, bare environment, limits, bounded answer."""

from __future__ import annotations

import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import RequestError

ROOT = Path(__file__).parent.parent.parent
GRACE = 1.5  # of the time budget: at the budget a child is interrupted, then it is killed
START = 10.0  # seconds that a cold child may take to import its libraries on a busy machine
AT_ONCE = 2  # children of one process; further callers wait
MEMORY = 768 << 20  # bytes beyond what the child holds once its data is loaded
BLOCK = 1 << 16
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_NUM_THREADS": "1",
}
TOO_LONG = "the search took longer than {:.0f} s and was stopped; make it simpler"
NO_ANSWER = "the search ended without an answer, most likely for want of memory; make it simpler"
TOO_LARGE = "the search needed more memory than it may have and was stopped; make it simpler"

_turns = threading.BoundedSemaphore(AT_ONCE)


def answer_of(
    module: str, request: bytes, *, seconds: float, most: int, fds: Sequence[int] = ()
) -> bytes:
    """What `python -m MODULE` writes to standard output when given `request` on standard input.

    The child gets no environment of ours and only the open files `fds`. It and everything it
    starts are killed `GRACE * seconds` after its start (START more while it imports), when it
    writes more than `most` bytes, and when the caller is interrupted. RequestError when it was
    stopped or died.
    """
    with _turns:
        child = subprocess.Popen(
            [sys.executable, "-B", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd=ROOT,
            pass_fds=tuple(fds),
            start_new_session=True,
        )
        try:
            answer = _conversation(child, request, seconds, most)
        finally:
            _end(child)
    if child.returncode != 0:
        raise RequestError(_why(child.returncode, seconds))
    return answer


def confine(seconds: float) -> None:
    """Called by the child at once: so much processor time, no file written, no memory dump."""
    cpu = int(seconds * GRACE + START) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_in(memory: int = MEMORY) -> None:
    """Called by the child once its data is loaded: so much more memory, and no further file.

    Without a free file number neither a file nor a socket can be opened.
    """
    held = _held_bytes()
    for kind, used in ((resource.RLIMIT_AS, held[0]), (resource.RLIMIT_DATA, held[1])):
        resource.setrlimit(kind, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _held_bytes() -> tuple[int, int]:
    """Address space and private data of this process."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[0]) * resource.getpagesize(), int(fields[5]) * resource.getpagesize()


def _conversation(
    child: subprocess.Popen[bytes], request: bytes, seconds: float, most: int
) -> bytes:
    """Hand the request over and read the answer, within time and size."""
    if child.stdin is None or child.stdout is None:
        raise ValueError("the child was started without pipes")
    deadline = time.monotonic() + seconds * GRACE + START
    with suppress(BrokenPipeError):  # it died at once; its return code tells
        child.stdin.write(request)
        child.stdin.close()
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(max(deadline - time.monotonic(), 0)):
            part = os.read(child.stdout.fileno(), BLOCK)
            if not part:
                _wait(child, deadline)
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > most:
                raise RequestError("the search answered with more than there can be; try again")
    raise RequestError(TOO_LONG.format(seconds))


def _wait(child: subprocess.Popen[bytes], deadline: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(deadline - time.monotonic(), 0.1))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the whole group, whatever its leader did, and leave no zombie."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


def _why(code: int, seconds: float) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return TOO_LONG.format(seconds)
    return NO_ANSWER
