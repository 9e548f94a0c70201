"""The small JSON file beside saved readings: how much of what there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import WorkspaceError
from core.extract.npy import unwritable

FORMAT = 1
FILE = "readings.json"
UNIT_KINDS = ("codes", "neurons")


@dataclass(frozen=True, slots=True)
class Facts:
    """Sizes of saved readings; the mappings have an entry for each kind of unit that is there."""

    n_rows: int
    columns: Mapping[str, int]  # latents or neurons
    nnz: Mapping[str, int]  # entries stored
    counted: Mapping[str, int]  # rows behind the sums
    splits: tuple[int, ...]

    def save(self, folder: Path) -> None:
        """Write the file; WorkspaceError when that fails."""
        path = folder / FILE
        content = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True)
        try:
            path.write_text(content + "\n", encoding="utf-8")
        except OSError as error:
            raise unwritable(path, error) from None

    @classmethod
    def load(cls, folder: Path) -> Facts:
        """Read the file; WorkspaceError when it is missing, damaged or of another format."""
        path = folder / FILE
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"{path} cannot be read: {error}") from None
        try:
            return _parsed(content)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise WorkspaceError(
                f"{path} is damaged or not in format {FORMAT}; make these readings again"
            ) from None


def _parsed(content: Any) -> Facts:
    if content["format"] != FORMAT:
        raise ValueError
    columns, nnz, counted = (_counts(content[name]) for name in ("columns", "nnz", "counted"))
    if not columns.keys() == nnz.keys() == counted.keys():
        raise ValueError
    splits = tuple(_count(size) for size in content["splits"])
    return Facts(_count(content["n_rows"]), columns, nnz, counted, splits)


def _counts(content: Any) -> dict[str, int]:
    return {kind: _count(content[kind]) for kind in UNIT_KINDS if kind in content}


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError
    return value
