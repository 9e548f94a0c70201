"""How much memory a method may take for what it keeps."""

from __future__ import annotations

import os
from pathlib import Path

SHARE = 0.45  # of what is free, so that whatever else runs on the machine goes on
UNKNOWN = 4 << 30  # bytes taken as free where the system does not say

MEMINFO = Path("/proc/meminfo")
LIMIT, USED = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"))


def memory_allowed() -> int:
    """Bytes that similarities may take on this machine: SHARE of what is free."""
    return int(SHARE * memory_free())


def memory_free() -> int:
    """Bytes free for a new array: of the machine, or of the container where that has a limit."""
    found = [one for one in (_machine(), _container()) if one is not None]
    return min(found, default=UNKNOWN)


def _machine() -> int | None:
    try:
        for line in MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    try:  # no /proc: half of all memory may be in use
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (ValueError, OSError, AttributeError):
        return None


def _container() -> int | None:
    try:
        return max(0, int(LIMIT.read_text()) - int(USED.read_text()))
    except (OSError, ValueError):  # no such file, or "max"
        return None
