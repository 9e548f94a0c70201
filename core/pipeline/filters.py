"""Filters: what of the pool is shown, as a list of small records for a page, a link and a file.

Filters are joined by AND. Each answers by itself over the whole pool, so their order never
matters; answers are kept, so that one more filter costs only its own work.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.rows import shown
from core.errors import CoreError, RequestError
from core.fingerprint import canonical_json, digest
from core.pipeline import (  # noqa: F401  (each registers its kinds)
    filter_kinds_columns,
    filter_kinds_features,
    filter_kinds_map,
    filter_kinds_meaning,
    filter_kinds_text,
)
from core.pipeline.cluster_edit_file import stamp
from core.pipeline.colouring import CLUSTERS
from core.pipeline.filter_kinds import KINDS, NOT, Answer, Kind, Scene
from core.pipeline.views import in_use
from core.records import Bools, Floats, Rows
from core.select.selection import Selection
from core.workspace import Workspace

KEPT = 64  # answers
MOST_FILTERS = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: its kind, and the fields of that kind; `"not": true` turns it round."""

    kind: str
    value: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The filter as plain JSON values."""
        return {"kind": self.kind, "value": dict(self.value)}

    @classmethod
    def from_json(cls, value: Any) -> Filter:
        """The filter of a JSON object; RequestError when it is none that is known."""
        if not isinstance(value, Mapping) or set(value) != {"kind", "value"}:
            raise RequestError(f"a filter is an object with kind and value; seen {shown(value)}")
        if not isinstance(value["kind"], str):
            raise RequestError(f"the kind of a filter is text; seen {shown(value['kind'])}")
        KINDS.get(value["kind"]).checked(value["value"])
        return cls(value["kind"], dict(value["value"]))

    @property
    def is_negated(self) -> bool:
        """Whether it keeps the rows that its condition leaves out."""
        return isinstance(self.value, Mapping) and self.value.get(NOT) is True

    @property
    def key(self) -> str:
        """The same text for the same filter, whatever the order of its fields."""
        return canonical_json(self.to_json())

    def negated(self) -> Filter:
        """The filter that keeps exactly the other rows."""
        rest = {name: one for name, one in self.value.items() if name != NOT}
        return Filter(self.kind, rest if self.is_negated else {**rest, NOT: True})


@dataclass(frozen=True, slots=True)
class Filtered:
    """The rows that pass every filter.

    `scores` run parallel to `rows`, where a filter ranks (meaning, alike): larger is nearer.
    `missing` are example ids that a filter names and the pool lacks.
    """

    rows: Rows  # ascending
    mask: Bools  # (n_rows,)
    scores: Floats | None
    fingerprint: str  # of the pool, the mask and the scores
    missing: tuple[str, ...]

    def ranked(self) -> Rows:
        """The rows by falling score, or ascending where nothing ranks them."""
        if self.scores is None:
            return self.rows
        return self.rows[np.argsort(-self.scores, kind="stable")]


def filtered(
    workspace: Workspace, filters: Sequence[Filter], *, chosen: Selection | None
) -> Filtered:
    """The rows of the pool that pass all filters; all of them where there is none.

    RequestError, in one line, for a filter that is unknown, malformed or stale.
    """
    if len(filters) > MOST_FILTERS:
        raise RequestError(f"at most {MOST_FILTERS} filters at once; seen {len(filters)}")
    scene = Scene(workspace, chosen)
    mask = np.ones(scene.n_rows, dtype=np.bool_)
    scores: Floats | None = None
    missing: dict[str, None] = {}
    for one in filters:
        answer = _answer(scene, one)
        mask &= ~answer.mask if one.is_negated else answer.mask
        if answer.scores is not None and not one.is_negated:
            scores = answer.scores
        missing |= dict.fromkeys(answer.missing)
    rows = np.flatnonzero(mask).astype(np.int64)
    found = None if scores is None else scores[rows]
    return Filtered(rows, mask, found, _fingerprint(workspace, mask, found), tuple(missing))


def filter_title(workspace: Workspace, one: Filter) -> str:
    """What a filter asks for, in plain text for its chip; never raises for a stale one."""
    kind = KINDS.get(one.kind)
    try:
        title = kind.title(workspace, kind.checked(one.value))
    except CoreError:
        title = one.kind
    return f"not {title}" if one.is_negated else title


_kept: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
_guard = threading.Lock()


def _answer(scene: Scene, one: Filter) -> Answer:
    """The answer of one filter, without its `not`; kept until what it reads changes."""
    kind = KINDS.get(one.kind)
    value = kind.checked(one.value)
    key = _key(scene, kind, value)
    with _guard:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    answer = kind.keep(scene, value)
    answer.mask.flags.writeable = False
    with _guard:
        _kept[key] = answer
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return answer


def _key(scene: Scene, kind: Kind, value: Mapping[str, Any]) -> tuple[Any, ...]:
    roles = scene.workspace.current()
    edits = stamp(scene.workspace) if set(CLUSTERS) & set(kind.reads) else None
    chosen = None
    if kind.asks_chosen and scene.chosen is not None:
        chosen = digest(np.ascontiguousarray(scene.chosen.rows).tobytes())
    return (
        str(scene.workspace.root.resolve()),
        roles.get("pool"),
        tuple(roles.get(role) for role in kind.reads),
        edits,
        digest(canonical_json([kind.name, value]).encode()),
        chosen,
    )


def _fingerprint(workspace: Workspace, mask: Bools, scores: Floats | None) -> str:
    pool = in_use(workspace, "pool").fingerprint
    ranks = b"" if scores is None else scores.tobytes()
    return digest(pool.encode() + np.packbits(mask).tobytes() + ranks)[:32]
