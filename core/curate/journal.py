"""How SQLite keeps its journal here, and why: the version linked and the file system decide.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when two connections write and reset the
log at once, and WAL needs memory shared on one machine, which a network file system cannot give.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

SAFE_WAL = (3, 51, 3)
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|fuse(\..+)?|virtiofs")
OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal mode of SQLite, and the reason for it in a sentence."""

    mode: str  # 'wal' or 'delete'
    reason: str
    is_network: bool = False


def journal_for(path: Path) -> Journal:
    """The journal mode that is safe for a database at this path."""
    kind = file_system(path)
    if kind is not None and NETWORK.fullmatch(kind):
        reason = (
            f"{path.parent} lies on {kind}, where SQLite's locks depend on the server; "
            "a team had better use PostgreSQL (CORESET_DATABASE_URL)"
        )
        return Journal("delete", reason, is_network=True)
    if sqlite3.sqlite_version_info < SAFE_WAL:
        return Journal(
            "delete", f"SQLite {sqlite3.sqlite_version} may lose data in WAL mode (before 3.51.3)"
        )
    return Journal("wal", f"SQLite {sqlite3.sqlite_version} on a local disk")


def file_system(path: Path) -> str | None:
    """The kind of file system a path lies on, such as 'ext4'; None where that cannot be told."""
    place, best, kind = path.absolute().resolve(), -1, None
    for point, name in _mounts():
        depth = len(point.parts)
        if depth >= best and place.is_relative_to(point):  # a later mount hides an earlier one
            best, kind = depth, name
    return kind


def _mounts() -> list[tuple[Path, str]]:
    """Mount points with their kinds: the fifth field, and the first after the lone dash."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) > 4 and kinds[0]:
            point = OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4])
            found.append((Path(point), kinds[0]))
    return found
