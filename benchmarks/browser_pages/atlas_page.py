"""Our map with its slider, and a table of what a lasso encloses; ?n= says how many points."""

import numpy as np
import streamlit as st

from benchmarks.browser_pages.points import points, table
from core.project.inside import rows_inside_strokes
from pages.components.map import Budget, MapSpec, atlas_map
from pages.components.map_arrays import order_array, points_array

st.set_page_config(layout="wide")
n = int(st.query_params.get("n", 52_000))


@st.fragment
def explorer() -> None:
    """All that answers to the hand."""
    places, order = points(n)
    spec = MapSpec(
        points=points_array(places, f"{n:016x}"),
        n_points=n,
        order=order_array(order, n, f"{n:016x}"),
        budget=Budget(100, n, 1000),
        height=600,
        probe=True,
    )
    event = atlas_map(spec, key="map")
    st.text(f"budget {event.budget}")
    inside = rows_inside_strokes(event.strokes, places) if event.strokes else np.arange(0)
    table(inside, n)


explorer()
