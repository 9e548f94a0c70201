"""What training minimises, as pure functions of activations and reconstructions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from core.sae.fused import decode_top


def variance(x: Tensor) -> Tensor:
    """Sum of squared distances of the tokens to their mean; x is (tokens, d_in)."""
    return (x - x.mean(0)).square().sum()


def fvu(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Fraction of variance unexplained, lower is better: Σ||x - x̂||² / Σ||x - mean||²."""
    floor = torch.finfo(x.dtype).tiny  # identical tokens have no variance
    return (x - reconstruction).square().sum() / variance(x).clamp_min(floor)


def auxk(residual: Tensor, dead_codes: Tensor, dead_decoder: Tensor) -> Tensor:
    """How badly the dead latents explain what the living ones left; 0 without any.

    `residual` is (tokens, d_in) and carries no gradient, `dead_codes` (tokens, n_dead) before
    ReLU, `dead_decoder` (n_dead, d_in). Gao et al. 2024, appendix A.2; divided by the variance
    of the residual, and scaled down while few latents are dead, as sparsify does.
    """
    n_dead, d_in = dead_decoder.shape
    if n_dead == 0:
        return residual.new_zeros(())
    k_aux = d_in // 2 or 1
    values, latents = dead_codes.topk(min(k_aux, n_dead), dim=1, sorted=False)
    explained = decode_top(functional.relu(values), latents, dead_decoder)
    return min(n_dead / k_aux, 1.0) * fvu(residual.detach(), explained)
