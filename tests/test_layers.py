"""Imports go one way: app, pages, components, pipeline, {workspace, jobs, steps}, base."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = {
    "records",
    "errors",
    "options",
    "registry",
    "fingerprint",
    "publish",
    "reporting",
    "sparse",
    "lease",
    "locks",
    "stopwatch",
    "versions",
    "centroids",
}
STEPS = {
    "data",
    "extract",
    "sae",
    "project",
    "cluster",
    "curate",
    "duplicates",
    "select",
    "metrics",
    "export",
    "search",
}
KEEPERS = {"workspace", "jobs"}
CONFIGURED = {"data", "sae", "select", "export"}  # the command line reads what these offer
UI = {"streamlit", "plotly"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path, package):
    """The parts of `package` that a file imports, by their first name."""
    prefix = f"{package}."
    return {name[len(prefix) :].split(".")[0] for name in imports(path) if name.startswith(prefix)}


def room(path):
    """The part of core a file belongs to: 'select' for core/select/base.py."""
    return path.relative_to(ROOT / "core").parts[0].removesuffix(".py")


def allowed(part):
    if part in BASE:
        return BASE
    if part in STEPS:
        return BASE | {part}
    if part in KEEPERS:
        return BASE | {part}
    if part == "pipeline":
        return BASE | STEPS | KEEPERS | {part}
    return BASE | KEEPERS | CONFIGURED | {"pipeline", "console", "verbs", part}


CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
COMPONENTS = sorted((ROOT / "pages" / "components").rglob("*.py"))


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_imports_downwards_only(path):
    modules = {p.stem for p in (ROOT / "core").glob("*.py")} | {
        p.name for p in (ROOT / "core").iterdir() if p.is_dir()
    }
    assert ours(path, "core") & modules <= allowed(room(path))


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_knows_no_screen(path):
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & (UI | {"pages", "app"})


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_pages_hold_no_numerics_and_no_paths(path):
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & {"numpy", "scipy", "torch", "pathlib", "os", "app"}


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda p: p.name)
def test_components_do_not_import_pages(path):
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("pages.")}
    assert parts <= {"components"}
