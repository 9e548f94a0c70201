"""Arrays as compiled loops take them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view without the right to write, as stored arrays come: one compiled form serves both."""
    view = np.asarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view
