"""Train the SAE that comes with the app: TopK codes of all-MiniLM-L6-v2's last layer.

    python scripts/train_demo_sae.py POOL=LICENCE... [--out FOLDER] [--check POOL=LICENCE]

Reads every pool once through the model, passes over its tokens several times, measures what came
out on rows that were never trained on, and writes weights, configuration and a card. Pools are
named on the card by file name and licence; `--check` pools are measured on, never trained on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.data.ingest import IngestConfig, ingest
from core.data.pool import Pool
from core.errors import CoreError, RequestError
from core.extract import (
    ExtractConfig,
    LanguageModel,
    choose_device,
    choose_dtype,
    load_model,
    stream_activations,
)
from core.sae.checkpoint import load_sae, save_sae
from core.sae.config import SaeConfig
from core.sae.evaluate import evaluate_sae
from core.sae.info import bundled_folder
from core.sae.model import SparseAutoencoder
from core.sae.train import TrainedSae, train_sae
from scripts.demo_sae_card import Card, Measured, PoolFile, card_text

HOOKPOINT = "layers.5"
N_LATENTS, K = 4096, 32
BUFFER_TOKENS = 262_144
HELD_OUT_SHARE = 0.04  # of the rows of all pools together
CHECK_ROWS = 2000
SEED = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The pools as the model reads them: blocks of tokens, (tokens, d_in) each."""

    counts: Sequence[int]  # distinct rows of each pool
    ids: Set[str]  # of all these rows
    trained_on: Sequence[Tensor]
    held_out: Sequence[Tensor]
    n_held_out: int  # rows


def main() -> int:
    """Train, measure, write; exit 2 with one line when an argument cannot be used."""
    arguments = _arguments()
    try:
        card = _made(arguments)
    except CoreError as error:
        print(error, file=sys.stderr)
        return 2
    print(card_text(card))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the SAE that comes with the app.")
    parser.add_argument("pools", nargs="+", metavar="POOL=LICENCE", help="what to train on")
    parser.add_argument(
        "--check", action="append", default=[], metavar="POOL=LICENCE", help="measured on alone"
    )
    parser.add_argument("--out", type=Path, default=bundled_folder())
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--device", default=None, help="cpu, cuda or cuda:N; chosen if absent")
    return parser.parse_args()


def _made(arguments: argparse.Namespace) -> Card:
    pools = [_pool_file(text) for text in arguments.pools]
    checks = [_pool_file(text) for text in arguments.check]
    out = arguments.out.resolve()
    _folder(out.parent)
    device = choose_device(arguments.device)
    model = load_model("minilm", device=device, dtype=choose_dtype(device))
    reading = _read(model, pools)
    config = SaeConfig(
        n_latents=N_LATENTS,
        k=K,
        epochs=arguments.epochs,
        learning_rate=arguments.learning_rate,
        batch_tokens=arguments.batch_tokens,
        buffer_tokens=BUFFER_TOKENS,
        seed=SEED,
    )
    trained = _trained(model, reading, config)
    with tempfile.TemporaryDirectory(dir=out.parent) as draft:
        card = _written(Path(draft), model, trained, config, (pools, checks, reading))
        _folder(out)  # only now: an empty folder would pass for a damaged SAE
        for file in sorted(Path(draft).iterdir()):
            file.chmod(0o644)
            os.replace(file, out / file.name)
    return card


def _pool_file(text: str) -> PoolFile:
    path, sign, licence = text.rpartition("=")
    if not sign or not path or not licence.strip():
        raise RequestError(f"a pool is written PATH=LICENCE, such as rows.jsonl=MIT; seen {text!r}")
    return PoolFile(Path(path), licence.strip())


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"cannot make the folder {path}: {error.strerror}") from None


def _read(model: LanguageModel, pools: Sequence[PoolFile]) -> Reading:
    pool, counts = _ingested(pools)
    texts = pool.texts()
    if len(texts) < 2:
        raise RequestError(f"{len(texts)} row is too few to train on and to hold out")
    order = np.random.default_rng(SEED).permutation(len(texts))
    cut = max(1, round(HELD_OUT_SHARE * len(texts)))
    held_out = _activations(model, [texts[row] for row in order[:cut]], "held-out rows")
    trained_on = _activations(model, [texts[row] for row in order[cut:]], "training rows")
    return Reading(counts, frozenset(pool.ids()), trained_on, held_out, cut)


def _ingested(pools: Sequence[PoolFile]) -> tuple[Pool, list[int]]:
    """All pools as one, and the rows of each; a row met twice counts once."""
    result = ingest([str(pool.path) for pool in pools], IngestConfig())
    return result.pool, [tally.n_kept for tally in result.report.sources]


def _activations(model: LanguageModel, texts: Sequence[str], what: str) -> list[Tensor]:
    """The residual stream of every token, in the model's own number format."""

    def told(done: int, total: int, note: str = "") -> None:
        _told(done, total, what)

    config = ExtractConfig(hookpoint=HOOKPOINT)
    stream = stream_activations(model, texts, config, seed=SEED, progress=told)
    return [block.cpu() for block in stream]


def _trained(model: LanguageModel, reading: Reading, config: SaeConfig) -> TrainedSae:
    return train_sae(
        reading.trained_on,
        model.architecture.d_model,
        config,
        tokens_per_epoch=sum(map(len, reading.trained_on)),
        held_out=reading.held_out,
        device=model.device,
        progress=_told,
    )


def _written(
    folder: Path,
    model: LanguageModel,
    trained: TrainedSae,
    config: SaeConfig,
    source: tuple[Sequence[PoolFile], Sequence[PoolFile], Reading],
) -> Card:
    """Write weights, configuration and card; what is measured is what was stored."""
    pools, checks, reading = source
    facts = {name: value for name, value in asdict(trained.report).items() if name != "history"}
    info = save_sae(
        trained.sae,
        folder,
        model_id=model.identity["id"],
        hookpoint=HOOKPOINT,
        dtype="float16",
        training={"config": asdict(config), "report": facts},
    )
    stored = load_sae(folder, device=model.device).sae
    card = Card(
        info=info,
        pools=list(zip(pools, reading.counts, strict=True)),
        n_rows=sum(reading.counts) - reading.n_held_out,
        n_tokens=sum(map(len, reading.trained_on)),
        max_length=model.max_length,
        config=config,
        report=trained.report,
        held_out=Measured(None, reading.n_held_out, evaluate_sae(stored, reading.held_out)),
        checks=[_checked(model, stored, pool, known=reading.ids) for pool in checks],
        device=model.device.type,
        dtype=model.identity["dtype"],
    )
    (folder / "README.md").write_text(card_text(card), encoding="utf-8")
    return card


def _checked(
    model: LanguageModel, sae: SparseAutoencoder, source: PoolFile, *, known: Set[str]
) -> Measured:
    """Measure on at most 2,000 rows of a pool, none of them a row of the training pools."""
    pool, _ = _ingested([source])
    order = np.random.default_rng(SEED).permutation(pool.n_rows)
    ids = pool.ids()
    rows = np.array([row for row in order if ids[row] not in known][:CHECK_ROWS], dtype=np.int64)
    if len(rows) == 0:
        raise RequestError(f"every row of {source.path} is in a training pool; name another check")
    blocks = _activations(model, pool.texts(rows), source.path.name)
    return Measured(source, len(rows), evaluate_sae(sae, blocks))


def _told(done: int, total: int, note: str = "") -> None:
    end = "\n" if done >= total else ""
    print(f"\r{done:>12,} of {total:,}  {note:<24}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
