"""The second, short pass: which tokens of an example a latent fires on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.extract.batching import Batch, Span, Tokens, batches_of, collate, tokenise
from core.extract.calibrate import settle
from core.extract.config import ExtractConfig
from core.extract.forward import read_residual
from core.extract.hookpoints import layer_of
from core.extract.largest import as_half
from core.extract.latents import LatentEncoder, check_fit, chunk_tokens
from core.records import Halves, Progress, Rows, silent

if TYPE_CHECKING:
    import torch

    from core.extract.models import LanguageModel


@dataclass(frozen=True, slots=True)
class TokenActivations:
    """What chosen latents do on each token of one example; special tokens are left out."""

    tokens: tuple[str, ...]  # as they stand in the text
    offsets: NDArray[np.int32]  # (n_tokens, 2) characters of the text
    latents: Rows  # (n_latents_asked,)
    activations: Halves  # (n_tokens, n_latents_asked); 0 outside the span


def token_activations(
    model: LanguageModel,
    texts: Sequence[str],
    config: ExtractConfig,
    *,
    encoder: LatentEncoder,
    latents: Sequence[Sequence[int] | Rows],
    answers: Sequence[Sequence[Span]] | None = None,
    progress: Progress = silent,
) -> list[TokenActivations]:
    """Read the given texts again and keep, token by token, the latents asked for of each.

    `latents[i]` are those wanted of `texts[i]`. The maximum over the tokens of a row is the
    pooled code that `read_shard` stores, up to rounding. Raises as `read_shard` does.
    """
    config = settle(model, config)
    check_fit(encoder, d_model=model.architecture.d_model, model_id=model.identity["id"])
    tokens = tokenise(
        model,
        texts,
        max_length=config.max_length or 0,
        span=config.span,
        answers=answers,
        offsets=True,
    )
    layer = layer_of(config.hookpoint, model.architecture.n_layers)
    wanted = [np.asarray(item, dtype=np.int64) for item in latents]
    if len(wanted) != len(texts):
        raise ValueError(f"latents are given for {len(wanted)} rows of {len(texts)}")
    found: dict[int, Halves] = {}
    for rows in batches_of(tokens, config.tokens_per_batch or 0):
        batch = collate(model, tokens, rows)
        residual = read_residual(model, batch, layer)
        for i, row in enumerate(rows.tolist()):
            found[row] = _chosen(residual[i], batch, i, encoder=encoder, latents=wanted[row])
        progress(len(found), len(texts))
    return [
        _as_record(text, tokens[row], wanted[row], found[row]) for row, text in enumerate(texts)
    ]


def _chosen(
    residual: torch.Tensor, batch: Batch, i: int, *, encoder: LatentEncoder, latents: Rows
) -> Halves:
    """Chosen latents of the text tokens of one row, (n_tokens, n_latents_asked)."""
    import torch

    columns = torch.from_numpy(latents).to(residual.device)
    shown = residual[batch.text[i]]
    size = chunk_tokens(encoder.n_latents, residual.device)
    with torch.no_grad():
        parts = [
            encoder.encode(shown[start : start + size])[:, columns]
            for start in range(0, len(shown), size)
        ]
    inside = batch.kept[i][batch.text[i]].unsqueeze(1)
    dense = torch.cat(parts) if parts else shown.new_zeros((0, len(columns)))
    halves: Halves = as_half(dense * inside).cpu().numpy()
    return halves


def _as_record(text: str, tokens: Tokens, latents: Rows, activations: Halves) -> TokenActivations:
    offsets = tokens.offsets[tokens.text]
    return TokenActivations(
        tokens=tuple(text[start:stop] for start, stop in offsets.tolist()),
        offsets=offsets.astype(np.int32),
        latents=latents,
        activations=activations,
    )
