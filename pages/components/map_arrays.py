"""What the map draws, as arrays on offer: places, categories, scores, pick order, a mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pipeline.colouring import Groups
from core.records import Bools, Floats, Rows
from pages.components.offers import Array, Offer, Supply, offer, offer_texts

NEVER = np.uint32(0xFFFFFFFF)
"""The rank of a row that was not chosen: no budget reaches it."""

LARGEST = 24
"""Categories with a colour of their own; the rest is 'other'."""


@dataclass(frozen=True, slots=True)
class ArrayRef:
    """An array on offer and how the browser reads its bytes (little-endian, C order)."""

    offer: Offer
    dtype: str

    def as_json(self) -> dict[str, Any]:
        """Address, proof and element type."""
        return {"url": self.offer.url, "token": self.offer.token, "dtype": self.dtype}


@dataclass(frozen=True, slots=True)
class TextRef:
    """A short text for each row, read one at a time: its address has `{row}` in it."""

    offer: Offer

    def as_json(self) -> dict[str, Any]:
        """Address and proof."""
        return {"url": self.offer.url, "token": self.offer.token}


@dataclass(frozen=True, slots=True)
class Category:
    """A code a point, with what the legend says about each code.

    `grey` codes have no hue, `accent` codes have that of what is chosen, `ink` codes the text's,
    `success` and `warning` codes those of the theme.
    """

    codes: ArrayRef
    title: str
    names: tuple[str, ...]
    counts: tuple[int, ...]
    grey: tuple[int, ...] = ()
    accent: tuple[int, ...] = ()
    ink: tuple[int, ...] = ()
    success: tuple[int, ...] = ()
    warning: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The reference with title, names, counts, and the codes whose colour has a meaning."""
        legend = {"title": self.title, "names": self.names, "counts": self.counts}
        without_hue = {"grey": self.grey, "accent": self.accent, "ink": self.ink}
        meant = {"success": self.success, "warning": self.warning}
        return {**self.codes.as_json(), **legend, **without_hue, **meant}


@dataclass(frozen=True, slots=True)
class Score:
    """A number from 0 to 1 a point, and what its two ends are called, and its middle if need be.

    `palette` is viridis, cividis or difference (blue to orange through grey).

    `ends` are the numbers that 0 and 1 stand for, where the scale is even: hovering then tells a
    point's own number.
    """

    values: ArrayRef
    title: str
    low: str
    high: str
    palette: str = "viridis"
    ends: tuple[float, float] | None = None
    middle: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The reference with title, ends and palette."""
        named = {"title": self.title, "low": self.low, "high": self.high, "ends": self.ends}
        shown = {"palette": self.palette, "middle": self.middle}
        return {**self.values.as_json(), **named, **shown}


def points_array(points: Floats, fingerprint: str) -> ArrayRef:
    """Places (n, 2), in the units in which a lasso comes back."""
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points have shape {points.shape}; (n, 2) is drawn")
    return _reference(_as(points, "<f4"), "float32", fingerprint, "points")


def order_array(picks: Rows, n_rows: int, fingerprint: str) -> ArrayRef:
    """Each row's rank in a selection of distinct `picks`, in pick order."""

    def ranks() -> Array:
        order = np.full(n_rows, NEVER, dtype="<u4")
        order[picks] = np.arange(len(picks), dtype="<u4")
        return order

    return _reference(ranks, "uint32", fingerprint, f"order of {n_rows}")


def mask_array(mask: Bools, fingerprint: str, name: str = "mask") -> ArrayRef:
    """Which rows are in view, (n,); the others stay as grey context."""
    return _reference(_as(mask, "u1"), "uint8", fingerprint, name)


def score_array(
    values: Floats,
    fingerprint: str,
    *,
    title: str,
    unit: str = "",
    palette: str = "viridis",
    span: tuple[float, float] | None = None,
) -> Score:
    """A numeric column (n,), spread over 0 to 1 by its own finite range, or by `span`."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    low, high = span or (low, high)

    def scaled() -> Array:
        share: Floats = (values - low) / ((high - low) or 1.0)
        return _as(np.nan_to_num(np.clip(share, 0, 1)), "<f4")

    reference = _reference(scaled, "float32", fingerprint, f"score {title} {low} {high}")
    return Score(reference, title, f"{low:.3g}{unit}", f"{high:.3g}{unit}", palette)


def difference_array(values: Floats, fingerprint: str, *, title: str, unit: str = "") -> Score:
    """A signed column (n,), blue below zero and orange above it, with zero in the middle."""
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max()) if len(finite) else 1.0
    span = (-largest, largest) if largest else (-1.0, 1.0)
    score = score_array(
        values, fingerprint, title=title, unit=unit, palette="difference", span=span
    )
    return replace(score, high=f"+{score.high}", middle="0")


def category_array(
    labels: Rows, names: Sequence[str], fingerprint: str, *, title: str, noise: str = "noise"
) -> Category:
    """A categorical column: labels (n,) that count `names`, -1 for none of them.

    The largest 24 keep a colour each, in order of size; the others become 'other' and rows
    without a label `noise`, both grey.
    """
    sizes = np.bincount(labels[labels >= 0], minlength=len(names))
    ranked = np.lexsort((np.arange(len(sizes)), -sizes))
    kept, rest = ranked[:LARGEST], ranked[LARGEST:]
    shown = [(names[label], int(sizes[label])) for label in kept if sizes[label]]
    n_hues = len(shown)
    n_other, n_noise = int(sizes[rest].sum()), int((labels < 0).sum())
    code_of = np.full(len(sizes) + 1, n_hues, dtype=np.uint8)  # -1 reads the last entry
    code_of[kept[:n_hues]] = np.arange(n_hues)
    if n_other:
        shown.append((f"other ({len(rest)} more)", n_other))
    code_of[-1] = len(shown)
    if n_noise:
        shown.append((noise, n_noise))
    reference = _reference(lambda: code_of[labels], "uint8", fingerprint, f"category {title}")
    labels_shown, counts = zip(*shown, strict=True) if shown else ((), ())
    return Category(reference, title, labels_shown, counts, tuple(range(n_hues, len(shown))))


def meant_array(found: Groups) -> Category:
    """Groups whose colours mean something: codes as they come, whatever the counts are."""
    there = found.labels >= 0
    codes = np.where(there, found.labels, len(found.names)).astype(np.uint8)
    names = (*found.names, found.absent)
    counts = np.bincount(codes, minlength=len(names)).tolist()
    reference = _reference(codes, "uint8", found.fingerprint, f"meant {found.title}")
    meant = {
        token: tuple(at for at, own in enumerate(found.meanings) if own == token)
        for token in ("success", "warning", "ink")
    }
    grey = (len(found.names),)
    return Category(reference, found.title, names, tuple(counts), grey, **meant)


def text_array(
    read: Callable[[int], str], n_rows: int, fingerprint: str, name: str = "text"
) -> TextRef:
    """The text of each of `n_rows` rows, for hovering; `read` is asked for one row at a time."""
    return TextRef(offer_texts(read, n_rows, fingerprint, name=name))


def _reference(supply: Supply | Array, dtype: str, fingerprint: str, name: str) -> ArrayRef:
    return ArrayRef(offer(supply, fingerprint, name=name), dtype)


def _as(array: NDArray[Any], dtype: str) -> Array:
    """The array itself where it has that type already, so that a memory map stays one."""
    return array.astype(dtype, copy=False)
