"""The quality of each row, and the name of where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.select.view import View

QUALITY_HELP = (
    "Where quality comes from: 'quality' (computed scores), 'scores' (the pool's own field), "
    "'uniform', the name of a numeric column, or 'auto' for the first of these that the pool has."
)


@dataclass(frozen=True, slots=True)
class Quality:
    """A score a row, larger is better, with the name of its source."""

    values: NDArray[np.float64]  # (n_rows,), finite
    source: str


def quality_of(view: View, name: str) -> Quality:
    """Quality by the name that a person gave it (see QUALITY_HELP).

    Raises RequestError for an unknown column, one that is not numeric, or one with gaps.
    """
    if name == "auto":
        name = next((one for one in ("quality", "scores") if view.offers(one)), "uniform")
    if name == "uniform":
        return Quality(np.zeros(view.n_rows), "uniform")
    if name in ("quality", "scores"):
        return Quality(_finite(getattr(view, name), name), name)
    return Quality(_finite(view.columns(name), f"column {name!r}"), f"column {name!r}")


def _finite(given: NDArray[Any], name: str) -> NDArray[np.float64]:
    try:
        values = np.asarray(given).astype(np.float64)
    except (TypeError, ValueError):
        raise RequestError(f"{name} is not numeric; quality needs a number for each row") from None
    gaps = int((~np.isfinite(values)).sum())
    if gaps:
        raise RequestError(
            f"{name} has no number in {gaps} of {len(values)} rows; "
            "fill them, or choose another quality or 'uniform'"
        )
    return values
