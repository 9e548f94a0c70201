"""Embeddings as blocks of vectors on a device: large enough to pay, small enough to fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.errors import RequestError
from core.records import Floats, Halves, Rows

if TYPE_CHECKING:
    import torch

NUMBERS = 1 << 21  # of embeddings held at once where rows meet no others
ENTRIES = 1 << 24  # similarities held at once: 64 MB of float32
PRODUCTS = 1 << 32  # multiplications between two reports: about 0.2 s on two cores
FEWEST = 64  # rows of a block, below which a matrix product no longer pays


def blocks(n_rows: int, n_columns: int, d_in: int) -> Iterator[slice]:
    """Slices of n_rows such that each one's product with (d_in, n_columns) stays small."""
    most = min(ENTRIES // max(n_columns, 1), PRODUCTS // max(n_columns * d_in, 1))
    return slices(n_rows, max(most, FEWEST))


def strips(n_rows: int, d_in: int) -> Iterator[slice]:
    """Slices of n_rows of d_in numbers, for work on each row alone."""
    return slices(n_rows, max(NUMBERS // max(d_in, 1), 1))


def slices(n_rows: int, most: int) -> Iterator[slice]:
    """Slices of n_rows, each of at most `most` rows."""
    return (slice(start, min(start + most, n_rows)) for start in range(0, n_rows, most))


def vectors_of(
    embeddings: Floats | Halves, rows: Rows | slice, device: torch.device, *, exact: bool = False
) -> torch.Tensor:
    """Some rows as float32 of their own on a device, (n, d_in); `exact` makes them float64.

    RequestError when a value is not finite.
    """
    import torch

    own = np.array(embeddings[rows], dtype=np.float64 if exact else np.float32)
    vectors = torch.from_numpy(own).to(device)
    if not bool(torch.isfinite(vectors).all()):
        raise RequestError("some embeddings are not finite; extract them again")
    return vectors


def units_of(
    embeddings: Floats | Halves, rows: Rows | slice, device: torch.device, *, exact: bool = False
) -> torch.Tensor:
    """Some rows at unit length on a device, (n, d_in); a row of zeros stays one.

    Their products are cosines, and a row of zeros is like nothing.
    """
    vectors = vectors_of(embeddings, rows, device, exact=exact)
    lengths = vectors.norm(dim=1, keepdim=True)
    lengths[lengths == 0] = 1
    return vectors.div_(lengths)


def device_of(name: str) -> torch.device:
    """The device of that name; RequestError where there is none."""
    import torch

    index = re.fullmatch(r"cpu|cuda(?::(\d{1,3}))?", name)
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index is None or (name != "cpu" and int(index[1] or 0) >= found):
        raise RequestError(f"device {name!r} is not there; use cpu, cuda or cuda:N")
    return torch.device(name)
