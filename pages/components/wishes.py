"""Constraints as a form: rows that must be in or out, quotas, groups, length, weights."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.options import parse_assignments
from core.pipeline.asking import read_typed_ids
from core.pipeline.outside import named
from core.pipeline.overlaps import open_overlap
from core.pipeline.requests import Request, groups_in_use, read_weights
from core.pipeline.weights import weighs
from core.select import SELECTORS
from core.workspace import Workspace
from pages.components import job_panel, loaders, words

ABOUT_IDS = "Example ids of 32 hex digits, one a line; the reader shows them."
ABOUT_QUOTAS = (
    "One a line: column=value:least-most, in rows (lang=de:100-500) or in per cent of the subset "
    "(lang=de:10%-30%). Either bound may be left out."
)
ABOUT_POWER = (
    "Gains are divided by the row's tokens to this power: 0 leaves the method as published, 1 "
    "chooses by gain per token."
)
ABOUT_WEIGHTS = (
    "One a line: {0}=weight. 0 mutes a {0}, 2 counts it twice. What is muted or weighted on the "
    "features page is honoured without being asked for here; what is asked for here wins."
)
ABOUT_OVERLAP = (
    "Rows that share 13 words in a row with a prompt of the file, in any schema a pool may have; "
    "the command line also compares by meaning."
)
ABOUT_SEED = "Of methods that draw at random."
BROUGHT = {
    "given": ("A file on this machine with ids, row numbers, a selection or rows", "given"),
    "targets": ("A file on this machine with 10 to 200 examples to match", "targets"),
}


def constraints(workspace: Workspace, method: str) -> dict[str, Any]:
    """The constraints as fields of a request."""
    honours = SELECTORS.get(method).honours
    found = _rows()
    found["quotas"] = _lines("Quotas", "subset.quotas", ABOUT_QUOTAS)
    found["duplicates"] = _groups(workspace)
    found["forbidden"] += _overlapping(workspace)
    if "costs" in honours:
        found["length_power"] = _number("Length control", "power", ABOUT_POWER, most=4.0)
    if "feature_weights" in honours:
        kind = weighs(method) or "latent"
        lines = _lines(f"Weights of {kind}s", "subset.weights", ABOUT_WEIGHTS.format(kind))
        found["weights"] = read_weights(parse_assignments(lines))
    found["seed"] = int(_number("Seed", "seed", ABOUT_SEED, most=2**31 - 1))
    return found


def brought(
    workspace: Workspace, method: str, kept: Request | None
) -> dict[str, str | None] | None:
    """The file that a method asks for beside the pool; None where there is none yet.

    What the order in use was chosen by, `kept`, need not be named again.
    """
    found: dict[str, str | None] = {}
    for need in SELECTORS.get(method).needs:
        if need in BROUGHT:
            label, word = BROUGHT[need]
            path = st.text_input(label, key=f"subset.{word}").strip()
            if path:
                with st.spinner("Reading the file"):
                    files = {"given": None, "targets": None, word: path}
                    found[word] = getattr(named(workspace, **files), word)
            elif kept is not None and kept.method == method:
                found[word] = getattr(kept, word)
            else:
                return None
    return found


def _rows() -> dict[str, Any]:
    left, right = st.columns(2)
    pins = left.text_area("Always choose", key="subset.pins", help=ABOUT_IDS)
    forbids = right.text_area("Never choose", key="subset.forbids", help=ABOUT_IDS)
    return {"pinned": read_typed_ids(pins), "forbidden": read_typed_ids(forbids)}


def _number(label: str, name: str, about: str, *, most: float) -> float:
    """A number from 0; fractions where `most` is one."""
    least, step = (0.0, 0.1) if isinstance(most, float) else (0, 1)
    return st.number_input(
        label, least, most, "min", step, format=None if step == 1 else "%g",
        key=f"subset.{name}", help=about,
    )  # fmt: skip


def _lines(label: str, key: str, about: str) -> tuple[str, ...]:
    text = st.text_area(label, key=key, help=about, height=68)
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _groups(workspace: Workspace) -> str | None:
    """One row of each near-duplicate group; where no groups are known yet, a way to find them."""
    known = loaders.in_use(workspace, "duplicates")
    if known is not None:
        notes = known.notes
        label = f"One row of each near-duplicate group ({notes['n_groups']:,} groups)"
        return groups_in_use(workspace) if st.checkbox(label, key="subset.apart") else None
    if st.button("Find near-duplicates", key="subset.find", help="By MinHash of the words."):
        job_panel.start(workspace, ["duplicates", "--method=minhash"], title="Find near-duplicates")
    return None


def _overlapping(workspace: Workspace) -> tuple[str, ...]:
    """Rows that share text with a benchmark's prompts, to be left out; listed before that."""
    known = loaders.in_use(workspace, "overlap")
    if known is None:
        label = "A benchmark file whose prompts must not be in the subset"
        path = st.text_input(label, key="subset.benchmark", help=ABOUT_OVERLAP).strip()
        if path and st.button("Find overlap", key="subset.overlap"):
            job_panel.start(workspace, ["overlap", path, "--by=ngram"], title="Find overlap")
        return ()
    found = open_overlap(workspace)
    label = f"Never choose the {words.count(len(found), 'row')} that overlap with the benchmark"
    wanted = st.checkbox(label, key="subset.decontaminate", disabled=not len(found))
    if len(found):
        st.dataframe(found[["id", "evidence", "text"]], hide_index=True, height=140)
    return tuple(dict.fromkeys(found["id"])) if wanted else ()
