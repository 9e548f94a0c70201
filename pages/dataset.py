"""Dataset: read sources into a pool, see what was met on the way, and read the examples."""

from __future__ import annotations

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.pools import rows_with
from core.pipeline.settings import IngestConfig
from core.pipeline.tables import row_table
from core.records import Rows
from core.select import SELECTORS
from core.workspace import Artifact, Workspace
from pages.components import (
    commands,
    figures,
    forms,
    job_panel,
    layout,
    loaders,
    reader,
    shell,
    state,
    words,
)

SHOWN = 200  # examples in the table at once
BUDGET = 100
COLUMNS = {
    "example": st.column_config.TextColumn(width=280),
    "response words": st.column_config.NumberColumn(
        "words", width=60, help="Words of the response."
    ),
    "cluster": st.column_config.TextColumn(width=120),
    "pick": st.column_config.NumberColumn(
        width=50, help="Place in the order of the subset; empty where the row is not chosen."
    ),
}


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Dataset", "Read instruction-tuning examples from files or the hub into one pool."
    )
    job_panel.show(workspace, "ingest", "run")
    pool = loaders.in_use(workspace, "pool")
    if pool is None:
        st.markdown(
            "Once sources are read, this page shows every example, and what was left out and why."
        )
        read_form(workspace)
        st.stop()
    counts(pool)
    examples, origin, again = st.tabs(["Examples", "Sources", "Read other sources"])
    with examples, state.shown_errors():
        browse(workspace, pool)
    with origin:
        sources(pool)
    with again:
        read_form(workspace)


def counts(pool: Artifact) -> None:
    """What the pool holds, and what was met on the way to it."""
    report = pool.notes["report"]
    cells = st.columns(4)
    figures.alone(cells[0], "Examples", words.count(pool.notes["n_rows"]))
    figures.alone(
        cells[1],
        "Exact duplicates",
        words.count(report["n_duplicates"]),
        about="Rows with the same turns as an earlier one; each example is kept once.",
    )
    figures.alone(
        cells[2],
        "Bad rows",
        words.count(report["n_bad"]),
        about="Rows that could not be used; the Sources tab lists them with line and reason.",
    )
    figures.alone(cells[3], "Sources", words.count(len(report["sources"])))


def browse(workspace: Workspace, pool: Artifact) -> None:
    """The examples as a table, and the one that is picked beside it."""
    table, card = layout.split("dataset")
    with table:
        find, page = st.columns([3, 1])
        text = find.text_input(
            "Find examples", key="dataset.find", placeholder="text as it stands in an example"
        )
        rows = rows_with(loaders.pool(workspace), text.strip())
        with page:
            start = page_start(len(rows), text)
        row = pick(workspace, pool, rows, text, start)
    with card:
        read(workspace, row)


def pick(workspace: Workspace, pool: Artifact, rows: Rows, text: str, start: int) -> int | None:
    """A table of rows found, from `start` on; gives the one that is picked, or the first."""
    if not len(rows):
        st.text("No example holds this text.")
        return None
    shown = rows[start : start + SHOWN]
    chosen = loaders.chosen(workspace)
    frame = row_table(workspace, shown, chosen=chosen.subset if chosen else None)
    of_one_source = len(pool.notes["report"]["sources"]) == 1
    hidden = ("id", "row", "source") if of_one_source else ("id", "row")
    picked = st.dataframe(
        frame,
        key=f"dataset.table.{pool.fingerprint}.{text}.{start}",
        column_order=[name for name in frame.columns if name not in hidden],
        column_config=COLUMNS,
        placeholder="",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        height=560,
    )
    st.caption(f"{start + 1:,} to {start + len(shown):,} of {words.count(len(rows), 'example')}")
    at = picked["selection"]["rows"]
    return int(shown[at[0]]) if at and at[0] < len(shown) else int(shown[0])


