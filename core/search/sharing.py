"""Columns for a child process: an open file without a name that both sides map, never a path."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa


@contextmanager
def shared(table: pa.Table) -> Iterator[int]:
    """The number of an open file that holds the table; gone when it is closed."""
    fd = os.memfd_create("columns")
    try:
        with os.fdopen(os.dup(fd), "wb") as stream, pa.ipc.new_file(stream, table.schema) as sink:
            sink.write_table(table)
        yield fd
    finally:
        os.close(fd)


def received(fd: int) -> pa.Table:
    """The table in an open file, read where it lies: mapped, not copied."""
    mapped = mmap.mmap(fd, os.fstat(fd).st_size, prot=mmap.PROT_READ)
    return pa.ipc.open_file(pa.py_buffer(mapped)).read_all()
