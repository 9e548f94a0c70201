"""What may be set when a sparse autoencoder is trained, with the origin of every default."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import RequestError
from core.options import option


@dataclass(frozen=True, slots=True)
class SaeConfig:
    """A TopK SAE and its training; see arXiv 2502.14050 and the sparsify library it follows."""

    n_latents: int | None = option(
        None,
        "Number of latents; empty means expansion factor times the width of the activations.",
        minimum=1,
    )
    expansion_factor: int = option(
        32, "Latents for each activation dimension.", minimum=1, provenance="confirmed"
    )
    k: int = option(
        32,
        "Latents kept for each token; the paper trains 16 to 256 and uses 128 at 131,072 latents.",
        minimum=1,
    )
    learning_rate: float | None = option(
        None,
        "Peak learning rate of Adam; empty means 2e-4 / sqrt(latents / 16,384), made for billions "
        "of tokens: on a few million, several times as much explained more.",
        minimum=1e-7,
        provenance="inferred",
    )
    batch_tokens: int = option(
        4096,
        "Tokens for each step; the paper prints 4,096 without its unit.",
        minimum=1,
        provenance="inferred",
    )
    warmup_steps: int = option(
        1000,
        "Steps of linear warm-up, at most a tenth of the training.",
        minimum=0,
        provenance="inferred",
    )
    epochs: int = option(1, "Passes over the activations.", minimum=1)
    n_tokens: int | None = option(
        None, "Tokens to train on in all; empty means every pass in full.", minimum=1
    )
    aux_alpha: float = option(
        1 / 32,
        "Weight of the loss that revives dead latents (Gao et al. 2024); 0 turns it off.",
        minimum=0.0,
    )
    dead_after_tokens: int = option(
        200_000,
        "A latent silent for so many tokens is dead; the library counts 10,000,000, more than "
        "most pools hold.",
        minimum=1,
    )
    buffer_tokens: int = option(
        65_536, "Tokens shuffled together, so that a step mixes examples.", minimum=1
    )
    held_out_share: float = option(
        0.02,
        "Share of every incoming block of tokens that is kept for measuring FVU.",
        minimum=0.0,
        maximum=0.5,
    )
    seed: int = option(0, "Seed of the start and of the shuffling.", minimum=0)

    def latents(self, d_in: int) -> int:
        """Number of latents for activations of width `d_in`.

        Raises RequestError when k exceeds them.
        """
        n_latents = self.n_latents or self.expansion_factor * d_in
        if self.k > n_latents:
            raise RequestError(
                f"k is {self.k} but the SAE has {n_latents} latents; choose a smaller k"
            )
        return n_latents

    def rate(self, n_latents: int) -> float:
        """Peak learning rate: the rule of sparsify, 7.07e-5 at the paper's 131,072 latents."""
        if self.learning_rate is not None:
            return self.learning_rate
        return 2e-4 / math.sqrt(n_latents / 2**14)
