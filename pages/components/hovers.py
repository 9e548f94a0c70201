"""What an example says, for hovering: the beginning of one row's text, fetched when asked for."""

from __future__ import annotations

import numpy as np

from core.workspace import Workspace
from pages.components import loaders
from pages.components.map_arrays import TextRef, text_array
from pages.components.offers import MAX_CHARACTERS


def texts(workspace: Workspace) -> TextRef:
    """The examples of the pool in use, as a `hover` of a map of them."""
    pool = loaders.pool(workspace)

    def beginning(row: int) -> str:
        (text,) = pool.texts(np.array([row], dtype=np.int64))
        return " ".join(text[: 4 * MAX_CHARACTERS].split())

    return text_array(beginning, pool.n_rows, loaders.in_use(workspace, "pool").fingerprint)
