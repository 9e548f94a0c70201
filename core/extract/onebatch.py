"""One batch of the pass: which layers are read, and what is kept of each example."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.extract.batching import Batch
from core.extract.config import ExtractConfig
from core.extract.forward import Take, run_until
from core.extract.hookpoints import layer_of
from core.extract.latents import LatentEncoder, check_fit, pooled_latents
from core.extract.pooling import kept_max, masked_mean
from core.extract.sparse import Picked, pick_largest, side_by_side
from core.extract.sums import UnitSums, side_by_side_sums, sums_over
from core.records import Halves, Rows

if TYPE_CHECKING:
    import torch

    from core.extract.models import LanguageModel


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass reads where."""

    hook_layer: int
    embedding_layer: int
    neuron_layers: tuple[int, ...]
    n_neurons_kept: int  # a layer
    n_codes: int  # a row; 0 without an SAE


@dataclass(frozen=True, slots=True)
class BatchReadings:
    """What one batch gave."""

    rows: Rows
    embeddings: Halves  # (n_rows, d_model)
    codes: Picked | None
    neurons: Picked | None
    latent_sums: UnitSums | None
    neuron_sums: UnitSums | None


def plan_pass(model: LanguageModel, config: ExtractConfig, encoder: LatentEncoder | None) -> Plan:
    """Which layers are read, and how many units of each example are kept."""
    shape = model.architecture
    hook_layer = layer_of(config.hookpoint, shape.n_layers)
    neuron_layers = {"all": shape.n_layers, "to-hookpoint": hook_layer + 1, "none": 0}
    if encoder is not None:
        check_fit(encoder, d_model=shape.d_model, model_id=model.identity["id"])
    n_latents = 0 if encoder is None else encoder.n_latents
    n_kept = math.ceil(config.neuron_share * shape.d_ff)
    return Plan(
        hook_layer=hook_layer,
        # A sentence encoder's own embedding is that of its last layer, wherever the SAE reads.
        embedding_layer=hook_layer if model.embedding == "text-mean" else shape.n_layers - 1,
        neuron_layers=tuple(range(neuron_layers[config.neuron_layers] if n_kept else 0)),
        n_neurons_kept=n_kept,
        n_codes=math.ceil(config.code_share * n_latents),
    )


def read_batch(
    model: LanguageModel, batch: Batch, plan: Plan, encoder: LatentEncoder | None
) -> BatchReadings:
    """Run one batch once and pool what comes out of it."""
    has_tokens = batch.kept.any(1)
    residuals: dict[int, torch.Tensor] = {}
    neurons = _NeuronReader(batch, plan.n_neurons_kept, has_tokens)
    wanted = {plan.embedding_layer} | ({plan.hook_layer} if encoder is not None else set())
    run_until(
        model,
        batch,
        residual={layer: _keep(residuals, layer) for layer in wanted},
        neurons=dict.fromkeys(plan.neuron_layers, neurons.take),
    )
    codes = latent_sums = None
    if encoder is not None:
        pooled = pooled_latents(residuals[plan.hook_layer], batch, encoder)
        codes = pick_largest(pooled, plan.n_codes)
        latent_sums = sums_over(pooled, has_tokens)
    return BatchReadings(
        rows=batch.rows,
        embeddings=_embed(residuals[plan.embedding_layer], batch, model.embedding),
        codes=codes,
        neurons=neurons.picked(),
        latent_sums=latent_sums,
        neuron_sums=neurons.summed(model.architecture.n_neurons),
    )


class _NeuronReader:
    """Pools, picks and sums the neurons of each block while the pass runs, block after block."""

    def __init__(self, batch: Batch, n_kept: int, has_tokens: torch.Tensor) -> None:
        self._batch, self._n_kept, self._has_tokens = batch, n_kept, has_tokens
        self._picks: list[Picked] = []
        self._sums: list[UnitSums] = []
        self._first = 0

    def take(self, values: torch.Tensor) -> None:
        """Read the neurons of the next block, (rows, tokens, d_ff)."""
        pooled = kept_max(values, self._batch)
        self._picks.append(
            pick_largest(pooled, self._n_kept, used=self._has_tokens, first_column=self._first)
        )
        self._sums.append(sums_over(pooled, self._has_tokens))
        self._first += values.shape[-1]

    def picked(self) -> Picked | None:
        """The units kept of all blocks read."""
        return side_by_side(self._picks) if self._picks else None

    def summed(self, n_neurons: int) -> UnitSums | None:
        """The sums of all neurons; those of blocks that were not read stay 0."""
        return side_by_side_sums(self._sums, n_neurons) if self._sums else None


def _keep(residuals: dict[int, torch.Tensor], layer: int) -> Take:
    def keep(values: torch.Tensor) -> None:
        residuals[layer] = values

    return keep


def _embed(residual: torch.Tensor, batch: Batch, how: str) -> Halves:
    """One vector of length 1 an example, (rows, d_model), over the whole of it."""
    import torch

    if how == "trained-cls":
        pooled = residual[:, 0].float()
    else:
        mask = batch.attention.bool() if how == "trained-mean" else batch.text
        pooled = masked_mean(residual, mask)
    unit = torch.nn.functional.normalize(pooled, dim=1)
    halves: Halves = unit.to(torch.float16).cpu().numpy()
    return halves
