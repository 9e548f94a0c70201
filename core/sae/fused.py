"""The encoder with its TopK as one differentiable step that never keeps the dense codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional


def top_codes(x: Tensor, weight: Tensor, bias: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest of ReLU(x weightᵀ + bias): values and latents, both (tokens, k).

    `x` is (tokens, d_in), `weight` (n_latents, d_in). Gradients reach all three.
    """
    apply = cast(Callable[..., tuple[Tensor, Tensor]], _TopCodes.apply)
    return apply(x, weight, bias, k)


def decode_top(values: Tensor, latents: Tensor, weight: Tensor) -> Tensor:
    """Sum of the decoder rows of the active latents, (tokens, d_in).

    `values` and `latents` are (tokens, k), `weight` is (n_latents, d_in).
    """
    return functional.embedding_bag(latents, weight, per_sample_weights=values, mode="sum")


class _TopCodes(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, k: int) -> tuple[Tensor, Tensor]:
        dense = functional.linear(x, weight, bias).relu_()
        values, latents = dense.topk(k, dim=1, sorted=False)
        ctx.save_for_backward(x, weight, values, latents)
        ctx.mark_non_differentiable(latents)
        return values, latents

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:
        x, weight, values, latents = ctx.saved_tensors
        of_values = gradients[0] * (values > 0)
        of_bias = torch.zeros(len(weight), dtype=weight.dtype, device=weight.device)
        of_bias.index_add_(0, latents.flatten(), of_values.flatten())
        of_x = decode_top(of_values, latents, weight) if ctx.needs_input_grad[0] else None
        return of_x, _scattered(of_values, latents, x, len(weight)), of_bias, None


def _scattered(values: Tensor, latents: Tensor, x: Tensor, n_latents: int) -> Tensor:
    """Row j is the sum over tokens of values[t, j] x[t]: the weight gradient of `decode_top`.

    Asking autograd for that gradient is four times as fast as index_add on a CPU.
    """
    with torch.enable_grad():
        rows = x.new_zeros(n_latents, x.shape[1]).requires_grad_()
        bags = decode_top(values.detach(), latents, rows)
    (gradient,) = torch.autograd.grad(bags, rows, x)
    return gradient
