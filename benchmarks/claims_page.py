"""The section of docs/results.md that looks for the papers' claims and says what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.markdown import table

PAPER_CORRELATION = 0.92  # arXiv 2502.14050, of text length and active features
SEEN_FROM = 0.8  # a correlation that we call the same finding
LONGER = 1.05  # times the words of random rows

READ = {
    "topk": "In the top k of a token, as the SAE was trained",
    "jumprelu": "Above 0 on a token",
    "thresholded": "Above the threshold, as selection uses them",
}

Table = list[str]
Result = Mapping[str, Any]


def claims(result: Result) -> Table:
    """What shows of the papers' claims, as it came out."""
    return [
        "## Claims of the papers, looked for here",
        "",
        *_correlation(result["length"]),
        "",
        *_longer(result),
        "",
        *_saturation(result),
        "",
    ]


def _correlation(length: Mapping[str, Any]) -> Table:
    rows, said = [], []
    for name in (one for one in READ if one in length):
        found = length[name]
        numbers = (f"{found[key]:.2f}" for key in ("tokens", "response words"))
        rows.append(
            [READ[name], f"{found['rows']:,}", f"{found['median_features']:,.0f}", *numbers]
        )
        verdict = "shows" if found["tokens"] >= SEEN_FROM else "does not show"
        said.append(f"{READ[name]}: r = {found['tokens']:.2f}, the claim {verdict}.")
    header = ("features", "rows", "median a row", "r with tokens", "r with response words")
    return [
        "**Length and number of features** (arXiv 2502.14050: Pearson r = "
        f"{PAPER_CORRELATION} with its SAE on Llama-3.1-8B). {' '.join(said)}",
        "",
        *table(header, rows),
    ]


def _longer(result: Result) -> Table:
    """Whether methods pick longer responses than random."""
    words = {
        one["method"]: [at["metrics"].get("words-mean", 0.0) for at in one["at"]]
        for one in result["methods"]
    }
    if "random" not in words:
        return []
    rows = [
        [f"`{name}`", *(f"{a / b:.2f}" for a, b in zip(own, words["random"], strict=True))]
        for name, own in words.items()
        if name != "random"
    ]
    said = [_longer_seen(name, words) for name in ("sae-greedy", "sae-simscale") if name in words]
    header = ("method", *(f"{budget:,}" for budget in result["budgets"]))
    return [
        "**Longer picks** (follows from r = 0.92; both SAE selectors' picks should be longer than "
        f"random ones). {' '.join(said)} Words a response, as a multiple of `random`; the pool's "
        f"mean is {result['pool_means']['words']:.0f} words.",
        "",
        *table(header, rows),
    ]


def _longer_seen(name: str, words: Mapping[str, Sequence[float]]) -> str:
    times = [a / b for a, b in zip(words[name], words["random"], strict=True)]
    span = f"{min(times):.2f} to {max(times):.2f} times the words of random rows"
    if min(times) >= LONGER:
        return f"`{name}`: {span}, the claim shows."
    if max(times) < LONGER:
        return f"`{name}`: {span}, the claim does not show."
    return f"`{name}`: {span}, the claim shows at some budgets."


def _saturation(result: Result) -> Table:
    rows = [
        [
            f"`{one['method']}`",
            *(_covered(one, what) for what in ("features", "neurons")),
            f"{len(one['round_starts'])}",
        ]
        for one in result["saturation"]
    ]
    return [
        "**Saturation** (our own expectation, the papers do not say: coverage is complete far "
        "below the budget, so that rounds begin again). Rows until every feature, or every "
        "active neuron, of the pool is covered, and rounds within the largest budget.",
        "",
        *table(("method", "all features", "all neurons", "rounds"), rows),
    ]


def _covered(one: Mapping[str, Any], what: str) -> str:
    if what not in one["all_covered_at"]:
        return ""
    reached = one["all_covered_at"][what]
    return f"not within {one['within']:,}" if reached is None else f"{reached:,}"