def page_start(n_rows: int, text: str) -> int:
    """The first row of the table's page, when there is more than one page."""
    if n_rows <= SHOWN:
        return 0
    n_pages = -(-n_rows // SHOWN)
    number = st.number_input(f"Page of {n_pages:,}", 1, n_pages, 1, key=f"dataset.page.{text}")
    return (number - 1) * SHOWN


def read(workspace: Workspace, row: int | None) -> None:
    """The example that is picked, with why it is chosen or not."""
    if row is None:
        return
    chosen = loaders.chosen(workspace)
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    reader.show_card(example_card(workspace, row, subset=subset, order=order))


def sources(pool: Artifact) -> None:
    """Where the examples came from, and the rows that could not be used."""
    report = pool.notes["report"]
    st.dataframe(
        [
            {
                "source": one["source"],
                "rows read": one["n_read"],
                "kept": one["n_kept"],
                "duplicates": one["n_duplicates"],
                "bad": one["n_bad"],
                "size": words.size(one["size"]) if one.get("size") else "on the hub",
                "sha256": one["sha256"],
            }
            for one in report["sources"]
        ],
        hide_index=True,
    )
    if report["n_columns_left_out"]:
        st.text(
            f"{words.count(report['n_columns_left_out'], 'metadata column')} beyond the first 200 "
            "can be exported but not filtered by."
        )
    if not report["n_bad"]:
        st.text("Every row that was read could be used.")
        return
    listed = len(report["bad"])
    st.text(f"{words.count(report['n_bad'], 'bad row')}, the first {listed:,} listed:")
    st.dataframe(
        [{"source": name, "line": line, "reason": why} for name, line, why in report["bad"]],
        hide_index=True,
    )


def read_form(workspace: Workspace) -> None:
    """What to read and how; reading alone, or everything up to a subset."""
    first_time = loaders.in_use(workspace, "pool") is None
    text = st.text_area(
        "Sources, one a line",
        commands.DEMO if first_time else "",
        key="dataset.sources",
        placeholder=f"{commands.DEMO}\ndatabricks/databricks-dolly-15k",
        help="Files (JSON, JSONL, CSV, Parquet, each also gzipped) or ids of datasets on the hub. "
        f"Paths start from the folder of the app; {commands.DEMO} comes with it.",
    )
    settings = forms.settings_expander(IngestConfig, key="dataset.ingest")
    busy = job_panel.is_busy(workspace)
    everything, alone = st.columns([2, 1], gap="large")
    with everything:
        method, budget = run_fields(workspace)
        label = f"Read everything and select {words.count(budget, 'row')}"
        run = st.button(label, type="primary", key="dataset.run", disabled=busy)
    with alone:
        st.markdown("**Step by step**")
        st.caption("Reads the sources alone; the other pages take it from there.")
        ingest = st.button("Read sources", key="dataset.read", disabled=busy)
    if not run and not ingest:
        return
    given = commands.sources_in(text)
    if not given:
        st.error("No source is named; write a file or a dataset id into the field above.")
    elif run:
        arguments = commands.run(given, settings, method=method, budget=budget)
        job_panel.start(workspace, arguments, title=f"Everything for {', '.join(given)}")
    else:
        arguments = commands.ingest(given, settings)
        job_panel.start(workspace, arguments, title=f"Read {', '.join(given)}")


def run_fields(workspace: Workspace) -> tuple[str, int]:
    """Method and budget of a run from the sources to a subset."""
    st.markdown("**In one go**")
    st.caption("Reads the sources and the model (MiniLM), makes map and clusters, and selects.")
    method, budget = st.columns([3, 2])
    names = list(SELECTORS)
    name = method.selectbox(
        "Method",
        names,
        names.index("sae-greedy"),
        format_func=lambda one: SELECTORS.get(one).title,
        key="dataset.method",
    )
    rows = budget.number_input(
        "Budget in rows", 1, value=loaders.budget(workspace) or BUDGET, key="dataset.budget"
    )
    return name, rows


main()
