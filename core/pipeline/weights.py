"""Weights of what a method covers: latents for most, neurons for MADS."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.errors import RequestError
from core.pipeline.marks import HEAVIEST, Kind, how_many
from core.records import Floats
from core.select import SELECTORS
from core.workspace import Workspace


def weighs(method: str) -> Kind | None:
    """What a method weighs when it honours weights: latents, neurons, or nothing."""
    entry = SELECTORS.get(method)
    if "feature_weights" not in entry.honours:
        return None
    return "neuron" if "neurons" in entry.needs else "latent"


def feature_weights(
    workspace: Workspace, method: str, weights: Mapping[int, float]
) -> Floats | None:
    """Weights by number as one weight for each latent or neuron; None where none were asked for.

    Raises RequestError for one that does not exist or a weight that cannot be.
    """
    if not weights:
        return None
    kind = weighs(method) or "latent"
    found = np.ones(how_many(workspace, kind), dtype=np.float32)
    whose = "the SAE" if kind == "latent" else "the model"
    for one, weight in weights.items():
        if not 0 <= one < len(found):
            raise RequestError(
                f"{kind} {one} does not exist; {whose} in use has {len(found)}, from 0"
            )
        if not 0 <= weight <= HEAVIEST:
            raise RequestError(f"a weight is from 0 (mute) to 1,000; {kind} {one} has {weight}")
        found[one] = weight
    return found
