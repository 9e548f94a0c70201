"""What is known of the readings in use: the model, the SAE and the threshold, as quiet facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.workspace import Artifact
from pages.components import figures, words

LONG_FAVOURED = 0.5  # correlation of length and features above which the page says so
EARLY = 0.1  # share of the pool by which random rows cover everything, and coverage says little
CUT_SHORT = 0.01  # share of rows with cut sets above which the page says so
UNKNOWN = "not said"
ORIGINS = {"bundled": "bundled; its card is assets/minilm-sae/README.md"}
ABOUT = {
    "FVU": "Fraction of variance unexplained: squared error of the reconstruction over the "
    "variance of the activations. Lower is better; 0 is perfect.",
    "L0": "Mean number of active latents a token.",
    "Dead share": "Share of the latents that no token of the training's last part activated.",
}


def show_counts(readings: Artifact, features: Artifact) -> None:
    """Rows, tokens, truncated rows and latents in use."""
    read, found = readings.notes, features.notes
    rows, tokens, truncated, latents = st.columns(4)
    rows.metric("Rows read", words.count(read["n_rows"]))
    tokens.metric("Tokens", words.count(read["n_tokens"]))
    figures.beside(
        truncated,
        "Truncated rows",
        words.count(read["n_truncated"]),
        f"{words.share(read['n_truncated'], read['n_rows'])} of rows",
        about="Rows longer than the model reads; what lies behind its limit was not seen.",
    )
    figures.beside(
        latents,
        "Latents in use",
        words.count(found["n_reachable"]),
        f"{words.share(found['n_reachable'], found['n_latents'])} of {found['n_latents']:,}",
        about="Latents that at least one row has above the threshold: what a subset can cover.",
    )


def show_readings(readings: Artifact) -> None:
    """How the pool was read."""
    config, notes = readings.config, readings.notes
    facts = {
        "Model": config["model"]["id"],
        "Hookpoint": f"{config['hookpoint']} of {words.count(notes['n_layers'], 'block')}",
        "Width": f"{notes['d_model']:,}, {notes['d_ff']:,} neurons a block",
        "Read of a row": f"{words.count(config['max_length'], 'token')} at most",
        "Device": notes["device"],
        "Number format": notes["dtype"],
        "Fingerprint": readings.fingerprint,
    }
    _show("How it was read", facts)


def show_sae(sae: Artifact) -> None:
    """What is known of the SAE."""
    notes = sae.notes
    training = {**notes["training"], **notes["training"].get("report", {}), **notes}
    facts = {
        "Latents": f"{notes['n_latents']:,} for a width of {notes['d_in']:,}",
        "k": f"{notes['k']:,} latents a token",
        "FVU": _figure(training.get("fvu")),
        "L0": _figure(training.get("l0")),
        "Dead share": _share(training.get("dead_share")),
        "Trained on": _trained_on(training),
        "Made for": f"{notes['model_id'] or UNKNOWN}, {notes['hookpoint'] or UNKNOWN}",
        "Origin": ORIGINS.get(notes["origin"], str(notes["origin"])),
        "Fingerprint": sae.fingerprint,
    }
    _show("The SAE", facts)


def show_threshold(features: Artifact) -> None:
    """The threshold, what it does to the pool, and what to mind."""
    notes, threshold = features.notes, features.notes["threshold"]
    median, n_rows = threshold["median_set_size"], notes["n_rows"]
    st.text(
        f"A latent counts as a feature of a row where its largest value passes "
        f"θ = {words.figure(threshold['theta'])}. The median row then has "
        f"{words.count(round(median), 'feature')}, "
        f"{words.share(median, notes['n_latents'], 'latents')}."
    )
    if threshold["saturation_rows"] <= EARLY * n_rows:
        reached = words.count(threshold["saturation_rows"], "random row")
        st.warning(
            f"Coverage saturates early: {reached} of {n_rows:,} reach 99 % of the latents in use, "
            "so beyond that budget coverage hardly tells methods apart. A higher threshold helps.",
            icon=":material/warning:",
        )
    correlation = threshold["length_correlation"]
    if correlation is not None and correlation > LONG_FAVOURED:
        st.text(
            f"Long rows have more features (correlation {correlation:.2f}), so methods that count "
            "new features favour them."
        )
    if threshold["full_share"] > CUT_SHORT:
        st.text(
            f"{words.share(threshold['full_share'], 1)} of rows have as many features as were "
            "stored; theirs may be cut short."
        )


def _show(title: str, facts: Mapping[str, str]) -> None:
    with st.container(border=True, gap="xxsmall", key=f"facts-{title.split()[-1].lower()}"):
        st.subheader(title, anchor=False)
        for name, value in facts.items():
            left, right = st.columns([2, 3], vertical_alignment="center")
            left.caption(name, help=ABOUT.get(name))
            right.text(value)


def _figure(value: float | None) -> str:
    return UNKNOWN if value is None else words.figure(value)


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else words.share(value, 1)


def _trained_on(training: Mapping[str, Any]) -> str:
    tokens = training.get("n_tokens")
    amount = words.count(tokens, "token") if tokens else UNKNOWN
    pools = training.get("pools")
    return f"{amount} of {', '.join(map(str, pools))}" if isinstance(pools, list) else amount
