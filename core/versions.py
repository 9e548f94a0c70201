"""Which versions of Python and of the libraries behind our numbers are installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

LIBRARIES = (
    "datasets",
    "datasketch",
    "faiss-cpu",
    "hdbscan",
    "numba",
    "numpy",
    "pyarrow",
    "safetensors",
    "scikit-learn",
    "scipy",
    "torch",
    "transformers",
    "umap-learn",
)


def library_versions(names: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Versions of Python and of those libraries that are installed."""
    found = {"python": python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
