"""The colours of the map of latents: covered in the accent, the rest as a scale or as grey."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_colouring import TITLES
from pages.components.map_arrays import ArrayRef, Category, mask_array, score_array
from pages.components.offers import offer

ACCENT = ("covered", "only the first covers")
GREY = ("not covered", "both cover", "neither covers")
TWO_SIDED = "length"  # equally far on both sides of none


def channels(found: Groups | Scale) -> dict[str, Any]:
    """The fields of a MapSpec that colour its points."""
    if isinstance(found, Groups):
        return {"category": _category(found)}
    palette = "difference" if found.title == TITLES[TWO_SIDED] else found.palette
    score = score_array(found.values, found.fingerprint, title=found.title, palette=palette)
    fields: dict[str, Any] = {"score": replace(score, low=found.low, high=found.high)}
    if not found.there.all():  # without a number they stay grey
        fields["mask"] = mask_array(found.there, found.fingerprint)
    return fields


def _category(found: Groups) -> Category:
    """Codes as they come, so that a colour means the same whatever the counts are."""
    names = (*found.names, found.absent)
    codes = np.where(found.labels < 0, len(found.names), found.labels).astype(np.uint8)
    counts = np.bincount(codes, minlength=len(names)).tolist()
    if not counts[-1]:
        names, counts = names[:-1], counts[:-1]
    codes_ref = ArrayRef(offer(codes, found.fingerprint, name="codes"), "uint8")
    grey = tuple(at for at, name in enumerate(names) if name in (*GREY, found.absent))
    accent = tuple(at for at, name in enumerate(names) if name in ACCENT)
    return Category(codes_ref, found.title, names, tuple(counts), grey, accent)
