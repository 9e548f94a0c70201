"""The frame of every page: configuration, mark and name, navigation in the order of work."""

from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[2]
WORK = {
    "dataset": ("Dataset", ":material/dataset:"),
    "model": ("Model", ":material/memory:"),
    "map": ("Map", ":material/scatter_plot:"),
    "clusters": ("Clusters", ":material/workspaces:"),
    "features": ("Features", ":material/grid_view:"),
    "coverage": ("Coverage", ":material/show_chart:"),
    "subset": ("Subset", ":material/checklist:"),
    "compare": ("Compare", ":material/join_inner:"),
    "curate": ("Curate", ":material/rule:"),
    "export": ("Export", ":material/download:"),
}
APART = {"jobs": ("Jobs", ":material/schedule:")}


def _pages(names: dict[str, tuple[str, str]]) -> list[st.Page]:
    return [
        st.Page(ROOT / "pages" / f"{name}.py", title=title, icon=icon, default=name == "map")
        for name, (title, icon) in names.items()
        if (ROOT / "pages" / f"{name}.py").is_file()
    ]


st.set_page_config(
    page_title="Coreset Atlas", page_icon=str(ROOT / "assets" / "icon.svg"), layout="wide"
)
st.logo(str(ROOT / "assets" / "logo.svg"), icon_image=str(ROOT / "assets" / "icon.svg"))
st.navigation({"Work": _pages(WORK), "Behind the scenes": _pages(APART)}).run()
