"""Training of a TopK SAE on a stream of activations, in small steps that can be read alone."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from core.errors import DataError
from core.records import Progress, silent
from core.sae import losses
from core.sae.config import SaeConfig
from core.sae.evaluate import evaluate_sae
from core.sae.model import SparseAutoencoder
from core.sae.tokens import shuffled_batches, without_held_out

N_HISTORY = 200  # points of the training curve that are kept
MIN_HELD_OUT = 64  # tokens; below, a variance means nothing


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What training measured; FVU, L0 and death on held-out tokens."""

    fvu: float  # fraction of variance unexplained, lower is better
    l0: float  # mean number of active latents a token
    dead_share: float  # share of latents silent for the last `dead_after_tokens` and held out
    seconds: float
    n_tokens: int  # tokens trained on, repeats counted
    n_held_out: int  # tokens; 0 means that FVU is of the last training batch
    n_steps: int
    learning_rate: float
    history: tuple[tuple[int, float], ...]  # (tokens so far, FVU of that training batch)


@dataclass(frozen=True, slots=True)
class TrainedSae:
    """A trained SAE, on the CPU and in evaluation mode, with its report."""

    sae: SparseAutoencoder
    report: TrainingReport


def train_sae(
    batches: Iterable[Tensor],
    d_in: int,
    config: SaeConfig,
    *,
    tokens_per_epoch: int,
    held_out: Iterable[Tensor] | None = None,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> TrainedSae:
    """Train on activations of any block size, each (tokens, d_in).

    `tokens_per_epoch` is what one pass over `batches` yields; with more than one epoch
    `batches` is passed over again and must give the same blocks. `held_out` are tokens of
    examples that are not in `batches`; without them a share of every block is kept back, whose
    tokens may have neighbours of their own example in training. DataError if `batches` is empty.
    """
    if config.epochs > 1 and iter(batches) is batches:
        raise ValueError("more than one epoch needs an iterable that can be passed over again")
    started = time.perf_counter()
    share = config.held_out_share if held_out is None else 0.0
    run = _begin(d_in, config, tokens_per_epoch * (1 - share), torch.device(device))
    unseen = list(held_out or ())
    for epoch in range(config.epochs):
        kept = unseen if epoch == 0 else None
        _one_pass(run, without_held_out(batches, share, kept), progress)
        if run.n_tokens >= run.planned:
            break
    if run.last is None:
        raise DataError("there are no activations to train on; the pool gave no tokens")
    progress(run.planned, run.planned, "trained")
    report = _measured(run, unseen, time.perf_counter() - started)
    return TrainedSae(run.sae.to("cpu").eval().requires_grad_(False), report)


@dataclass(slots=True)
class _Run:
    """A training under way."""

    sae: SparseAutoencoder
    config: SaeConfig
    optimiser: torch.optim.Adam
    generator: torch.Generator
    silent_for: Tensor  # (n_latents,): tokens since each latent fired
    device: torch.device
    planned: int  # tokens
    rate: float
    n_tokens: int = 0
    n_steps: int = 0
    last: Tensor | None = None
    curve: list[tuple[int, float]] = field(default_factory=list)

    def steps_planned(self) -> int:
        return max(1, self.planned // self.config.batch_tokens)


def _begin(d_in: int, config: SaeConfig, tokens_a_pass: float, device: torch.device) -> _Run:
    n_latents = config.latents(d_in)
    generator = torch.Generator().manual_seed(config.seed)
    sae = SparseAutoencoder(d_in, n_latents, config.k, generator=generator).to(device)
    in_all = math.ceil(tokens_a_pass) * config.epochs
    rate = config.rate(n_latents)
    return _Run(
        sae=sae,
        config=config,
        optimiser=torch.optim.Adam(sae.parameters(), lr=rate),
        generator=generator,
        silent_for=torch.zeros(n_latents, dtype=torch.int64, device=device),
        device=device,
        planned=max(1, min(in_all, config.n_tokens or in_all)),
        rate=rate,
    )


def _one_pass(run: _Run, blocks: Iterator[Tensor], progress: Progress) -> None:
    stream = shuffled_batches(
        blocks,
        batch_tokens=run.config.batch_tokens,
        buffer_tokens=run.config.buffer_tokens,
        generator=run.generator,
    )
    for batch in stream:
        if run.n_tokens >= run.planned:
            return
        x = batch.to(run.device, torch.float32)
        if run.last is None:
            run.sae.b_dec.data.copy_(x.mean(0))  # as sparsify starts
        batch_fvu = _step(run, x)
        run.last = x
        if run.n_steps % max(1, run.steps_planned() // N_HISTORY) == 0:
            run.curve.append((run.n_tokens, round(float(batch_fvu), 4)))
            progress(min(run.n_tokens, run.planned), run.planned, f"FVU {float(batch_fvu):.3f}")


def _step(run: _Run, x: Tensor) -> Tensor:
    """One step of Adam on FVU + aux_alpha · AuxK; gives the FVU before the step."""
    _set_rate(run)
    output = run.sae(x)
    loss = output.fvu
    if run.config.aux_alpha > 0:
        loss = loss + run.config.aux_alpha * _aux_loss(run, x, output.reconstruction)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    run.sae.project_decoder_gradient()
    run.optimiser.step()
    run.sae.normalise_decoder()
    run.silent_for += len(x)
    run.silent_for[output.latents[output.values > 0]] = 0
    run.n_tokens += len(x)
    run.n_steps += 1
    return output.fvu.detach()


def _aux_loss(run: _Run, x: Tensor, reconstruction: Tensor) -> Tensor:
    dead = (run.silent_for > run.config.dead_after_tokens).nonzero().flatten()
    if len(dead) == 0:
        return x.new_zeros(())
    sae = run.sae
    centred = x - sae.b_dec.detach()
    codes = functional.linear(centred, sae.encoder.weight[dead], sae.encoder.bias[dead])
    return losses.auxk((x - reconstruction).detach(), codes, sae.W_dec[dead])


def _set_rate(run: _Run) -> None:
    """Linear warm-up, then linear decay to zero at the planned end."""
    steps = run.steps_planned()
    warmup = min(run.config.warmup_steps, steps // 10)
    rising = (run.n_steps + 1) / (warmup + 1)
    falling = max(0.0, (steps - run.n_steps) / max(1, steps - warmup))
    for group in run.optimiser.param_groups:
        group["lr"] = run.rate * min(rising, falling)


@torch.no_grad()
def _measured(run: _Run, unseen: list[Tensor], seconds: float) -> TrainingReport:
    n_held_out = sum(len(block) for block in unseen)
    if n_held_out < MIN_HELD_OUT and run.last is not None:
        unseen, n_held_out = [run.last], 0
    found = evaluate_sae(run.sae, unseen)
    run.silent_for[found.fired] = 0
    silence = min(run.config.dead_after_tokens, run.n_tokens)  # a short run: never fired
    return TrainingReport(
        fvu=found.fvu,
        l0=found.l0,
        dead_share=float((run.silent_for >= silence).float().mean()),
        seconds=seconds,
        n_tokens=run.n_tokens,
        n_held_out=n_held_out,
        n_steps=run.n_steps,
        learning_rate=run.rate,
        history=tuple(run.curve),
    )
