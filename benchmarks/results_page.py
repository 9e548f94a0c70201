"""docs/results.md from figures: one table a budget, and plain sentences made of the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.claims_page import claims
from benchmarks.markdown import place, table
from benchmarks.speed_page import speed_sections
from core.metrics import METRICS

COLUMNS = {
    "feature-coverage": "features",
    "neuron-coverage": "neurons",
    "cluster-coverage": "clusters",
    "redundancy": "redundancy",
    "vendi": "Vendi",
    "novelsum": "NovelSum",
    "facility-location": "facility location",
    "k-center-radius": "radius",
    "partition-entropy": "entropy",
    "words-mean": "words",
    "tokens": "tokens",
}
SHARES = ("feature-coverage", "neuron-coverage", "cluster-coverage")

Table = list[str]
Result = Mapping[str, Any]


def page(result: Result, speeds: Mapping[str, Result]) -> str:
    """The whole page as Markdown."""
    parts = [
        *_opening(result),
        *(line for at in range(len(result["budgets"])) for line in _budget_section(result, at)),
        *_equal_tokens(result),
        *_solving(result),
        *_stability(result),
        *claims(result),
        *speed_sections(speeds),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _opening(result: Result) -> Table:
    pool = result["pool"]
    return [
        "# What the methods choose",
        "",
        "Made by `python -m benchmarks.results_table`; nothing here is written by hand.",
        "",
        f"**Pool.** {pool['name']}, {pool['rows']:,} examples, read through {pool['model']}: "
        f"{pool['latents']:,} latents, of which {pool['latents_reachable']:,} fire above the "
        f"threshold of {pool['threshold']:.3g} (median {pool['features_a_row']:g} features a row); "
        f"{pool['clusters']} clusters by {pool['clusters_by']}.",
        "",
        f"**Measured.** {place(result)}",
        "",
        "**How to read it.** No model was trained on these subsets: the tables say what a subset "
        "holds, not how good a model becomes. A method that maximises a column leads it; look at "
        f"the other columns. {_quality(pool)} `target` is given {result['n_targets']} rows of the "
        "pool, drawn by hash, as its target examples. Drawn methods are shown for seed "
        f"{result['seeds'][0]}. Best of a column in bold, where there is a better.",
        "",
        *_columns_explained(),
        "",
        *[f"`{name}` was not run: {why}" for name, why in result["not_run"].items()],
        *([""] if result["not_run"] else []),
    ]


def _quality(pool: Mapping[str, Any]) -> str:
    if pool["quality"]:
        return f"Methods that weigh quality read the pool's {pool['quality']}."
    return "The pool has no quality scores, so methods that weigh quality take all rows as equal."


def _columns_explained() -> Table:
    return table(
        ("column", "formula", "source", "better"),
        (
            (COLUMNS[name], entry.formula.replace("|", "\\|"), entry.source, entry.direction)
            for name in COLUMNS
            for entry in (METRICS.get(name),)
        ),
        n_text=4,
    )


def _budget_section(result: Result, at: int) -> Table:
    budget = result["budgets"][at]
    share = budget / result["pool"]["rows"]
    rows = [(one["method"], one["at"][at]["metrics"]) for one in result["methods"]]
    names = [name for name in COLUMNS if any(name in values for _, values in rows)]
    best = {name: _best(name, [values.get(name) for _, values in rows]) for name in names}
    body = [
        [f"`{method}`", *(_cell(name, values.get(name), best[name]) for name in names)]
        for method, values in rows
    ]
    title = f"## {budget:,} rows ({100 * share:.1f} %)"
    return [title, "", *table(("method", *(COLUMNS[name] for name in names)), body), ""]


def _best(name: str, values: Sequence[float | None]) -> float | None:
    numbers = [one for one in values if one is not None]
    direction = METRICS.get(name).direction
    if direction == "neither" or len(numbers) < 2:
        return None
    return max(numbers) if direction == "higher" else min(numbers)


def _cell(name: str, value: float | None, best: float | None) -> str:
    text = _number(name, value)
    return f"**{text}**" if best is not None and text == _number(name, best) else text


def _number(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name in SHARES:
        return f"{100 * value:.1f} %"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _equal_tokens(result: Result) -> Table:
    """The baselines beside each method when they may hold as many tokens as it does."""
    told = [
        "## Beside the baselines at equal tokens",
        "",
        "`random` and `longest` with as many tokens as the method chose, in features covered "
        "(and rows). At equal rows they are lines of the tables above.",
        "",
    ]
    for at, budget in enumerate(result["budgets"]):
        body = []
        for one in result["methods"]:
            here = one["at"][at]
            own = _number("feature-coverage", here["metrics"].get("feature-coverage"))
            others = (_baseline(here, name) for name in ("random", "longest"))
            body.append([f"`{one['method']}`", f"{here['metrics']['tokens']:,.0f}", own, *others])
        header = (f"{budget:,} rows", "tokens", "own", "random", "longest")
        told += [*table(header, body), ""]
    return told


def _baseline(here: Mapping[str, Any], name: str) -> str:
    found = here["at_equal_tokens"].get(name)
    if found is None:
        return ""
    return f"{_number('feature-coverage', found['feature-coverage'])} ({found['rows']:,})"


def _solving(result: Result) -> Table:
    budgets = result["budgets"]
    body = [[f"`{one['method']}`", *_times(one)] for one in result["methods"]]
    return [
        "## Seconds of solving",
        "",
        "Once each, libraries loaded, readings on disk. A nested order is solved once, to the rows "
        "in brackets, and answers every smaller budget.",
        "",
        *table(("method", *(f"{budget:,}" for budget in budgets)), body),
        "",
    ]


def _times(method: Mapping[str, Any]) -> list[str]:
    at = method["at"]
    if not method["nested"]:
        return [f"{one['solved_s']:.2f}" for one in at]
    last = at[-1]
    return [*[""] * (len(at) - 1), f"{last['solved_s']:.2f} ({last['solved_rows']:,})"]


def _stability(result: Result) -> Table:
    drawing = [one for one in result["methods"] if one["draws"]]
    fixed = [f"`{one['method']}`" for one in result["methods"] if not one["draws"]]
    body = [[f"`{one['method']}`", *(_agreement(at) for at in one["stability"])] for one in drawing]
    header = ("method", *(f"{budget:,}" for budget in result["budgets"]))
    said = f"The seed changes nothing in {', '.join(fixed)}." if fixed else ""
    return [
        f"## Stability over {len(result['seeds'])} seeds",
        "",
        "Mean Jaccard of the subsets of two seeds, with its 95 % interval (jackknife over "
        "subsets), and in brackets what random subsets of that size would have.",
        "",
        *(table(header, body) if drawing else []),
        "",
        said,
        "",
    ]


def _agreement(at: Mapping[str, Any]) -> str:
    interval = "" if at["low"] is None else f", {at['low']:.2f} to {at['high']:.2f}"
    return f"{at['mean']:.2f}{interval} ({at['chance']:.2f})"
