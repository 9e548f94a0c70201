"""Long steps on a page: start one, watch it, stop it, take it up again.

A job is a process of its own (core.jobs); the panel only reads its folder. It polls while a job
is active and not otherwise, and has the page drawn again when one ends.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from core import jobs
from core.jobs import Job
from core.reporting import time_left
from core.workspace import Workspace
from pages.components import state, words

POLL = 1.0  # seconds
WRONG = ("failed", "lost", "cancelled")
BY_SHARE = ("parts", "steps", "arrays", "layouts")  # units that mean nothing to a person
STATES: dict[str, tuple[str, Literal["blue", "orange", "green", "red", "gray"]]] = {
    "running": ("Running", "blue"),
    "stalled": ("No progress for a minute", "orange"),
    "stopping": ("Stopping", "orange"),
    "done": ("Done", "green"),
    "failed": ("Failed", "red"),
    "cancelled": ("Cancelled", "gray"),
    "lost": ("Lost", "orange"),
}


def start(workspace: Workspace, arguments: Sequence[str], *, title: str) -> None:
    """Start a step as a job and draw the page again, so that its panel appears."""
    with state.shown_errors():
        workspace.refuse_read_only()
        jobs.start(workspace.root, arguments, title=title)
    st.rerun()


def is_busy(workspace: Workspace) -> bool:
    """Whether no job can be started: one is active, and two would make the same things twice.

    In a share bundle none ever can.
    """
    return workspace.read_only or any(job.is_active for job in jobs.listed(workspace.root))


def has_any(workspace: Workspace) -> bool:
    """Whether this workspace ever had a job."""
    return bool(jobs.listed(workspace.root))


def show(workspace: Workspace, *verbs: str) -> None:
    """The jobs that concern a page: those active, and the last one if it is of `verbs` and failed.

    Draws nothing when there is neither. Its place on the page is there all the same: a map below
    would begin anew when a job came or went.
    """
    found = jobs.listed(workspace.root)
    active = [job.id for job in found if job.is_active]
    with st.container():
        if active:
            _watch(workspace, active, "panel")
        elif found and found[0].verb in verbs and found[0].state in WRONG:
            _ended(workspace, found[0])


def table(workspace: Workspace) -> None:
    """Every job of the workspace, newest first, each with what can be done about it."""
    found = jobs.listed(workspace.root)
    active = [job.id for job in found if job.is_active]
    if active:
        _watch(workspace, active, "table")
    for job in found:
        if not job.is_active:
            _ended(workspace, job)


def _watch(workspace: Workspace, watched: list[str], key: str) -> None:
    """Active jobs in a fragment that polls.

    When one of them ends, or has put a result in use, the page is drawn again: what is there
    already can be looked at while the rest is made.
    """
    before = workspace.current()

    @st.fragment(run_every=POLL)
    def polled() -> None:
        found = [jobs.read(workspace.root, one) for one in watched]
        if not all(job.is_active for job in found) or workspace.current() != before:
            st.rerun()
        for job in found:
            jobs.enforce_cancel(workspace.root, job.id)
            _running(workspace, job, key)

    polled()


def _running(workspace: Workspace, job: Job, key: str) -> None:
    with st.container(border=True, key=f"job-{key}-{job.id}"):
        _head(job)
        _progress(job)
        stopping = job.state == "stopping"
        label = "Stopping" if stopping else "Cancel"
        if st.button(label, key=f"cancel-{key}-{job.id}", disabled=stopping):
            jobs.cancel(workspace.root, job.id)
            st.rerun(scope="fragment")


def _progress(job: Job) -> None:
    """Bar, counts, rate and an estimate; what is done stays when the job is stopped."""
    now = job.progress
    if not now or not now.get("total"):
        st.progress(0.0, text="Starting")
        return
    share = min(now["done"] / now["total"], 1.0)
    st.progress(share, text=" · ".join(words.plain(part) for part in _told(now)))


def _told(now: dict[str, Any]) -> list[str]:
    """How far a stage is: what it does, counts, rate, what is left, and its own note."""
    done, total, unit = now["done"], now["total"], now["unit"]
    if unit in BY_SHARE:
        parts = [f"{now['title']}: {words.share(done, total)}"]
    else:
        parts = [f"{now['title']}: {done:,} of {total:,} {unit}"]
        if now["rate"] and done < total:
            parts.append(f"{words.figure(now['rate'])} {unit} a second")
    if done < total:
        parts.append(time_left(now["seconds_left"]))
    return [*parts, now["note"]] if now["note"] else parts


def _ended(workspace: Workspace, job: Job) -> None:
    """A job that is over: its state, its one line, its log, and how to take it up again."""
    with st.container(border=True, key=f"job-{job.id}"):
        _head(job)
        line = _one_line(job)
        if line:
            st.text(line)
        if job.state == "done":
            return
        again, log = st.columns([1, 3])
        label = "Start again" if job.state == "failed" else "Resume"
        about = "Finished shards and results are kept, so it goes on where it stopped."
        busy = is_busy(workspace)
        if again.button(label, key=f"again-{job.id}", help=about, disabled=busy):
            with state.shown_errors():
                jobs.restart(workspace.root, job.id)
            st.rerun()
        with log.expander("Log"):
            st.code(jobs.log_tail(job) or "The job wrote nothing.", language=None, wrap_lines=True)


def _head(job: Job) -> None:
    name, colour = STATES[job.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(name, color=colour)
        st.text(job.title)
        st.caption(f"started {_when(job)}", width="content")


def _one_line(job: Job) -> str:
    if job.state == "lost":
        return "Its process is gone without a word: the machine was restarted, or it was killed."
    if job.state == "done" and "seconds" in job.result:
        return f"Took {words.stretch(job.result['seconds'])}."
    return job.error


def _when(job: Job) -> str:
    passed = time.time() - job.started
    return "just now" if passed < 5 else f"{words.stretch(passed)} ago"
