"""The TopK sparse autoencoder: its weights, its two readings, its reconstruction."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.sae.fused import decode_top, top_codes
from core.sae.losses import fvu

READINGS = ("topk", "jumprelu")
"""topk: as trained; jumprelu: ReLU alone, a threshold is applied later (arXiv 2502.14050)."""


class SaeOutput(NamedTuple):
    """One pass through an SAE."""

    reconstruction: Tensor  # (tokens, d_in)
    values: Tensor  # (tokens, k): codes of the active latents
    latents: Tensor  # (tokens, k): which latents these are
    fvu: Tensor  # (): fraction of variance unexplained in this batch


class SparseAutoencoder(nn.Module):
    """z = TopK_k(ReLU(W_enc (x - b_dec) + b_enc));  x̂ = z W_dec + b_dec.

    Names and shapes are sparsify's: encoder.weight and W_dec (n_latents, d_in), encoder.bias
    (n_latents,), b_dec (d_in,). Decoder rows have unit length.
    """

    def __init__(
        self, d_in: int, n_latents: int, k: int, *, generator: torch.Generator | None = None
    ) -> None:
        if not 1 <= k <= n_latents:
            raise ValueError(f"k is {k}, n_latents {n_latents}; 1 <= k <= n_latents is needed")
        super().__init__()
        self.d_in, self.n_latents, self.k = d_in, n_latents, k
        self.encoder = nn.Linear(d_in, n_latents, device="meta").to_empty(device="cpu")
        bound = 1 / math.sqrt(d_in)  # the start of torch's linear layers, seeded by us
        with torch.no_grad():
            self.encoder.weight.uniform_(-bound, bound, generator=generator)
            self.encoder.bias.zero_()
        self.W_dec = nn.Parameter(self.encoder.weight.detach().clone())
        self.b_dec = nn.Parameter(torch.zeros(d_in))
        self.normalise_decoder()

    @torch.no_grad()
    def encode(self, residual: Tensor, *, reading: str = "topk") -> Tensor:
        """Dense codes (tokens, n_latents) of activations (tokens, d_in), without gradient."""
        x = residual.to(self.b_dec.dtype)
        if reading not in READINGS:
            raise ValueError(f"reading {reading!r} is none of {READINGS}")
        if reading == "jumprelu":
            return self.encoder(x - self.b_dec).relu_()
        values, latents = self.top(x)
        return values.new_zeros(len(x), self.n_latents).scatter_(1, latents, values)

    def top(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Values and numbers of each token's k largest latents, both (tokens, k), unordered."""
        return top_codes(x - self.b_dec, self.encoder.weight, self.encoder.bias, self.k)

    def decode(self, codes: Tensor) -> Tensor:
        """Reconstruction (tokens, d_in) of dense codes (tokens, n_latents)."""
        return codes @ self.W_dec + self.b_dec

    def decode_top(self, values: Tensor, latents: Tensor) -> Tensor:
        """Reconstruction (tokens, d_in) of sparse codes, both (tokens, k)."""
        return decode_top(values, latents, self.W_dec) + self.b_dec

    def forward(self, x: Tensor) -> SaeOutput:
        """Encode, keep the k largest, decode; x is (tokens, d_in)."""
        values, latents = self.top(x)
        reconstruction = self.decode_top(values, latents)
        return SaeOutput(reconstruction, values, latents, fvu(x, reconstruction))

    @torch.no_grad()
    def normalise_decoder(self) -> None:
        """Give every decoder row unit length."""
        smallest = torch.finfo(self.W_dec.dtype).eps
        self.W_dec.div_(self.W_dec.norm(dim=1, keepdim=True).clamp_min(smallest))

    @torch.no_grad()
    def project_decoder_gradient(self) -> None:
        """Remove from the decoder's gradient what would only change the length of its rows."""
        if self.W_dec.grad is not None:
            along = (self.W_dec.grad * self.W_dec).sum(1, keepdim=True)
            self.W_dec.grad -= along * self.W_dec
