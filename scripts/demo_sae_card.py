"""The card of the SAE that comes with the app, written from what was measured."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from core.sae.config import SaeConfig
from core.sae.evaluate import Evaluation
from core.sae.info import SaeInfo
from core.sae.train import TrainingReport

LIBRARIES = ("torch", "transformers", "numpy", "safetensors")
WEAK_TRANSFER = 1.5  # times the FVU on held-out rows
MANY_DEAD = 0.1  # of the latents


@dataclass(frozen=True, slots=True)
class PoolFile:
    """A pool and the licence under which its text may be used."""

    path: Path
    licence: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What the SAE makes of rows that it was not trained on."""

    pool: PoolFile | None  # None: held out of the training pools
    n_rows: int
    found: Evaluation


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the card says."""

    info: SaeInfo
    pools: Sequence[tuple[PoolFile, int]]  # with distinct rows
    n_rows: int  # rows trained on
    n_tokens: int  # different tokens trained on
    max_length: int  # tokens read of a row
    config: SaeConfig
    report: TrainingReport
    held_out: Measured
    checks: Sequence[Measured]
    device: str
    dtype: str


def card_text(card: Card) -> str:
    """The card as Markdown."""
    parts = [_head(card), _pools(card), _figures(card), _remarks(card), _recipe(card)]
    return "\n".join(part for part in parts if part)


def _head(card: Card) -> str:
    info = card.info
    return f"""# The SAE that comes with Coreset Atlas

A TopK sparse autoencoder of {info.model_id} at `{info.hookpoint}`, the
residual stream after its last block: width {info.d_in}, {info.n_latents:,} latents, k = {info.k},
float16, in the layout of EleutherAI's sparsify (`cfg.json`, `sae.safetensors`). It is small, to
show the method; for your own domain train one on your own pool. Licence of the weights: Apache-2.0,
as this repository.
"""


def _pools(card: Card) -> str:
    rows = "\n".join(
        f"| `{pool.path.name}` | {n_rows:,} | {pool.licence} |" for pool, n_rows in card.pools
    )
    return f"""## Trained on

| pool | rows | licence |
|---|---|---|
{rows}

{card.n_rows:,} of these rows were trained on, {card.held_out.n_rows:,} held out. They have
{card.n_tokens:,} tokens, at most {card.max_length} a row, [CLS] and [SEP] left out; with repeats
{card.report.n_tokens:,} tokens were seen.
"""


def _figures(card: Card) -> str:
    rows = "\n".join(_figures_row(measured) for measured in (card.held_out, *card.checks))
    return f"""## Measured on rows it was not trained on

| rows of | rows | tokens | FVU | L0 | latents silent on them |
|---|---|---|---|---|---|
{rows}

FVU is the fraction of variance unexplained, lower is better; L0 the mean number of active latents
a token. The stored float16 weights were measured. Dead, that is silent for the last
{card.config.dead_after_tokens:,} tokens of training and on the held-out rows, are
{card.report.dead_share:.2%} of the latents.
"""


def _figures_row(measured: Measured) -> str:
    pool, found = measured.pool, measured.found
    name = f"`{pool.path.name}` ({pool.licence}), not trained on" if pool else "the pools above"
    silent = 1 - float(found.fired.float().mean())
    return (
        f"| {name} | {measured.n_rows:,} | {found.n_tokens:,} | {found.fvu:.3f} | "
        f"{found.l0:.1f} | {silent:.1%} |"
    )


def _remarks(card: Card) -> str:
    """What a reader should know about weak figures, in words."""
    own = card.held_out.found.fvu
    remarks = [
        f"On text of another kind it explains less: FVU {check.found.fvu:.2f} on "
        f"`{check.pool.path.name}`, {own:.2f} on rows like those it learned from.\n"
        for check in card.checks
        if check.pool and check.found.fvu > WEAK_TRANSFER * own
    ]
    if card.report.dead_share > MANY_DEAD:
        remarks.append(f"Many latents are dead: {card.report.dead_share:.0%}.\n")
    return "\n".join(remarks)


def _recipe(card: Card) -> str:
    config, report = card.config, card.report
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    pools = " ".join(f"{pool.path.name}={pool.licence!r}" for pool, _ in card.pools)
    checks = "".join(
        f" --check {check.pool.path.name}={check.pool.licence!r}"
        for check in card.checks
        if check.pool
    )
    return f"""## Recipe

z = TopK(ReLU(W_enc (x - b_dec) + b_enc)) as in arXiv 2502.14050 and sparsify. Loss: FVU +
{config.aux_alpha:g} AuxK, decoder rows of unit length. Adam, peak rate {report.learning_rate:g},
warm-up and linear decay; {config.batch_tokens:,} tokens a step, {report.n_steps:,} steps,
{config.epochs} epochs, shuffled within {config.buffer_tokens:,} tokens, seed {config.seed}.
Activations in {card.dtype} on {card.device}, {report.seconds / 60:.0f} minutes of training.

    python scripts/train_demo_sae.py {pools}{checks}

{datetime.now(UTC).date().isoformat()}, Python {platform.python_version()}, {libraries}.
"""
