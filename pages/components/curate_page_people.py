"""Who decided what, what people differ on, and how far they agree."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from core.curate.records import Event
from core.pipeline.cards import example_card
from core.pipeline.decisions import decide, n_elsewhere, people
from core.pipeline.queue_tables import conflict_table, decision_table, group_table, pair_table
from pages.components import (
    curate_page_desk,
    curate_page_pickers,
    example_table,
    layout,
    reader,
    state,
    words,
)
from pages.components.curate_page_desk import Desk

EVERYBODY = "everybody"
PERSON = "curate.person"
KAPPA = (
    "**Kappa** = (observed - expected) / (1 - expected): how much more two people agree than "
    "chance would have them, given how often each of them says approved, rejected and unsure. "
    "1 is full agreement, 0 as by chance; higher is better.\n\n"
    "**Cohen's kappa** is of two people on the examples that both decided (Cohen 1960, "
    "*A coefficient of agreement for nominal scales*). **Fleiss' kappa** is of all examples that "
    "the same number of people decided, whoever they were (Fleiss 1971, *Measuring nominal scale "
    "agreement among many raters*).\n\n"
    "What settles a conflict does not count, since who settles it has seen the other verdicts."
)
VERDICTS = {"Settle as approved": "approved", "Settle as rejected": "rejected"}


def conflicts(desk: Desk) -> None:
    """The examples on which people differ, side by side, and the buttons that settle one."""
    table = conflict_table(desk.workspace, desk.said)
    if not len(table):
        st.text("People differ on no example of this pool.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="curate-conflicts"):
        st.text(f"People differ on {words.count(len(table), 'example')}.", width="content")
        st.button(
            "Settle them by keyboard",
            key="curate.settle_all",
            on_click=curate_page_pickers.go_to,
            args=("disputed",),
            help="Puts them in the queue above: A or X there settles one.",
        )
    listed, card = layout.split("conflicts")
    with listed:
        row = example_table.picked_row(
            table,
            key=f"curate.conflicts.{desk.said.number}",
            columns=("example", "verdicts"),
            height=300,
        )
    with card:
        if row is not None:
            example = str(table.loc[table["row"] == row, "id"].iloc[0])
            _settle(desk, row, example)


def who_decided(desk: Desk) -> None:
    """Every verdict that stands, by person; one's own can be taken back."""
    known = people(desk.workspace)
    if not known:
        st.text("Nobody has decided anything yet.")
        return
    _summary(desk)
    elsewhere = n_elsewhere(desk.workspace)
    if elsewhere:
        st.caption(
            f"{words.count(elsewhere, 'decided example')} not in this pool; the decisions are kept "
            "and count again where the examples are."
        )
    names = [EVERYBODY, *(one.name for one in known)]
    person = st.selectbox("Decisions of", names, key=PERSON, persist_state="session", width=260)
    curator = None if person == EVERYBODY else person
    table = decision_table(desk.workspace, desk.said, curator)
    key = f"curate.decisions.{desk.said.number}.{names.index(person)}"
    done = st.dataframe(
        table,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        column_order=("example", "verdict", "by", "reason", "note", "tags", "when"),
        column_config={
            "example": st.column_config.TextColumn(width="large"),
            "when": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
        hide_index=True,
        placeholder="",
        height=min(420, 38 + 35 * (len(table) + 1)),
    )
    picked = table.iloc[[at for at in done["selection"]["rows"] if at < len(table)]]
    own = picked[picked["by"] == desk.curator]
    if not state.may_write(desk.workspace):
        return
    label = f"Take back {words.count(len(own), 'decision')}" if len(own) else "Take back"
    if st.button(label, key="curate.take_back", disabled=not len(own), icon=":material/undo:"):
        pairs = zip(own["id"], own["event"], strict=True)
        _commit(desk, [Event(uuid4().hex, str(a), desk.curator, undoes=str(b)) for a, b in pairs])
    st.caption("Pick lines of your own to take them back; what others decided is theirs.")


def agreement(desk: Desk) -> None:
    """Cohen's kappa of each pair and Fleiss' kappa of all, each with its number of examples."""
    pairs, groups = pair_table(desk.workspace), group_table(desk.workspace)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Agreement beyond chance**", width="content")
        with st.popover("?", type="tertiary", help="Formula, direction and source"):
            st.markdown(KAPPA)
    if not len(pairs):
        st.text("Agreement is told once two people have decided the same examples.")
        return
    left, right = st.columns(2)
    looks = {
        "agree": st.column_config.NumberColumn("same verdict", format="percent"),
        "kappa": st.column_config.NumberColumn("kappa", format="%.2f"),
        "examples": st.column_config.NumberColumn("n, examples", format="localized"),
        "people": st.column_config.NumberColumn("people an example"),
        "remark": st.column_config.TextColumn("remark"),
    }
    for place, title, table in (
        (left, "Cohen's, each pair", pairs),
        (right, "Fleiss', all", groups),
    ):
        with place:
            st.caption(title)
            if not len(table):
                st.text("No example was decided by two or more people.")
                continue
            shown = [name for name in table.columns if name != "remark" or table["remark"].any()]
            st.dataframe(
                table, column_order=shown, column_config=looks, hide_index=True, placeholder="none"
            )


def _summary(desk: Desk) -> None:
    """A line a person."""
    st.dataframe(
        {
            "curator": [one.name for one in people(desk.workspace)],
            "approved": [one.n_approved for one in people(desk.workspace)],
            "rejected": [one.n_rejected for one in people(desk.workspace)],
            "skipped": [one.n_unsure for one in people(desk.workspace)],
        },
        column_config={"curator": st.column_config.TextColumn("curator, unverified")},
        hide_index=True,
        width="content",
    )


def _settle(desk: Desk, row: int, example: str) -> None:
    """One disputed example: its text, each verdict with its reason, and how to settle it."""
    known = desk.said.of(example)
    verdicts = list(known.by.values()) if known else []
    for place, one in zip(st.columns(max(len(verdicts), 1)), verdicts, strict=False):
        with place.container(border=True, gap="small"):
            st.text(f"{one.curator}: {one.verdict}")
            said = [one.reason, known.notes.get(one.curator, "") if known else ""]
            st.text("; ".join(filter(None, said)) or "no reason given")
    if state.may_write(desk.workspace):
        with st.container(horizontal=True, gap="small"):
            for label, verdict in VERDICTS.items():
                if st.button(label, key=f"curate.settle.{verdict}"):
                    said_now = Event(
                        uuid4().hex, example, desk.curator, verdict=verdict, resolves=True
                    )
                    _commit(desk, [said_now])
    card = example_card(desk.workspace, row, subset=desk.chosen.subset, order=desk.chosen.order)
    reader.show_card(card, compact=True, key="curate.conflict")


def _commit(desk: Desk, events: list[Event]) -> None:
    with state.shown_errors():
        decide(desk.workspace, events)
    curate_page_desk.begin_anew()
    st.rerun()
