"""What a pass over the pool will take, told before it is started."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from core.data.pool import Pool
from core.extract.sources import MINILM_NAMES
from core.pipeline.readings import Ask
from core.records import Rows
from core.sae.info import bundled_folder, read_info

BYTES_A_TOKEN = 4.2  # UTF-8 bytes a token of usual vocabularies; within a tenth on the demo pool
MINILM_LENGTH = 256  # tokens that MiniLM was trained to read


@dataclass(frozen=True, slots=True)
class Plan:
    """A pass as it will be: estimated without a tokeniser, since that means loading the model."""

    n_rows: int
    about_tokens: int  # that will be read
    about_truncated: int  # rows longer than the model reads
    max_length: int | None  # tokens read of an example; None: the model's own limit, not known yet
    trains_sae: bool  # whether an SAE is trained on the pool first, in a pass of its own


def plan(pool: Pool, ask: Ask) -> Plan:
    """What `readings.extract` will do with the pool."""
    is_minilm = ask.model in MINILM_NAMES
    max_length = ask.options.get("max_length") or (MINILM_LENGTH if is_minilm else None)
    tokens = np.ceil(_text_bytes(pool) / BYTES_A_TOKEN)
    read = tokens if max_length is None else np.minimum(tokens, max_length)
    return Plan(
        n_rows=pool.n_rows,
        about_tokens=int(read.sum()),
        about_truncated=0 if max_length is None else int((tokens > max_length).sum()),
        max_length=max_length,
        trains_sae=ask.sae is None and not (is_minilm and _has_bundled(ask.hookpoint)),
    )


def _has_bundled(hookpoint: str | None) -> bool:
    folder = bundled_folder()
    return folder.is_dir() and (hookpoint is None or hookpoint == read_info(folder).hookpoint)


def _text_bytes(pool: Pool) -> Rows:
    """UTF-8 bytes of each row's turns, (n_rows,)."""
    parts = []
    for chunk in pool.table["turns"].chunks:
        texts = pc.struct_field(chunk.flatten(), "text")
        sizes = pc.binary_length(texts).to_numpy(zero_copy_only=False)
        rows = pc.list_parent_indices(chunk).to_numpy(zero_copy_only=False)
        parts.append(np.bincount(rows, weights=sizes, minlength=len(chunk)).astype(np.int64))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
