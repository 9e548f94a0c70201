"""The points that both pages of the browser benchmark draw, and the table beside them."""

import numpy as np
import pandas as pd
import streamlit as st

from core.records import Floats, Rows

N_GROUPS = 40
SHOWN = 200


@st.cache_resource
def points(n: int) -> tuple[Floats, Rows]:
    """Places (n, 2) in Gaussian groups, and an order over all rows; the same for both pages."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(N_GROUPS, 2)) * 6
    labels = rng.integers(0, N_GROUPS, size=n)
    places = (centres[labels] + rng.normal(size=(n, 2))).astype(np.float32)
    return places, rng.permutation(n)


def table(rows: Rows, n_rows: int) -> None:
    """The first rows with their place in the pool, and how many there are in all."""
    st.text(f"{len(rows):,} examples inside of {n_rows:,}.")
    words = [f"example {row} and what it says" for row in rows[:SHOWN]]
    st.dataframe(pd.DataFrame({"row": rows[:SHOWN], "example": words}), key=f"t{len(rows)}")
