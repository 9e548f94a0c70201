"""What several tests share: a small workspace that went through the real pipeline once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "assets" / "demo.jsonl"
N_ROWS = 40
BUDGET = 12


def core(*arguments):
    """Run `python -m core` and give its result."""
    command = [sys.executable, "-m", "core", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def tiny_source(tmp_path_factory):
    """A file of 40 demo examples, one bad line and one exact duplicate."""
    lines = DEMO.read_text(encoding="utf-8").splitlines()
    kept = lines[:: len(lines) // N_ROWS][:N_ROWS]
    source = tmp_path_factory.mktemp("source") / "tiny.jsonl"
    source.write_text("\n".join([*kept, kept[0], '{"messages": 3}']) + "\n", encoding="utf-8")
    return source


@pytest.fixture(scope="session")
def processed(tmp_path_factory, tiny_source):
    """The workspace that `tiny_workspace` copies; never written to by a test."""
    root = tmp_path_factory.mktemp("processed") / "workspace"
    where = ("--workspace", root)
    core("ingest", tiny_source, *where)
    small = ("--set", "n_latents=1024", "--set", "k=16")
    sae = core("sae", "train", *small, *where)["artifacts"]["sae"]
    core("run", tiny_source, "--sae", sae, "--budget", BUDGET, *where)
    return root


@pytest.fixture
def tiny_workspace(tmp_path, processed):
    """A workspace of 40 examples with readings, map, clusters and a subset of 12, to be changed."""
    return Path(shutil.copytree(processed, tmp_path / "tiny"))


@pytest.fixture
def empty_workspace(tmp_path):
    """A folder that no step has written to yet."""
    return tmp_path / "empty"
