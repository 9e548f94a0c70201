"""Arrays of an artifact as files: `.npy` opened as memory maps, sparse rows as three of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import WorkspaceError
from core.records import Csr


def save_array(folder: Path, name: str, array: NDArray[Any]) -> None:
    """Write one array as `<name>.npy`."""
    np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load_array(folder: Path, name: str) -> NDArray[Any]:
    """Map one array read-only; WorkspaceError when its file is damaged."""
    path = folder / f"{name}.npy"
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} cannot be read ({error}); run its step again") from error


def save_csr(folder: Path, name: str, csr: Csr) -> None:
    """Write sparse rows as `<name>.indptr.npy`, `.indices.npy` and, with values, `.values.npy`."""
    save_array(folder, f"{name}.indptr", csr.indptr)
    save_array(folder, f"{name}.indices", csr.indices)
    if csr.values is not None:
        save_array(folder, f"{name}.values", csr.values)


def load_csr(folder: Path, name: str, n_columns: int) -> Csr:
    """Map sparse rows read-only."""
    has_values = (folder / f"{name}.values.npy").exists()
    return Csr(
        load_array(folder, f"{name}.indptr"),
        load_array(folder, f"{name}.indices"),
        load_array(folder, f"{name}.values") if has_values else None,
        n_columns,
    )
