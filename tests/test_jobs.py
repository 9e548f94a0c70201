"""Jobs: the folder tells the truth whatever happens to the process."""

import json
import os
import time

import pytest

from core import jobs
from core.errors import Cancelled, WorkspaceError


def folder_of(root, job_id="j1", **changes):
    folder = root / "jobs" / job_id
    folder.mkdir(parents=True)
    record = {
        "title": "Select",
        "arguments": ["methods"],
        "token": "t",
        "boot": jobs._boot_id(),
        "pid": os.getpid(),
        "ticks": jobs._start_ticks(os.getpid()),
        "started": time.time(),
    }
    (folder / "job.json").write_text(json.dumps({**record, **changes}))
    return folder


def test_a_job_whose_process_lives_is_running(tmp_path):
    folder_of(tmp_path)
    assert jobs.read(tmp_path, "j1").state == "running"


def test_a_job_whose_process_is_gone_is_lost(tmp_path):
    folder_of(tmp_path, ticks=1)
    assert jobs.read(tmp_path, "j1").state == "lost"


def test_a_job_of_another_boot_is_lost(tmp_path):
    folder_of(tmp_path, boot="other")
    assert jobs.read(tmp_path, "j1").state == "lost"


def test_a_result_written_late_wins_over_lost(tmp_path):
    jobs.finish(folder_of(tmp_path, ticks=1), {"seconds": 1.0})
    assert jobs.read(tmp_path, "j1").state == "done"


def test_an_error_keeps_its_one_line(tmp_path):
    jobs.fail(folder_of(tmp_path), "failed", "unknown selector 'x'")
    job = jobs.read(tmp_path, "j1")
    assert (job.state, job.error) == ("failed", "unknown selector 'x'")


def test_progress_raises_cancelled_once_somebody_asked(tmp_path):
    folder = folder_of(tmp_path)
    progress = jobs.JobReporter(folder).stage("Reading", "rows")
    progress(1, 10)
    jobs.cancel(tmp_path, "j1")
    with pytest.raises(Cancelled, match="at 2 of 10 rows"):
        progress(2, 10)


def test_progress_is_readable_by_others(tmp_path):
    folder = folder_of(tmp_path)
    jobs.JobReporter(folder).stage("Reading", "rows")(5, 10, "batch 1")
    assert jobs.read(tmp_path, "j1").progress["done"] == 5


def test_a_job_that_reports_nothing_for_long_is_stalled(tmp_path):
    folder_of(tmp_path, started=time.time() - 2 * jobs.STALL)
    assert jobs.read(tmp_path, "j1").state == "stalled"


def test_an_unknown_job_is_one_clear_line(tmp_path):
    with pytest.raises(WorkspaceError, match="no job"):
        jobs.read(tmp_path, "none")


def test_a_started_job_ends_with_its_result(tmp_path):
    job_id = jobs.start(tmp_path, ["methods"], title="List methods")
    for _ in range(600):
        if not jobs.read(tmp_path, job_id).is_active:
            break
        time.sleep(0.1)
    job = jobs.read(tmp_path, job_id)
    assert job.state == "done", (job.error, (job.folder / "log").read_text())
