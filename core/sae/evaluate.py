"""How well an SAE reads activations: FVU, L0 and which latents fire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.sae.model import SparseAutoencoder

CHUNK = 4096  # tokens encoded at once


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an SAE makes of some tokens."""

    fvu: float  # Σ||x - x̂||² / Σ||x - mean||², over all tokens at once
    l0: float  # mean number of active latents a token
    n_tokens: int
    fired: Tensor  # (n_latents,) bool: active for at least one token


@torch.no_grad()
def evaluate_sae(sae: SparseAutoencoder, blocks: Sequence[Tensor]) -> Evaluation:
    """Measure `sae` on blocks of activations, each (tokens, d_in); at least one token."""
    n_tokens = sum(len(block) for block in blocks)
    if n_tokens == 0:
        raise ValueError("there are no tokens to evaluate on")
    device = sae.b_dec.device
    sums = torch.stack([block.sum(0, dtype=torch.float64).cpu() for block in blocks])
    mean = (sums.sum(0) / n_tokens).to(device, torch.float32)
    fired = torch.zeros(sae.n_latents, dtype=torch.bool, device=device)
    left = spread = active = 0.0
    for block in blocks:
        for part in torch.split(block, CHUNK):
            x = part.to(device, torch.float32)
            output = sae(x)
            left += float((x - output.reconstruction).square().sum())
            spread += float((x - mean).square().sum())
            active += float((output.values > 0).sum())
            fired[output.latents[output.values > 0]] = True
    smallest = torch.finfo(torch.float32).tiny  # identical tokens have no variance
    return Evaluation(left / max(spread, smallest), active / n_tokens, n_tokens, fired)
