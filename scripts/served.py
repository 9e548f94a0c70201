"""A Streamlit script served on a free port, and a Chromium that reaches nothing but it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOOT = 60  # s a server may take
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


class ServerError(Exception):
    """The server did not start; the end of its log."""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def chromium() -> str | None:
    """Where the browser is, or None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def serving(
    script: Path, state: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of `streamlit run script`, until the block ends; its log lies in `state`."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "CORESET_STATE_DIR": str(state)}
    surroundings |= environment or {}
    log = Path(state) / "server.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=surroundings, stdout=stream, stderr=stream
        )
    try:
        _wait(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(BOOT * 10):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.1)
    raise ServerError(f"the server did not start: {log.read_text()[-2000:]}")
