"""A selection as somebody asks for it on a page: typed budget and ids, inline or as a job."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline.requests import Request
from core.pipeline.views import in_use
from core.publish import plain_disk_errors
from core.select import SELECTORS
from core.select.budget import Budget, parse_budget
from core.workspace import Artifact, Workspace

GROUPED = re.compile(r"\d{1,3}([, ]\d{3})+")
QUICK_ROWS = 200_000  # a coverage method's order of 20,000 rows takes about a second up to here
QUICK_DENSE_ROWS = 10_000  # a method that reads embeddings compares all with all


def read_budget(text: str, *, percent: bool = False, tokens: bool = False) -> Budget:
    """A budget as people type it: '5,000' or '5000' rows or tokens, or per cent of the pool.

    RequestError says what was seen.
    """
    given = text.strip()
    if percent:
        return _read_percent(given.removesuffix("%").strip())
    if GROUPED.fullmatch(given):
        given = given.replace(",", "").replace(" ", "")
    return parse_budget(given, "tokens" if tokens else "rows")


def read_typed_ids(text: str) -> tuple[str, ...]:
    """Example ids, one a line or parted by spaces or commas; each once, in order."""
    return tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip()))) if text.strip() else ()


def again(artifact: Artifact, n_rows: int) -> Request:
    """The request that a stored order answers, at another budget."""
    return Request.of(artifact.config, Budget("rows", n_rows))


def missing_readings(workspace: Workspace, method: str) -> tuple[str, ...]:
    """What a method needs and the workspace has not made yet, such as codes."""
    made_by = {"codes": "features", "neurons": "readings", "embeddings": "readings"}
    made_by |= {"clusters": "clusters", "tokens": "readings"}
    roles = workspace.current()
    needs = SELECTORS.get(method).needs
    return tuple(need for need in needs if need in made_by and made_by[need] not in roles)


def is_quick(workspace: Workspace, request: Request) -> bool:
    """Whether the selection is over in seconds, so that a page need not start a job."""
    entry = SELECTORS.get(request.method)
    dense = "embeddings" in (*entry.needs, *entry.uses)
    n_rows: int = in_use(workspace, "pool").notes["n_rows"]
    return n_rows <= (QUICK_DENSE_ROWS if dense else QUICK_ROWS)


def as_arguments(workspace: Workspace, request: Request) -> list[str]:
    """The same request as arguments of `python -m core`; long lists of ids go through files."""
    arguments = ["select", f"--method={request.method}", f"--seed={request.seed}"]
    flag = {"rows": "--budget", "ratio": "--ratio", "tokens": "--budget-tokens"}
    arguments.append(f"{flag[request.budget.kind]}={request.budget.value}")
    arguments += assigned(request.options)
    arguments += [f"--quota={one}" for one in request.quotas]
    own = [one for one in request.weights if one not in request.marked]  # marks join by themselves
    arguments += [f"--weight={one}={request.weights[one]:g}" for one in own]
    if request.duplicates:
        arguments.append("--one-per-group")
    if request.length_power:
        arguments.append(f"--length-power={request.length_power:g}")
    named = {"--from": request.given, "--targets": request.targets}
    arguments += [f"{flag}={fingerprint}" for flag, fingerprint in named.items() if fingerprint]
    told = set(request.decided)  # decisions join by themselves too
    arguments += ["--from-decisions"] if told else []
    for word, ids in (("pin", request.pinned), ("forbid", request.forbidden)):
        own_ids = [one for one in ids if one not in told]
        if own_ids:
            arguments.append(f"--{word}={_kept_ids(workspace, own_ids)}")
    return arguments


def assigned(options: Mapping[str, Any]) -> list[str]:
    """Options of a method as arguments of `python -m core`."""
    return [f"--set={name}={_as_text(value)}" for name, value in options.items()]


def _read_percent(given: str) -> Budget:
    try:
        share = float(given) / 100
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise RequestError(f"a share lies above 0 and is at most 100 %; seen {given!r}")
    return Budget("ratio", share)


def _as_text(value: Any) -> str:
    return "none" if value is None else str(value)


def _kept_ids(workspace: Workspace, ids: Sequence[str]) -> Any:
    text = "\n".join(ids) + "\n"
    folder = workspace.root / "asked"
    path = folder / f"{digest(text.encode())[:16]}.txt"
    with plain_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path
