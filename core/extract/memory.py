"""Recognising that memory ran out, and giving back what a device holds in reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

CPU_MESSAGES = ("can't allocate memory", "not enough memory", "could not create a memory")
"""What torch and oneDNN say on the CPU, where they raise a bare RuntimeError."""


def out_of_memory(error: Exception) -> bool:
    """Whether an error of the pass means that the batch was too large."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in CPU_MESSAGES)


def free_cached(device: torch.device) -> None:
    """Give cached blocks of a GPU back, so that smaller ones can be cut."""
    import torch

    if device.type == "cuda":
        torch.cuda.empty_cache()
