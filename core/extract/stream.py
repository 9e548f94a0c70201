"""Residual streams of a pool, token by token, for training an SAE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.extract.batching import Tokens, batches_of, collate, tokenise
from core.extract.calibrate import settle
from core.extract.config import ExtractConfig
from core.extract.forward import read_residual
from core.extract.hookpoints import layer_of
from core.records import Progress, silent

if TYPE_CHECKING:
    import torch

    from core.extract.models import LanguageModel

GROUP_ROWS = 256
"""Rows whose tokens are shuffled together: enough to part the tokens of one example."""


def stream_activations(
    model: LanguageModel,
    texts: Sequence[str],
    config: ExtractConfig,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> Iterator[torch.Tensor]:
    """Yield the residual stream of every token that is not special, (tokens, d_model) a time.

    Rows come in a seeded order, 256 at a time, and the tokens of these are shuffled together, so
    that any stretch of the stream is a fair sample. Tensors are on the model's device, in its
    format, and may be trained on. Raises as `read_shard` does.
    """
    config = settle(model, config)
    layer = layer_of(config.hookpoint, model.architecture.n_layers)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(texts))
    for start in range(0, len(order), GROUP_ROWS):
        progress(start, len(order))
        group = [texts[row] for row in order[start : start + GROUP_ROWS]]
        tokens = tokenise(model, group, max_length=config.max_length or 0)
        yield _shuffled(_residuals(model, tokens, config.tokens_per_batch or 0, layer), rng)
    progress(len(order), len(order))


def _residuals(
    model: LanguageModel, tokens: Sequence[Tokens], tokens_per_batch: int, layer: int
) -> torch.Tensor:
    import torch

    parts = []
    for rows in batches_of(tokens, tokens_per_batch):
        batch = collate(model, tokens, rows)
        parts.append(read_residual(model, batch, layer)[batch.text])
    return torch.cat(parts)


def _shuffled(residual: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    import torch

    order = torch.from_numpy(rng.permutation(len(residual)))
    return residual[order.to(residual.device)]
