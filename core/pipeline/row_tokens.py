"""What some latents do on the tokens of one example: one short pass over that example alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import ModelError
from core.extract import token_activations
from core.pipeline.tokens import TokenExample, TokenReader
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.workspace import Workspace


def row_tokens(
    workspace: Workspace, row: int, latents: Sequence[int], reader: TokenReader
) -> dict[int, TokenExample]:
    """The row's tokens with each latent's activation on them, by latent.

    ModelError when the reader has another SAE than the readings in use.
    """
    if reader.sae != in_use(workspace, "readings").parents["sae"]:
        raise ModelError("the readings in use were made with another SAE; reload the page")
    rows: Rows = np.array([row], dtype=np.int64)
    (read,) = token_activations(
        reader.model,
        open_pool(workspace).texts(rows),
        reader.config,
        encoder=reader.encoder,
        latents=[list(latents)],
    )
    return {
        latent: TokenExample(
            row=row,
            value=float(read.activations[:, at].max(initial=0)),
            band=0,
            starts=read.offsets[:, 0],
            stops=read.offsets[:, 1],
            activations=read.activations[:, at],
        )
        for at, latent in enumerate(latents)
    }
