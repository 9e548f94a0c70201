"""Metrics of subsets of a workspace's pool, kept in a file beside it so that a run resumes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks.pool_orders import Order, PoolOrders, beside
from core.errors import WorkspaceError
from core.extract import read_shard
from core.metrics import Subject, length_correlation, measure, measure_prefixes
from core.pipeline.tokens import open_reader
from core.pipeline.views import in_use, open_pool
from core.records import Csr, FeatureSets, Rows, silent
from core.select.hashing import hash_order
from core.sparse import transpose

NAMES = (
    "feature-coverage",
    "neuron-coverage",
    "cluster-coverage",
    "redundancy",
    "vendi",
    "novelsum",
    "facility-location",
    "k-center-radius",
    "partition-entropy",
    "words-mean",
    "tokens",
)
AT_EQUAL_TOKENS = ("feature-coverage", "neuron-coverage", "facility-location", "tokens")
SAMPLE_SEED = 11
READINGS = ("topk", "jumprelu")  # before any threshold

Values = dict[str, float]


class PoolMeasures:
    """Values of metrics by what was measured; each is found once a workspace."""

    def __init__(self, orders: PoolOrders) -> None:
        self.orders = orders
        self._path = beside(orders.workspace, "metrics.json")
        self._known: dict[str, Any] = {}
        if self._path.exists():
            self._known = json.loads(self._path.read_text(encoding="utf-8"))
        self._made_of = "+".join(
            in_use(orders.workspace, role).fingerprint for role in ("features", "clusters")
        )
        self.subject = self._subject()

    def of_orders(self, orders: Sequence[Order]) -> list[Values]:
        """Values of one method's answers; prefixes of one order are measured together."""
        missing = [one for one in orders if self._key(one) not in self._known]
        longest = max(missing, key=lambda one: one.budget, default=None)
        if longest is not None:
            shared = [one for one in missing if one.nested and _begins(longest.rows, one.rows)]
            if len(shared) > 1:
                self._find_prefixes(longest, shared)
            for one in missing:
                if self._key(one) not in self._known:
                    title = f"Measuring {one.method} at {one.budget:,}"
                    self._keep(self._key(one), self._measured(one.rows, NAMES, title))
        return [self._known[self._key(one)] for one in orders]

    def at_tokens(self, method: str, tokens: int, seed: int) -> Values:
        """Rows and values of a baseline that may hold so many tokens."""
        key = f"{self._made_of} {method} {seed} {tokens} tokens"
        if key not in self._known:
            rows = self.orders.within_tokens(method, tokens, seed)
            title = f"Measuring {method} of {tokens:,} tokens"
            self._keep(key, {"rows": len(rows)} | self._measured(rows, AT_EQUAL_TOKENS, title))
        found: Values = self._known[key]
        return found

    def correlations(self, n_sample: int) -> dict[str, Any]:
        """How length goes with the number of features: as selection uses them, and before that.

        What fires before the threshold is not stored, so a sample of rows is read again, with the
        codes as the SAE was trained (top k of each token) and with every positive one.
        """
        subject = self.subject
        whole = np.arange(subject.n_rows, dtype=np.int64)
        told = {"thresholded": self._correlation(subject.codes.rows, whole)}
        for reading in READINGS if n_sample else ():
            key = f"{self._made_of} correlation {reading} {n_sample}"
            if key not in self._known:
                self._keep(key, self._read_again(reading, n_sample))
            told[reading] = self._known[key]
        return told

    def _read_again(self, reading: str, n_sample: int) -> dict[str, Any]:
        """Every latent that fires on rows drawn by hash, whatever its value."""
        workspace, view = self.orders.workspace, self.orders.view
        rows = hash_order(SAMPLE_SEED, view.id_hash, view.id_rank)[:n_sample]
        reader = open_reader(workspace, workspace.choices().get("model"))
        shard = read_shard(
            reader.model,
            open_pool(workspace).texts(rows),
            replace(reader.config, code_share=1.0, neuron_layers="none"),
            encoder=replace(reader.encoder, reading=reading),
            progress=self.orders.reporter.stage(f"Reading rows anew, {reading}", "rows"),
        )
        if shard.codes is None:
            raise WorkspaceError("the rows gave no codes; extract the pool with an SAE")
        return self._correlation(shard.codes.rows, rows)

    def _correlation(self, codes: Csr, rows: Rows) -> dict[str, Any]:
        """Pearson's r of two lengths and the number of codes; `codes` holds these rows alone."""
        subject, every = self.subject, np.arange(codes.n_rows, dtype=np.int64)
        sets = FeatureSets(codes, transpose(codes))
        return {
            "rows": codes.n_rows,
            "median_features": float(np.median(codes.lengths())),
            "tokens": round(length_correlation(subject.tokens[rows], sets, every), 4),
            "response words": round(length_correlation(subject.lengths[rows], sets, every), 4),
        }

    def _subject(self) -> Subject:
        view = self.orders.view
        loaders: dict[str, Callable[[], Any]] = {
            name: partial(getattr, view, name)
            for name in ("codes", "embeddings", "clusters", "lengths", "tokens")
            if view.offers(name)
        }
        if view.offers("neurons"):
            loaders["neurons"] = self._neurons
        return Subject(self.orders.n_rows, loaders, device=view.device)

    def _neurons(self) -> FeatureSets:
        from core.select.neuron_sets import SetRule, neuron_sets

        return neuron_sets(self.orders.view.neurons, SetRule()).sets

    def _find_prefixes(self, longest: Order, shared: Sequence[Order]) -> None:
        title = f"Measuring prefixes of {longest.method}"
        progress = self.orders.reporter.stage(title, "steps")
        budgets = [one.budget for one in shared]
        found = measure_prefixes(self.subject, longest.rows, budgets, NAMES, progress=progress)
        for one, values in zip(shared, found, strict=True):
            self._keep(self._key(one), values)

    def _measured(self, rows: Rows, names: Sequence[str], title: str) -> Values:
        progress = self.orders.reporter.stage(title, "steps") if len(names) > 4 else silent
        return measure(self.subject, rows, names, progress=progress)

    def _key(self, order: Order) -> str:
        return f"{self._made_of} {order.fingerprint} {order.budget}"

    def _keep(self, key: str, values: Any) -> None:
        self._known[key] = values
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
        os.replace(draft, self._path)


def _begins(order: Rows, rows: Rows) -> bool:
    return len(rows) <= len(order) and bool((order[: len(rows)] == rows).all())
