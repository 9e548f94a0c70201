"""A lock on a file that one process holds at a time, and that the system frees however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.publish import plain_disk_errors


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock for the block, waiting for whoever holds it; the file itself stays empty.

    No child inherits it, so it cannot outlive its holder. WorkspaceError where the file cannot be
    made.
    """
    with plain_disk_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
