"""Features: what the SAE's latents fire on, how often, and which the subset covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.latent_search import FoundLatents, find_latents
from core.pipeline.latents import (
    LatentCard,
    carrier_table,
    density_bins,
    feature_numbers,
    latent_card,
)
from core.pipeline.shading import ShadedExample
from core.workspace import Workspace
from pages.components import (
    charts,
    example_table,
    figures,
    job_panel,
    layout,
    loaders,
    reader,
    shell,
    state,
    token_reader,
    words,
)
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Features", "What the model sees in the examples: the latents of its sparse autoencoder."
    )
    with state.shown_errors():
        job_panel.show(workspace, "extract", "sae", "run")
        if loaders.in_use(workspace, "features") is None:
            nothing_yet(workspace)
        chosen = loaders.chosen(workspace)
        numbers(workspace, chosen)
        latent = browse(workspace, chosen)
        if latent is not None:
            dashboard(workspace, chosen, latent)


def nothing_yet(workspace: Workspace) -> None:
    """What the page will show, and the step that gets there."""
    what = "Here each latent shows the examples and tokens on which it fires."
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(f"{what} It begins with a dataset.", "Read a dataset", "dataset")
    shell.empty(f"{what} A model has to read the examples first.", "Read with a model", "model")


def numbers(workspace: Workspace, chosen: Chosen | None) -> None:
    """How many latents there are, fire, never fire, and are covered."""
    found = feature_numbers(workspace, chosen.subset if chosen else None)
    cells = st.columns(4)
    figures.beside(cells[0], "Latents", words.count(found.n_latents), "in the SAE")
    figures.beside(
        cells[1],
        "Reachable",
        words.count(found.n_reachable),
        "fire on this pool",
        about="Latents that at least one row of the pool has: what a subset can cover at all.",
    )
    figures.beside(
        cells[2],
        "Dead on this pool",
        words.share(found.n_dead, found.n_latents),
        f"{found.n_dead:,} of all latents",
        about="Share of the latents that no row of this pool has. They may fire on other text.",
    )
    if found.n_covered is not None:
        figures.beside(
            cells[3],
            "Covered",
            words.share(found.n_covered, found.n_reachable),
            f"{found.n_covered:,} by {words.count(chosen.budget, 'row')}",
            about="Share of the reachable latents that at least one chosen row has.",
        )


def browse(workspace: Workspace, chosen: Chosen | None) -> int | None:
    """The latents as a table with their density beside it; gives the one that is picked."""
    fingerprint = loaders.in_use(workspace, "features").fingerprint
    listed, drawn = layout.split("latents")
    with listed:
        asked = st.text_input(
            "Find latents",
            key="features.find",
            placeholder="a number, or words as they stand in the examples",
        )
        found = find_latents(workspace, asked, chosen.subset if chosen else None)
        say(found, asked)
        order = f"{chosen.fingerprint}.{chosen.budget}" if chosen else ""
        latent = pick(found.table, key=f"features.table.{fingerprint}.{order}.{asked}")
    with drawn:
        st.subheader("How often latents fire", anchor=False)
        charts.density_histogram(density_bins(workspace), key=f"features.density.{fingerprint}")
        st.caption(
            "Far to the right stand latents that most rows have; they tell rows apart least."
        )
    return latent


def say(found: FoundLatents, asked: str) -> None:
    """What the table holds."""
    if found.n_rows is not None:
        st.text(f"{words.count(found.n_rows, 'example')} hold these words; best matches first.")
    elif not found.n_found:
        st.text(f"No row of the pool has latent {asked.strip()}.")
    elif len(found.table) < found.n_found:
        st.text(f"The first {len(found.table):,} of {words.count(found.n_found, 'live latent')}.")
    else:
        st.text(f"{words.count(found.n_found, 'live latent')}.")


def pick(table: pd.DataFrame, *, key: str) -> int | None:
    """The latents with their counts; gives the one that is picked."""
    if not len(table):
        return None
    done = st.dataframe(
        table,
        key=key,
        column_order=[name for name in table.columns if name != "covered"],
        column_config={
            "latent": st.column_config.NumberColumn(format="%d"),
            "match": st.column_config.NumberColumn(
                format="%.2f",
                help="F1 of the rows that have the latent against those that hold the words.",
            ),
            "rows": st.column_config.NumberColumn(format="localized", help="Rows that have it."),
            "density": st.column_config.NumberColumn(format="percent", help="Share of the pool."),
            "maximum": st.column_config.NumberColumn(
                format="%.2f", help="Largest activation on any row."
            ),
            "mean": st.column_config.NumberColumn(
                format="%.2f", help="Mean over the rows that have it."
            ),
            "chosen": st.column_config.NumberColumn(
                format="localized", help="Chosen rows that have it; 0 is not covered."
            ),
            "sole carrier": st.column_config.CheckboxColumn(
                help="One chosen row alone has it: without that row it is lost."
            ),
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        height=320,
    )
    at = done["selection"]["rows"]
    return int(table["latent"].iloc[at[0] if at and at[0] < len(table) else 0])


def dashboard(workspace: Workspace, chosen: Chosen | None, latent: int) -> None:
    """One latent: its examples token by token, its values, and the chosen rows that have it."""
    card = latent_card(workspace, latent, chosen.subset if chosen else None)
    if state.remembered("features.latent") != latent:
        state.remember("features.latent", latent)
        state.forget("features.row")
    st.subheader(f"Latent {latent}", anchor=False)
    left, right = layout.split("latent")
    with right:
        values(card, chosen)
    with left:
        examples_tab, carriers_tab = st.tabs(["Where it fires", f"Chosen rows ({card.n_chosen:,})"])
        with examples_tab:
            row = examples(workspace, chosen, card)
        with carriers_tab:
            carriers(workspace, chosen, card)
    if row is not None:
        state.remember("features.row", row)
    with right:
        read(workspace, chosen)


def values(card: LatentCard, chosen: Chosen | None) -> None:
    """How its values spread over the pool and the subset."""
    n_rows, most = words.count(card.n_rows, "row"), reader.level(card.maximum)
    st.text(f"{n_rows}, {card.density:.2%} of the pool; largest activation {most}.")
    charts.value_histogram(card, key=f"features.values.{card.latent}")
    if chosen is None:
        return
    if card.sole is not None:
        st.text(f"Only row {card.sole:,} of the subset has it.")
    elif not card.n_chosen:
        st.text("No chosen row has it: the subset does not cover it.")


def examples(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> int | None:
    """Its examples with shaded tokens, of one band of values; gives the row asked for."""
    found = read_tokens(workspace, card.latent)
    if not found:
        return None
    there = {one.band for one in found}
    names = {
        band.number: f"{band.name}, {reader.level(band.low)} to {reader.level(band.high)}"
        for band in card.bands
        if band.number in there
    }
    bands = list(names)
    band = bands[0]
    if len(bands) > 1:
        band = st.segmented_control(
            "Band of values",
            bands,
            format_func=names.__getitem__,
            default=bands[0],
            required=True,
            key=f"features.band.{card.latent}",
            label_visibility="collapsed",
        )
    return reader.show_tokens(
        [one for one in found if one.band == band],
        maximum=card.maximum,
        subset=chosen.subset if chosen else None,
        key=f"features.tokens.{card.latent}.{band}",
    )


def read_tokens(workspace: Workspace, latent: int) -> list[ShadedExample]:
    """The tokens of the latent's examples; where the model is not here, one line says so."""
    if not token_reader.is_ready(workspace, latent):
        st.text("Its tokens have not been read yet; the model has to be opened on this machine.")
        if not st.button("Read the tokens", key="features.read"):
            return []
    with st.spinner("Reading the tokens of its examples; the first time opens the model"):
        found = token_reader.examples(workspace, latent)
    if isinstance(found, str):
        st.text(f"Its tokens cannot be shown here: {found}.")
        return []
    return found


def carriers(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """The chosen rows that have the latent, in pick order."""
    if chosen is None:
        st.text("No subset is chosen yet.")
        shell.link("subset", "Choose a subset", icon=":material/checklist:")
    elif not card.n_chosen:
        st.text("No chosen row has this latent.")
    else:
        table = carrier_table(workspace, card.latent, chosen.subset)
        version = f"{card.latent}.{chosen.fingerprint}.{chosen.budget}"
        example_table.remembering(table, "features.row", key=f"features.carriers.{version}")


def read(workspace: Workspace, chosen: Chosen | None) -> None:
    """The example that was asked for, in full."""
    row = state.remembered("features.row")
    if row is None:
        return
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    found = example_card(workspace, row, subset=subset, order=order)
    reader.show_card(found, key="features.card")


main()
