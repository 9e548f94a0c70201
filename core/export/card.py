"""The dataset card: README.md of an export, with the front matter that the hub reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from core.export.manifest import Manifest
from core.export.markup import markdown_code, markdown_text, yaml_text

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)


def render_card(manifest: Manifest, *, title: str, n_pool: int, licence: str | None = None) -> str:
    """The card's text; every name and value that came from outside is escaped.

    `n_pool` is the number of examples that could be chosen from. `licence` is an identifier of
    the hub such as `cc-by-4.0`; without one the card tells the reader to look at the sources.
    """
    parts = (
        _front_matter(manifest, title, licence),
        f"# {markdown_text(title)}\n",
        _opening(manifest, n_pool),
        _choice(manifest),
        _sources(manifest.sources, licence),
        _loading(manifest),
        _replaying(),
    )
    return "\n".join(parts)


def _front_matter(manifest: Manifest, title: str, licence: str | None) -> str:
    lines = ["---", f"pretty_name: {yaml_text(title)}"]
    if licence:
        lines.append(f"license: {yaml_text(licence)}")
    lines += [
        "task_categories:",
        "- text-generation",
        "tags:",
        "- instruction-tuning",
        "- coreset",
        "size_categories:",
        f"- {yaml_text(_size(manifest.n_rows))}",
        "configs:",  # or a loader would take manifest.json for data
        "- config_name: default",
        f"  data_files: {yaml_text(manifest.data_file)}",
        "---",
        "",
    ]
    return "\n".join(lines)


def _size(n_rows: int) -> str:
    return next((name for limit, name in SIZES if n_rows < limit), "100M<n<1B")


def _opening(manifest: Manifest, n_pool: int) -> str:
    share = manifest.n_rows / max(n_pool, 1)
    return (
        f"{manifest.n_rows:,} instruction-tuning examples, chosen from {n_pool:,} ({share:.2%}) "
        "with Coreset Atlas.\n"
    )


def _choice(manifest: Manifest) -> str:
    chosen = manifest.selection
    facts = {
        "Method": chosen.method,
        "Budget": _budget(chosen.budget),
        "Options": _plain(chosen.config),
        "Seed": "none" if chosen.seed is None else str(chosen.seed),
        "Pinned by hand": f"{len(chosen.pinned):,} examples",
        "Forbidden by hand": f"{len(chosen.forbidden):,} examples",
        "Fingerprint": chosen.fingerprint,
    }
    return "## How it was chosen\n\n" + _table(("", ""), list(facts.items()))


def _budget(budget: Mapping[str, object]) -> str:
    if set(budget) == {"kind", "value"}:
        return f"{budget['value']} {budget['kind']}"
    return _plain(budget)


def _plain(values: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()
    )


def _sources(sources: Sequence[Mapping[str, object]], licence: str | None) -> str:
    rows = [(str(source.get("name")), str(source.get("sha256"))) for source in sources]
    terms = "" if licence else "\nThe licence of each row is that of its source.\n"
    return "## Sources\n\n" + _table(("Name", "sha256"), rows) + terms


def _table(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    for name, value in rows:
        left = markdown_text(name) if not head[0] else markdown_code(name)
        lines.append(f"| {left} | {markdown_code(value)} |")
    return "\n".join(lines) + "\n"


def _loading(manifest: Manifest) -> str:
    call = f'load_dataset("json", data_files={json.dumps(manifest.data_file)}, split="train")'
    return (
        "## How to load it\n\n"
        "Rows are in the schema of their source, in the order in which they were picked.\n\n"
        f"```python\nfrom datasets import load_dataset\n\nsubset = {call}\n```\n"
    )


def _replaying() -> str:
    return (
        "## How to make it again\n\n"
        "`manifest.json` holds the sources' checksums, every step's recipe, the library versions "
        "and the example ids. With the same sources at hand:\n\n"
        "```sh\npython -m core replay manifest.json --workspace DIR\n```\n"
    )
