"""What a bundle holds in a smaller form: the pool's texts as a sample, the readings without model.

Embeddings keep their leading directions only: cosines stay close (their error is told), so that
neighbours and reasons work without the model's full width. Neurons are left out.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.data.examples import WITHHELD
from core.data.pool import Pool
from core.extract.facts import Facts
from core.extract.readings import Readings
from core.fingerprint import file_digest
from core.publish import write_json
from core.records import Floats, Rows
from core.workspace import META, Artifact

WIDTH = 256  # directions kept of the embeddings
FITTED_ON = 20_000  # rows; as good as all of them for a hundred directions
BLOCK = 8_192  # rows turned at once
PROBED = 1_000  # pairs whose cosine is compared
INSTEAD = "[the text of this row is not in the bundle]"


def sampled_pool(pool: Pool, source: Artifact, target: Path, rows: Rows) -> None:
    """The pool with the texts of `rows` alone; ids, counts and columns of all rows stay."""
    held = np.zeros(pool.n_rows, dtype=np.bool_)
    held[rows] = True
    table = pool.table
    keep = pa.array(held)
    blank = pa.array([[{"role": WITHHELD, "text": INSTEAD}]], table.schema.field("turns").type)
    for name, instead in (("turns", blank[0]), ("raw", pa.scalar("{}", pa.large_string()))):
        chosen = [
            own if is_held else instead
            for own, is_held in zip(table[name].combine_chunks(), keep.to_pylist(), strict=True)
        ]
        field = table.schema.field(name)
        column = pa.array([one.as_py() for one in chosen], field.type)
        table = table.set_column(table.schema.get_field_index(name), field, column)
    Pool(table).save(target)
    _meta(source, target, f"texts of {len(rows):,} of {pool.n_rows:,} rows")


def light_readings(source: Artifact, target: Path) -> str | None:
    """Readings without neurons and with narrower embeddings; what the narrowing costs, in words."""
    whole = Readings.load(source.folder)
    facts = Facts.load(source.folder)
    kept = {kind: count for kind, count in facts.columns.items() if kind == "codes"}
    replace(
        facts,
        columns=kept,
        nnz={kind: facts.nnz[kind] for kind in kept},
        counted={kind: facts.counted[kind] for kind in kept},
    ).save(target)
    for path in sorted(source.folder.glob("*.npy")):
        if not path.name.startswith(("neurons.", "embeddings.")):
            shutil.copyfile(path, target / path.name)
    told = _narrowed(np.asarray(whole.embeddings), target / "embeddings.npy")
    _meta(source, target, "without neurons" + (f"; {told}" if told else ""))
    return told


def _narrowed(embeddings: Any, path: Path) -> str | None:
    """Write the embeddings along their leading directions; None where they are narrow anyway."""
    n_rows, width = embeddings.shape
    if width <= WIDTH:
        np.save(path, embeddings, allow_pickle=False)
        return None
    basis = _leading(embeddings)
    out = np.empty((n_rows, WIDTH), dtype=np.float16)
    for start in range(0, n_rows, BLOCK):
        turned = embeddings[start : start + BLOCK].astype(np.float32) @ basis
        length = np.linalg.norm(turned, axis=1, keepdims=True)
        out[start : start + BLOCK] = turned / np.maximum(length, np.finfo(np.float32).tiny)
    np.save(path, out, allow_pickle=False)
    error = _cosine_error(embeddings, out)
    return f"embeddings in {WIDTH} of {width} directions (cosines off by {error:.3f} on average)"


def _leading(embeddings: Any) -> Floats:
    """The directions that keep most of the dot products, (width, WIDTH); no mean is taken off."""
    step = max(1, len(embeddings) // FITTED_ON)
    sample = embeddings[::step].astype(np.float32)
    _, vectors = np.linalg.eigh(sample.T @ sample)
    leading: Floats = np.ascontiguousarray(vectors[:, ::-1][:, :WIDTH])
    return leading


def _cosine_error(before: Any, after: Any) -> float:
    """Mean change of the cosine over some pairs of rows, spread evenly."""
    step = max(1, len(before) // PROBED)
    left, right = np.arange(0, len(before) - 1, step), np.arange(1, len(before), step)
    count = min(len(left), len(right))
    cosines = [
        np.einsum(
            "ij,ij->i", a[left[:count]].astype(np.float32), a[right[:count]].astype(np.float32)
        )
        for a in (before, after)
    ]
    return float(np.abs(cosines[0] - cosines[1]).mean()) if count else 0.0


def _meta(source: Artifact, target: Path, told: str) -> None:
    """The artifact's meta.json for files that differ from those that were published."""
    files = [
        {"name": path.name, "size": path.stat().st_size, "sha256": file_digest(path)}
        for path in sorted(target.iterdir())
        if path.name != META
    ]
    meta = json.loads(json.dumps(dict(source.meta)))
    write_json(target / META, {**meta, "files": files, "reduced": told})
