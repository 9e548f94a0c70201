"""Names of places in a model: `layers.N` is the residual stream after block N."""

from __future__ import annotations

import re

from core.errors import RequestError


def layer_of(hookpoint: str | None, n_layers: int) -> int:
    """The block a hookpoint names, counted from 0; None is the last one.

    `layers.N` means the output of block N, before any final norm, as sparsify names it.
    Raises RequestError for anything but layers.0 to layers.{n_layers - 1}.
    """
    if hookpoint is None:
        return n_layers - 1
    name = re.fullmatch(r"layers\.(0|[1-9]\d{0,3})", hookpoint, re.ASCII)
    if name is None or int(name[1]) >= n_layers:
        raise RequestError(
            f"unknown hookpoint {hookpoint!r}; this model has layers.0 to layers.{n_layers - 1}"
        )
    return int(name[1])


def hookpoint_of(layer: int) -> str:
    """The name of the residual stream after a block."""
    return f"layers.{layer}"
