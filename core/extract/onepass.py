"""The one pass: embedding, neuron maxima and SAE codes of a shard from a single forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ModelError
from core.extract.batching import Span, Tokens, batches_of, collate, tokenise
from core.extract.calibrate import settle
from core.extract.config import ExtractConfig
from core.extract.latents import LatentEncoder
from core.extract.memory import free_cached, out_of_memory
from core.extract.onebatch import BatchReadings, Plan, plan_pass, read_batch
from core.extract.readings import ShardReadings, UnitReadings
from core.extract.sparse import Picked, SparseRows
from core.extract.sums import UnitSums
from core.records import Halves, Progress, Rows, silent

if TYPE_CHECKING:
    from core.extract.models import LanguageModel


def read_shard(
    model: LanguageModel,
    texts: Sequence[str],
    config: ExtractConfig,
    *,
    encoder: LatentEncoder | None = None,
    answers: Sequence[Sequence[Span]] | None = None,
    progress: Progress = silent,
) -> ShardReadings:
    """Read one shard of examples: three readings of each, from one forward pass.

    The pass stops after the last block that anyone asked for and never computes the vocabulary
    projection. `answers` are the response stretches of each text, needed when the span is not
    `both`. A batch that does not fit memory is split in two, which the readings record. Raises
    RequestError for a hookpoint or length the model lacks, ModelError for an SAE of another
    width or one example that does not fit memory.
    """
    config = settle(model, config)
    plan = plan_pass(model, config, encoder)
    tokens = tokenise(
        model, texts, max_length=config.max_length or 0, span=config.span, answers=answers
    )
    shard = _ShardBuilder(model, plan, tokens, encoder)
    for rows in batches_of(tokens, config.tokens_per_batch or 0):
        for part in _read_or_split(model, tokens, rows, plan=plan, encoder=encoder):
            shard.add(part, split=len(part.rows) < len(rows))
            progress(shard.n_done, len(texts))
    return shard.finish()


def _read_or_split(
    model: LanguageModel,
    tokens: Sequence[Tokens],
    rows: Rows,
    *,
    plan: Plan,
    encoder: LatentEncoder | None,
) -> Iterator[BatchReadings]:
    try:
        whole = read_batch(model, collate(model, tokens, rows), plan, encoder)
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        whole = None
    if whole is not None:
        yield whole
        return
    free_cached(model.device)
    if len(rows) == 1:
        raise ModelError(
            f"one example of {len(tokens[rows[0]].ids)} tokens does not fit the memory of "
            f"{model.device}; lower max_length or use another device"
        )
    for half in np.array_split(rows, 2):
        yield from _read_or_split(model, tokens, half, plan=plan, encoder=encoder)


class _ShardBuilder:
    """Puts the readings of batches, which come longest first, back into the order of the rows."""

    def __init__(
        self,
        model: LanguageModel,
        plan: Plan,
        tokens: Sequence[Tokens],
        encoder: LatentEncoder | None,
    ) -> None:
        shape, n = model.architecture, len(tokens)
        n_latents = None if encoder is None else encoder.n_latents
        n_neurons = shape.n_neurons if plan.neuron_layers else None
        self.n_done = 0
        self._tokens = tokens
        self._embeddings = np.zeros((n, shape.d_model), dtype=np.float16)
        self._codes = _Units(n, plan.n_codes, n_latents)
        self._neurons = _Units(n, len(plan.neuron_layers) * plan.n_neurons_kept, n_neurons)
        self._splits: list[int] = []

    def add(self, part: BatchReadings, *, split: bool) -> None:
        """Take the readings of one batch, or of a part of one that did not fit memory."""
        self._embeddings[part.rows] = part.embeddings
        self._codes.put(part.rows, part.codes, part.latent_sums)
        self._neurons.put(part.rows, part.neurons, part.neuron_sums)
        if split:
            self._splits.append(len(part.rows))
        self.n_done += len(part.rows)

    def finish(self) -> ShardReadings:
        """The readings of the whole shard."""
        _check_finite(self._embeddings)
        return ShardReadings(
            embeddings=self._embeddings,
            n_tokens=np.array([item.text.sum() for item in self._tokens], dtype=np.int32),
            truncated=np.array([item.truncated for item in self._tokens], dtype=np.bool_),
            codes=self._codes.finish(),
            neurons=self._neurons.finish(),
            splits=tuple(self._splits),
        )


class _Units:
    """Latents or neurons of a shard; nothing at all where there are no columns."""

    def __init__(self, n_rows: int, k: int, n_columns: int | None) -> None:
        self._n_columns = n_columns or 0
        self._rows = SparseRows(n_rows, k)
        self._sums = UnitSums.zero(self._n_columns)

    def put(self, rows: Rows, picked: Picked | None, sums: UnitSums | None) -> None:
        if picked is not None and sums is not None:
            self._rows.put(rows, picked)
            self._sums += sums

    def finish(self) -> UnitReadings | None:
        if not self._n_columns:
            return None
        return UnitReadings(self._rows.csr(self._n_columns), self._sums)


def _check_finite(embeddings: Halves) -> None:
    n_bad = int((~np.isfinite(embeddings)).any(axis=1).sum())
    if n_bad:
        raise ModelError(
            f"the model gives numbers that are not finite for {n_bad:,} of {len(embeddings):,} "
            "examples; its weights are damaged, or it needs dtype float32"
        )
