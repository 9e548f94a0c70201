"""The speed sections of docs/results.md, from the figures of the other benchmarks where there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.markdown import place, table

Result = Mapping[str, Any]


def speed_sections(speeds: Mapping[str, Result]) -> list[str]:
    """Sections of the benchmarks whose figures are there: selection, million, neurons, dense."""
    told: list[str] = []
    coverage = [line for name in ("selection", "million") for line in _coverage(speeds.get(name))]
    coverage += _neurons(speeds.get("neurons"))
    if coverage:
        told += ["## Speed of coverage methods", "", *coverage]
    for name in sorted(speeds):
        if "cases" in speeds[name]:
            told += _dense(speeds[name])
    return told


def _coverage(result: Result | None) -> list[str]:
    if result is None or "engine" not in result:
        return []
    sizes = f"{result['rows']:,} rows by {result['features']:,} features, {result['non_zeros']:,}"
    rows = [
        ["exact greedy, stored transpose", _seconds(result["engine"]["stored_transpose"]), ""],
        ["exact greedy with the transpose", _seconds(result["engine"]["with_transpose"]), ""],
    ]
    if "times_naive" in result:
        whole = result["naive"]["whole_budget_s_extrapolated"]
        rows.append(["naive sparse product", f"{whole:.0f} (extrapolated)", _x(result, "naive")])
    if "times_submodlib" in result:
        other = result["submodlib"]
        taken = f"{other['set_up_s'] + other['picking_s']:.1f} for {other['rows']:,} rows"
        rows.append(["submodlib LazyGreedy with set-up", taken, _x(result, "submodlib")])
    if "torch_form" in result:
        form = result["torch_form"]
        rows.append([f"torch form, {form['device']}", _seconds(form["stored_transpose"]), ""])
    if "at_another_size" in result:
        other = result["at_another_size"]
        title = f"exact greedy at {other['per_row']:g} features a row"
        rows.append([title, _seconds(other["engine"]["stored_transpose"]), ""])
    return [
        f"`sae-greedy`, {sizes} entries, {result['budget']:,} picks. {place(result)}",
        "",
        *table(("form", "seconds: median (spread)", "times ours"), rows),
        "",
    ]


def _neurons(result: Result | None) -> list[str]:
    if result is None:
        return []
    engine, whole = result["engine"], result["selector"]
    rows = [
        ["exact greedy, stored transpose", _seconds(engine["stored_transpose"])],
        ["exact greedy with the transpose", _seconds(engine["with_transpose"])],
    ]
    if "seconds" in whole:
        peak = f"{whole['memory']['peak_mb'] / 1000:.1f} GB at most"
        rows.append([f"`mads` from stored states, {peak}", _seconds(whole["seconds"])])
    return [
        f"`mads`, {result['rows']:,} rows by {result['neurons']:,} neurons, "
        f"{result['per_row']:,.0f} a row, {result['budget']:,} picks. {place(result)}",
        "",
        *table(("form", "seconds: median (spread)"), rows),
        "",
    ]


def _dense(result: Result) -> list[str]:
    rows = [row for case in result["cases"] for row in _case_rows(case)]
    limits = result["peer_limits"]
    return [
        f"## Dense methods beside other libraries, ours on {result['device']}",
        "",
        f"{result['pool']}, {result['rows']:,} rows of {result['width']}, budget "
        f"{result['budget']:,}. {place(result)} Each peer may take {limits['seconds']:g} s "
        f"and {limits['gb']:g} GB; one that cannot take the whole pool is measured at fewer rows "
        "(their column), ours at the same. A ratio above 1 says that ours is quicker.",
        "",
        *table(
            ("case", "beside", "rows", "ours s", "theirs s", "ratio", "objective: ours, theirs"),
            rows,
            n_text=2,
        ),
        "",
    ]


def _case_rows(case: Result) -> Iterator[list[str]]:
    ours = case["ours"]
    if "seconds" not in ours:
        yield [case["case"], ours["not_measured"], "", "", "", "", ""]
        return
    objective = f"{ours['objective']:.4f}"
    yield [case["case"], "", f"{ours['rows']:,}", _seconds(ours["seconds"]), "", "", objective]
    for peer in case["peers"]:
        yield ["", f"{peer['peer']}{_limit(peer)}", *_peer_cells(peer)]


def _peer_cells(peer: Result) -> list[str]:
    if "ratio" in peer:
        ours = peer["ours"]
        values = f"{ours['objective']:.4f}, {peer['objective']:.4f}"
        seconds = (_seconds(ours["seconds"]), _seconds(peer["seconds"]))
        return [f"{peer['rows']:,}", *seconds, f"{peer['ratio']:.2f}", values]
    if "ratio_above" in peer:
        ours = _seconds(peer["ours"]["seconds"])
        told = [f"{peer['rows']:,}", ours, peer["not_measured"], f"above {peer['ratio_above']:.0f}"]
        return [*told, ""]
    return ["", "", peer["not_measured"], "", ""]


def _limit(peer: Result) -> str:
    """What became of the sizes above the one that is shown."""
    above = [one for one in peer.get("tried", []) if one["rows"] > peer.get("rows", 0)]
    if not above:
        return ""
    least = min(above, key=lambda one: one["rows"])
    return f" (at {least['rows']:,} rows: {least['outcome']})"


def _seconds(timing: Result) -> str:
    return f"{timing['median_s']:.3g} ({timing['min_s']:.3g} to {timing['max_s']:.3g})"


def _x(result: Result, name: str) -> str:
    return f"{result[f'times_{name}']:g}"
