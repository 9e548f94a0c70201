"""The stream of activations as training reads it: a held-out slice, and shuffled batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor


def without_held_out(
    blocks: Iterable[Tensor], share: float, held_out: list[Tensor] | None = None
) -> Iterator[Tensor]:
    """The blocks (tokens, d_in) less the last `share` of each, which goes to `held_out`.

    The end of every block is held out, in every pass alike, so that a large block gives up
    whole examples; the fraction that a small one cannot give is owed by the next.
    """
    owed = 0.0
    for block in blocks:
        owed += len(block) * share
        n_held_out = min(int(owed), len(block))
        owed -= n_held_out
        cut = len(block) - n_held_out
        if held_out is not None and n_held_out:
            held_out.append(block[cut:])
        yield block[:cut]


def shuffled_batches(
    blocks: Iterable[Tensor],
    *,
    batch_tokens: int,
    buffer_tokens: int,
    generator: torch.Generator,
) -> Iterator[Tensor]:
    """Batches of `batch_tokens` rows, mixed within a buffer that is refilled when half empty.

    A last incomplete batch is given out only if it is the only one.
    """
    waiting: list[Tensor] = []
    n_waiting = n_batches = 0
    for block in blocks:
        waiting.append(block)
        n_waiting += len(block)
        if n_waiting >= max(buffer_tokens, 2 * batch_tokens):
            mixed = _mixed(waiting, generator)
            n_out = n_waiting // 2 // batch_tokens * batch_tokens
            yield from torch.split(mixed[:n_out], batch_tokens)
            waiting, n_waiting = [mixed[n_out:]], n_waiting - n_out
            n_batches += n_out // batch_tokens
    if n_waiting:
        for batch in torch.split(_mixed(waiting, generator), batch_tokens):
            if len(batch) == batch_tokens or n_batches == 0:
                n_batches += 1
                yield batch


def _mixed(blocks: list[Tensor], generator: torch.Generator) -> Tensor:
    joined = torch.cat(blocks)
    order = torch.randperm(len(joined), generator=generator)
    return joined[order.to(joined.device)]
