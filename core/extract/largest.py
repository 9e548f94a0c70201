"""The k largest values of each row, with the same answer on every device."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

HIGHEST_HALF = 65_504.0


def as_half(values: torch.Tensor) -> torch.Tensor:
    """The values in float16 as they are stored, those beyond its range at its end."""
    import torch

    return values.float().clamp(-HIGHEST_HALF, HIGHEST_HALF).to(torch.float16) + 0.0


def k_largest(values: torch.Tensor, k: int) -> torch.Tensor:
    """Columns of the k largest float16 values of each row, ascending, (rows, k) int64.

    Equal values go by the lower column. bfloat16 has many ties and `torch.topk` leaves their
    order open, so value and column are joined to one integer, whose order is total.
    """
    import torch

    bits = values.view(torch.int16).to(torch.int64)
    # Negative halves grow in size with their bits, so these are mirrored.
    ranks = torch.where(bits < 0, bits ^ 0x7FFF, bits)
    columns = torch.arange(values.shape[1], device=values.device)
    keys = (ranks << 32) | (0xFFFF_FFFF - columns)
    largest = torch.topk(keys, k, dim=1, sorted=False).values
    return (0xFFFF_FFFF - (largest & 0xFFFF_FFFF)).sort(dim=1).values
