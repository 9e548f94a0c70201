"""Typed access to the session: the open workspace and what the person is looking at.

What belongs to a widget is read where the widget is; widget keys die when their page is left,
so what must survive a page change is kept here under other names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import Cancelled, CoreError
from core.workspace import Workspace
from pages.components import words

DEFAULT_WORKSPACE = "workspace/demo"
ENVIRONMENT = "CORESET_WORKSPACE"


def workspace() -> Workspace:
    """The workspace of this session; made on first use, so that each page runs alone."""
    return Workspace.create(Path(remembered("workspace", workspace_path())))


def workspace_path() -> str:
    """Where the app was told to work."""
    return os.environ.get(ENVIRONMENT, DEFAULT_WORKSPACE)


def may_write(workspace: Workspace) -> bool:
    """Whether buttons that make or change something are to be offered; not in a share bundle."""
    return not workspace.read_only


def remember(name: str, value: Any) -> None:
    """Keep a choice across pages."""
    st.session_state[f"kept.{name}"] = value


def remembered(name: str, default: Any = None) -> Any:
    """A choice made earlier in this session, or the default."""
    return st.session_state.get(f"kept.{name}", default)


def forget(name: str) -> None:
    """Drop a remembered choice."""
    st.session_state.pop(f"kept.{name}", None)


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show what the person must change as one message, and end the page there."""
    try:
        yield
    except (CoreError, Cancelled) as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        st.stop()
