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


class Server:
    """`streamlit run script` on a port of its own, which it keeps when it is started again.

    Its log lies in `state`.
    """

    def __init__(
        self, script: Path, state: Path, *options: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = Path(state) / "server.log"
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "CORESET_STATE_DIR": str(state)}
        self._environment |= environment or {}
        self._command = [sys.executable, "-m", "streamlit", "run", str(script)]
        self._command += ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        self._command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
        self._command += ["--server.fileWatcherType", "none", *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self._log.open("ab") as stream:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=stream, stderr=stream
            )
        _wait(self.address, self._process, self._log)

    def kill(self) -> None:
        """End it as a crash does: by SIGKILL, with no chance to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)

    def stop(self) -> None:
        """End it in good order; nothing to do where it has ended."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)


@contextlib.contextmanager
def serving(
    script: Path, state: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of `streamlit run script`, until the block ends; its log lies in `state`."""
    server = Server(script, state, *options, environment=environment)
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(BOOT * 10):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.1)
    raise ServerError(f"the server did not start: {log.read_text()[-2000:]}")
