"""The verbs of `python -m core`: what each takes, and the step it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import RequestError
from core.options import configure, parse_assignments
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


@app.command()
def run(
    sources: Sources,
    workspace: WorkspaceDir,
    budget: BudgetRows = None,
    method: Method = "sae-greedy",
    model: ModelId = "minilm",
    sae: SaePath = None,
    out: OutFile = None,
    assignments: Assignments = None,
    device: Device = None,
    schema: Schema = "auto",
    strict: Strict = False,
    limit: Limit = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Everything, from the sources to a chosen subset."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.data.ingest import IngestConfig
        from core.pipeline import journey, selection

        order = selection.Request(
            method=method,
            budget=_budget(budget, None, None),
            options=parse_assignments(assignments or []),
        )
        reading = configure(IngestConfig, {"schema": schema, "strict": strict, "limit": limit})
        place = journey.Place(model=model, sae=sae, device=device, ingest=reading)
        return journey.run(workspace, sources, order, place, out=out, reporter=reporter)

    return Call(step, as_json, job)


@app.command()
def ingest(
    sources: Sources,
    workspace: WorkspaceDir,
    schema: Schema = "auto",
    strict: Strict = False,
    limit: Limit = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Read sources into a pool."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.data.ingest import IngestConfig
        from core.pipeline import pools
        from core.workspace import Workspace

        config = configure(IngestConfig, {"schema": schema, "strict": strict, "limit": limit})
        pools.check_sources(sources)
        made = pools.ingest_pool(Workspace.create(workspace), sources, config, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def extract(
    workspace: WorkspaceDir,
    model: ModelId = "minilm",
    hookpoint: Annotated[str | None, typer.Option(help="layers.N; the last when absent.")] = None,
    sae: SaePath = None,
    assignments: Assignments = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Read every example through a model once: embeddings, neurons and SAE codes."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import readings
        from core.workspace import Workspace

        ask = readings.Ask(
            model=model,
            hookpoint=hookpoint,
            sae=sae,
            device=device,
            options=parse_assignments(assignments or []),
        )
        return readings.extract(Workspace.open(workspace), ask, reporter=reporter).as_json()

    return Call(step, as_json, job)


@sae_app.command("train")
def sae_train(
    workspace: WorkspaceDir,
    model: ModelId = "minilm",
    hookpoint: Annotated[str | None, typer.Option(help="layers.N; the last when absent.")] = None,
    assignments: Assignments = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Train a TopK SAE on the pool's own token activations."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import autoencoders
        from core.sae.config import SaeConfig
        from core.workspace import Workspace

        config = configure(SaeConfig, parse_assignments(assignments or []))
        source = autoencoders.Source(model=model, hookpoint=hookpoint, device=device)
        made = autoencoders.train(Workspace.open(workspace), source, config, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@sae_app.command("load")
def sae_load(
    path: Annotated[Path, typer.Argument(help="Folder with cfg.json and sae.safetensors.")],
    workspace: WorkspaceDir,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Check an SAE's files and keep a copy in the workspace."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import autoencoders
        from core.workspace import Workspace

        return autoencoders.load(Workspace.create(workspace), path).as_json()

    return Call(step, as_json, job)


@app.command()
def project(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="umap or pca.")] = "umap",
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Lay the pool out on a map of two dimensions."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import maps
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        made = maps.project(Workspace.open(workspace), method, options, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def cluster(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="k-means or hdbscan.")] = "k-means",
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Group the pool into clusters and name them."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import maps
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        made = maps.cluster(Workspace.open(workspace), method, options, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def select(
    workspace: WorkspaceDir,
    method: Method = "sae-greedy",
    budget: BudgetRows = None,
    ratio: Annotated[str | None, typer.Option("--ratio", help="Share of the pool.")] = None,
    budget_tokens: Annotated[str | None, typer.Option(help="Tokens to choose.")] = None,
    assignments: Assignments = None,
    pin: Annotated[Path | None, typer.Option(help="File of example ids to keep.")] = None,
    forbid: Annotated[Path | None, typer.Option(help="File of example ids to leave out.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of methods that draw.")] = 0,
    out: OutFile = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Choose a subset under a budget."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import selection
        from core.workspace import Workspace

        request = selection.Request(
            method=method,
            budget=_budget(budget, ratio, budget_tokens),
            options=parse_assignments(assignments or []),
            pinned=selection.read_ids(pin) if pin else (),
            forbidden=selection.read_ids(forbid) if forbid else (),
            seed=seed,
        )
        opened = Workspace.open(workspace)
        return selection.select_subset(opened, request, out=out, reporter=reporter).as_json()

    return Call(step, as_json, job)


@app.command("export")
def export_subset(
    file: Annotated[Path, typer.Argument(help="A selection file.")],
    workspace: WorkspaceDir,
    out: Annotated[Path, typer.Option("--out", help="Folder to write; empty or absent.")],
    form: Annotated[str, typer.Option("--format", help="jsonl.")] = "jsonl",
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Write the chosen rows as a training file with its manifest and card."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import exports
        from core.workspace import Workspace

        return exports.export(Workspace.open(workspace), file, out, form=form)

    return Call(step, as_json, job)


@app.command()
def replay(
    manifest: Annotated[Path, typer.Argument(help="A manifest.json written by export.")],
    workspace: WorkspaceDir,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the same export.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Where a source lies now; in the manifest's order.")
    ] = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Make an export again from its manifest and compare it bit for bit."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import replaying
        from core.workspace import Workspace

        place = replaying.Where(sources=tuple(source or ()), out=out, device=device)
        return replaying.replay(Workspace.create(workspace), manifest, place, reporter=reporter)

    return Call(step, as_json, job)


@app.command()
def methods(as_json: AsJson = False, workspace: Path | None = None, job: JobDir = None) -> Call:
    """List the selectors with what they need, when to use them and their options."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.select import methods as described

        return {"methods": described()}

    return Call(step, as_json, job, _methods_table)


@app.command()
def status(
    workspace: WorkspaceDir,
    verify: Annotated[bool, typer.Option("--verify", help="Read every byte again.")] = False,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Tell what the workspace holds, what is in use, and which jobs run."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import overview
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        return overview.status(opened, verify=verify, reporter=reporter)

    return Call(step, as_json, job)


def _budget(rows: str | None, ratio: str | None, tokens: str | None) -> Budget:
    from core.select.budget import Kind, parse_budget

    given: dict[Kind, str | None] = {"rows": rows, "ratio": ratio, "tokens": tokens}
    named = [(text, kind) for kind, text in given.items() if text is not None]
    if len(named) != 1:
        raise RequestError(
            "give one budget: --budget ROWS, --ratio SHARE or --budget-tokens TOKENS; "
            f"seen {len(named) or 'none'}"
        )
    return parse_budget(*named[0])


def _methods_table(result: dict[str, Any]) -> str:
    rows = [f"{item['name']:<12} {item['title']}: {item['when']}" for item in result["methods"]]
    return "\n".join(rows)
