"""The dataset card: README.md of an export, with the front matter that the hub reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.export.formats.format import Format
from core.export.gaps import coverage, gaps
from core.export.manifest import Manifest
from core.export.markup import markdown_block, markdown_code, markdown_table, yaml_block
from core.export.markup import markdown_text as text
from core.export.records import Loading

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")  # the form of the hub's identifiers


def render_card(
    manifest: Manifest,
    kind: Format,
    *,
    loading: Sequence[Loading] = (),
    features: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The card's text; every name and value that came from outside is escaped.

    `features` are the columns as the hub's front matter names them, where they are known.
    """
    parts = [
        f"---\n{yaml_block(_front_matter(manifest, kind, features))}---\n",
        f"# {text(manifest.title)}\n",
        _opening(manifest),
        _choice(manifest),
        coverage(manifest.findings),
        gaps(manifest.findings),
        _decided(manifest),
        _not_in_it(manifest, kind),
        _sources(manifest),
        _loading(loading),
        _replaying(),
    ]
    return "\n".join(part for part in parts if part)


def _front_matter(
    manifest: Manifest, kind: Format, features: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {"pretty_name": manifest.title, **_terms(manifest.licence)}
    found |= {
        "task_categories": ["text-generation"],
        "tags": ["instruction-tuning", "coreset"],
        "size_categories": [_size(manifest.n_rows)],
    }
    if features:
        splits = [{"name": "train", "num_examples": manifest.n_rows}]
        found["dataset_info"] = {"features": list(features), "splits": splits}
    if kind.is_data:  # or a loader would take manifest.json for data
        files = [{"split": "train", "path": manifest.data_file}]
        found["configs"] = [{"config_name": "default", "data_files": files}]
    return found


def _terms(licence: str | None) -> dict[str, str]:
    """The licence as the hub wants it: an identifier, or `other` with a name."""
    if not licence:
        return {}
    if _LICENCE.fullmatch(licence):
        return {"license": licence}
    return {"license": "other", "license_name": licence}


def _size(n_rows: int) -> str:
    return next((name for limit, name in SIZES if n_rows < limit), "100M<n<1B")


def _opening(manifest: Manifest) -> str:
    share = manifest.n_rows / max(manifest.n_pool, 1)
    return (
        f"{manifest.n_rows:,} instruction-tuning examples, chosen from {manifest.n_pool:,} "
        f"({share:.2%}) with Coreset Atlas.\n"
    )


def _choice(manifest: Manifest) -> str:
    chosen = manifest.selection
    facts = {
        "Method": chosen.method,
        "Budget": _budget(chosen.budget),
        "Options": _plain(chosen.config),
        "Seed": "none" if chosen.seed is None else str(chosen.seed),
        "Pinned": f"{len(chosen.pinned):,} examples",
        "Forbidden": f"{len(chosen.forbidden):,} examples",
        "Fingerprint": chosen.fingerprint,
    }
    return "## How it was chosen\n\n" + markdown_table(("", ""), list(facts.items()))


def _budget(budget: Mapping[str, object]) -> str:
    if set(budget) == {"kind", "value"}:
        return f"{budget['value']} {budget['kind']}"
    return _plain(budget)


def _plain(values: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()
    )


def _decided(manifest: Manifest) -> str:
    """What people said of the rows, where anybody said anything."""
    told = manifest.decisions
    if not told.number:
        return ""
    facts = {
        "Rows exported": told.which.replace("-", " and "),
        "Approved of the subset": f"{len(told.approved):,} examples",
        "Rejected of the subset": f"{len(told.rejected):,} examples",
        "Left out by decisions": f"{len(told.left_out):,} examples",
        "Approved outside the subset and added": f"{len(told.added):,} examples",
        "Decisions in the log": f"{told.number:,}",
        "sha256 of the log": told.log_sha256 or "",
    }
    return "## What people decided\n\n" + markdown_table(("", ""), list(facts.items()))


def _not_in_it(manifest: Manifest, kind: Format) -> str:
    """Rows and fields that the format did not take, and what else to know of the file."""
    lines = list(_lost(manifest, kind))
    lines += [f"- {text(note)}" for note in manifest.notes]
    return "## What to know of the file\n\n" + "\n".join(lines) + "\n" if lines else ""


def _lost(manifest: Manifest, kind: Format) -> Iterator[str]:
    reasons = Counter(one["reason"] for one in manifest.refused)
    for reason, n_rows in sorted(reasons.items()):
        yield f"- {n_rows:,} chosen rows are not in it, each of which {text(reason)}."
    for name, n_rows in manifest.omitted.items():
        yield f"- The field {markdown_code(name)} of {n_rows:,} rows is not in it."


def _sources(manifest: Manifest) -> str:
    rows = [(str(source.get("name")), _identity(source)) for source in manifest.sources]
    terms = "" if manifest.licence else "\nThe licence of each row is that of its source.\n"
    return "## Sources\n\n" + markdown_table(("Name", "sha256"), rows) + terms


def _identity(source: Mapping[str, Any]) -> str:
    revision = source.get("revision")
    return f"{source.get('sha256')}" + (f" at revision {revision}" if revision else "")


def _loading(loading: Sequence[Loading]) -> str:
    parts = [f"{text(one.tool)}:\n\n{markdown_block(one.code, one.language)}" for one in loading]
    return "## How to load it\n\n" + "\n\n".join(parts) + "\n"


def _replaying() -> str:
    return (
        "## How to make it again\n\n"
        "`manifest.json` holds the sources' checksums, every step's recipe, the library versions, "
        "the decisions and the example ids. With the same sources at hand:\n\n"
        "```sh\npython -m core replay manifest.json --workspace DIR\n```\n"
    )
