"""A GPU is held by one step at a time, and freed however its holder ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import RequestError
from core.lease import device_lease

HOLD = (
    "import sys, time; from pathlib import Path; from core.lease import device_lease\n"
    "with device_lease('cuda:0', Path(sys.argv[1])):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds cuda:0."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_step_on_the_same_gpu_is_refused_in_one_line(holder, tmp_path):
    refused = pytest.raises(RequestError, match="another step is using cuda:0")
    with refused, device_lease("cuda:0", tmp_path):
        pass


def test_another_gpu_is_free(holder, tmp_path):
    with device_lease("cuda:1", tmp_path):
        assert (tmp_path / "gpu-cuda-1.lock").exists()


def test_a_killed_holder_frees_the_gpu(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with device_lease("cuda:0", tmp_path):
        assert (tmp_path / "gpu-cuda-0.lock").exists()


def test_the_cpu_needs_no_lease(tmp_path):
    with device_lease("cpu", tmp_path):
        assert list(tmp_path.iterdir()) == []
