"""Telling Streamlit where the files of our own components are."""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

ASSETS = Path(__file__).parents[2] / "assets"
SHARED = ("coreset-atlas.shared", "shared")  # modules that the components import from beside them


def declare(name: str, folder: str) -> None:
    """Make `assets/<folder>` the files of a component `package.name`; once a runtime.

    Streamlit serves component files (ES modules, split by concern) for installed packages only;
    an app that runs from its folder says so itself. Inline JavaScript would be one file, and
    45 kB on the websocket with every change.
    """
    manager = get_bidi_component_manager()
    for full_name, files in ((name, folder), SHARED):
        if manager.get_component_asset_root(full_name) is None:
            package, component = full_name.split(".")
            config = ComponentConfig(name=component, asset_dir=files)
            manager.register_from_manifest(ComponentManifest(package, "1", [config]), ASSETS)
