"""Export: write the subset in view as a training file, with its manifest and card."""

from __future__ import annotations

import json

import streamlit as st

from core.pipeline import exported
from core.pipeline.exported import Exported
from core.pipeline.settings import FORMATS
from core.workspace import Workspace
from pages.components import layout, loaders, shell, state, words

FIRST = 3  # rows of the preview
IDS = 3  # example ids of the manifest that are shown


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Export", "Write the chosen rows as a training file, in the schema they came in."
    )
    chosen = loaders.chosen(workspace)
    with state.shown_errors():
        kept = exported.listed(workspace)
        if chosen is None and not kept:
            shell.empty(
                "Once a subset is chosen, this page writes it as a file that a trainer reads, with "
                "a manifest to make it again and a card to publish it with.",
                "Choose a subset first",
                "subset",
            )
        if chosen is not None:
            what, how = layout.split("export")
            with what:
                preview(workspace, chosen)
            with how:
                write(workspace, chosen, taken={one.name for one in kept})
        if kept:
            st.subheader("Exports of this workspace", anchor=False)
            show(workspace, pick(kept))


def preview(workspace: Workspace, chosen: loaders.Chosen) -> None:
    """What will be written: how many rows, and the first of them as they came in."""
    st.subheader(f"{words.count(chosen.budget, 'row')} in the order they were picked", anchor=False)
    pool = loaders.pool(workspace)
    first = chosen.subset.rows[:FIRST]
    for number, raw in enumerate(pool.raw_rows(first), start=1):
        st.caption(f"Line {number}")
        st.code(raw, language=None, wrap_lines=True, height=120)
    if chosen.budget > FIRST:
        st.caption(f"and {words.count(chosen.budget - FIRST, 'more line')}.")


def write(workspace: Workspace, chosen: loaders.Chosen, *, taken: set[str]) -> None:
    """Format and name, and the button that writes."""
    with st.container(border=True):
        budget_note(chosen)
        form = st.selectbox(
            "Format",
            list(FORMATS),
            format_func=lambda name: FORMATS.get(name).title,
            key="export.format",
        )
        proposed = exported.default_name(chosen.order.method, chosen.budget, chosen.fingerprint)
        name = st.text_input(
            "Name",
            proposed,
            key=f"export.name.{proposed}",
            help="The folder under exports in the workspace; a name that is taken is refused.",
        )
        is_taken = name.strip() in taken
        if is_taken:
            st.caption("There is an export of this name; see below, or name another.")
        label = f"Export {words.count(chosen.budget, 'row')}"
        if st.button(label, type="primary", key="export.write", disabled=is_taken):
            with st.spinner("Writing"):
                made = exported.export_subset(workspace, chosen.subset, name.strip(), form=form)
            state.remember("export", made.name)
            st.rerun()


def budget_note(chosen: loaders.Chosen) -> None:
    """The budget in use, and where it is changed."""
    st.text(f"Method {chosen.order.method}, budget {words.count(chosen.budget, 'row')}")
    if not chosen.order.nested:
        st.caption(f"Solved at {chosen.budget:,}; another budget is solved anew.")
    shell.link("subset", "Change the budget", icon=":material/checklist:")


def pick(kept: list[Exported]) -> Exported:
    """The export looked at: the newest, until another is picked."""
    names = [one.name for one in kept]
    last = state.remembered("export", names[0])
    name = st.selectbox(
        "Export",
        names,
        names.index(last) if last in names else 0,
        key=f"export.kept.{last}.{len(names)}",
        label_visibility="collapsed",
    )
    return kept[names.index(name)]


def show(workspace: Workspace, one: Exported) -> None:
    """An export: its facts, its files for download, how to load it and to make it again."""
    facts, files = layout.split("exported")
    with facts:
        st.text(
            f"{words.count(one.manifest.n_rows, 'row')}, {words.size(one.n_bytes)}, in {one.folder}"
        )
        st.caption(f"sha256 of {words.plain(one.manifest.data_file)}: {one.manifest.data_sha256}")
    with files:
        st.download_button(
            "Download as zip",
            lambda: exported.packed(one),
            file_name=exported.download_name(one),
            mime="application/zip",
            on_click="ignore",
            key=f"export.zip.{one.name}.{one.manifest.data_sha256[:16]}",
        )
    load, again, manifest, card = st.tabs(["Load it", "Make it again", "Manifest", "Card"])
    load.code(loading(one), language="python", wrap_lines=True)
    again.code(exported.replay_command(workspace, one), language="bash", wrap_lines=True)
    again.caption("Compares bit for bit; with the same sources it also works in a new workspace.")
    manifest.code(shortened(one), language=None, wrap_lines=True, height=400)
    card.code(one.card, language="markdown", wrap_lines=True, height=400)


def loading(one: Exported) -> str:
    """Python that loads the data file."""
    path = json.dumps(str(one.folder / one.manifest.data_file))
    return (
        "from datasets import load_dataset\n\n"
        f'subset = load_dataset("json", data_files={path}, split="train")\n\n'
        "# or\nimport pandas\n\n"
        f"subset = pandas.read_json({path}, lines=True)"
    )


def shortened(one: Exported) -> str:
    """The manifest without most of its example ids."""
    told = json.loads(one.manifest.to_json())
    rest = len(told["ids"]) - IDS
    if rest > 0:
        told["ids"] = [*told["ids"][:IDS], f"and {words.count(rest, 'more id')}"]
    return json.dumps(told, ensure_ascii=False, indent=2)


main()
