"""Writes the reference pages of docs/ from the registries: `python -m scripts.reference`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.metrics import metrics
from core.select import methods

DOCS = Path(__file__).parent.parent / "docs"
SURE = {"confirmed": "as published", "inferred": "inferred", "default": "our own"}


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"methods.md": _methods_page(), "metrics.md": _metrics_page()}


def stale(folder: Path = DOCS) -> list[str]:
    """Names of the pages that differ from what the registries say now."""
    return [name for name, text in pages().items() if _read(folder / name) != text]


def _methods_page() -> str:
    entries = methods()
    head = ("name", "what", "needs", "time", "a smaller budget is", "provenance")
    rows = [
        (
            f"[`{one['name']}`](#{one['name']})",
            one["title"],
            ", ".join(one["needs"]) or "nothing",
            one["complexity"],
            "a prefix" if one["nested"] else "solved anew",
            SURE[one["provenance"]],
        )
        for one in entries
    ]
    opening = (
        "# Methods\n\nMade by `python -m scripts.reference` from the registry in `core/select`. "
        "*Inferred* means that the source is public only in part, and each choice of ours is an "
        "option.\n"
    )
    return "\n".join([opening, _table(head, rows), *(_method(one) for one in entries)])


def _method(one: dict[str, Any]) -> str:
    uses = f" Takes, where there: {', '.join(one['uses'])}." if one["uses"] else ""
    honours = ", ".join(one["honours"]).replace("_", " ")
    more = f" Also honours {honours}." if honours else ""
    lines = [
        f"\n## {one['name']}\n",
        f"**{one['title']}.** {one['when']}{uses}{more}\n",
        f"Source: {one['source']}.\n",
    ]
    if one["options"]:
        head = ("option", "default", "bounds", "help", "provenance")
        lines.append(_table(head, [_option(item) for item in one["options"]]))
    return "\n".join(lines)


def _option(item: dict[str, Any]) -> tuple[str, ...]:
    bounds = ", ".join(item["choices"]) or _range(item["minimum"], item["maximum"])
    default = "chosen for you" if item["default"] is None else f"`{item['default']}`"
    return (f"`{item['name']}`", default, bounds, item["help"], SURE[item["provenance"]])


def _range(minimum: float | None, maximum: float | None) -> str:
    ends = [f"from {minimum:g}"] if minimum is not None else []
    ends += [f"to {maximum:g}"] if maximum is not None else []
    return " ".join(ends)


def _metrics_page() -> str:
    head = ("name", "what", "formula", "unit", "better", "source", "needs", "cost")
    rows = [
        (
            f"`{one['name']}`",
            f"{one['title']}. {one['note']}".strip(),
            one["formula"],
            one["unit"],
            one["direction"],
            one["source"],
            ", ".join(one["needs"]) or "nothing",
            one["cost"],
        )
        for one in metrics()
    ]
    opening = (
        "# Metrics\n\nMade by `python -m scripts.reference` from the registry in `core/metrics`. "
        "Light ones follow the budget slider; heavy ones are computed by a job at stored budgets.\n"
    )
    return "\n".join([opening, _table(head, rows)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(one) for one in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(argv: Sequence[str] | None = None) -> None:
    """Write the pages, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    if parser.parse_args(argv).check:
        sys.exit(f"stale: {', '.join(found)}" if (found := stale()) else 0)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
