"""An SAE as the pass reads it: residual streams in, dense non-negative codes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from core.sae.model import SparseAutoencoder


@dataclass(frozen=True, slots=True)
class LatentReader:
    """Codes by one reading of an SAE: 'jumprelu' (threshold later) or 'topk' (as trained)."""

    sae: SparseAutoencoder
    reading: str = "jumprelu"

    @property
    def d_in(self) -> int:
        """Width of the residual stream."""
        return self.sae.d_in

    @property
    def n_latents(self) -> int:
        """Number of latents."""
        return self.sae.n_latents

    def encode(self, residual: Tensor) -> Tensor:
        """Codes in float32, (tokens, d_in) -> (tokens, n_latents)."""
        return self.sae.encode(residual.float(), reading=self.reading)
