"""What a selector may see of a pool: each reading is loaded when it is first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Csr, FeatureSets, Floats, Halves, NeuronStates, Rows

Hashes = NDArray[np.uint64]
Labels = NDArray[np.int32]

READINGS = {
    "codes": "SAE codes",
    "neurons": "neuron states",
    "embeddings": "embeddings",
    "clusters": "clusters",
    "quality": "quality scores",
    "lengths": "response lengths",
    "tokens": "token counts",
    "columns": "columns",
    "scores": "the pool's own scores",
    "targets": "target examples (--targets FILE)",
    "given": "a subset from a file (--from FILE)",
}
"""What a view may offer and a selector may need, with the words for it."""

UNSIZED = ("columns", "targets", "given")  # not one entry a row of the pool

IDENTITY = ("ids", "id_rank", "id_hash")
"""Open to every selector: ties are resolved, and `random` ordered, by example id."""


class View:
    """The readings of a pool on demand, limited to what a selector declared.

    `loaders` maps a name of READINGS or IDENTITY to a function without arguments; each is called
    once. A view offers either `ids` (one example id a row) or both `id_rank` and `id_hash`.
    `device` is where dense work runs: cpu or a CUDA device.
    """

    def __init__(
        self, n_rows: int, loaders: Mapping[str, Callable[[], Any]], *, device: str = "cpu"
    ) -> None:
        unknown = set(loaders) - set(READINGS) - set(IDENTITY)
        if unknown:
            raise ValueError(f"a view has no reading {sorted(unknown)[0]!r}")
        if "ids" not in loaders and not {"id_rank", "id_hash"} <= set(loaders):
            raise ValueError("a view offers 'ids', or both 'id_rank' and 'id_hash'")
        self.n_rows = n_rows
        self.device = device
        self._loaders = loaders
        self._loaded: dict[str, Any] = {}
        self._allowed = frozenset(READINGS)

    def offers(self, reading: str) -> bool:
        """Whether the pool has a reading and this view may show it."""
        return reading in self._loaders and reading in self._allowed

    def limited_to(self, readings: Iterable[str]) -> View:
        """The same pool with nothing but these readings; others raise ValueError when read."""
        limited = View(self.n_rows, self._loaders, device=self.device)
        limited._loaded = self._loaded  # shared, so that nothing is loaded twice
        limited._allowed = frozenset(readings)
        return limited

    @property
    def id_rank(self) -> Rows:
        """Rank of each row's example id in ascending order, (n_rows,)."""
        return self._identity("id_rank", id_ranks)

    @property
    def id_hash(self) -> Hashes:
        """64 bits of each row's example id, (n_rows,)."""
        return self._identity("id_hash", id_hashes)

    @property
    def codes(self) -> FeatureSets:
        """Each row's active latents with their transpose."""
        return self._read("codes")

    @property
    def neurons(self) -> NeuronStates:
        """Each row's strongest neurons with their values, and what each neuron does as a rule."""
        return self._read("neurons")

    @property
    def embeddings(self) -> Floats | Halves:
        """Pooled embeddings, (n_rows, d_in)."""
        return self._read("embeddings")

    @property
    def clusters(self) -> Labels:
        """Cluster of each row, -1 for noise, (n_rows,)."""
        return self._read("clusters")

    @property
    def quality(self) -> Floats:
        """A quality score a row, larger is better, (n_rows,)."""
        return self._read("quality")

    @property
    def lengths(self) -> Rows:
        """Words in each row's response, (n_rows,)."""
        return self._read("lengths")

    @property
    def tokens(self) -> Rows:
        """Tokens in each row, (n_rows,)."""
        return self._read("tokens")

    @property
    def scores(self) -> Floats:
        """The pool's own `scores` field, one number a row, (n_rows,)."""
        return self._read("scores")

    @property
    def targets(self) -> Csr:
        """The latents of each target example, (n_targets rows)."""
        return self._read("targets")

    @property
    def given(self) -> Rows:
        """The rows that somebody else chose, in their order."""
        return self._read("given")

    def columns(self, name: str) -> NDArray[Any]:
        """One column of the pool, (n_rows,); RequestError names the nearest or all columns."""
        columns: Mapping[str, NDArray[Any]] = self._read("columns")
        if name not in columns:
            near = get_close_matches(name, list(columns), n=1)
            known = ", ".join(sorted(columns)) or "none"
            hint = f"did you mean {near[0]!r}?" if near else f"the pool has: {known}"
            raise RequestError(f"unknown column {name!r}; {hint}")
        return self._checked(f"column {name!r}", columns[name])

    def _read(self, name: str) -> Any:
        if name not in self._allowed:
            raise ValueError(f"a selector read {name!r} without declaring it")
        if name not in self._loaders:
            raise RequestError(f"this pool has no {READINGS[name]}")
        if name not in self._loaded:
            self._loaded[name] = self._checked(name, self._loaders[name]())
        return self._loaded[name]

    def _identity(self, name: str, derive: Callable[[Sequence[str]], Any]) -> Any:
        if name not in self._loaded:
            loader = self._loaders.get(name)
            value = loader() if loader else derive(self._loaders["ids"]())
            self._loaded[name] = self._checked(name, value)
        return self._loaded[name]

    def _checked(self, name: str, value: Any) -> Any:
        if name in UNSIZED:
            return value
        sized = isinstance(value, FeatureSets | NeuronStates)
        count = value.n_rows if sized else len(value)
        if count != self.n_rows:
            raise ValueError(f"{name} has {count} rows where the pool has {self.n_rows}")
        return value


def id_ranks(ids: Sequence[str]) -> Rows:
    """Rank of each example id in ascending order, (n_rows,)."""
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[np.argsort(np.asarray(ids), kind="stable")] = np.arange(len(ids))
    return ranks


def id_hashes(ids: Sequence[str]) -> Hashes:
    """The first 64 bits of sha256 of each example id, (n_rows,)."""
    heads = b"".join(hashlib.sha256(one.encode()).digest()[:8] for one in ids)
    return np.frombuffer(heads, dtype=">u8").astype(np.uint64)
