"""From tokens to one row an example: masked mean and masked maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from core.extract.batching import Batch

LOWEST = float("-inf")
"""The maximum over no token at all."""


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the marked tokens in float32, (rows, tokens, d) -> (rows, d); 0 where none is."""
    weights = mask.to(values.dtype).unsqueeze(1)  # (rows, 1, tokens)
    total = weights.float() @ values.float()
    return total.squeeze(1) / mask.sum(1, keepdim=True).clamp(min=1)


def kept_max(values: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Maximum over the kept tokens, (rows, tokens, d) -> (rows, d); -inf where none is kept.

    On the CPU each stretch of kept tokens is read in place, 1.2 ms where a masked copy of the
    same (64, 64, 1536) tensor takes 2.8 ms; on a GPU the copy is cheap and the loop is not.
    """
    if values.device.type != "cpu":
        return values.masked_fill(~batch.kept.unsqueeze(-1), LOWEST).amax(1)
    pooled = values.new_full((len(values), values.shape[-1]), LOWEST)
    for row, start, stop in batch.runs:
        raise_to_max(pooled[row], values[row, start:stop])
    return pooled


def raise_to_max(pooled: torch.Tensor, values: torch.Tensor) -> None:
    """Raise a running maximum, (d,), in place by more tokens, (tokens, d)."""
    import torch

    torch.maximum(pooled, values.amax(0), out=pooled)
