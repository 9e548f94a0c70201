"""Opens a local file for reading: regular files only, gzip by its magic bytes, bombs refused."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.data.limits import GZIP_FREE_BYTES, GZIP_MAX_RATIO
from core.data.rows import shown, shown_path
from core.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 20
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Opened:
    """A file being read; `n_rows` is filled in by a reader whose format tells it."""

    name: str
    stream: io.BufferedReader  # decompressed
    size: int  # bytes on disk
    n_rows: int | None = None

    _disk: BinaryIO | None = None

    def fraction(self, n_read: int) -> float:
        """How much of the file is done, 0 to 1."""
        if self.n_rows is not None:
            return n_read / max(self.n_rows, 1)
        return self._disk.tell() / max(self.size, 1) if self._disk is not None else 0.0


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file's decompressed bytes without a byte order mark.

    Raises DataError when it is missing, a folder, no regular file, empty, unreadable, a damaged
    or hostile gzip, or when it changes while it is read.
    """
    before = regular_file(path)
    try:
        with path.open("rb") as disk:
            stream = _decompressed(disk, path.name)
            _skip_mark(stream, path.name)
            yield Opened(path.name, stream, before.st_size, _disk=disk)
    except OSError as error:
        raise DataError(f"cannot read {shown(path.name)}: {error.strerror or error}") from None
    after = regular_file(path)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise DataError(f"{shown(path.name)} changed while it was read; try again")


def regular_file(path: Path) -> os.stat_result:
    """What the file system says of a file that can be read."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error
        raise DataError(f"cannot open {shown_path(path)}: {reason}") from None
    if stat.S_ISDIR(found.st_mode):
        raise DataError(f"{shown_path(path)} is a folder; name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise DataError(f"{shown_path(path)} is not a regular file; copy it to one")
    if found.st_size == 0:
        raise DataError(f"{shown_path(path)} is empty")
    return found


def _decompressed(disk: io.BufferedReader, name: str) -> io.BufferedReader:
    if disk.peek(2)[:2] != b"\x1f\x8b":
        return disk
    return io.BufferedReader(_GuardedGzip(disk, name), BLOCK)


def _skip_mark(stream: io.BufferedReader, name: str) -> None:
    head = stream.peek(4)
    if head.startswith(_UTF16_MARKS):
        raise DataError(f"{shown(name)} is UTF-16 text; save it as UTF-8")
    if head.startswith(_UTF8_MARK):
        stream.read(len(_UTF8_MARK))


class _GuardedGzip(io.RawIOBase):
    """A gzip stream that stops when it grows far faster than text can."""

    def __init__(self, disk: io.BufferedReader, name: str) -> None:
        self._disk = disk
        self._name = name
        self._gzip = gzip.GzipFile(fileobj=disk)
        self._n_out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            data = self._gzip.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = str(error).rstrip(".")
            raise DataError(
                f"{shown(self._name)} is a truncated or damaged gzip file ({reason}); get it again"
            ) from None
        view[: len(data)] = data
        self._n_out += len(data)
        self._check_ratio()
        return len(data)

    def _check_ratio(self) -> None:
        n_in = max(self._disk.tell(), 1)
        if self._n_out > GZIP_FREE_BYTES and self._n_out > GZIP_MAX_RATIO * n_in:
            raise DataError(
                f"{shown(self._name)} grows more than {GZIP_MAX_RATIO} times when decompressed, "
                "as no text does; decompress it yourself if you trust it"
            )
