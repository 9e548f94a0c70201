"""One forward pass that hands out what was asked for and stops after the last of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.extract.quiet import quiet_transformers

if TYPE_CHECKING:
    import torch
    from torch.utils.hooks import RemovableHandle

    from core.extract.batching import Batch
    from core.extract.models import LanguageModel

Take = Callable[["torch.Tensor"], None]
"""Receives one tensor of the pass, (rows, tokens, width); must not change it."""


_ONE_PASS = threading.Lock()
"""Hooks belong to the model, not to a call: two threads at once would read each other's tokens."""


class _Reached(Exception):
    """Raised after the last block that anyone asked for; never leaves this file."""


def run_until(
    model: LanguageModel,
    batch: Batch,
    *,
    residual: Mapping[int, Take],
    neurons: Mapping[int, Take],
) -> None:
    """Run the blocks up to the last one named, handing out residual streams and neurons.

    `residual[N]` receives the output of block N, before any final norm. `neurons[N]` receives
    what enters the down projection of block N. Later blocks, the final norm, a pooler and the
    vocabulary projection are never computed.
    """
    import torch

    with _ONE_PASS, torch.no_grad(), quiet_transformers():
        handles = _hooked(model, residual=residual, neurons=neurons)
        try:
            model.module(input_ids=batch.ids, attention_mask=batch.attention, use_cache=False)
        except _Reached:
            pass
        finally:
            for handle in handles:
                handle.remove()


def read_residual(model: LanguageModel, batch: Batch, layer: int) -> torch.Tensor:
    """The residual stream after one block, (rows, tokens, d_model)."""
    found: list[torch.Tensor] = []
    run_until(model, batch, residual={layer: found.append}, neurons={})
    return found[0]


def _hooked(
    model: LanguageModel, *, residual: Mapping[int, Take], neurons: Mapping[int, Take]
) -> list[RemovableHandle]:
    handles = []
    for layer, take in neurons.items():
        reader = model.family.neuron_reader(model.blocks[layer])
        handles.append(reader.register_forward_pre_hook(_before(take)))
    for layer, take in residual.items():
        handles.append(model.blocks[layer].register_forward_hook(_after(take)))
    # Hooks of one block run in order of registration, so this one comes after its readers.
    last = max([*residual, *neurons])
    handles.append(model.blocks[last].register_forward_hook(_stop))
    return handles


def _before(take: Take) -> Callable[[Any, tuple[Any, ...]], None]:
    def hook(_module: Any, inputs: tuple[Any, ...]) -> None:
        take(inputs[0])

    return hook


def _after(take: Take) -> Callable[[Any, Any, Any], None]:
    def hook(_module: Any, _inputs: Any, output: Any) -> None:
        take(output[0] if isinstance(output, tuple) else output)

    return hook


def _stop(_module: Any, _inputs: Any, _output: Any) -> None:
    raise _Reached
