"""What the pages of figures are written with: a table, and where figures come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, n_text: int = 1) -> list[str]:
    """A Markdown table: the first columns hold text, the others numbers, to the right."""
    rule = ["---"] * n_text + ["---:"] * (len(header) - n_text)
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]


def place(result: Mapping[str, Any]) -> str:
    """Where and when figures were measured, in a sentence."""
    found = result["circumstances"]
    versions = ", ".join(f"{name} {one}" for name, one in found["versions"].items())
    device = found.get("device", "cpu")
    where = "" if device == "cpu" else f", dense methods on {device}"
    return (
        f"{found['date'][:10]}, {found['processor']}, {found['cores']} cores{where}; "
        f"Python {found['python']}, {versions}."
    )
