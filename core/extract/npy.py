"""npy files: written piece by piece into reserved space, opened as checked memory maps."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.errors import WorkspaceError

Array = NDArray[Any]
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NpyWriter:
    """Writes an array of known shape in consecutive pieces, so that only one is in memory.

    The whole file is reserved first: a disk that is too small fails before the work, not after.
    """

    def __init__(self, path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> None:
        self._path, self._dtype, self._shape = path, np.dtype(dtype), shape

    def __enter__(self) -> NpyWriter:
        try:
            self._file = self._path.open("xb")
            np.lib.format.write_array_header_1_0(
                self._file,
                {"descr": self._dtype.str, "fortran_order": False, "shape": self._shape},
            )
            self._reserve(self._file.tell() + self._dtype.itemsize * int(np.prod(self._shape)))
        except OSError as error:
            raise unwritable(self._path, error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, piece: Array) -> None:
        """Write the next rows."""
        try:
            self._file.write(np.ascontiguousarray(piece, dtype=self._dtype).data)
        except OSError as error:
            raise unwritable(self._path, error) from None

    def _reserve(self, size: int) -> None:
        if hasattr(os, "posix_fallocate"):
            self._file.flush()
            os.posix_fallocate(self._file.fileno(), 0, size)


def map_npy(path: Path) -> Array:
    """Open an npy file as a read-only memory map, after comparing its header with its size.

    Raises WorkspaceError when it is missing, no npy file, or shorter or longer than it says.
    """
    try:
        with path.open("rb") as stream:
            version = np.lib.format.read_magic(stream)
            if version != (1, 0):
                raise ValueError(f"npy version {version} is not written here")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
            offset = stream.tell()
        expected = offset + dtype.itemsize * int(np.prod(shape, dtype=object))
        seen = path.stat().st_size
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    if dtype.hasobject or fortran:
        raise WorkspaceError(f"{path} holds {dtype} in an order that is not written here")
    if seen != expected:
        raise WorkspaceError(
            f"{path} is damaged: its header promises {expected:,} bytes and it has {seen:,}; "
            "make it again"
        )
    if 0 in shape:  # an empty file range cannot be mapped
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape)


def unwritable(path: Path, error: OSError) -> WorkspaceError:
    """The error for a file that cannot be written, saying so when the disk is full."""
    reason = "the disk is full; free some space" if error.errno in FULL else error.strerror
    return WorkspaceError(f"{path} cannot be written: {reason}")
