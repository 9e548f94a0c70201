"""Saved views: filters as a small file named by its content, so that a link can say it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.data.rows import shown
from core.errors import RequestError
from core.fingerprint import canonical_json, digest
from core.pipeline.filters import MOST_FILTERS, Filter
from core.publish import plain_disk_errors, write_json
from core.workspace import NAME, Workspace

FOLDER = "views"
FORMAT = 1
LARGEST = 16 << 20  # bytes


def save_view(workspace: Workspace, filters: Sequence[Filter]) -> str:
    """Keep a view and give its name, 16 hex digits: the same filters have the same name."""
    content = [one.to_json() for one in filters]
    _checked(content)
    text = canonical_json(content)
    if len(text) > LARGEST:
        raise RequestError(f"these filters are too large to keep: over {LARGEST >> 20} MB")
    name = _name(text)
    path = workspace.root / FOLDER / f"{name}.json"
    if not path.exists():
        with plain_disk_errors(path):
            path.parent.mkdir(exist_ok=True)
        write_json(path, {"format": FORMAT, "filters": content})
    return name


def load_view(workspace: Workspace, name: str) -> tuple[Filter, ...]:
    """The filters of a saved view.

    RequestError, in one line, for a name that is none, a view that is not kept here, and a file
    that does not hold what its name says.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RequestError(f"a view is named by 16 hex digits; seen {shown(name)}")
    path = workspace.root / FOLDER / f"{name}.json"
    try:
        with path.open("rb") as stream:
            data = stream.read(2 * LARGEST)
        value = json.loads(data)
    except FileNotFoundError:
        raise RequestError(f"there is no view {name} in {workspace.root}; filter anew") from None
    except (OSError, ValueError, RecursionError):
        raise RequestError(f"the view {name} cannot be read; filter anew") from None
    content = value.get("filters") if isinstance(value, dict) else None
    if not isinstance(content, list) or _name(_canonical(content)) != name:
        raise RequestError(f"the view {name} does not hold what was kept; filter anew")
    return _checked(content)


def _checked(content: Sequence[object]) -> tuple[Filter, ...]:
    if len(content) > MOST_FILTERS:
        raise RequestError(f"at most {MOST_FILTERS} filters at once; seen {len(content)}")
    return tuple(Filter.from_json(one) for one in content)


def _canonical(content: object) -> str:
    try:
        return canonical_json(content)
    except (ValueError, RecursionError):
        return ""


def _name(text: str) -> str:
    return digest(text.encode("utf-8", "surrogatepass"))[:16]
