"""Prepare the demo workspace with a progress bar, or unpack a share bundle, then serve the app."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "assets" / "demo.jsonl"
BUNDLES = ROOT / "workspace" / "bundles"
BUDGET = "100"


def main() -> int:
    """Check the port first, so that nothing is prepared in vain; then prepare and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", default="workspace/demo", help="a folder, or a bundle's zip")
    parser.add_argument("--port", type=int, default=8501)
    asked = parser.parse_args()
    if not port_is_free(asked.port):
        sys.stderr.write(
            f"error: port {asked.port} is taken by another program; stop it, or use another: "
            f"make run PORT={asked.port + 1}\n"
        )
        return 2
    if asked.workspace.endswith(".zip"):
        return serve_bundle(Path(asked.workspace), asked.port)
    prepared = prepare(Path(asked.workspace))
    return prepared or serve(asked.workspace, asked.port)


def port_is_free(port: int) -> bool:
    """Whether a server may listen on 127.0.0.1 at that port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare(workspace: Path) -> int:
    """Run the demo pool into the workspace, unless it holds a pool already."""
    if (workspace / "map").is_dir():
        return 0
    sys.stderr.write("Preparing the demo pool (about half a minute, only the first time)\n")
    command = [sys.executable, "-m", "core", "run", str(DEMO), "--budget", BUDGET]
    command += ["--method", "sae-greedy", "--workspace", str(workspace.absolute())]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode


def serve_bundle(file: Path, port: int) -> int:
    """Unpack a share bundle beside the demo workspace, once, and serve it read-only."""
    sys.path.insert(0, str(ROOT))
    from core.errors import CoreError
    from core.pipeline.bundle.opening import open_bundle

    try:
        folder = open_bundle(file, BUNDLES)
    except CoreError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return serve(str(folder), port)


def serve(workspace: str, port: int) -> int:
    """Serve until interrupted."""
    sys.stderr.write(f"Coreset Atlas is at http://localhost:{port} (Ctrl+C ends it)\n")
    environment = {**os.environ, "CORESET_WORKSPACE": str(Path(workspace).absolute())}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
