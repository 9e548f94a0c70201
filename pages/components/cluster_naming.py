"""Names from a language model behind an endpoint: asked for in a form, given in the background.

The key is kept in the session alone: it is passed to a thread of this server, and no file, log,
job or address ever holds it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from core.errors import Cancelled, CoreError
from core.options import configure
from core.pipeline import cluster_names
from core.pipeline.cluster_edits import HAND
from core.pipeline.cluster_names import Named, NamingConfig, Question
from core.pipeline.endpoint import Endpoint, checked_endpoint
from core.workspace import Workspace
from pages.components import forms, state, words
from pages.components.cluster_scene import Scene
from pages.components.code_block import code_block

POLL = 1.0  # seconds
HELD = "clusters.naming"


@dataclass
class Naming:
    """Names on their way; the thread writes, the page reads."""

    role: str
    model: str
    total: int
    done: int = 0
    line: str | None = None  # how it ended
    ended_well: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether the thread has said its last word."""
        return self.line is not None


def show(scene: Scene) -> None:
    """The form, or how far the names are."""
    with st.expander("Name the clusters by a language model"):
        running: Naming | None = state.remembered(HELD)
        if running is not None and not running.is_over:
            _watch(running)
            return
        if running is not None:
            show_end = st.success if running.ended_well else st.warning
            show_end(words.plain(running.line or ""))
        _form(scene)


def _form(scene: Scene) -> None:
    numbers = [int(one) for one in scene.table["cluster"]]
    with st.popover("What is sent", icon=":material/tune:"):
        config = configure(NamingConfig, forms.settings(NamingConfig, key="clusters.naming"))
        if numbers:
            _preview(scene, numbers[0], config)
    with st.form("clusters.ask", border=False):
        first, second = st.columns(2)
        base = first.text_input(
            "Address of an OpenAI-compatible API",
            state.remembered("clusters.ask.base", ""),
            placeholder="http://127.0.0.1:8000/v1",
            key="clusters.ask.base",
        )
        model = second.text_input(
            "Model", state.remembered("clusters.ask.model", ""), key="clusters.ask.model"
        )
        key = first.text_input(
            "Key, if it needs one",
            type="password",
            autocomplete="off",
            key="clusters.ask.key",
            help="Sent to this address alone, kept until the page is left, never stored or logged.",
        )
        keep = st.checkbox(
            "Keep names that were given by hand", value=True, key="clusters.ask.keep"
        )
        st.warning(_notice(scene, numbers, config), icon=":material/outbound:")
        asked = st.form_submit_button(f"Ask for {words.count(len(numbers), 'name')}")
    if asked:
        with state.shown_errors():
            state.remember("clusters.ask.base", base)
            state.remember("clusters.ask.model", model)
            _start(scene, checked_endpoint(base, model, key), config, keep_hand=keep)
        st.rerun()


def _preview(scene: Scene, cluster: int, config: NamingConfig) -> None:
    st.caption("All that is sent of the largest cluster:")
    sent = cluster_names.question(scene.workspace, cluster, scene.role, config)
    for at, message in enumerate(sent.messages):
        name = f"Message {at + 1}"
        code_block(message["content"], name=name, key=f"clusters.sent.{at}", height=160)


def _notice(scene: Scene, numbers: list[int], config: NamingConfig) -> str:
    each = words.count(config.rows_a_cluster, "typical example")
    return (
        f"This sends text of your data to the address above: for each of "
        f"{words.count(len(numbers), 'cluster')} its present name and the first "
        f"{config.characters_a_row:,} characters of {each}. "
        "Nothing else leaves this machine, and nothing is sent before you press the button."
    )


def _start(scene: Scene, endpoint: Endpoint, config: NamingConfig, *, keep_hand: bool) -> None:
    numbers = [
        int(one)
        for one in scene.table["cluster"]
        if not (keep_hand and scene.known.named_by[one] == HAND)
    ]
    asked = cluster_names.questions(scene.workspace, numbers, scene.role, config)
    naming = Naming(scene.role, endpoint.model, len(asked))
    made = scene.workspace.current()[scene.role]
    arguments = (naming, scene.workspace, made, endpoint, asked)
    threading.Thread(target=_run, args=arguments, daemon=True).start()
    state.remember(HELD, naming)


def _run(
    naming: Naming,
    workspace: Workspace,
    made: str,
    endpoint: Endpoint,
    asked: list[Question],
) -> None:
    """The work of the thread: ask, keep what came back, say in one line how it ended."""

    def progress(done: int, total: int, note: str = "") -> None:
        naming.done = done
        if naming.stop.is_set():
            raise Cancelled("stopped")

    def wait(seconds: float) -> None:
        if naming.stop.wait(seconds):
            raise Cancelled("stopped")

    try:
        found = cluster_names.ask_names(endpoint, asked, progress=progress, wait=wait)
        cluster_names.keep(workspace, naming.role, made, found.names, by=endpoint.model)
        naming.ended_well = found.ended is None
        naming.line = _told(found, endpoint)
    except CoreError as error:
        naming.line = str(error)
    except Exception as error:  # the page would wait for this thread for ever
        naming.line = f"Asking for names broke off: {type(error).__name__}."


def _told(found: Named, endpoint: Endpoint) -> str:
    said = f"{words.count(len(found.names), 'cluster')} named by {endpoint.model}."
    if found.n_unusable:
        said += f" {words.count(found.n_unusable, 'answer')} held no name."
    return said if found.ended is None else f"{said} It ended early: {found.ended}."


@st.fragment(run_every=POLL)
def _watch(naming: Naming) -> None:
    if naming.is_over:
        st.rerun()
    said = f"{naming.done:,} of {words.count(naming.total, 'cluster')} named"
    st.progress(naming.done / max(naming.total, 1), text=said)
    stopping = naming.stop.is_set()
    if st.button("Stopping" if stopping else "Stop", key="clusters.stop", disabled=stopping):
        naming.stop.set()
        st.rerun(scope="fragment")
