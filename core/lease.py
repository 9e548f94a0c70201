"""One GPU step at a time: a kernel lock that is freed by the system however its holder ends.

The handle is not inherited by children: a lock that a grandchild still holds outlives its owner.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import RequestError
from core.publish import plain_disk_errors

STATE = "CORESET_STATE_DIR"


@contextmanager
def device_lease(device: str, folder: Path | None = None) -> Iterator[None]:
    """Hold a CUDA device for the block; RequestError when another step has it. The CPU is free."""
    if not device.startswith("cuda"):
        yield
        return
    folder = folder or _state_folder()
    path = folder / f"gpu-{re.sub(r'[^0-9a-z]', '-', device)}.lock"
    with plain_disk_errors(path):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _lock(handle, device)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, device: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RequestError(
            f"another step is using {device}; wait for it, cancel it, or use --device cpu"
        ) from None


def _state_folder() -> Path:
    """Shared by all workspaces of a user, since they share the GPU."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(os.environ.get(STATE) or Path(home) / "coreset-atlas")
