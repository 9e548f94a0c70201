"""What verbs share: the command-line app, the types of common options, and a call ready to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import RequestError
from core.reporting import Reporter

if TYPE_CHECKING:
    from core.select.budget import Budget

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Choose a small, diverse training set by what a language model sees in each example.",
)
sae_app = typer.Typer(no_args_is_help=True, help="Train a sparse autoencoder, or load one.")
app.add_typer(sae_app, name="sae")

WorkspaceDir = Annotated[Path, typer.Option("--workspace", help="Folder of all results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
JobDir = Annotated[Path | None, typer.Option("--job", hidden=True)]
Sources = Annotated[list[str], typer.Argument(help="Files or hub ids such as org/name.")]
Assignments = Annotated[
    list[str] | None, typer.Option("--set", help="An option as key=value; repeatable.")
]
ModelId = Annotated[str, typer.Option("--model", help="minilm, a local folder or a hub id.")]
SaePath = Annotated[
    str | None, typer.Option("--sae", help="An SAE's folder, or the fingerprint of one.")
]
Device = Annotated[
    str | None, typer.Option("--device", help="cpu, cuda or cuda:N; chosen if absent.")
]
BudgetRows = Annotated[str | None, typer.Option("--budget", help="Rows to choose.")]
OutFile = Annotated[Path | None, typer.Option("--out", help="Where the selection file goes.")]
Schema = Annotated[str, typer.Option(help="auto, or the name of a schema.")]
Strict = Annotated[bool, typer.Option("--strict", help="Any bad row ends the run.")]
Limit = Annotated[int | None, typer.Option(help="Read at most so many rows.")]
Method = Annotated[str, typer.Option("--method", help="A selector; see `methods`.")]

Step = Callable[[Reporter], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """A verb with its arguments taken: the step to run, and how to show its result."""

    step: Step
    as_json: bool
    job: Path | None
    show: Callable[[dict[str, Any]], str] | None = None


def budget_of(rows: str | None, ratio: str | None, tokens: str | None) -> Budget:
    """The one budget given; RequestError when there is none or more than one."""
    from core.select.budget import Kind, parse_budget

    given: dict[Kind, str | None] = {"rows": rows, "ratio": ratio, "tokens": tokens}
    named = [(text, kind) for kind, text in given.items() if text is not None]
    if len(named) != 1:
        raise RequestError(
            "give one budget: --budget ROWS, --ratio SHARE or --budget-tokens TOKENS; "
            f"seen {len(named) or 'none'}"
        )
    return parse_budget(*named[0])
