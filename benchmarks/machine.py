"""Where a figure was measured: the machine, the versions and the time, and the figure itself."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def seconds(run: Callable[[], Any], repeats: int) -> dict[str, Any]:
    """Run something several times: median, smallest and largest seconds, and each of them.

    The median of processor seconds stands beside them: on a shared machine it is the steadier.
    """
    taken, worked = [], []
    for _ in range(repeats):
        start, start_worked = time.perf_counter(), time.process_time()
        run()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - start_worked)
    return {
        "median_s": round(statistics.median(taken), 5),
        "min_s": round(min(taken), 5),
        "max_s": round(max(taken), 5),
        "median_cpu_s": round(statistics.median(worked), 5),
        "runs_s": [round(one, 5) for one in taken],
    }


def circumstances(packages: tuple[str, ...]) -> dict[str, Any]:
    """Processor, cores, load, Python, package versions and the time in UTC."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: found for name in packages if (found := _version(name))},
    }


def peak_memory(run: Callable[[], Any]) -> dict[str, int]:
    """Resident megabytes before something runs, and the most there were while it ran.

    The peak is that of this run alone where the system lets the old one be forgotten (Linux);
    elsewhere it is the largest since the process began.
    """
    _forget_peak()
    before = _resident("VmRSS")
    run()
    return {"before_mb": before, "peak_mb": _resident("VmHWM")}


def accelerator(device: str) -> str | None:
    """Name of the device that dense work runs on, None for the processor."""
    if not device.startswith("cuda"):
        return None
    import torch

    return torch.cuda.get_device_name(torch.device(device))


def finished(device: str) -> None:
    """Wait until a device has done all it was given, so that the clock may be read."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(torch.device(device))


def write_result(path: Path, result: dict[str, Any]) -> None:
    """Write one result as readable JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def deliver(result: dict[str, Any], name: str | None) -> None:
    """Print a result, and write it to benchmarks/results/NAME.json where a name is given."""
    print(json.dumps(result, indent=2))
    if name:
        write_result(RESULTS / f"{name}.json", result)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _resident(name: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith(name))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
