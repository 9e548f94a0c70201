"""Durable writing: a folder or small file is there whole or not at all, even after a power cut.

The order is: write a draft beside the target, fsync each file, fsync the draft's folder, rename,
fsync the parent. An fsync that failed once may falsely succeed when retried (PostgreSQL, 2018),
so any failure drops the draft.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import WorkspaceError

DRAFT = ".draft-"
OURS = re.compile(r"\.draft-.+-(?P<pid>\d+)-[0-9a-f]{8}")
HEADROOM = 16 << 20  # bytes left free beside what a step asked for, so that logs and JSON still fit


@contextmanager
def whole_folder(target: Path, *, reserve: int = 0) -> Iterator[Path]:
    """Yield a draft folder that becomes `target` when the block ends without an exception.

    When another writer publishes the same target first, its folder stays and the draft goes.
    Raises WorkspaceError when the place is full, read-only or not a folder.
    """
    with plain_disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_orphans(target.parent)
        check_space(target.parent, reserve)
        draft = target.parent / f"{DRAFT}{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
        draft.mkdir()
    try:
        with plain_disk_errors(target):
            yield draft
            sync_tree(draft)
            move_into_place(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    """Replace a small JSON file by one rename, durably."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with plain_disk_errors(path):
        draft = path.with_name(f"{DRAFT}{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with draft.open("x", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
            sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def plain_disk_errors(place: Path) -> Iterator[None]:
    """Turn what the disk refuses into one line that says what to do."""
    try:
        yield
    except OSError as error:
        raise WorkspaceError(_explained(error, place)) from error


def check_space(folder: Path, needed: int) -> None:
    """Refuse to start when the file system has less room than the step will write (bytes)."""
    free = shutil.disk_usage(folder).free
    if free < needed + HEADROOM:
        raise WorkspaceError(
            f"{folder} has {free / 1e6:,.0f} MB free and this step needs about "
            f"{(needed + HEADROOM) / 1e6:,.0f} MB; free some space or choose another workspace"
        )


def move_into_place(draft: Path, target: Path) -> None:
    """Rename a finished draft; losing the race to another writer of the same recipe is success."""
    try:
        draft.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    sync_folder(target.parent)


def sync_tree(folder: Path) -> None:
    """Fsync every file below a folder, then the folders themselves."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            _sync(path, os.O_RDONLY)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Fsync a folder, so that the names in it survive."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def remove_orphans(folder: Path) -> None:
    """Delete drafts whose writer is no longer alive."""
    for draft in folder.glob(f"{DRAFT}*"):
        ours = OURS.fullmatch(draft.name)
        if ours and not Path(f"/proc/{ours['pid']}").exists():
            shutil.rmtree(draft, ignore_errors=True)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _explained(error: OSError, place: Path) -> str:
    reasons = {
        errno.ENOSPC: "the disk is full; free some space and start again, nothing was half-written",
        errno.EDQUOT: "the disk quota is used up; free some space and start again",
        errno.EROFS: "the file system is read-only; choose another place",
        errno.EACCES: "permission denied; choose a place you may write to",
        errno.EPERM: "permission denied; choose a place you may write to",
        errno.ENOTDIR: "a file stands where a folder is needed; choose another place",
        errno.EEXIST: "a file stands where a folder is needed; choose another place",
    }
    reason = reasons.get(error.errno or 0, f"{error.strerror or error}; see to the disk and retry")
    return f"cannot write {place}: {reason}"
