"""One map with everything that changes around it; what it shows is in the query parameters."""

import numpy as np
import streamlit as st

from core.project.inside import rows_inside
from pages.components.map import Budget, MapSpec, atlas_map
from pages.components.map_arrays import category_array, order_array, points_array, score_array

N_CLUSTERS = 30


@st.cache_resource
def synthetic(n):
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(N_CLUSTERS, 2)) * 6
    labels = rng.integers(0, N_CLUSTERS, size=n)
    points = (centres[labels] + rng.normal(size=(n, 2))).astype(np.float32)
    labels[rng.random(n) < 0.05] = -1
    return points, labels, rng.permutation(n)[: max(n // 4, min(n, 1))]


def shown(n, asked):
    points, labels, picks = synthetic(n)
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
    }.get(asked.get("colour", ""), {})
    if "plain" not in asked:
        arrays["order"] = order_array(np.roll(picks, 997 * n_seen), n, f"{n_seen:016x}")
        arrays["budget"] = Budget(min(100, len(picks)), max(len(picks), 1), min(1000, len(picks)))
    return points, MapSpec(
        points=points_array(points, version), n_points=n, height=480, probe=True, **arrays
    )


st.set_page_config(layout="wide")
points, spec = shown(int(st.query_params.get("n", 51_924)), st.query_params)
if not st.toggle("Hide"):
    event = atlas_map(spec, key="map")
    inside = len(rows_inside(event.polygon, points)) if event.polygon else None
    st.text(f"budget={event.budget} row={event.row} inside={inside}")
    st.text(f"first={event.polygon[0] if event.polygon else None}")
