"""Maps with everything that changes around them; what they show is in the query parameters."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.project.inside import rows_inside_strokes
from pages.components.map import Budget, Label, MapSpec, atlas_map, drawn_on, last_event, merged
from pages.components.map_arrays import (
    category_array,
    difference_array,
    mask_array,
    order_array,
    points_array,
    score_array,
    text_array,
)
from tests.browser.map_pool import N_CLUSTERS, synthetic

pool = st.cache_resource(synthetic)


def named(points, labels):
    """A label in the middle of each cluster, by its size; one has markup in its name."""
    words = ["poems and stories", "arithmetic", "<b>markup</b>", "cooking", "Python code"]
    middles = [(label, points[labels == label].mean(axis=0)) for label in range(N_CLUSTERS)]
    return tuple(
        Label(float(x), float(y), f"{words[label % 5]} {label}", float((labels == label).sum()))
        for label, (x, y) in middles
    )


def text_of(row):
    return f"<img src=x onerror=alert({row})> text of row {row} " + "and so on " * 80


def shown(n, asked):
    points, labels, picks = pool(n)
    version = f"{n:016x}"
    n_seen = st.session_state.setdefault("n_seen", 0)
    if st.button("Select again"):
        n_seen = st.session_state["n_seen"] = n_seen + 1
    arrays = {
        "cluster": {
            "category": category_array(
                labels, [f"cluster {i}" for i in range(N_CLUSTERS)], version, title="Cluster"
            )
        },
        "length": {"score": score_array(points[:, 0], version, title="Length")},
        "difference": {"score": difference_array(points[:, 0], version, title="Difference")},
    }.get(asked.get("colour", ""), {})
    if "plain" not in asked:
        arrays["order"] = order_array(np.roll(picks, 997 * n_seen), n, f"{n_seen:016x}")
        arrays["budget"] = Budget(min(100, len(picks)), max(len(picks), 1), min(1000, len(picks)))
    if "mask" in asked:
        arrays["mask"] = mask_array(labels < N_CLUSTERS // 3, version)
    if "names" in asked:
        arrays["labels"] = named(points, labels)
    if "sizes" in asked:
        arrays["sizes"] = asked["sizes"]
    if "hover" in asked:
        arrays["hover"] = text_array(text_of, n, version)
    return points, MapSpec(
        points=points_array(points, version), n_points=n, height=480, probe=True, **arrays
    )


def counted(spec, points, strokes):
    """The same map with what was drawn on it and the server's count."""
    if not strokes or "silent" in st.query_params:
        return spec
    return replace(spec, strokes=strokes, inside=len(rows_inside_strokes(strokes, points)))


def told(event, points):
    inside = len(rows_inside_strokes(event.strokes, points)) if event.strokes else None
    modes = "+".join(stroke["mode"] for stroke in event.strokes) or None
    st.text(f"budget={event.budget} row={event.row} inside={inside} strokes={modes}")
    st.text(f"webgl={event.webgl}")
    st.text(f"first={tuple(event.strokes[0]['points'][0]) if event.strokes else None}")


def one(spec, points):
    event = last_event(spec, key="map")
    told(atlas_map(counted(spec, points, event.strokes), key="map"), points)


def two(spec, points):
    """Beside it the same rows at other places, linked."""
    turned = np.ascontiguousarray(points[:, ::-1])
    other = replace(spec, points=points_array(turned, f"{len(points) + 1:016x}"), slider=False)
    maps = [(replace(spec, link="pair"), points), (replace(other, link="pair"), turned)]
    said = [last_event(shown, key=f"map{i}") for i, (shown, _) in enumerate(maps)]
    on = drawn_on(*said)
    done = merged(*said)
    for i, (column, (shown, places)) in enumerate(zip(st.columns(2), maps, strict=True)):
        with column:
            drawn = counted(shown, places, done.strokes if on == i else ())
            atlas_map(replace(drawn, row=done.row), key=f"map{i}")
    told(done, maps[on or 0][1])
    st.text(f"on={on}")


st.set_page_config(layout="wide")
points, spec = shown(int(st.query_params.get("n", 51_924)), st.query_params)
if not st.toggle("Hide"):
    (two if "pair" in st.query_params else one)(spec, points)
