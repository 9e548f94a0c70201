"""What the pass reads and keeps, as data."""

from __future__ import annotations

from dataclasses import dataclass

from core.options import option

VERSION = 1
"""Version of the readings; part of every recipe, raised when the same input gives other numbers."""

SPANS = ("both", "prompt", "response")
NEURON_LAYERS = ("all", "to-hookpoint", "none")


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """Settings of the one pass; `core.extract.settle` replaces every None by its value."""

    hookpoint: str | None = option(
        None,
        "Block whose output the SAE reads, written layers.N; empty means the last block.",
        provenance="confirmed",
    )
    max_length: int | None = option(
        None, "Tokens read of an example; empty means what the model was trained for.", minimum=8
    )
    tokens_per_batch: int | None = option(
        None, "Padded tokens in one batch; empty means measured for the device.", minimum=1
    )
    neuron_share: float = option(
        0.05, "Share of each layer's neurons kept an example, largest first.", minimum=0, maximum=1
    )
    neuron_layers: str = option(
        "all", "Layers whose neurons are read.", choices=NEURON_LAYERS, provenance="inferred"
    )
    code_share: float = option(
        0.02,
        "Share of the latents kept an example: four times the target set size of 0.5 %.",
        minimum=0,
        maximum=1,
    )
    span: str = option(
        "both",
        "Tokens that codes and neurons are pooled over.",
        choices=SPANS,
        provenance="inferred",
    )
