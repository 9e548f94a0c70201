"""Share bundles that a workspace keeps, to be downloaded or handed on."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.workspace import Workspace

FOLDER = "bundles"
_NAME = re.compile(r"coreset-atlas-[a-z0-9-]+-(?P<content>[0-9a-f]{16})\.zip")


@dataclass(frozen=True, slots=True)
class Kept:
    """One bundle; `content` is the hash of what it holds, which its name carries."""

    file: Path
    content: str
    n_bytes: int

    @property
    def command(self) -> str:
        """The command that opens it, in a clone of this program."""
        return f"make run WORKSPACE={shlex.quote(str(self.file.absolute()))}"

    def data(self) -> NDArray[np.uint8]:
        """The zip as a memory map."""
        return np.memmap(self.file, dtype=np.uint8, mode="r")


def kept(workspace: Workspace) -> list[Kept]:
    """The bundles in the workspace, newest first."""
    found = []
    for file in (workspace.root / FOLDER).glob("*.zip"):
        name = _NAME.fullmatch(file.name)
        if name and file.is_file():
            told = file.stat()
            found.append((told.st_mtime_ns, Kept(file, name["content"], told.st_size)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]
