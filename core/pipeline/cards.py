"""One example as a person reads it: its turns, what is known of it, and why it is chosen or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.examples import Turn
from core.pipeline.decisions import decided
from core.pipeline.tables import cluster_labels
from core.pipeline.views import open_features, open_pool, open_readings
from core.select.reasons import WhyChosen, WhyNot, why_chosen, why_not
from core.select.selection import Selection
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """An example with its facts, and the reason for or against it."""

    row: int
    id: str
    turns: tuple[Turn, ...]
    facts: dict[str, str]
    why: WhyChosen | WhyNot | None


def example_card(
    workspace: Workspace,
    row: int,
    *,
    subset: Selection | None = None,
    order: Selection | None = None,
) -> ExampleCard:
    """The card of one row; `order` is the subset's method solved further than the subset."""
    pool = open_pool(workspace)
    return ExampleCard(
        row=row,
        id=pool.table["id"][row].as_py(),
        turns=pool.turns(row),
        facts=_facts(workspace, row),
        why=None if subset is None else _reason(workspace, row, subset, order),
    )


def sentence(why: WhyChosen | WhyNot, latents: int = 4) -> str:
    """The reason in one sentence."""
    return _chosen_sentence(why, latents) if isinstance(why, WhyChosen) else _not_sentence(why)


def _reason(
    workspace: Workspace, row: int, subset: Selection, order: Selection | None
) -> WhyChosen | WhyNot:
    roles = workspace.current()
    codes = open_features(workspace).sets if "features" in roles else None
    embeddings = open_readings(workspace).embeddings if "readings" in roles else None
    if (subset.rows == row).any():
        return why_chosen(subset, row, codes=codes, embeddings=embeddings)
    longer = order if order is not None and order.nested else None
    return why_not(subset, row, codes=codes, embeddings=embeddings, longer=longer)


def _facts(workspace: Workspace, row: int) -> dict[str, str]:
    pool = open_pool(workspace)
    facts: dict[str, str] = {}
    verdict = _verdict(workspace, pool.table["id"][row].as_py())
    if verdict:
        facts["verdict"] = verdict
    for column in pool.columns():
        value: Any = pool.table[column.name][row].as_py()
        if value is not None and value != "":
            facts[column.name.removeprefix("n_").replace("_", " ")] = str(value)
    roles = workspace.current()
    if "clusters" in roles:
        facts["cluster"] = str(cluster_labels(workspace)[row])
    if "features" in roles:
        facts["features"] = f"{len(open_features(workspace).sets.rows.row(row)):,}"
    if "readings" in roles:
        facts["tokens"] = f"{int(np.asarray(open_readings(workspace).n_tokens)[row]):,}"
    return facts


def _verdict(workspace: Workspace, example: str) -> str:
    """What people decided of an example, and who; '' where nobody did."""
    known = decided(workspace).of(example)
    if known is None or not known.by:
        return ""
    if known.is_conflict:
        return ", ".join(f"{one.verdict} by {name}" for name, one in known.by.items())
    agreed = [name for name, one in known.by.items() if one.verdict == known.verdict]
    return f"{known.verdict} by {', '.join(agreed)}"


def _chosen_sentence(why: WhyChosen, latents: int) -> str:
    parts = [f"Picked {_ordinal(why.rank + 1)}"]
    if why.is_pinned:
        parts = [f"Pinned, place {why.rank + 1:,}"]
    n_new = len(why.first_to_bring)
    if n_new:
        named = ", ".join(str(int(one)) for one in why.first_to_bring[:latents])
        rest = f" and {n_new - latents:,} more" if n_new > latents else ""
        where = "first" if why.round == 0 else f"first in round {why.round + 1}"
        parts.append(f"{where} to bring latents {named}{rest}")
    elif why.gain is not None:
        parts.append("brings no latent that the subset lacked")
    if why.nearest is not None:
        parts.append(f"nearest chosen row {why.nearest.row:,} (cosine {why.nearest.cosine:.2f})")
    return "; ".join(parts) + "."


def _not_sentence(why: WhyNot) -> str:
    parts = []
    if why.n_features:
        parts.append(f"{why.n_covered:,} of its {why.n_features:,} features are covered already")
        carriers = ", ".join(f"{row:,}" for row, _ in why.main_carriers(3))
        if carriers:
            parts.append(f"most by rows {carriers}")
    if why.rank is not None:
        parts.append(f"it stands {_ordinal(why.rank + 1)} in the order")
    if why.nearest is not None:
        parts.append(f"nearest chosen row {why.nearest.row:,} (cosine {why.nearest.cosine:.2f})")
    return "Not chosen: " + ("; ".join(parts) or "nothing is known of its features") + "."


def _ordinal(number: int) -> str:
    tail = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else tail}"
