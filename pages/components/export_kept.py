"""Exports that a workspace keeps: facts, downloads, how each tool loads them, and the trash."""

from __future__ import annotations

import json

import streamlit as st

from core.pipeline import export_packing, exported
from core.pipeline.exported import Exported
from core.pipeline.settings import FORMATS
from core.workspace import Workspace
from pages.components import downloads, layout, state, words
from pages.components.code_block import code_block

IDS = 3  # example ids of the manifest that are shown
HEIGHT = 400  # px


def show(workspace: Workspace, kept: list[Exported]) -> None:
    """The exports, one of them in full."""
    if kept:
        st.subheader("Exports of this workspace", anchor=False)
        one = _pick(kept)
        facts, act = layout.split("exported")
        with facts:
            _facts(one)
            _texts(workspace, one)
        with act:
            _download(one)
            _verify(one)
            _delete(workspace, one)
    _trash(workspace)


def _pick(kept: list[Exported]) -> Exported:
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


def _facts(one: Exported) -> None:
    manifest = one.manifest
    title = FORMATS.get(manifest.format).title
    st.text(f"{words.count(manifest.n_rows, 'row')} as {title}, {words.size(one.n_bytes)}")
    told = manifest.decisions
    lost = [(len(told.left_out), "left out by decisions"), (len(told.added), "added by approval")]
    lost.append((len(manifest.refused), f"that {title} cannot carry"))
    named = [f"{words.count(n, 'row')} {what}" for n, what in lost if n]
    if named:
        st.text("; ".join(named))
    st.caption(f"In {words.plain(str(one.folder))}")
    st.caption(f"sha256 of {words.plain(manifest.data_file)}: {manifest.data_sha256}")


def _texts(workspace: Workspace, one: Exported) -> None:
    load, again, manifest, card = st.tabs(["Load it", "Make it again", "Manifest", "Card"])
    with load:
        for way in one.loading():
            st.caption(words.plain(way.tool))
            name = f"Code for {way.tool}"
            code_block(way.code, name=name, key=f"export.load.{one.name}.{way.tool}")
    with again:
        command = exported.replay_command(workspace, one)
        code_block(command, name="Replay command", key=f"export.replay.{one.name}")
        st.caption(
            "Compares bit for bit and names the first ingredient that differs. With the same "
            "sources a copy of the manifest works in a new workspace too."
        )
    with manifest:
        text, key = shortened(one), f"export.manifest.{one.name}"
        code_block(text, name="Manifest", key=key, height=HEIGHT)
    with card:
        code_block(one.card, name="Card", key=f"export.card.{one.name}", height=HEIGHT)


def shortened(one: Exported) -> str:
    """The manifest without most of its example ids."""
    told = json.loads(one.manifest.to_json())
    for holder in (told, told["selection"], told.get("decisions", {})):
        for name in ("ids", "pinned", "forbidden", "approved", "rejected", "left_out", "added"):
            listed = holder.get(name)
            if isinstance(listed, list) and len(listed) > IDS:
                rest = words.count(len(listed) - IDS, "more id")
                holder[name] = [*listed[:IDS], f"and {rest}"]
    return json.dumps(told, ensure_ascii=False, indent=2)


def _download(one: Exported) -> None:
    """The whole export and its data file, through the gate."""
    if one.n_bytes > downloads.MAX_BYTES:
        st.text(f"{words.size(one.n_bytes)} is too much for a browser; copy the folder.")
        return
    packed = downloads.Download(
        "Download as zip",
        export_packing.download_name(one),
        export_packing.content_hash(one),
        lambda: export_packing.packed(one),
    )
    data = downloads.Download(
        "Data file alone",
        export_packing.data_name(one),
        one.manifest.data_sha256,
        lambda: export_packing.data(one),
    )
    downloads.show([packed, data], key=f"export.save.{one.name}")


def _verify(one: Exported) -> None:
    """Every byte read again and compared with the manifest."""
    if st.button("Verify every file", key=f"export.verify.{one.name}"):
        with st.spinner("Reading every byte"):
            wrong = exported.verify(one)
        if wrong:
            st.error(words.plain(wrong), icon=":material/error:")
        else:
            st.text("Every file has the bytes that were written.")


def _delete(workspace: Workspace, one: Exported) -> None:
    able = state.may_write(workspace)
    if st.button("Delete this export", key=f"export.delete.{one.name}", disabled=not able):
        with state.shown_errors():
            exported.delete(workspace, one.name)
        state.forget("export")
        st.rerun()


def _trash(workspace: Workspace) -> None:
    """What was deleted, and the way back."""
    found = exported.trash(workspace)
    if not found:
        return
    able = state.may_write(workspace)
    with st.container(border=True, key="export-trash"):
        for one in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(f"Deleted: {one.name}, {words.size(one.n_bytes)}")
                if st.button("Undo", key=f"export.undo.{one.token}", disabled=not able):
                    with state.shown_errors():
                        state.remember("export", exported.undelete(workspace, one.token))
                    st.rerun()
        label = f"Empty the trash ({words.count(len(found), 'export')})"
        if st.button(label, key="export.empty", type="tertiary", disabled=not able):
            exported.empty_trash(workspace)
            st.rerun()
