"""Whether more latents is but another word for longer: codes of sampled rows, read in full.

The readings keep each row's largest codes alone, so positive and top-k codes are counted in a
second pass over a sample of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.extract import ExtractConfig, LanguageModel, choose_device, settle
from core.extract.batching import batches_of, collate, tokenise
from core.extract.forward import read_residual
from core.extract.hookpoints import layer_of
from core.extract.latents import pooled_latents
from core.extract.sparse import SparseRows, pick_largest
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.random_rows import random_orders
from core.pipeline.tokens import is_quick
from core.pipeline.views import in_use, open_features, open_pool, open_readings
from core.records import Csr, Progress, Rows, silent
from core.sae.threshold import correlation
from core.workspace import Workspace

if TYPE_CHECKING:
    import torch

    from core.sae.model import SparseAutoencoder

PAPER_R = 0.92
"""Pearson correlation of text length and activated features in arXiv 2502.14050."""

N_BINS = 24
GROUP_ROWS = 512  # tokenised together

Grid = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FullCodes:
    """Sampled rows with every positive code of theirs, and how many latents top-k keeps."""

    rows: Rows  # (n_sampled,), of the pool
    tokens: Rows  # (n_sampled,)
    positive: Csr  # (n_sampled, n_latents), maxima over tokens
    n_top: Rows  # (n_sampled,): latents among the k largest of some token


@dataclass(frozen=True, slots=True)
class Density:
    """Rows by tokens and latents on an even grid, with their Pearson correlation."""

    counts: Grid  # (N_BINS of latents, N_BINS of tokens)
    token_edges: NDArray[np.float64]
    latent_edges: NDArray[np.float64]
    r: float | None  # None where one side does not vary
    n_rows: int


@dataclass(frozen=True, slots=True)
class _BothReadings:
    """An SAE that answers positive codes and, beside them, those that top-k keeps."""

    sae: SparseAutoencoder

    @property
    def d_in(self) -> int:
        return self.sae.d_in

    @property
    def n_latents(self) -> int:
        return 2 * self.sae.n_latents

    def encode(self, residual: torch.Tensor) -> torch.Tensor:
        import torch

        positive = self.sae.encode(residual.float(), reading="jumprelu")
        values, latents = positive.topk(self.sae.k, dim=1)
        top = torch.zeros_like(positive).scatter_(1, latents, values)
        return torch.cat([positive, top], dim=1)


def read_sample(workspace: Workspace, n_rows: int, *, progress: Progress = silent) -> FullCodes:
    """Read the first `n_rows` of the random order again, with every code.

    ModelError when the model is not here, is another one, or is too large for this machine's CPU.
    """
    model, sae, config = _opened(workspace)
    rows = np.sort(random_orders(workspace)[0][:n_rows])
    texts = open_pool(workspace).texts(rows)
    config = settle(model, config)
    layer = layer_of(config.hookpoint, model.architecture.n_layers)
    n_latents, reader = sae.n_latents, _BothReadings(sae)
    kept = SparseRows(len(rows), n_latents)
    n_top, lengths = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    done = 0
    for start in range(0, len(rows), GROUP_ROWS):
        tokens = tokenise(
            model, texts[start : start + GROUP_ROWS], max_length=config.max_length or 0
        )
        for part in batches_of(tokens, config.tokens_per_batch or 0):
            batch = collate(model, tokens, part)
            pooled = pooled_latents(read_residual(model, batch, layer), batch, reader)
            at = part + start
            kept.put(at, pick_largest(pooled[:, :n_latents], n_latents))
            n_top[at] = (pooled[:, n_latents:] > 0).sum(1).cpu().numpy()
            lengths[at] = batch.text.sum(1).cpu().numpy()
            done += len(part)
            progress(done, len(rows))
    return FullCodes(rows, lengths, kept.csr(n_latents), n_top)


def density(tokens: Rows, latents: Rows) -> Density:
    """Rows on a grid of tokens and latents; the few longest rows are counted in the last bins."""
    edges = [np.linspace(0, max(float(np.quantile(one, 0.995)), 1.0), N_BINS + 1)
             for one in (tokens, latents)]  # fmt: skip
    inside = [np.minimum(one, edge[-1]) for one, edge in zip((tokens, latents), edges, strict=True)]
    counts, _, _ = np.histogram2d(inside[1], inside[0], bins=(edges[1], edges[0]))
    return Density(counts.astype(np.int64), edges[0], edges[1], correlation(tokens, latents),
                   len(tokens))  # fmt: skip


def pool_density(workspace: Workspace) -> Density:
    """Tokens against latents above the threshold in use, over every row of the pool."""
    tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    return density(tokens, open_features(workspace).sets.rows.lengths())


def _opened(workspace: Workspace) -> tuple[LanguageModel, SparseAutoencoder, ExtractConfig]:
    """What the readings in use were made with, on the fastest device at hand."""
    from core.sae.checkpoint import load_sae

    readings = in_use(workspace, "readings")
    identity: Any = readings.config["model"]
    device = choose_device(None)
    if device.type == "cpu" and not is_quick(workspace):
        raise ModelError(f"{identity['id']} is too large to be read again on this machine's CPU")
    named = workspace.choices().get("model") or identity["id"]
    model = open_model(ModelAsk(named, str(device), identity["dtype"]))
    if model.identity["weights"] != identity["weights"]:
        raise ModelError(f"{named} has other weights than the model of the readings in use")
    sae = load_sae(workspace.get("sae", readings.parents["sae"]).folder, device=model.device).sae
    known = {item.name for item in fields(ExtractConfig)}
    return model, sae, ExtractConfig(**{k: v for k, v in readings.config.items() if k in known})
