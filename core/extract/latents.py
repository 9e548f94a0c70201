"""What the pass asks of an SAE, and its codes of a batch pooled over tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.errors import ModelError
from core.extract.pooling import raise_to_max

if TYPE_CHECKING:
    import torch

    from core.extract.batching import Batch

CHUNK_BYTES = {"cpu": 8 << 20, "cuda": 512 << 20}
"""Dense latents, float32, held at once: a share of the CPU's cache, or of the GPU's memory."""


class LatentEncoder(Protocol):
    """Turns residual streams into non-negative latent activations."""

    @property
    def d_in(self) -> int:
        """Width of the residual stream it reads."""

    @property
    def n_latents(self) -> int:
        """Number of latents."""

    def encode(self, residual: torch.Tensor) -> torch.Tensor:
        """Latent activations of a chunk of tokens, (tokens, d_in) -> (tokens, n_latents)."""


def check_fit(encoder: LatentEncoder, *, d_model: int, model_id: str) -> None:
    """Refuse an SAE made for a residual stream of another width, with a ModelError."""
    if encoder.d_in != d_model:
        raise ModelError(
            f"this SAE reads {encoder.d_in} columns but {model_id} has a residual stream of "
            f"{d_model}; pick the SAE of this model, or train one"
        )


def pooled_latents(residual: torch.Tensor, batch: Batch, encoder: LatentEncoder) -> torch.Tensor:
    """Each latent's maximum over the kept tokens, (rows, n_latents) float32; 0 where none is.

    Tokens are encoded a chunk at a time, so dense codes of a whole batch never exist.
    """
    import torch

    packed = residual[batch.kept]  # (n_kept, d_in), row after row
    ends = batch.kept.sum(1).cumsum(0).tolist()
    pooled = torch.zeros(len(ends), encoder.n_latents, device=residual.device)
    size = chunk_tokens(encoder.n_latents, residual.device)
    row = 0
    for start in range(0, len(packed), size):
        with torch.no_grad():
            dense = encoder.encode(packed[start : start + size])
        stop, at = start + len(dense), start
        while at < stop:
            while ends[row] <= at:
                row += 1
            upto = min(ends[row], stop)
            raise_to_max(pooled[row], dense[at - start : upto - start])
            at = upto
    return pooled


def chunk_tokens(n_latents: int, device: torch.device) -> int:
    """Tokens whose dense latents are held at once."""
    return max(16, CHUNK_BYTES.get(device.type, CHUNK_BYTES["cuda"]) // (4 * n_latents))
