"""The peer: the same points with st.plotly_chart (scattergl), a native slider and a table.

The leanest form of it that was found: float32 places, one trace and one overlay of the chosen.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from benchmarks.browser_pages.points import points, table

st.set_page_config(layout="wide")
n = int(st.query_params.get("n", 52_000))


@st.fragment
def explorer() -> None:
    """All that answers to the hand."""
    places, order = points(n)
    budget = st.slider("Budget", 100, n, 1000, 100)
    figure = go.Figure()
    for rows, colour, size in ((slice(None), "#999999", 3), (order[:budget], "#1f5fcc", 5)):
        figure.add_scattergl(
            x=places[rows, 0],
            y=places[rows, 1],
            mode="markers",
            marker={"size": size, "color": colour},
            hoverinfo="skip",
        )
    figure.update_layout(
        height=600,
        dragmode="lasso",
        showlegend=False,
        uirevision="kept",
        margin=dict.fromkeys("lrtb", 0),
    )
    done = st.plotly_chart(figure, key="chart", on_select="rerun", selection_mode="lasso")
    st.text(f"budget {budget}")
    own = [p["point_index"] for p in done["selection"]["points"] if p["curve_number"] == 0]
    table(np.array(own, dtype=np.int64), n)


explorer()
