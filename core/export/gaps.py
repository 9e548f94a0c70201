"""The part of a card that says what the rows cover, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.export.markup import markdown_table
from core.export.markup import markdown_text as text


def coverage(findings: Mapping[str, Any]) -> str:
    """Latents covered beside chance; nothing where no model has read the pool.

    `findings["coverage"]`: covered, reachable, random (mean over n_seeds draws of as many rows).
    """
    found = findings.get("coverage")
    if not found:
        return ""
    reachable = max(int(found["reachable"]), 1)
    rows = [
        ("These rows", _share(found["covered"], reachable)),
        (
            f"As many at random, mean of {found['n_seeds']} seeds",
            _share(found["random"], reachable),
        ),
    ]
    return (
        "## What it covers\n\n"
        f"Of {reachable:,} latents of the autoencoder that fire on the pool, at least one row has:"
        "\n\n" + markdown_table(("", ""), rows)
    )


def gaps(findings: Mapping[str, Any]) -> str:
    """Latents and clusters that the rows have too little of, or too much."""
    parts = [_latents(findings.get("uncovered")), _clusters(findings.get("clusters"))]
    told = "\n".join(part for part in parts if part)
    return f"## Known gaps\n\n{told}" if told else ""


def _latents(found: Mapping[str, Any] | None) -> str:
    """`n` latents that no row has; `largest`: latent, label and rows of the pool that have it."""
    if not found:
        return ""
    if not found["n"]:
        return "No latent that fires on the pool is missing.\n"
    lines = [
        f"- latent {one['latent']}{_named(one['label'])}: {one['rows']:,} rows of the pool"
        for one in found["largest"]
    ]
    return f"{found['n']:,} latents that fire on the pool are missing, among them:\n\n" + _list(
        lines
    )


def _named(label: object) -> str:
    return f", {text(str(label))}" if label else ""


def _clusters(found: Mapping[str, Any] | None) -> str:
    """`n` clusters by `method`, `n_empty` without a row; `over`, `under`: name and two shares."""
    if not found:
        return ""
    told = (
        f"{found['n_empty']:,} of {found['n']:,} clusters ({text(found['method'])}) have no row.\n"
    )
    for name, of in (("More than their share", "over"), ("Less than their share", "under")):
        if found[of]:
            told += f"\n{name} of the pool:\n\n" + _list([_beside(one) for one in found[of]])
    return told


def _beside(one: Mapping[str, Any]) -> str:
    shares = f"{one['subset']:.1%} of these rows, {one['pool']:.1%} of the pool"
    return f"- {text(str(one['name']))}: {shares}"


def _list(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _share(part: float, whole: int) -> str:
    return f"{part:,.0f} ({part / whole:.1%})"
