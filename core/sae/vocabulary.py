"""Which words a latent's direction makes more or less likely, by its direct path to the logits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.records import Floats, Rows


@dataclass(frozen=True, slots=True)
class WordEffects:
    """The tokens at both ends of a direction's effect, strongest first.

    Effects are in standard deviations over the vocabulary from its mean: softmax does not change
    when all logits rise alike, and the final norm scales all of them alike.
    """

    promoted: Rows  # (n,)
    suppressed: Rows  # (n,)
    promoted_effects: Floats  # (n,)
    suppressed_effects: Floats  # (n,), below 0


def word_effects(
    direction: Floats, norm: Floats, unembedding: Iterable[Floats], n: int
) -> WordEffects:
    """W_U (direction * norm), the logit lens (nostalgebraist 2020) on one decoder row.

    `direction` and the final norm's weight `norm` are (d_model,); `unembedding` gives the rows of
    W_U in blocks (tokens, d_model). Ties go to the smaller token.
    """
    folded = direction * norm
    logits = np.concatenate([block @ folded for block in unembedding]).astype(np.float64)
    spread = logits.std() or 1.0
    effects = (logits - logits.mean()) / spread
    order = np.argsort(-effects, kind="stable")
    n = min(n, len(order) // 2)
    bottom = np.argsort(effects, kind="stable")[:n]
    return WordEffects(
        order[:n],
        bottom,
        effects[order[:n]].astype(np.float32),
        effects[bottom].astype(np.float32),
    )
