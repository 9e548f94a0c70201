"""The live curve: coverage along an order, with a budget that moves by hand and no server.

The component in assets/curve holds the running sums of the order, so every frame of a drag is a
look-up in the browser. Python hears the budget once the hand rests, and has the last word on it.
Texts enter the page as text nodes; nothing of them is ever parsed as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2.types import ComponentRenderer

from core.pipeline.knee import Knee
from core.pipeline.live import LiveOrder, Point
from core.records import Rows
from pages.components.declared import declare
from pages.components.offers import Offer, offer

NAME = "coreset-atlas.curve"
TYPES = {"f4": "float32", "u4": "uint32"}
SUMS = ("covered", "words", "tokens", "clusters")


@dataclass(frozen=True, slots=True)
class Packed:
    """Arrays of 32 bits a number on offer, one after another, and how they are to be read."""

    offer: Offer
    layout: tuple[dict[str, Any], ...]  # name, length and type of each part

    def as_json(self) -> dict[str, Any]:
        """Address, proof and layout."""
        return {"url": self.offer.url, "token": self.offer.token, "layout": self.layout}


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The first words of examples on offer: of every row of the pool, or of every pick."""

    offer: Offer
    by: str  # row or pick
    count: int

    def as_json(self) -> dict[str, Any]:
        """Address, proof, and what the texts are counted by."""
        named = {"by": self.by, "count": self.count}
        return {"url": self.offer.url, "token": self.offer.token, **named}


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """What the numbers of a subset are to be compared with."""

    n_rows: int
    n_reachable: int  # latents that at least one row has; 0 without codes
    n_clusters: int | None
    mean_words: float
    mean_tokens: float | None


@dataclass(frozen=True, slots=True)
class CurveSpec:
    """What a live curve shows. Arrays travel once; whatever else changes is a few hundred bytes.

    `points` are the solved budgets of a method whose prefixes are no answers (`nested` False).
    `preview` says that the order is not the answer yet, and why. `near` are the beginnings of the
    rows around the budget, there before all others are.
    """

    version: str  # names the order and what it was measured on
    name: str
    nested: bool
    budget: int
    least: int
    most: int
    pool: PoolFacts
    order: Packed | None
    baselines: Packed | None
    texts: Beginnings | None = None
    knee: Knee | None = None
    points: Sequence[Point] = ()
    near: Mapping[int, str] | None = None
    preview: str | None = None


def live_curve(spec: CurveSpec, *, on_budget: Callable[[int], None], key: str) -> None:
    """Show the curve; `on_budget` hears where the hand came to rest, before the page is drawn."""
    declare(NAME, "curve")

    def heard() -> None:
        budget = _heard(spec, key)
        if budget is not None:
            on_budget(budget)

    with st.container(key=f"curve-{key}"):  # keeps its room while the component is on its way
        _component()(
            key=key,
            data=curve_json(spec, _heard(spec, key)),
            on_budget_change=heard,
            on_renew_change=lambda: None,
        )


def packed_order(order: LiveOrder, fingerprint: str, name: str) -> Packed:
    """The running sums of an order on offer; `name` says what they were measured on."""
    arrays: dict[str, NDArray[Any]] = {"rows": order.rows}
    arrays |= {one: found for one in SUMS if (found := getattr(order, one)) is not None}
    own = {} if order.own is None else {"own": order.own}
    return packed({**arrays, **own}, fingerprint, name)


def packed(arrays: Mapping[str, NDArray[Any]], fingerprint: str, name: str) -> Packed:
    """Arrays on offer as one: whole numbers as uint32, all others as float32."""
    kinds = {name: "f4" if array.dtype.kind == "f" else "u4" for name, array in arrays.items()}
    layout = tuple(
        {"name": name, "length": len(array), "type": TYPES[kinds[name]]}
        for name, array in arrays.items()
    )

    def joined() -> bytes:
        parts = (array.astype(f"<{kinds[name]}") for name, array in arrays.items())
        return b"".join(part.tobytes() for part in parts)

    return Packed(offer(joined, fingerprint, name=name), layout)


def offered_texts(
    read: Callable[[], tuple[Rows, bytes]], count: int, fingerprint: str, *, by: str
) -> Beginnings:
    """Beginnings on offer; `read` gives their offsets and bytes when the browser asks."""

    def joined() -> bytes:
        starts, texts = read()
        return starts.astype("<u4").tobytes() + texts

    return Beginnings(offer(joined, fingerprint, name=f"beginnings by {by}"), by, count)


def curve_json(spec: CurveSpec, heard: int | None) -> dict[str, Any]:
    """What the browser is told of a curve; `heard` is the last budget it sent."""
    return {
        "version": spec.version,
        "name": spec.name,
        "nested": spec.nested,
        "budget": spec.budget,
        "heard": heard,
        "least": spec.least,
        "most": spec.most,
        "pool": spec.pool.n_rows,
        "reachable": spec.pool.n_reachable,
        "clusters": spec.pool.n_clusters,
        "means": {"words": spec.pool.mean_words, "tokens": spec.pool.mean_tokens},
        "order": spec.order and spec.order.as_json(),
        "baselines": spec.baselines and spec.baselines.as_json(),
        "texts": spec.texts and spec.texts.as_json(),
        "knee": spec.knee and asdict(spec.knee),
        "points": [asdict(one) for one in spec.points],
        "near": {str(row): text for row, text in (spec.near or {}).items()},
        "preview": spec.preview,
    }


def _heard(spec: CurveSpec, key: str) -> int | None:
    """The budget of this very order at which the hand rested; nonsense is none."""
    said = (st.session_state.get(key) or {}).get("budget")
    if not isinstance(said, dict) or said.get("version") != spec.version:
        return None
    budget = said.get("budget")
    if not isinstance(budget, int | float) or isinstance(budget, bool) or budget != budget:
        return None
    return int(np.clip(budget, spec.least, spec.most))


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="curve.css")
